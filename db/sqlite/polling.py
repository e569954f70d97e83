"""Feeds and what polling knows of them, in SQLite. Transactions are the caller's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from db.packed import pack, unpack
from db.rows import Row, Values, by_name, maybe_text, maybe_time, to_text, to_time
from db.sqlite.connection import Connection
from monitor.core.model import Feed, FeedState, FeedUrl, Move, Rhythm, Validators, Vigil

STATE = (
    "select f.*, p.*, z.since as paused_since from feeds f left join polling p on p.feed_id = f.id "
    "left join paused_feeds z on z.feed_id = f.id"
)
"""A feed with all that is known of it."""


def sync(link: Connection, feeds: Sequence[Feed], first: Callable[[int, int], datetime]) -> None:
    """Make the listed feeds those given; all others stay known, unlisted."""
    known = {row["url"] for row in link.all("select url from feeds")}
    new = [feed for feed in feeds if feed.url not in known]
    link.run("update feeds set listed = 0 where listed = 1")
    link.add(
        "insert into feeds (url, name, listed, next_poll_at) values (?, ?, 1, ?) on conflict (url) do nothing",
        [(feed.url, feed.name, to_text(first(at, len(new)))) for at, feed in enumerate(new)],
    )
    link.add("update feeds set name = ?, listed = 1 where url = ?", [(feed.name, feed.url) for feed in feeds])


def due(link: Connection, now: datetime, limit: int) -> tuple[FeedState, ...]:
    """Listed feeds whose time has come, longest overdue first."""
    rows = link.all(
        f"{STATE} where f.listed = 1 and f.next_poll_at <= ? and z.feed_id is null "
        "order by f.next_poll_at, f.id limit ?",
        (to_text(now), limit),
    )
    return tuple(map(state_of, rows))


def listed(link: Connection) -> tuple[FeedState, ...]:
    """All listed feeds, by name."""
    return by_name(map(state_of, link.each(f"{STATE} where f.listed = 1")))


def find(link: Connection, url: FeedUrl) -> tuple[int, FeedState]:
    """A feed's id and state, listed or not; raises KeyError if it was never synced."""
    row = link.first(f"{STATE} where f.url = ?", (url,))
    if row is None:
        raise KeyError(url)
    return row["id"], state_of(row)


def identify(link: Connection, url: FeedUrl) -> int:
    """A feed's id; raises KeyError if it was never synced."""
    row = link.first("select id from feeds where url = ?", (url,))
    if row is None:
        raise KeyError(url)
    found: int = row["id"]
    return found


def learn(link: Connection, state: FeedState) -> int:
    """Keep what a poll taught; the feed's id. Raises KeyError if it was never synced."""
    feed_id = identify(link, state.url)
    link.run(
        "update feeds set etag = ?, last_modified = ?, body_digest = ?, next_poll_at = ?, last_poll_at = ?, "
        "last_success_at = ?, failures = ?, last_error = ?, seen_before = ?, reason = ? where id = ?",
        (
            state.validators.etag,
            state.validators.last_modified,
            state.body_digest,
            maybe_text(state.next_poll_at),
            maybe_text(state.last_poll_at),
            maybe_text(state.last_success_at),
            state.failures,
            state.last_error,
            int(state.seen_before),
            state.reason,
            feed_id,
        ),
    )
    link.run(
        "insert or replace into polling (feed_id, validators_url, address, moved_to, moved_since, moved_times, "
        "failing_since, hub, topic, rhythm, vigil) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (feed_id, *_lesson(state)),
    )
    return feed_id


def _lesson(state: FeedState) -> Values:
    """The row of `polling`, without its key."""
    move = state.move
    return (
        state.validators.url,
        state.address,
        None if move is None else move.to,
        None if move is None else to_text(move.since),
        None if move is None else move.times,
        maybe_text(state.failing_since),
        state.hub,
        state.topic,
        pack(state.rhythm),
        pack(state.vigil),
    )


def state_of(row: Row) -> FeedState:
    """A row of `STATE`."""
    moved = row["moved_to"]
    return FeedState(
        url=FeedUrl(row["url"]),
        name=row["name"],
        validators=Validators(row["etag"], row["last_modified"], row["validators_url"]),
        body_digest=row["body_digest"],
        next_poll_at=maybe_time(row["next_poll_at"]),
        last_poll_at=maybe_time(row["last_poll_at"]),
        last_success_at=maybe_time(row["last_success_at"]),
        failures=row["failures"],
        last_error=row["last_error"],
        seen_before=bool(row["seen_before"]),
        reason=row["reason"],
        address=row["address"],
        move=None if moved is None else Move(moved, to_time(row["moved_since"]), row["moved_times"]),
        failing_since=maybe_time(row["failing_since"]),
        hub=row["hub"],
        topic=row["topic"],
        rhythm=unpack(Rhythm, row["rhythm"]),
        vigil=unpack(Vigil, row["vigil"]),
        paused_since=maybe_time(row["paused_since"]),
    )


def hasten(link: Connection, url: FeedUrl, at: datetime) -> bool:
    """Ask a feed at `at` at the latest, unless it is failing, gone or not listed; whether that is sooner."""
    return (
        link.run(
            "update feeds set next_poll_at = ?1 where url = ?2 and listed = 1 and failures = 0 and next_poll_at > ?1",
            (to_text(at), url),
        )
        > 0
    )


def rewind(link: Connection, now: datetime) -> int:
    """After the clock was set back: feeds polled in what is now the future wait from now on as long as they would."""
    ahead = link.all(
        "select id, next_poll_at, last_poll_at from feeds where last_poll_at > ?", (to_text(now),)
    )
    link.add(
        "update feeds set next_poll_at = ?, last_poll_at = ? where id = ?",
        [(_shifted(row, now), to_text(now), row["id"]) for row in ahead],
    )
    return len(ahead)


def _shifted(row: Row, now: datetime) -> str | None:
    """A feed's next poll, as far from now as it was from the last one."""
    planned = maybe_time(row["next_poll_at"])
    if planned is None:
        return None
    return to_text(now + max(planned - to_time(row["last_poll_at"]), timedelta()))


def items(link: Connection, url: FeedUrl) -> frozenset[str]:
    """Digests of the items of a feed's last page."""
    row = link.first(
        "select i.items from page_items i join feeds f on f.id = i.feed_id where f.url = ?", (url,)
    )
    return frozenset() if row is None else frozenset(row["items"].split())


def keep_items(link: Connection, feed_id: int, digests: Sequence[str]) -> None:
    """Those of the newest page take the place of the last one's."""
    link.run("insert or replace into page_items (feed_id, items) values (?, ?)", (feed_id, " ".join(digests)))
