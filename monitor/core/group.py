"""One event, one card: which card does a new hit belong to, and why.

Grouping errs on the side of a second card: a card that swallows another event hides it, a second card only
repeats it. So a story joins only a card of the last days, and only if it is plainly the same report: the same
address, the same headline, or nearly the same headline under a common rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import RecentCard, RuleId, StoryMark

WINDOW = timedelta(days=3)
"""How long after its last story a card can be joined."""

APART = timedelta(days=2)
"""Reports further apart than this are two events, however alike their headlines."""

LIKENESS = 0.7
"""Least share of common words (Jaccard) between two headlines of one event."""

ENOUGH_WORDS = 4
"""Shorter headlines say too little to be compared."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The card to join, or None for a new one; `why` in words for people."""

    card: int | None
    why: str


def place(mark: StoryMark, rules: frozenset[RuleId], cards: Sequence[RecentCard], now: datetime) -> Placement:
    """Where a story goes that hit `rules`; `cards` newest first, `now` stands in for a missing date."""
    best: tuple[float, int] | None = None
    for card in cards:
        for other in card.stories:
            if mark.canonical_url is not None and mark.canonical_url == other.canonical_url:
                return Placement(card.card.number, "the same address as an earlier story")
            if abs((mark.published or now) - (other.published or now)) > APART:
                continue
            if len(mark.words) < ENOUGH_WORDS or len(other.words) < ENOUGH_WORDS:
                continue
            if mark.fingerprint == other.fingerprint:
                return Placement(card.card.number, "the same headline as an earlier story")
            likeness = len(mark.words & other.words) / len(mark.words | other.words)
            if likeness >= LIKENESS and rules & card.rules and (best is None or likeness > best[0]):
                best = (likeness, card.card.number)
    if best is not None:
        return Placement(best[1], f"{best[0]:.0%} of the headline's words as in an earlier story")
    return Placement(None, "no earlier story is like it")
