"""Subscriptions and suspended destinations, in SQLite. Transactions are the caller's."""

from __future__ import annotations

from datetime import datetime

from db.rows import subscription_of, subscription_values, to_text
from db.sqlite.connection import Connection
from monitor.core.model import Destination, Subscription


def subscribe(link: Connection, subscription: Subscription) -> bool:
    """Add it and lift a suspension of its destination; False if it was there already."""
    resume(link, subscription.destination)
    added = link.run(
        "insert into subscriptions (destination, selector, since, asked_by, title) values (?, ?, ?, ?, ?) "
        "on conflict (destination, selector) do nothing",
        subscription_values(subscription),
    )
    return added == 1


def unsubscribe(link: Connection, destination: Destination, selector: str | None) -> int:
    """Remove one selector of a destination, or all for None. Returns how many went."""
    return link.run(
        "delete from subscriptions where destination = ?1 and (?2 is null or selector = ?2)",
        (str(destination), selector),
    )


def subscriptions(link: Connection, destination: Destination | None) -> tuple[Subscription, ...]:
    """Those of one destination, or all, oldest first."""
    wanted = None if destination is None else str(destination)
    rows = link.all(
        "select * from subscriptions where ?1 is null or destination = ?1 order by since, id",
        (wanted,),
    )
    return tuple(map(subscription_of, rows))


def reachable(link: Connection) -> tuple[Subscription, ...]:
    """Those of destinations that are not suspended, oldest first."""
    rows = link.all(
        "select * from subscriptions where destination not in (select destination from suspended) "
        "order by since, id"
    )
    return tuple(map(subscription_of, rows))


def suspend(link: Connection, destination: Destination, reason: str, now: datetime) -> None:
    """Nothing more goes there until it is resumed."""
    link.run(
        "insert into suspended (destination, reason, since) values (?, ?, ?) "
        "on conflict (destination) do update set reason = excluded.reason",
        (str(destination), reason, to_text(now)),
    )


def resume(link: Connection, destination: Destination) -> bool:
    """Lift a suspension; False if there was none."""
    return link.run("delete from suspended where destination = ?", (str(destination),)) == 1
