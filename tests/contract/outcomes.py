"""Builders of what is saved: every test names only what matters to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from monitor.core.model import Card, Destination, Edit, Kept, Kind, Level, Outcome, Owed, Receipt
from monitor.ports import Store
from tests.build import CHAT, NOW, hit, minutes, state, story

LEASE = 60.0


def kept(title: str, *rules: str, card: int | None = None, **fields: Any) -> Kept:
    """A new story that hit `rules`."""
    return Kept(story(title, **fields), tuple(hit(each) for each in rules), card, "because" if rules else "")


def owed(
    card: int = 1, destination: Destination = CHAT, kind: Kind = Kind.ALERT, level: Level = Level.ALERT
) -> Owed:
    """A delivery to be owed."""
    return Owed(card, destination, kind, level)


def outcome(
    *stories: Kept,
    cards: Iterable[Card] = (),
    owe: Iterable[Owed] = (),
    at: datetime = NOW,
    edits: tuple[Edit, ...] = (),
    items: tuple[str, ...] | None = None,
    notices: tuple[str, ...] = (),
    **fields: Any,
) -> Outcome:
    """A decision about FEED."""
    return Outcome(state(**fields), at, stories, tuple(cards), tuple(owe), edits, items, notices)


def opened(
    number: int = 1,
    *destinations: Destination,
    level: Level = Level.ALERT,
    at: datetime = NOW,
) -> Outcome:
    """A decision that opens a card with one story and owes an alert to each destination."""
    return outcome(
        kept(f"story {number}", "r", card=number),
        cards=[Card(number, level, at)],
        owe=[owed(number, each, level=level) for each in destinations],
        at=at,
    )


def grown(number: int = 1, title: str = "another", *, at: datetime = NOW, to: Destination = CHAT) -> Outcome:
    """A decision that adds a story to a card and owes an update."""
    return outcome(kept(title, "r", card=number), owe=[owed(number, to, Kind.UPDATE)], at=at)


def send(store: Store, receipt: Receipt, minute: float = 0) -> int:
    """Claim the one delivery that is due and settle it; its id."""
    (claimed,) = store.claim(minutes(minute), LEASE, 1)
    assert store.settle(claimed.delivery.id, claimed.delivery.attempt, receipt, minutes(minute))
    return claimed.delivery.id
