"""Mutes and quiet hours, and what they hold back, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from db.promises import QUIET
from db.rows import (
    delivery_of,
    maybe_text,
    maybe_time,
    mute_of,
    mute_values,
    quiet_of,
    quiet_values,
    to_text,
)
from db.sqlite.connection import Connection
from monitor.core.model import Destination, Hushed, Kind, Level, Mute, MuteKind, Outcome, Owed, QuietHours
from monitor.core.quiet import held_until

UNSENT = "kind <> 'update' and state = 'owed' and attempt = 0 and reason in ('', 'quiet hours')"
"""New messages that wait, for nothing or for the end of quiet hours, and that nobody has tried to send yet."""

RING = (
    "update outbox set not_before = null, reason = '', level = max(level, ?1), rank = max(level, ?1) "
    "where card = ?2 and destination = ?3 and kind = 'alert' and state = 'owed' and attempt = 0 and reason = ?4"
)
"""Lets an alert go that quiet hours hold."""


class Wishing:
    """The part of the store that keeps what people wish for themselves; each method is one transaction."""

    _link: Connection

    def mute(self, mute: Mute) -> None:
        """See `Store.mute`."""
        with self._link.writing():
            self._link.run(
                "insert or replace into mutes (destination, kind, value, until_at, asked_by) values (?, ?, ?, ?, ?)",
                mute_values(mute),
            )

    def unmute(self, destination: Destination, kind: MuteKind | None, value: str, now: datetime) -> int:
        """See `Store.unmute`."""
        with self._link.writing():
            self._link.run("delete from mutes where until_at <= ?", (to_text(now),))
            return self._link.run(
                "delete from mutes where destination = ?1 and (?2 is null or kind = ?2 and value = ?3)",
                (str(destination), kind, value),
            )

    def mutes(self, destination: Destination, now: datetime) -> tuple[Mute, ...]:
        """See `Store.mutes`."""
        with self._link.reading():
            rows = self._link.all(
                "select * from mutes where destination = ? and until_at > ? order by until_at, id",
                (str(destination), to_text(now)),
            )
            return tuple(map(mute_of, rows))

    def set_quiet(self, destination: Destination, quiet: QuietHours | None, now: datetime) -> int:
        """See `Store.set_quiet`."""
        with self._link.writing():
            self._link.run("delete from quiet_hours where destination = ?", (str(destination),))
            if quiet is not None:
                self._link.run(
                    "insert into quiet_hours (destination, begins, ends, zone, excepted) values (?, ?, ?, ?, ?)",
                    quiet_values(quiet),
                )
            return _hold_anew(self._link, destination, quiet, now)

    def quiet(self, destination: Destination) -> QuietHours | None:
        """See `Store.quiet`."""
        with self._link.reading():
            row = self._link.first("select * from quiet_hours where destination = ?", (str(destination),))
            return None if row is None else quiet_of(row)

    def held(self, destination: Destination, now: datetime) -> int:
        """See `Store.held`."""
        with self._link.reading():
            return self._link.number(
                f"select count(*) from outbox where destination = ? and {UNSENT} and not_before > ?",  # noqa: S608 - a constant
                (str(destination), to_text(now)),
            )

    def hushed(self, destination: Destination, cards: Iterable[int]) -> Mapping[int, str]:
        """See `Store.hushed`."""
        with self._link.reading():
            rows = self._link.all(
                "select card, why from hushed where destination = ? "
                "and card in (select value from json_each(?))",
                (str(destination), json.dumps(sorted(cards))),
            )
            return {row["card"]: row["why"] for row in rows}


def mutes_of_all(link: Connection) -> tuple[Mute, ...]:
    """All mutes, ended ones too, as far as they were not cleared away yet."""
    return tuple(map(mute_of, link.all("select * from mutes order by id")))


def quiet_hours(link: Connection) -> tuple[QuietHours, ...]:
    """All quiet hours."""
    return tuple(map(quiet_of, link.all("select * from quiet_hours order by destination")))


def keep(link: Connection, outcome: Outcome) -> None:
    """What an outcome holds back, after its deliveries were put into the outbox. Harmless to repeat."""
    for owed in outcome.deliveries:
        if owed.kind is Kind.ALERT:
            link.run("delete from hushed where card = ? and destination = ?", _place(owed))
        if owed.not_before is not None and owed.kind is Kind.ALERT:
            link.run(
                "update outbox set not_before = ?, reason = ? "  # noqa: S608 - a constant
                f"where card = ? and destination = ? and kind = 'alert' and {UNSENT}",
                (to_text(owed.not_before), QUIET, *_place(owed)),
            )
        if owed.not_before is None and owed.kind is Kind.UPDATE:
            link.run(
                RING,
                (int(owed.level), *_place(owed), QUIET),
            )
    for each in outcome.hushed:
        _hush(link, each)


def hold_due(link: Connection, now: datetime) -> None:
    """What waits unsent waits for the end of the quiet hours that it is in now, and no longer.

    What is due may have been owed before they began, or nobody sent it in between. What is held may be so by a clock
    that was ahead.
    """
    for quiet in quiet_hours(link):
        rows = link.all(
            f"select level, not_before from outbox where destination = ? and {UNSENT} group by level, not_before",  # noqa: S608 - a constant
            (str(quiet.destination),),
        )
        for row in rows:
            until = held_until(quiet, Level(row["level"]), now)
            held = maybe_time(row["not_before"])
            if until != held and (until is not None or (held is not None and held > now)):
                link.run(
                    "update outbox set not_before = ?, reason = ? "  # noqa: S608 - a constant
                    f"where destination = ? and level = ? and not_before is ? and {UNSENT}",
                    (
                        maybe_text(until),
                        "" if until is None else QUIET,
                        str(quiet.destination),
                        row["level"],
                        row["not_before"],
                    ),
                )


def _wait(link: Connection, delivery: int, until: datetime | None) -> None:
    """Until then, for the end of quiet hours; or for nothing."""
    reason = "" if until is None else QUIET
    link.run(
        "update outbox set not_before = ?, reason = ? where id = ?", (maybe_text(until), reason, delivery)
    )


def _place(owed: Owed) -> tuple[int, str]:
    return owed.card, str(owed.destination)


def _hush(link: Connection, hushed: Hushed) -> None:
    """Remember who was not told, unless they were told or are about to be."""
    link.run(
        "insert into hushed (card, destination, why) select ?1, ?2, ?3 where not exists ("
        "select 1 from outbox where card = ?1 and destination = ?2 and kind = 'alert') "
        "on conflict (card, destination) do update set why = excluded.why",
        (hushed.card, str(hushed.destination), hushed.why),
    )


def _hold_anew(link: Connection, destination: Destination, quiet: QuietHours | None, now: datetime) -> int:
    """Alerts that wait unsent are held by these quiet hours from now on, or by none. Returns how many are held."""
    rows = link.all(
        f"select * from outbox where destination = ? and {UNSENT}",  # noqa: S608 - a constant
        (str(destination),),
    )
    until: Sequence[tuple[int, datetime | None]] = [
        (row["id"], None if quiet is None else held_until(quiet, delivery_of(row).level, now)) for row in rows
    ]
    for number, moment in until:
        _wait(link, number, moment)
    return sum(moment is not None for _, moment in until)
