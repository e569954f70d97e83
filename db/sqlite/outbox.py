"""Owed deliveries, in SQLite: owed, claimed under a lease, settled. Transactions are the caller's.

A row's id is its age. An update that is owed anew after it was sent is a new row in the place of the old one:
its age and its attempts count from there, and a late answer to the old one finds nothing to change.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.promises import CUT_SHORT, NOT_REPEATED, chat_of, rank, rewound, settled
from db.rows import Row, delivery_of, entry_of, maybe_text, maybe_time, to_text, to_time
from db.sqlite import cards, people
from db.sqlite.connection import Connection
from db.sqlite.watching import rules_of
from monitor.core.discretion import without_others
from monitor.core.model import (
    Claimed,
    Delivery,
    DeliveryState,
    Destination,
    Entry,
    Kind,
    Owed,
    Receipt,
    Refused,
)

CHAT = "substr({0}, 1, instr({0} || '/', '/') - 1)"
"""The chat of a destination: limits and order are the chat's, whatever its topics."""

CARRIER = (
    "select a.{0} from outbox a where a.card = {1} and a.destination = {2} "
    "and a.kind in ('alert', 'escalation') order by a.kind limit 1"
)
"""Of the row whose message an update edits: the alert, or where there was none what was escalated there."""

DUE = f"""
select o.* from outbox o indexed by outbox_waiting
where o.state in ('owed', 'sending')
and (o.state = 'sending' and o.lease_until <= :now
    or o.state = 'owed' and (o.not_before is null or o.not_before <= :now))
and o.destination not in (select destination from suspended)
and o.destination not in (select value from json_each(:resting))
and {CHAT.format("o.destination")} not in (select value from json_each(:resting))
and substr(o.destination, 1, instr(o.destination, ':')) not in (select value from json_each(:resting))
and {CHAT.format("o.destination")} not in (
    select {CHAT.format("destination")} from outbox where state = 'sending' and lease_until > :now)
and (o.kind <> 'update' or 'sent' = ({CARRIER.format("state", "o.card", "o.destination")}))
order by o.rank desc, o.id
"""  # noqa: S608 - constants
"""What may go to chats that have nothing in flight and do not rest, in the order of `outbox_waiting`."""

MOOT = (
    "delete from outbox where kind = 'update' and state <> 'dead' "  # noqa: S608 - constants
    f"and 'dead' = ({CARRIER.format('state', 'outbox.card', 'outbox.destination')})"
)
"""Updates of messages that were refused for good."""

WAITED = ("not_before", "lease_until")
"""Columns that hold a row back."""

WAITS = f"""
select {CHAT.format("destination")} as chat, rank, id from outbox
where state = 'owed' and attempt > 0 and not_before > :now and destination not in (select destination from suspended)
"""  # noqa: S608 - constants
"""Sends that failed and are tried again later: what comes after them in their chat waits for them."""


PLACE = "card = ? and destination = ? and kind = ? and digest is null"
"""The row of a card, a destination and a kind."""


def owe(link: Connection, deliveries: Sequence[Owed], now: datetime, *, replayed: bool) -> None:
    """Put deliveries into the outbox.

    `replayed` says that this outcome was saved before: then what it owed is there, and nothing is owed anew.
    """
    for owed in deliveries:
        row = link.first(
            f"select state from outbox where {PLACE}",  # noqa: S608 - a constant
            (owed.card, str(owed.destination), owed.kind),
        )
        state = None if row is None else DeliveryState(row["state"])
        if state is None:
            if not _moot(link, owed):
                _put(link, owed, now)
        elif owed.kind is Kind.UPDATE and not replayed:
            if state is DeliveryState.SENT:
                _put(link, owed, now)
            elif state is DeliveryState.SENDING:
                link.run(
                    f"update outbox set again = 1 where {PLACE}",  # noqa: S608 - a constant
                    (owed.card, str(owed.destination), owed.kind),
                )


def _moot(link: Connection, owed: Owed) -> bool:
    """Whether an update has no message to edit, because the alert was refused for good."""
    if owed.kind is not Kind.UPDATE:
        return False
    row = link.first(CARRIER.format("state", "?", "?"), (owed.card, str(owed.destination)))
    return row is not None and row["state"] == DeliveryState.DEAD


def _put(link: Connection, owed: Owed, now: datetime) -> None:
    """A new row, in the place of an old one if there is one."""
    link.run(
        "insert or replace into outbox (card, destination, kind, level, rank, state, owed_at) "
        "values (?, ?, ?, ?, ?, 'owed', ?)",
        (
            owed.card,
            str(owed.destination),
            owed.kind,
            int(owed.level),
            rank(owed.kind, owed.level),
            to_text(now),
        ),
    )


def claim(
    link: Connection, now: datetime, lease: float, limit: int, resting: frozenset[Destination]
) -> tuple[Claimed, ...]:
    """Take what is due: see `Store.claim`."""
    _rewind(link, now)
    _bury(link, now, "lease_until <= ?2")
    taken: list[Delivery] = []
    for before in _due(link, now, limit, resting):
        delivery = replace(
            before,
            state=DeliveryState.SENDING,
            attempt=before.attempt + 1,
            repeat=before.repeat or before.state is DeliveryState.SENDING,
            not_before=None,
        )
        _write(link, delivery, now, lease_until=now + timedelta(seconds=lease))
        taken.append(delivery)
    views = cards.views(link, {delivery.card for delivery in taken})
    return tuple(
        Claimed(
            each, without_others(views[each.card], rules_of(link, each.destination)), _sent_alert(link, each)
        )
        for each in taken
    )


def _rewind(link: Connection, now: datetime) -> None:
    """After the clock was set back: what waits, or is in flight, does so for as long as it was to."""
    for row in link.all(
        "select id, not_before, lease_until, back_at from outbox where state in ('owed', 'sending') "
        "and back_at > ?",
        (to_text(now),),
    ):
        moments = (rewound(maybe_time(row[each]), to_time(row["back_at"]), now) for each in WAITED)
        link.run(
            "update outbox set not_before = ?, lease_until = ?, back_at = ? where id = ?",
            (*map(maybe_text, moments), to_text(now), row["id"]),
        )


def _due(link: Connection, now: datetime, limit: int, resting: frozenset[Destination]) -> list[Delivery]:
    """The next delivery of each chat, read in order until there are enough: a long queue costs nothing."""
    given = {"now": to_text(now), "resting": json.dumps(sorted(map(str, resting)))}
    waits: dict[str, list[Row]] = defaultdict(list)
    for each in link.database.execute(WAITS, {"now": given["now"]}):
        waits[each["chat"]].append(each)
    firsts: dict[str, Row] = {}
    rows = link.database.execute(DUE, given)
    while len(firsts) < limit and (row := rows.fetchone()) is not None:
        chat = row["destination"].partition("/")[0]
        if not any(each["rank"] >= row["rank"] and each["id"] < row["id"] for each in waits[chat]):
            firsts.setdefault(chat, row)
    rows.close()
    return [delivery_of(row) for row in firsts.values()]


def _sent_alert(link: Connection, delivery: Delivery) -> str | None:
    """The messenger's id of the message that an update edits."""
    if delivery.kind is not Kind.UPDATE:
        return None
    row = link.first(CARRIER.format("message", "?", "?"), (delivery.card, str(delivery.destination)))
    return None if row is None else row["message"]


def settle(link: Connection, delivery: int, attempt: int, receipt: Receipt, now: datetime) -> bool:
    """Record what became of a send; False if somebody else holds it."""
    row = link.first(
        "select * from outbox where id = ? and state = 'sending' and attempt = ?", (delivery, attempt)
    )
    if row is None:
        return False
    before = delivery_of(row)
    done = settled(before, receipt, now, once=_once(link, before))
    _write(
        link, done, now, settled_at=now if done.state in (DeliveryState.SENT, DeliveryState.DEAD) else None
    )
    if done.state is DeliveryState.SENT and row["again"]:
        _put(link, Owed(done.card, done.destination, done.kind, done.level), now)
    if done.state is DeliveryState.DEAD:
        link.run(f"{MOOT} and card = ? and destination = ?", (done.card, str(done.destination)))
    if isinstance(receipt, Refused) and receipt.suspend:
        people.suspend(link, done.destination, receipt.reason, now)
    return True


def _write(
    link: Connection,
    delivery: Delivery,
    now: datetime,
    *,
    lease_until: datetime | None = None,
    settled_at: datetime | None = None,
) -> None:
    """Write a row back; whatever grew on its card until now is in the next send."""
    link.run(
        "update outbox set state = ?, attempt = ?, not_before = ?, repeat = ?, message = ?, reason = ?, "
        "lease_until = ?, settled_at = ?, back_at = ?, again = 0 where id = ?",
        (
            delivery.state,
            delivery.attempt,
            maybe_text(delivery.not_before),
            int(delivery.repeat),
            delivery.message,
            delivery.reason,
            maybe_text(lease_until),
            maybe_text(settled_at),
            to_text(now),
            delivery.id,
        ),
    )


def recover(link: Connection, now: datetime) -> int:
    """What was in flight when the process died is owed as a repeat, from now on. Returns how many were.

    What goes to where sends are not repeated, and is no update, is dead instead.
    """
    return _bury(link, now, "true") + link.run(
        "update outbox set state = 'owed', repeat = 1, not_before = ?1, back_at = ?1, lease_until = null "
        "where state = 'sending'",
        (to_text(now),),
    )


def _once(link: Connection, delivery: Delivery) -> bool:
    """Whether its send is not to be repeated."""
    wanted = (str(delivery.destination),)
    return link.first("select 1 from send_once where destination = ?", wanted) is not None


def _bury(link: Connection, now: datetime, which: str) -> int:
    """What is in flight of which nobody will tell what became of it, where sends are not repeated; how many."""
    buried = link.run(
        "update outbox set state = 'dead', repeat = 1, reason = ?1, settled_at = ?2, "  # noqa: S608 - a constant
        "lease_until = null, again = 0 "
        "where state = 'sending' and kind <> 'update' and destination in (select destination from send_once) "
        f"and {which}",
        (f"{CUT_SHORT}; {NOT_REPEATED}", to_text(now)),
    )
    if buried:  # no update is owed of an alert that is dead
        link.run(MOOT)
    return buried


def requeue(link: Connection, delivery: int | None, now: datetime) -> int:
    """Owe again what is dead, one or all for None; its attempts go on counting. Returns how many."""
    return link.run(
        "update outbox set state = 'owed', owed_at = ?1, not_before = null, settled_at = null "
        "where state = 'dead' and (?2 is null or id = ?2)",
        (to_text(now), delivery),
    )


def entries(
    link: Connection, limit: int, states: Collection[DeliveryState], destination: Destination | None
) -> tuple[Entry, ...]:
    """The newest deliveries, newest first: see `Store.outbox`."""
    where = None if destination is None else str(destination)
    inside = "?1 is null or destination = ?1 or substr(destination, 1, length(?1) + 1) = ?1 || '/'"
    rows = link.all(
        "select o.*, "  # noqa: S608 - constants
        "(select reason from suspended s where s.destination = o.destination) as held, "
        "o.destination not in (select destination from send_once) as repeats "
        f"from outbox o where ({inside}) and (?2 = '[]' or state in (select value from json_each(?2))) "
        "order by id desc limit ?3",
        (where, json.dumps(sorted(states)), limit),
    )
    return tuple(map(entry_of, rows))


FURTHER = "case {}.state when 'sent' then 3 when 'sending' then 2 when 'owed' then 1 else 0 end"
"""How far a delivery got."""


def move(link: Connection, old: Destination, new: Destination) -> None:
    """Before a chat's rows move to a new address: leave one of each, forget messages that stay behind.

    Of two deliveries of a card the one that got further is kept, of equals the one at the new address. An id of a
    message means another message in the new chat, if any.
    """
    chats = (str(chat_of(old)), str(chat_of(new)))
    link.run(
        "delete from outbox where id in ("  # noqa: S608 - constants
        "select there.id from outbox here join outbox there "
        "on there.card = here.card and there.kind = here.kind and there.digest is null and here.digest is null "
        "and there.destination = ?2 || substr(here.destination, length(?1) + 1) "
        f"where (here.destination = ?1 or substr(here.destination, 1, length(?1) + 1) = ?1 || '/') "
        f"and {FURTHER.format('here')} > {FURTHER.format('there')})",
        chats,
    )
    link.run(
        f"delete from outbox where {people.INSIDE} and kind = 'update' and state in ('owed', 'sending') "  # noqa: S608 - a constant
        "and (card, destination) in ("
        "select card, destination from outbox where kind in ('alert', 'escalation') and state = 'sent')",
        chats[:1],
    )
    link.run(f"update outbox set message = null where {people.INSIDE}", chats[:1])  # noqa: S608 - a constant
