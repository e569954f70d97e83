"""Durations and hours as people say them."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.cadence.pace import DAY
from monitor.core.phrase import phrase

UNITS = (("s", 1, 120), ("min", 60, 7_200), ("h", 3_600, 2 * DAY), ("d", DAY, float("inf")))
"""Name, seconds, and up to which duration it is used."""

MOST = 0.7
"""Hours that hold this share of the stories are named as the busy ones, ..."""

BUSY = 14
"""... if they are no more than these."""


def spell(seconds: float) -> str:
    """A duration for people: `45 s`, `15 min`, `3 h`, `2 d`."""
    name, size = _unit(seconds)
    n = round(seconds / size)
    return {
        "s": phrase("{n} s", n=n),
        "min": phrase("{n} min", n=n),
        "h": phrase("{n} h", n=n),
        "d": phrase("{n} d", n=n),
    }[name]


def spell_range(least: float, most: float) -> str:
    """Two durations for people: `4-22 min`, `45 min-3 h`; one, if they read alike."""
    (unit, size), (other, _) = _unit(least), _unit(most)
    if spell(least) == spell(most):
        return spell(most)
    return f"{round(least / size)}-{spell(most)}" if unit == other else f"{spell(least)}-{spell(most)}"


def spell_rate(per_second: float) -> str:
    """How often a feed posts: `about 14 stories a day`, `about 3 stories a week`."""
    for unit, seconds in (("day", DAY), ("week", 7 * DAY)):
        if (count := round(per_second * seconds)) > 1:
            return f"about {count} stories a {unit}"
    return "hardly ever"


def busy_hours(shape: Sequence[float]) -> tuple[int, int] | None:
    """The shortest run of hours that holds most of the stories: first hour and the hour it ends at.

    None where stories come at all hours alike.
    """
    wanted = MOST * sum(shape)
    twice = (*shape, *shape)
    best: tuple[int, int] | None = None
    first, held = 0, 0.0
    for last, part in enumerate(twice):
        held += part
        while held - twice[first] >= wanted:
            held -= twice[first]
            first += 1
        if (
            held >= wanted
            and last + 1 - first <= BUSY
            and (best is None or last + 1 - first < best[1] - best[0])
        ):
            best = first, last + 1
    return best and (best[0] % 24, best[1] % 24)


def _unit(seconds: float) -> tuple[str, int]:
    return next((name, size) for name, size, until in UNITS if seconds < until)
