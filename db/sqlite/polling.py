"""Feeds and what polling knows of them, in SQLite. Transactions are the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.rows import by_name, state_of, state_values, to_text
from db.sqlite.connection import Connection
from monitor.core.model import Feed, FeedState, FeedUrl


def sync(link: Connection, feeds: Sequence[Feed], now: datetime) -> None:
    """Make the listed feeds those given; all others stay known, unlisted."""
    link.run("update feeds set listed = 0 where listed = 1")
    link.add(
        "insert into feeds (url, name, listed, next_poll_at) values (?, ?, 1, ?) "
        "on conflict (url) do update set name = excluded.name, listed = 1",
        [(feed.url, feed.name, to_text(now)) for feed in feeds],
    )


def due(link: Connection, now: datetime, limit: int) -> tuple[FeedState, ...]:
    """Listed feeds whose time has come, longest overdue first."""
    rows = link.all(
        "select * from feeds where listed = 1 and next_poll_at <= ? order by next_poll_at, id limit ?",
        (to_text(now), limit),
    )
    return tuple(map(state_of, rows))


def listed(link: Connection) -> tuple[FeedState, ...]:
    """All listed feeds, by name."""
    return by_name(map(state_of, link.all("select * from feeds where listed = 1")))


def find(link: Connection, url: FeedUrl) -> tuple[int, FeedState]:
    """A feed's id and state, listed or not; raises KeyError if it was never synced."""
    row = link.first("select * from feeds where url = ?", (url,))
    if row is None:
        raise KeyError(url)
    return row["id"], state_of(row)


def learn(link: Connection, state: FeedState) -> int:
    """Keep what a poll taught; the feed's id. Raises KeyError if it was never synced."""
    feed_id, _ = find(link, state.url)
    link.run(
        "update feeds set etag = ?, last_modified = ?, body_digest = ?, next_poll_at = ?, last_poll_at = ?, "
        "last_success_at = ?, failures = ?, last_error = ?, seen_before = ?, reason = ? where id = ?",
        (*state_values(state), feed_id),
    )
    return feed_id
