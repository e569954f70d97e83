"""Who waits for what and how each chat stands, in memory: subscribed, suspended, sent to once, moved."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from db.memory.admission import Admission
from db.memory.digests import Digesting
from db.memory.people import People
from db.memory.responding import Responding
from db.memory.watching import Watching
from db.memory.wishes import Wishing
from monitor.core.model import DeliveryState, Destination, Entry, Subscription


class Places(Admission, Watching, Responding, Digesting, Wishing):
    """The part of the store that knows chats, and shows what they are owed."""

    _people: People

    def recover(self, now: datetime) -> int:
        """See `Store.recover`."""
        return self._outbox.recover(now)

    def outbox(
        self, limit: int, states: Collection[DeliveryState] = (), destination: Destination | None = None
    ) -> tuple[Entry, ...]:
        """See `Store.outbox`."""
        return self._outbox.entries(limit, states, destination)

    def requeue(self, delivery: int | None, now: datetime) -> int:
        """See `Store.requeue`."""
        return self._outbox.requeue(delivery, now)

    def subscribe(self, subscription: Subscription) -> bool:
        """See `Store.subscribe`."""
        self._outbox.suspended.pop(subscription.destination, None)
        return self._people.subscribe(subscription)

    def unsubscribe(self, destination: Destination, selector: str | None) -> int:
        """See `Store.unsubscribe`."""
        return self._people.unsubscribe(destination, selector)

    def subscriptions(self, destination: Destination | None = None) -> tuple[Subscription, ...]:
        """See `Store.subscriptions`."""
        return self._people.subscriptions(destination)

    def held_back(self, destination: Destination) -> str | None:
        """See `Store.held_back`."""
        return self._outbox.suspended.get(destination)

    def resume(self, destination: Destination) -> bool:
        """See `Store.resume`."""
        return self._outbox.resume(destination)

    def send_once(self, destination: Destination, *, once: bool) -> bool:
        """See `Store.send_once`."""
        known = destination in self._outbox.once
        (self._outbox.once.add if once else self._outbox.once.discard)(destination)
        return known != once

    def sends_once(self) -> frozenset[Destination]:
        """See `Store.sends_once`."""
        return frozenset(self._outbox.once)

    def move_destination(self, old: Destination, new: Destination) -> int:
        """See `Store.move_destination`."""
        self._outbox.move(old, new)
        self._move_wishes(old, new)
        self._move_digests(old, new)
        self._move_responses(old, new)
        self._move_watches(old, new)
        self._move_grant(old, new)
        return self._people.move(old, new)
