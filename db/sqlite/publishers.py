"""What sites say of robots, and what hubs promised, in SQLite. Transactions are the caller's."""

from __future__ import annotations

from datetime import datetime

from db.rows import maybe_text, push_of, to_text, to_time
from db.sqlite.connection import Connection
from db.sqlite.polling import identify
from monitor.core.model import FeedUrl, Push


def robots(link: Connection, origin: str) -> tuple[datetime, str] | None:
    """When a site was asked for its robots.txt, and what it said."""
    row = link.first("select at, text from robots where origin = ?", (origin,))
    return None if row is None else (to_time(row["at"]), row["text"])


def keep_robots(link: Connection, origin: str, text: str, now: datetime) -> None:
    """Its answer takes the place of the last one."""
    link.run(
        "insert or replace into robots (origin, at, text) values (?, ?, ?)", (origin, to_text(now), text)
    )


def pushes(link: Connection) -> tuple[Push, ...]:
    """All subscriptions at hubs, those of feeds no longer listed as well."""
    rows = link.all("select p.*, f.url as feed from pushes p join feeds f on f.id = p.feed_id order by f.id")
    return tuple(map(push_of, rows))


def save_push(link: Connection, push: Push) -> None:
    """Keep one, in place of what was kept for its feed. Raises KeyError for a feed never synced."""
    link.run(
        "insert or replace into pushes (feed_id, hub, topic, token, secret, asked_at, until_at, failures, ending) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            identify(link, push.feed),
            push.hub,
            push.topic,
            push.token,
            push.secret,
            to_text(push.asked_at),
            maybe_text(push.until),
            push.failures,
            int(push.ending),
        ),
    )


def drop_push(link: Connection, feed: FeedUrl) -> None:
    """Forget that of a feed."""
    link.run("delete from pushes where feed_id in (select id from feeds where url = ?)", (feed,))
