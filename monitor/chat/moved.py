"""A group that became a supergroup has a new id: what was subscribed under the old one follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.model import Destination
    from monitor.ports import Store


def follow(store: Store, old: Destination, new: Destination) -> int:
    """Move the subscriptions of `old` to `new`; returns how many. Harmless to repeat. Raises StoreError.

    First they are added there, then removed here: whatever happens in between, no alert is missed. What is
    owed to the old id already stays owed to it: Telegram tells the new id again, and the messenger sends it
    there.
    """
    moving = store.subscriptions(old)
    for subscription in moving:
        store.subscribe(replace(subscription, destination=new))
    store.unsubscribe(old, None)
    return len(moving)
