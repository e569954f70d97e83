"""Subscriptions, in memory, and where sends are not repeated."""

from __future__ import annotations

from dataclasses import replace

from db.promises import chat_of, inside
from monitor.core.model import Destination, Subscription


class People:
    """Who waits for what."""

    def __init__(self) -> None:
        self._subscriptions: dict[tuple[Destination, str], Subscription] = {}

    def __len__(self) -> int:
        return len(self._subscriptions)

    def subscribe(self, subscription: Subscription) -> bool:
        """Add it; False if it was there."""
        key = (subscription.destination, subscription.selector)
        return self._subscriptions.setdefault(key, subscription) is subscription

    def unsubscribe(self, destination: Destination, selector: str | None) -> int:
        """Remove one, or all for None; how many went."""
        gone = [key for key in self._subscriptions if key[0] == destination and selector in (None, key[1])]
        for key in gone:
            del self._subscriptions[key]
        return len(gone)

    def subscriptions(self, destination: Destination | None) -> tuple[Subscription, ...]:
        """Those of one destination, or all, oldest first."""
        wanted = [s for s in self._subscriptions.values() if destination in (None, s.destination)]
        return tuple(sorted(wanted, key=lambda s: s.since))

    def move(self, old: Destination, new: Destination) -> int:
        """Those of a chat and its topics go to another, unless it has them; how many went."""
        leaving = [s for s in self._subscriptions.values() if inside(s.destination, chat_of(old))]
        moved = 0
        for each in leaving:
            del self._subscriptions[each.destination, each.selector]
            moved += self.subscribe(replace(each, destination=there(each.destination, new)))
        return moved


def there(destination: Destination, chat: Destination) -> Destination:
    """The same topic in another chat."""
    return replace(destination, messenger=chat.messenger, address=chat.address)
