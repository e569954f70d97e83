"""How much one person may ask: a token bucket (RFC 2697, section 3, with one rate), as a pure function of time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and from then on one every `every` seconds."""

    burst: int
    every: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """What somebody has left of their share, as of a moment in seconds that never go back."""

    left: float
    at: float
    told: bool = False  # they were told to wait; they are not told again until they have some left


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to answer. `tell` is True for the first refusal of a row; `wait` is for how many seconds."""

    bucket: Bucket
    granted: bool
    tell: bool = False
    wait: float = 0.0


def take(bucket: Bucket | None, rate: Rate, now: float) -> Verdict:
    """Take one from a bucket (None: a full one), or be told how long to wait for it."""
    if bucket is None:
        bucket = Bucket(float(rate.burst), now)
    left = min(float(rate.burst), bucket.left + max(now - bucket.at, 0.0) / rate.every)
    if left >= 1.0:
        return Verdict(Bucket(left - 1.0, now), granted=True)
    return Verdict(
        Bucket(left, now, told=True), granted=False, tell=not bucket.told, wait=(1.0 - left) * rate.every
    )


__all__ = ["Bucket", "Rate", "Verdict", "take"]
