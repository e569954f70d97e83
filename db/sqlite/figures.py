"""The store in figures, in SQLite. Transactions are the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from db.rows import delivery_of, destination_of, maybe_time, to_text, to_time
from db.sqlite import polling
from db.sqlite.connection import Connection
from db.sqlite.searching import stored_since
from monitor.core.model import DeadLetter, FeedUrl, StoreStatus

DEAD_SHOWN = 20
"""How many dead letters a status shows."""

WAITING = "state in ('owed', 'sending')"


def status(link: Connection) -> StoreStatus:
    """The store in figures; see `StoreStatus`."""
    oldest = link.first(
        f"select min(owed_at) as at from outbox where {WAITING} "  # noqa: S608 - a constant
        "and destination not in (select destination from suspended)"
    )
    dead = link.all(
        "select * from outbox where state = 'dead' order by settled_at desc, id desc limit ?",
        (DEAD_SHOWN,),
    )
    return StoreStatus(
        feeds=polling.listed(link),
        stories=link.number("select count(*) from stories"),
        hits=link.number("select count(*) from hits"),
        cards=link.number("select count(*) from cards"),
        owed=link.number(f"select count(*) from outbox where {WAITING}"),  # noqa: S608 - a constant
        oldest_owed_at=None if oldest is None else maybe_time(oldest["at"]),
        sent=link.number("select count(*) from outbox where state = 'sent'"),
        dead=tuple(DeadLetter(delivery_of(row), to_time(row["settled_at"])) for row in dead),
        dead_count=link.number("select count(*) from outbox where state = 'dead'"),
        suspended={
            destination_of(row["destination"]): row["reason"]
            for row in link.all("select * from suspended order by since, destination")
        },
        beats={row["heart"]: to_time(row["at"]) for row in link.all("select * from beats order by heart")},
        subscriptions=link.number("select count(*) from subscriptions"),
    )


def stories_since(link: Connection, since: datetime) -> int:
    """Stories whose own date, or where it is missing or too late the time they were seen, is not before."""
    return link.number(
        "select count(*) from stories where id >= ?2 and seen_at >= ?1 "
        "and min(coalesce(published_at, seen_at), seen_at) >= ?1",
        (to_text(since), stored_since(link, since)),
    )


def hits_of_feeds(link: Connection, since: datetime) -> Mapping[FeedUrl, int]:
    """How many stories that hit came from each feed, without those of which none did."""
    rows = link.all(
        "select f.url, count(*) as stories from stories s join feeds f on f.id = s.feed_id "
        "where s.id in (select story_id from hits) and s.seen_at >= ? group by f.id",
        (to_text(since),),
    )
    return {FeedUrl(row["url"]): row["stories"] for row in rows}


def beat(link: Connection, heart: str, now: datetime) -> None:
    """A part of the process lives."""
    link.run(
        "insert into beats (heart, at) values (?, ?) on conflict (heart) do update set at = excluded.at",
        (heart, to_text(now)),
    )
