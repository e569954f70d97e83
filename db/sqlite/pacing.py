"""Who asked us for patience, and where we sent last, in SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from db.promises import PACE_AGE, chat_of
from db.rows import pace_of, pace_values, to_text, to_time
from db.sqlite.connection import Connection
from monitor.core.model import Destination
from monitor.core.pacing import Pace


class Pacing:
    """The part of the store that keeps pacing across restarts; each method is one transaction."""

    _link: Connection

    def paces(self) -> tuple[Pace, ...]:
        """See `Store.paces`."""
        with self._link.reading():
            return tuple(map(pace_of, self._link.all("select * from paces order by name")))

    def keep_pace(self, pace: Pace) -> None:
        """See `Store.keep_pace`."""
        with self._link.writing():
            self._link.run(
                "delete from paces where name = ? or until_at < ?",
                (pace.name, to_text(pace.asked_at - PACE_AGE)),
            )
            if not pace.over:
                self._link.run(
                    "insert into paces (name, asked_at, until_at, heat) values (?, ?, ?, ?)",
                    pace_values(pace),
                )

    def last_sends(self, since: datetime) -> Mapping[Destination, datetime]:
        """See `Store.last_sends`."""
        with self._link.reading():
            rows = self._link.all(
                "select destination, settled_at from outbox where state in ('sent', 'dead') and settled_at >= ? "
                "order by settled_at",
                (to_text(since),),
            )
        return {chat_of(Destination.read(row["destination"])): to_time(row["settled_at"]) for row in rows}
