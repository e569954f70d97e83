"""The recent cards while a page is decided: its stories can share one, and everybody is told once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.group import place
from monitor.core.model import (
    Card,
    Destination,
    Facts,
    Hit,
    Kind,
    Level,
    Owed,
    RecentCard,
    Story,
    StoryMark,
    Subscription,
)
from monitor.core.text import canonical_url, fingerprint, title_words


class Board:
    """Cards as the store knows them, what the page makes of them, and who is owed what."""

    def __init__(self, facts: Facts) -> None:
        self._before = {card.card for card in (*facts.cards, *facts.old_cards)}
        self._cards = list(facts.cards)
        self._old = {card.card.number: card for card in facts.old_cards}
        self._next = facts.next_card
        self._subscriptions = facts.subscriptions
        self._owed: dict[tuple[int, Destination, Kind], Owed] = {}

    def put(self, story: Story, hits: Sequence[Hit], now: datetime) -> tuple[int, str]:
        """The number of the card for a story that is on none, and why this one."""
        mark = mark_of(story)
        placement = place(mark, frozenset(hit.rule for hit in hits), self._cards, now)
        if placement.card is None:
            level = max(hit.level for hit in hits)
            rules = frozenset(hit.rule for hit in hits)
            self._cards.insert(0, RecentCard(Card(self._next, level, now), rules, (mark,), frozenset()))
            self._next += 1
            return self._next - 1, placement.why
        self.grow(placement.card, hits, (mark,))
        return placement.card, placement.why

    def grow(self, number: int, hits: Sequence[Hit], marks: tuple[StoryMark, ...] = ()) -> None:
        """More hits on a card, of a story that joins it, or of one that is on it."""
        old = self._find(number)
        level = max(old.card.level, *(hit.level for hit in hits))
        self._set(
            replace(
                old,
                card=replace(old.card, level=level),
                rules=old.rules | {hit.rule for hit in hits},
                stories=(*old.stories, *marks),
            )
        )

    def owe(self, number: int, hits: Sequence[Hit]) -> None:
        """Whoever waits for one of the hits is owed an alert, or an update of the one that they have."""
        card = self._find(number)
        for subscription in self._subscriptions:
            level = wants(subscription, hits)
            if level is not None:
                kind = Kind.UPDATE if subscription.destination in card.told else Kind.ALERT
                self._add(Owed(number, subscription.destination, kind, level))
        alerted = {due.destination for due in self._owed.values() if due.card == number}
        self._set(replace(card, told=card.told | alerted))

    def changed(self) -> tuple[Card, ...]:
        """Cards that are new or whose level rose, oldest number first."""
        cards = (each.card for each in (*self._cards, *self._old.values()))
        return tuple(sorted((c for c in cards if c not in self._before), key=lambda c: c.number))

    def owed(self) -> tuple[Owed, ...]:
        """What is owed, in the order in which it arose."""
        return tuple(self._owed.values())

    def _add(self, due: Owed) -> None:
        """Once per card and destination, at the highest level; an alert owed needs no update."""
        alert = (due.card, due.destination, Kind.ALERT)
        key = alert if alert in self._owed else (due.card, due.destination, due.kind)
        known = self._owed.get(key)
        if known is None:
            self._owed[key] = due
        elif known.level < due.level:
            self._owed[key] = replace(known, level=due.level)

    def _find(self, number: int) -> RecentCard:
        return self._old[number] if number in self._old else self._cards[self._at(number)]

    def _set(self, card: RecentCard) -> None:
        number = card.card.number
        if number in self._old:
            self._old[number] = card
        else:
            self._cards[self._at(number)] = card

    def _at(self, number: int) -> int:
        return next(i for i, card in enumerate(self._cards) if card.card.number == number)


def mark_of(story: Story) -> StoryMark:
    """What grouping needs of a story."""
    return StoryMark(
        feed=story.feed,
        canonical_url=canonical_url(story.url) if story.url else None,
        fingerprint=fingerprint(story.title),
        words=title_words(story.title),
        published=story.published,
    )


def wants(subscription: Subscription, hits: Iterable[Hit]) -> Level | None:
    """The highest level among the hits that a subscription waits for; None if it waits for none of them."""
    levels = [hit.level for hit in hits if subscription.selector in ("all", hit.rule)]
    return max(levels, default=None)
