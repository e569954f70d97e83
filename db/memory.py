"""The store in memory: for tests, for trying things out, and for a demo that keeps nothing.

It keeps the same promises as the one in SQLite and is held to them by the same tests; it is the shorter text
to read if one wants to know what a store does. It does not outlive the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.promises import check, named_cards, settled
from db.rows import by_name
from monitor.core.match.plan import Plan
from monitor.core.model import (
    Card,
    CardStory,
    CardView,
    Claimed,
    DeadLetter,
    Delivery,
    DeliveryState,
    Destination,
    Facts,
    Feed,
    FeedState,
    FeedUrl,
    Kept,
    KeptBook,
    Kind,
    Outcome,
    Owed,
    Receipt,
    RecentCard,
    Refused,
    RuleId,
    StoredStory,
    StoreStatus,
    Story,
    StoryKey,
    StoryMark,
    Subscription,
)
from monitor.core.text import canonical_url, fingerprint, title_words

WAITING = (DeliveryState.OWED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A row of the outbox."""

    delivery: Delivery
    owed_at: datetime
    lease_until: datetime | None = None
    settled_at: datetime | None = None
    again: bool = False  # its card grew while it was being sent


class MemoryStore:
    """The `Store` port in dictionaries; what each method promises stands there."""

    def __init__(self) -> None:
        self._feeds: dict[FeedUrl, FeedState] = {}
        self._listed: set[FeedUrl] = set()
        self._stories: dict[int, tuple[Kept, datetime]] = {}
        self._keys: set[tuple[FeedUrl, StoryKey]] = set()
        self._cards: dict[int, Card] = {}
        self._outbox: dict[int, _Slot] = {}
        self._last_delivery = 0
        self._subscriptions: dict[tuple[Destination, str], Subscription] = {}
        self._suspended: dict[Destination, str] = {}
        self._beats: dict[str, datetime] = {}
        self._books: list[tuple[KeptBook, str]] = []

    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """See `Store.sync_feeds`."""
        for feed in feeds:
            known = self._feeds.get(feed.url, FeedState(feed.url, feed.name, next_poll_at=now))
            self._feeds[feed.url] = replace(known, name=feed.name)
        self._listed = {feed.url for feed in feeds}

    def due_feeds(self, now: datetime, limit: int) -> tuple[FeedState, ...]:
        """See `Store.due_feeds`."""
        due = [
            (state.next_poll_at, state)
            for url, state in self._feeds.items()
            if url in self._listed and state.next_poll_at is not None and state.next_poll_at <= now
        ]
        return tuple(state for _, state in sorted(due, key=lambda each: each[0])[:limit])

    def feed_states(self) -> tuple[FeedState, ...]:
        """See `Store.feed_states`."""
        return by_name(state for url, state in self._feeds.items() if url in self._listed)

    def facts_for(self, feed: FeedUrl, keys: Sequence[StoryKey], cards_since: datetime) -> Facts:
        """See `Store.facts_for`."""
        return Facts(
            state=self._feeds[feed],
            known=frozenset(key for key in keys if (feed, key) in self._keys),
            cards=self._recent_cards(cards_since),
            subscriptions=tuple(s for s in self.subscriptions() if s.destination not in self._suspended),
            next_card=max(self._cards, default=0) + 1,
        )

    def _recent_cards(self, since: datetime) -> tuple[RecentCard, ...]:
        young = {
            kept.card
            for kept, seen_at in self._stories.values()
            if seen_at >= since and kept.card is not None
        }
        return tuple(
            RecentCard(
                card=self._cards[number],
                rules=frozenset(hit.rule for kept, _ in self._on(number) for hit in kept.hits),
                stories=tuple(_mark(kept.story) for kept, _ in self._on(number)),
                told=frozenset(
                    slot.delivery.destination
                    for slot in self._outbox.values()
                    if slot.delivery.card == number and slot.delivery.kind is Kind.ALERT
                ),
            )
            for number in sorted(young, reverse=True)
        )

    def _on(self, card: int) -> list[tuple[Kept, datetime]]:
        """The stories on a card, first seen first."""
        return sorted(
            (each for each in self._stories.values() if each[0].card == card), key=lambda each: each[1]
        )

    def save(self, outcome: Outcome) -> None:
        """See `Store.save`; raises KeyError for a feed never synced, ValueError for a self-contradiction."""
        check(outcome, named_cards(outcome) - self._cards.keys())
        self.save_state(outcome.state)
        for card in outcome.cards:
            known = self._cards.get(card.number, card)
            self._cards[card.number] = replace(known, level=max(known.level, card.level))
        before = len(self._stories)
        for kept in outcome.stories:
            key = (kept.story.feed, kept.story.key)
            if key not in self._keys:
                self._keys.add(key)
                self._stories[len(self._stories) + 1] = (kept, outcome.decided_at)
        replayed = bool(outcome.stories) and len(self._stories) == before
        for owed in outcome.deliveries:
            self._owe(owed, outcome.decided_at, replayed=replayed)

    def _owe(self, owed: Owed, now: datetime, *, replayed: bool) -> None:
        """Put a delivery into the outbox, unless it is there; an update that was sent is owed anew."""
        slot = self._find(owed.card, owed.destination, owed.kind)
        if slot is None:
            alert = self._find(owed.card, owed.destination, Kind.ALERT)
            if alert is None or alert.delivery.state is not DeliveryState.DEAD:
                self._put(owed, now)
        elif owed.kind is Kind.UPDATE and not replayed:
            if slot.delivery.state is DeliveryState.SENT:
                del self._outbox[slot.delivery.id]
                self._put(owed, now)
            elif slot.delivery.state is DeliveryState.SENDING:
                self._outbox[slot.delivery.id] = replace(slot, again=True)

    def _find(self, card: int, destination: Destination, kind: Kind) -> _Slot | None:
        """The row of a card, a destination and a kind."""
        wanted = (card, destination, kind)
        return next(
            (
                s
                for s in self._outbox.values()
                if (s.delivery.card, s.delivery.destination, s.delivery.kind) == wanted
            ),
            None,
        )

    def _put(self, owed: Owed, now: datetime) -> None:
        self._last_delivery += 1
        fresh = Delivery(
            self._last_delivery, owed.card, owed.destination, owed.kind, owed.level, DeliveryState.OWED
        )
        self._outbox[fresh.id] = _Slot(fresh, now)

    def save_state(self, state: FeedState) -> None:
        """See `Store.save_state`; raises KeyError for a feed never synced."""
        self._feeds[state.url] = replace(state, name=self._feeds[state.url].name)

    def claim(
        self, now: datetime, lease: float, limit: int, resting: frozenset[Destination] = frozenset()
    ) -> tuple[Claimed, ...]:
        """See `Store.claim`."""
        taken: dict[Destination, Claimed] = {}
        for slot in sorted(self._outbox.values(), key=lambda s: (-s.delivery.level, s.delivery.id)):
            place = slot.delivery.destination
            if len(taken) == limit:
                break
            if place in taken or place in resting:
                continue
            if self._ready(slot, now) and not self._busy(place, now):
                taken[place] = self._take(slot, now + timedelta(seconds=lease))
        return tuple(taken.values())

    def _ready(self, slot: _Slot, now: datetime) -> bool:
        """Whether a row may be sent now, looking at itself and its alert."""
        delivery = slot.delivery
        if slot.lease_until is not None:
            return slot.lease_until <= now
        if delivery.state is not DeliveryState.OWED or (
            delivery.not_before is not None and delivery.not_before > now
        ):
            return False
        alert = self._find(delivery.card, delivery.destination, Kind.ALERT)
        return delivery.kind is Kind.ALERT or (
            alert is not None and alert.delivery.state is DeliveryState.SENT
        )

    def _busy(self, place: Destination, now: datetime) -> bool:
        """Whether a destination is out of reach or has a send in flight."""
        return place in self._suspended or any(
            slot.lease_until is not None and slot.lease_until > now
            for slot in self._outbox.values()
            if slot.delivery.destination == place
        )

    def _take(self, slot: _Slot, lease_until: datetime) -> Claimed:
        """Put a row into somebody's hands."""
        before = slot.delivery
        delivery = replace(
            before,
            state=DeliveryState.SENDING,
            attempt=before.attempt + 1,
            repeat=before.repeat or before.state is DeliveryState.SENDING,
            not_before=None,
        )
        self._outbox[before.id] = _Slot(delivery, slot.owed_at, lease_until)
        alert = (
            self._find(before.card, before.destination, Kind.ALERT) if before.kind is Kind.UPDATE else None
        )
        return Claimed(delivery, self._view(before.card), alert.delivery.message if alert else None)

    def settle(self, delivery: int, attempt: int, receipt: Receipt, now: datetime) -> bool:
        """See `Store.settle`."""
        slot = self._outbox.get(delivery)
        if slot is None or (slot.delivery.state, slot.delivery.attempt) != (DeliveryState.SENDING, attempt):
            return False
        done = settled(slot.delivery, receipt, now)
        self._outbox[delivery] = _Slot(done, slot.owed_at, settled_at=None if done.state in WAITING else now)
        if done.state is DeliveryState.SENT and slot.again:
            del self._outbox[delivery]
            self._put(Owed(done.card, done.destination, done.kind, done.level), now)
        update = self._find(done.card, done.destination, Kind.UPDATE)
        if done.state is DeliveryState.DEAD and done.kind is Kind.ALERT and update is not None:
            del self._outbox[update.delivery.id]
        if isinstance(receipt, Refused) and receipt.suspend:
            self._suspended[done.destination] = receipt.reason
        return True

    def recover(self, now: datetime) -> int:
        """See `Store.recover`."""
        broken = [slot for slot in self._outbox.values() if slot.delivery.state is DeliveryState.SENDING]
        for slot in broken:
            delivery = replace(slot.delivery, state=DeliveryState.OWED, repeat=True, not_before=now)
            self._outbox[delivery.id] = _Slot(delivery, slot.owed_at)
        return len(broken)

    def subscribe(self, subscription: Subscription) -> bool:
        """See `Store.subscribe`."""
        self.resume(subscription.destination)
        key = (subscription.destination, subscription.selector)
        return self._subscriptions.setdefault(key, subscription) is subscription

    def unsubscribe(self, destination: Destination, selector: str | None) -> int:
        """See `Store.unsubscribe`."""
        gone = [key for key in self._subscriptions if key[0] == destination and selector in (None, key[1])]
        for key in gone:
            del self._subscriptions[key]
        return len(gone)

    def subscriptions(self, destination: Destination | None = None) -> tuple[Subscription, ...]:
        """See `Store.subscriptions`."""
        wanted = [s for s in self._subscriptions.values() if destination in (None, s.destination)]
        return tuple(sorted(wanted, key=lambda s: s.since))

    def resume(self, destination: Destination) -> bool:
        """See `Store.resume`."""
        return self._suspended.pop(destination, None) is not None

    def cards(
        self, limit: int, before: int | None = None, rule: RuleId | None = None
    ) -> tuple[CardView, ...]:
        """See `Store.cards`."""
        numbers = sorted((n for n in self._cards if before is None or n < before), reverse=True)
        views = (self._view(number) for number in numbers)
        return tuple(_first(limit, (v for v in views if rule is None or _hit_by(rule, v))))

    def _view(self, number: int) -> CardView:
        stories = tuple(CardStory(kept.story, seen_at, kept.hits) for kept, seen_at in self._on(number))
        return CardView(self._cards[number], stories)

    def card(self, number: int) -> CardView | None:
        """See `Store.card`."""
        return self._view(number) if number in self._cards else None

    def candidates(self, plan: Plan, before: int | None = None) -> Iterator[StoredStory]:  # noqa: ARG002 - every story could match
        """See `Store.candidates`; here all of them, whatever the plan."""
        newest = max(self._stories, default=0) if before is None else before - 1
        for number in range(min(newest, len(self._stories)), 0, -1):
            kept, seen_at = self._stories[number]
            yield StoredStory(number, kept.story, seen_at, tuple(hit.rule for hit in kept.hits), kept.card)

    def stories_since(self, since: datetime) -> int:
        """See `Store.stories_since`."""
        return sum(
            min(kept.story.published or seen_at, seen_at) >= since for kept, seen_at in self._stories.values()
        )

    def keep_book(self, version: str, text: str, by: str, now: datetime, note: str = "") -> bool:
        """See `Store.keep_book`."""
        if self._books and self._books[-1][0].version == version:
            return False
        self._books.append((KeptBook(version, now, by, note), text))
        return True

    def books(self, limit: int) -> tuple[KeptBook, ...]:
        """See `Store.books`."""
        return tuple(book for book, _ in reversed(self._books))[: max(limit, 0)]

    def book_text(self, version: str) -> str | None:
        """See `Store.book_text`."""
        return next((text for book, text in self._books if book.version == version), None)

    def status(self) -> StoreStatus:
        """See `Store.status`."""
        slots = list(self._outbox.values())
        waiting = [s for s in slots if s.delivery.state in WAITING]
        dead = [
            DeadLetter(s.delivery, s.settled_at)
            for s in slots
            if s.delivery.state is DeliveryState.DEAD and s.settled_at is not None
        ]
        return StoreStatus(
            feeds=self.feed_states(),
            stories=len(self._stories),
            hits=sum(len(kept.hits) for kept, _ in self._stories.values()),
            cards=len(self._cards),
            owed=len(waiting),
            oldest_owed_at=min(
                (s.owed_at for s in waiting if s.delivery.destination not in self._suspended), default=None
            ),
            sent=sum(s.delivery.state is DeliveryState.SENT for s in slots),
            dead=tuple(sorted(dead, key=lambda letter: (letter.at, letter.delivery.id), reverse=True)[:20]),
            dead_count=len(dead),
            suspended=dict(self._suspended),
            beats=dict(self._beats),
            subscriptions=len(self._subscriptions),
        )

    def beat(self, heart: str, now: datetime) -> None:
        """See `Store.beat`."""
        self._beats[heart] = now

    def close(self) -> None:
        """See `Store.close`; what was kept is gone when the store is."""


def _mark(story: Story) -> StoryMark:
    """What grouping needs of a story."""
    return StoryMark(
        feed=story.feed,
        canonical_url=canonical_url(story.url) if story.url else None,
        fingerprint=fingerprint(story.title),
        words=title_words(story.title),
        published=story.published,
    )


def _first(limit: int, views: Iterable[CardView]) -> Iterator[CardView]:
    """At most `limit` of them."""
    return (view for view, _ in zip(views, range(limit), strict=False))


def _hit_by(rule: RuleId, view: CardView) -> bool:
    """Whether a story of the card hit the rule."""
    return any(hit.rule == rule for story in view.stories for hit in story.hits)
