"""How often one person may speak to the bot: answered, told once to wait, and then not heard for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.tongue import ENGLISH, known, speaking, trn
from monitor.core.quota import Bucket, Rate, Verdict, take

if TYPE_CHECKING:
    from collections.abc import Callable

RATE = Rate(burst=30, every=2.0)
"""More than fingers do, less than a program would."""

REMEMBERED = 5_000
"""People who are counted; who was longest silent is forgotten, and has lost nothing by it."""


class Shares:
    """Counts what each person asks; belongs to the event loop."""

    def __init__(self, clock: Callable[[], float], rate: Rate = RATE) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._rate = rate
        self._buckets: dict[int, Bucket] = {}

    def take(self, person: int) -> Verdict:
        """One more of a person (a Telegram id): whether to answer, and if not whether to say so."""
        verdict = take(self._buckets.pop(person, None), self._rate, self._clock())
        while len(self._buckets) >= REMEMBERED:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[person] = verdict.bucket
        return verdict


def patience(language: str | None, seconds: float) -> str:
    """What somebody is told once who asks more than their share."""
    with speaking(known(language or "") or ENGLISH):
        return trn(
            "That is more than I can answer. Try again in {n} second, more slowly; /help lists what I can do.",
            "That is more than I can answer. Try again in {n} seconds, more slowly; /help lists what I can do.",
            max(round(seconds), 1),
        )


__all__ = ["Shares", "patience"]
