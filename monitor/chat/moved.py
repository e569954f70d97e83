"""A group that became a supergroup has a new id: all that lay under the old one follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.model import Destination
    from monitor.ports import Store


def follow(store: Store, old: Destination, new: Destination) -> int:
    """Subscriptions, what is owed, and where cards were told move to `new`, in one transaction.

    Harmless to repeat: Telegram tells of a move in both groups, and again with each send to the old id. Returns
    how many subscriptions moved. Raises StoreError.
    """
    return store.move_destination(old, new)
