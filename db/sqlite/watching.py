"""Personal rules, in SQLite; and what of the cards each chat may see."""

from __future__ import annotations

from datetime import datetime

from db.rows import Row, destination_of, maybe_time, to_text, to_time
from db.sqlite import people
from db.sqlite.connection import Connection
from monitor.core.model import Destination, RuleId, Watch


class Watching:
    """The part of the store that keeps them; each method is one transaction."""

    _link: Connection

    def add_watch(self, destination: Destination, query: str, by: str, now: datetime) -> Watch:
        """See `Store.add_watch`."""
        with self._link.writing():
            people.resume_alone(self._link, destination)
            (row,) = self._link.all(
                "insert into watches (destination, query, asked_by, since) values (?, ?, ?, ?) returning *",
                (str(destination), query, by, to_text(now)),
            )
            return _watch_of(row)

    def end_watch(self, destination: Destination, number: int, now: datetime) -> bool:
        """See `Store.end_watch`."""
        with self._link.writing():
            ended = self._link.run(
                "update watches set ended_at = ? where destination = ? and number = ? and ended_at is null",
                (to_text(now), str(destination), number),
            )
        return ended == 1

    def watches(self, destination: Destination | None = None) -> tuple[Watch, ...]:
        """See `Store.watches`."""
        with self._link.reading():
            return watches(self._link, destination)


def watches(link: Connection, destination: Destination | None = None) -> tuple[Watch, ...]:
    """Those that have not ended, of one destination or of all."""
    rows = link.all(
        "select * from watches where ended_at is null and (?1 is null or destination = ?1) order by number",
        (None if destination is None else str(destination),),
    )
    return tuple(map(_watch_of, rows))


def reachable(link: Connection) -> tuple[Watch, ...]:
    """Those that have not ended, of destinations that are not suspended."""
    rows = link.all(
        "select * from watches where ended_at is null "
        "and destination not in (select destination from suspended) order by number"
    )
    return tuple(map(_watch_of, rows))


def rules_of(link: Connection, viewer: Destination | None) -> frozenset[RuleId]:
    """The personal rules of a destination, also those that ended; none for nobody."""
    if viewer is None:
        return frozenset()
    rows = link.all("select * from watches where destination = ?", (str(viewer),))
    return frozenset(_watch_of(row).id for row in rows)


def _watch_of(row: Row) -> Watch:
    return Watch(
        row["number"],
        destination_of(row["destination"]),
        row["query"],
        row["asked_by"],
        to_time(row["since"]),
        maybe_time(row["ended_at"]),
    )
