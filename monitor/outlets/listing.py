"""The destinations of rules.yaml as subscriptions of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.model import APPRISE, ATOM, Destination, Outlet, Subscription

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from monitor.core.model import RuleBook
    from monitor.ports import Store

BY = "rules.yaml"
"""Who asked for them."""


def destination(outlet: Outlet) -> Destination:
    """Where its alerts are addressed to."""
    return Destination(outlet.messenger, outlet.name)


def by_name(book: RuleBook, messenger: str) -> Mapping[str, Outlet]:
    """The outlets of one kind."""
    return {each.name: each for each in book.destinations if each.messenger == messenger}


def sync(store: Store, outlets: Iterable[Outlet], now: datetime) -> tuple[int, int]:
    """Make the subscriptions of outlets those that rules.yaml lists; how many began and how many ended.

    What an outlet was owed before its end stays owed; its messenger then refuses it, visibly. Raises StoreError.
    """
    wanted = {(destination(each), selector): each.name for each in outlets for selector in each.gets}
    there = {
        (each.destination, each.selector)
        for each in store.subscriptions()
        if each.destination.messenger in {APPRISE, ATOM}
    }
    for where, selector in sorted(there - wanted.keys()):
        store.unsubscribe(where, selector)
    begun = [(where, selector) for where, selector in wanted if (where, selector) not in there]
    for where, selector in begun:
        store.subscribe(Subscription(where, selector, now, BY, wanted[where, selector]))
    return len(begun), len(there - wanted.keys())


__all__ = ["by_name", "destination", "sync"]
