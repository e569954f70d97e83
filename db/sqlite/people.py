"""Subscriptions, and where destinations stand: suspended, sent to once, moved. Transactions are the caller's."""

from __future__ import annotations

from datetime import datetime

from db.promises import chat_of
from db.rows import destination_of, subscription_of, subscription_values, to_text
from db.sqlite.connection import Connection
from monitor.core.model import Destination, Subscription

PLACES = (
    "subscriptions",
    "suspended",
    "send_once",
    "outbox",
    "mutes",
    "quiet_hours",
    "hushed",
    "watches",
    "acknowledgements",
    "votes",
    "escalations",
    "escalated",
    "topic_fallbacks",
    "preferences",
    "digest_wishes",
    "digests",
    "gathered",
    "languages",
)
"""Tables whose column `destination` follows a chat to a new address."""

INSIDE = "(destination = ?1 or substr(destination, 1, length(?1) + 1) = ?1 || '/')"
"""A destination is the chat ?1, or a topic of it."""


def subscribe(link: Connection, subscription: Subscription) -> bool:
    """Add it and lift a suspension of its destination; False if it was there already."""
    resume_alone(link, subscription.destination)
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


def held_back(link: Connection, destination: Destination) -> str | None:
    """Why it is suspended; None if it is not."""
    found = link.first("select reason from suspended where destination = ?", (str(destination),))
    return None if found is None else str(found["reason"])


def resume(link: Connection, destination: Destination) -> bool:
    """Lift its suspension and those of its topics; False if there was none."""
    return link.run(f"delete from suspended where {INSIDE}", (str(destination),)) > 0  # noqa: S608 - a constant


def resume_alone(link: Connection, destination: Destination) -> None:
    """Lift its suspension, but not those of its topics."""
    link.run("delete from suspended where destination = ?", (str(destination),))


def send_once(link: Connection, destination: Destination, *, once: bool) -> bool:
    """Repeat no send there, or do so again; whether that changed anything."""
    sql = (
        "insert or ignore into send_once values (?)"
        if once
        else "delete from send_once where destination = ?"
    )
    return link.run(sql, (str(destination),)) == 1


def sends_once(link: Connection) -> frozenset[Destination]:
    """Where sends are not repeated."""
    return frozenset(destination_of(row["destination"]) for row in link.all("select * from send_once"))


def move(link: Connection, old: Destination, new: Destination) -> int:
    """All that lies under a chat and its topics moves to another; returns how many subscriptions did.

    What lies under the new address already stays. Call `outbox.move` first: it knows which delivery to keep.
    """
    moved = 0
    for table in PLACES:
        here = link.run(
            f"update or ignore {table} set destination = ?2 || substr(destination, length(?1) + 1) "  # noqa: S608 - a constant
            f"where {INSIDE}",
            (str(chat_of(old)), str(chat_of(new))),
        )
        link.run(f"delete from {table} where {INSIDE}", (str(chat_of(old)),))  # noqa: S608 - a constant
        moved += here if table == "subscriptions" else 0
    link.run("update or ignore roles set who = ?2 where who = ?1", (str(chat_of(old)), str(chat_of(new))))
    link.run("delete from roles where who = ?", (str(chat_of(old)),))
    return moved
