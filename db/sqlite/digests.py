"""What is gathered and told together, in SQLite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from db.promises import rank
from db.rows import (
    delivery_of,
    destination_of,
    digest_wish_of,
    gathered_of,
    maybe_text,
    maybe_time,
    schedule_text,
    to_text,
    to_time,
)
from db.sqlite import cards, preferences
from db.sqlite.connection import Connection
from db.sqlite.watching import rules_of
from db.sqlite.wishes import UNSENT
from monitor.core import digest as planned
from monitor.core.discretion import without_others
from monitor.core.model import (
    Claimed,
    Delivery,
    Destination,
    Digest,
    DigestPart,
    DigestWish,
    Gathered,
    Kind,
    Level,
    Outcome,
    Schedule,
    Waiting,
)

GROUPS = (
    "select destination, schedule, min(at) as begun_at, count(*) as cards from gathered where digest is null "
)
"""What waits, digest by digest."""


class Digesting:
    """The part of the store that gathers; each method is one transaction."""

    _link: Connection

    def set_digest(self, wish: DigestWish) -> None:
        """See `Store.set_digest`."""
        with self._link.writing():
            self._link.run(
                "insert or replace into digest_wishes (destination, selector, schedule) values (?, ?, ?)",
                (
                    str(wish.destination),
                    wish.selector,
                    None if wish.schedule is None else str(wish.schedule),
                ),
            )

    def drop_digests(self, destination: Destination, selector: str | None) -> int:
        """See `Store.drop_digests`."""
        with self._link.writing():
            return self._link.run(
                "delete from digest_wishes where destination = ?1 and (?2 is null or selector = ?2)",
                (str(destination), selector),
            )

    def digests(self, destination: Destination) -> tuple[DigestWish, ...]:
        """See `Store.digests`."""
        with self._link.reading():
            return tuple(each for each in wishes(self._link) if each.destination == destination)

    def waiting(self, destination: Destination, now: datetime) -> tuple[Waiting, ...]:
        """See `Store.waiting`."""
        with self._link.reading():
            return _waiting(self._link, destination, now)

    def send_digest(self, destination: Destination, now: datetime) -> int:
        """See `Store.send_digest`."""
        with self._link.writing():
            groups = _waiting(self._link, destination, now)
            for each in groups:
                _make(self._link, each, now, None)
            return sum(each.cards for each in groups)

    def digest(self, number: int) -> Digest | None:
        """See `Store.digest`."""
        with self._link.reading():
            return _digest(self._link, number)


def wishes(link: Connection) -> tuple[DigestWish, ...]:
    """All of them."""
    return tuple(map(digest_wish_of, link.all("select * from digest_wishes order by destination, selector")))


def of_cards(link: Connection, numbers: str) -> dict[int, frozenset[Gathered]]:
    """By card, with whom it is or was told of together with others; `numbers` is a JSON array."""
    found: dict[int, set[Gathered]] = {}
    for row in link.all("select * from gathered where card in (select value from json_each(?))", (numbers,)):
        found.setdefault(row["card"], set()).add(gathered_of(row))
    return {number: frozenset(some) for number, some in found.items()}


def keep(link: Connection, outcome: Outcome) -> None:
    """What an outcome gathers, after its deliveries were put into the outbox. Harmless to repeat."""
    for each in outcome.gathered:
        _gather(link, each, outcome.decided_at)
    for owed in outcome.deliveries:
        if owed.kind is Kind.ALERT:
            link.run(
                "delete from gathered where card = ? and destination = ? and digest is null",
                (owed.card, str(owed.destination)),
            )


def _gather(link: Connection, each: Gathered, now: datetime) -> None:
    """Once per card and destination, unless they were told of it."""
    link.run(
        "insert or ignore into gathered (card, destination, level, schedule, at) select ?1, ?2, ?3, ?4, ?5 "
        "where not exists (select 1 from gathered where card = ?1 and destination = ?2) and not exists ("
        "select 1 from outbox where card = ?1 and destination = ?2 and kind = 'alert')",
        (each.card, str(each.destination), int(each.level), schedule_text(each.schedule), to_text(now)),
    )


def hold_over(link: Connection, now: datetime) -> set[int]:
    """What is over the caps of its chats waits for a summary; returns the cards that do."""
    if not link.first("select 1 from preferences where cap > 0"):
        return set()
    held: set[int] = set()
    for row in link.all(
        f"select distinct destination from outbox where {UNSENT} and kind = 'alert' and level < ? "  # noqa: S608 - a constant
        "and (not_before is null or not_before <= ?)",
        (int(Level.FLASH), to_text(now)),
    ):
        where = destination_of(row["destination"])
        if cap := preferences.chosen(link, where).cap:
            held |= _hold_over(link, where, cap, now)
    return held


def _hold_over(link: Connection, where: Destination, cap: int, now: datetime) -> set[int]:
    used = link.number(
        "select count(*) from outbox where destination = ?1 and kind = 'alert' and level < ?2 and ("
        "state = 'sent' and settled_at > ?3 and settled_at <= ?4 or state = 'sending' "
        "or state = 'owed' and attempt > 0)",
        (str(where), int(Level.FLASH), to_text(now - planned.HOUR), to_text(now)),
    )
    over = link.all(
        f"select * from outbox where destination = ? and {UNSENT} and kind = 'alert' and level < ? "  # noqa: S608 - a constant
        "and (not_before is null or not_before <= ?) order by rank desc, id limit -1 offset ?",
        (str(where), int(Level.FLASH), to_text(now), max(cap - used, 0)),
    )
    for delivery in map(delivery_of, over):
        link.run(
            "delete from outbox where card = ? and destination = ? and kind in ('alert', 'update') "
            "and digest is null",
            (delivery.card, str(where)),
        )
        link.run(
            "insert or replace into gathered (card, destination, level, schedule, at) values (?, ?, ?, '', ?)",
            (delivery.card, str(where), int(delivery.level), to_text(now)),
        )
    return {row["card"] for row in over}


def make_due(link: Connection, now: datetime) -> None:
    """What was gathered becomes owed where it is due."""
    if not link.first("select 1 from gathered where digest is null"):
        return
    link.run("update gathered set at = ?1 where digest is null and at > ?1", (to_text(now),))
    for each in _waiting(link, None, now):
        if each.due_at <= now:
            zone = preferences.zone(link, each.destination)
            period = None if each.schedule is None else planned.last_moment(each.schedule, zone, now)
            _make(link, each, now, period)


def _waiting(link: Connection, destination: Destination | None, now: datetime) -> tuple[Waiting, ...]:
    """What waits at one destination, or at all."""
    asked: dict[Destination, set[Schedule | None]] = {}
    for wish in wishes(link):
        asked.setdefault(wish.destination, set()).add(wish.schedule)
    out: list[Waiting] = []
    for row in link.all(
        GROUPS + "and (?1 is null or destination = ?1) group by destination, schedule "
        "order by destination, schedule",
        (None if destination is None else str(destination),),
    ):
        where, schedule, begun = (
            destination_of(row["destination"]),
            Schedule.read(row["schedule"]),
            to_time(row["begun_at"]),
        )
        if schedule is not None and schedule not in asked.get(where, ()):
            due_at = now  # nobody waits for such a digest any more
        else:
            covered = _covered(link, where, schedule)
            due_at = planned.due(schedule, preferences.zone(link, where), begun, covered, now)
        out.append(Waiting(where, schedule, row["cards"], begun, due_at))
    return tuple(out)


def _covered(link: Connection, where: Destination, schedule: Schedule | None) -> datetime | None:
    """The last moment of a schedule that has had its digest."""
    row = link.first(
        "select max(period_at) as at from digests where destination = ? and schedule = ?",
        (str(where), schedule_text(schedule)),
    )
    return None if row is None else maybe_time(row["at"])


def _make(link: Connection, group: Waiting, now: datetime, period: datetime | None) -> None:
    """A digest of what waits, its parts owed; `period` is the moment of its schedule, None out of turn."""
    rows = link.all(
        "select g.id, g.card, max(g.level, c.level) as level, (select h.rule from hits h "
        "join card_stories s on s.story_id = h.story_id where s.card = g.card "
        "order by h.level desc, h.rule limit 1) as rule "
        "from gathered g join cards c on c.number = g.card "
        "where g.destination = ? and g.schedule = ? and g.digest is null",
        (str(group.destination), schedule_text(group.schedule)),
    )
    kind = Kind.SUMMARY if group.schedule is None else Kind.DIGEST
    ranked = [planned.Ranked(row["card"], Level(row["level"]), row["rule"] or "") for row in rows]
    order = planned.arranged(ranked)
    listed = planned.listed(kind, len(order))
    link.run(
        "insert into digests (destination, kind, schedule, begun_at, made_at, period_at, listed) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        (
            str(group.destination),
            kind,
            schedule_text(group.schedule),
            to_text(group.begun_at),
            to_text(now),
            maybe_text(period),
            listed,
        ),
    )
    number = link.number("select last_insert_rowid()")
    ids = {row["card"]: row["id"] for row in rows}
    link.add(
        "update gathered set digest = ?, place = ? where id = ?",
        [(number, place, ids[card]) for place, card in enumerate(order, start=1)],
    )
    parts = planned.parts(order, listed)
    link.add(
        "insert into outbox (card, digest, part, parts, destination, kind, level, rank, state, owed_at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, 'owed', ?)",
        [
            (
                some[0],
                number,
                part,
                len(parts),
                str(group.destination),
                kind,
                int(Level.INFO),
                rank(kind, Level.INFO),
                to_text(now),
            )
            for part, some in enumerate(parts, start=1)
        ],
    )


def _digest(link: Connection, number: int) -> Digest | None:
    row = link.first("select * from digests where id = ?", (number,))
    if row is None:
        return None
    listed = link.all("select card from gathered where digest = ? order by place", (number,))
    return Digest(
        row["id"],
        destination_of(row["destination"]),
        Kind(row["kind"]),
        Schedule.read(row["schedule"]),
        to_time(row["begun_at"]),
        to_time(row["made_at"]),
        tuple(each["card"] for each in listed),
        row["listed"],
    )


def told(link: Connection, claims: Iterable[Claimed]) -> tuple[Claimed, ...]:
    """Claimed deliveries with what they list, and how they are to come."""
    return tuple(
        replace(
            each,
            digest=_part(link, each.delivery),
            manner=preferences.manner(link, each.delivery.destination),
        )
        for each in claims
    )


def _part(link: Connection, delivery: Delivery) -> DigestPart | None:
    """What one message of a digest lists; None for what is about one card."""
    digest = None if delivery.digest is None else _digest(link, delivery.digest)
    if digest is None:
        return None
    numbers = planned.parts(digest.cards, digest.listed)[delivery.part - 1]
    views, mine = cards.views(link, numbers), rules_of(link, delivery.destination)
    return DigestPart(digest, tuple(without_others(views[number], mine) for number in numbers))


__all__ = ["Digesting", "hold_over", "keep", "make_due", "of_cards", "told", "wishes"]
