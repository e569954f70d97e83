"""Owed deliveries, in SQLite: owed, claimed under a lease, settled. Transactions are the caller's.

A row's id is its age. An update that is owed anew after it was sent is a new row in the place of the old one:
its age and its attempts count from there, and a late answer to the old one finds nothing to change.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.promises import settled
from db.rows import Row, delivery_of, maybe_text, to_text
from db.sqlite import cards, people
from db.sqlite.connection import Connection
from monitor.core.model import Claimed, Delivery, DeliveryState, Destination, Kind, Owed, Receipt, Refused

DUE = """
select o.* from outbox o indexed by outbox_waiting
where o.state in ('owed', 'sending')
and (o.state = 'sending' and o.lease_until <= :now
    or o.state = 'owed' and (o.not_before is null or o.not_before <= :now))
and o.destination not in (select destination from suspended)
and o.destination not in (select value from json_each(:resting))
and o.destination not in (select destination from outbox where state = 'sending' and lease_until > :now)
and (o.kind <> 'update' or exists (
    select 1 from outbox a where a.card = o.card and a.destination = o.destination
    and a.kind = 'alert' and a.state = 'sent'))
order by o.level desc, o.id
"""
"""What may go to destinations that have nothing in flight and do not rest, in the order of `outbox_waiting`."""


def owe(link: Connection, deliveries: Sequence[Owed], now: datetime, *, replayed: bool) -> None:
    """Put deliveries into the outbox.

    `replayed` says that this outcome was saved before: then what it owed is there, and nothing is owed anew.
    """
    for owed in deliveries:
        row = link.first(
            "select state from outbox where card = ? and destination = ? and kind = ?",
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
                    "update outbox set again = 1 where card = ? and destination = ? and kind = ?",
                    (owed.card, str(owed.destination), owed.kind),
                )


def _moot(link: Connection, owed: Owed) -> bool:
    """Whether an update has no message to edit, because the alert was refused for good."""
    return owed.kind is Kind.UPDATE and bool(
        link.all(
            "select 1 from outbox where card = ? and destination = ? and kind = 'alert' and state = 'dead'",
            (owed.card, str(owed.destination)),
        )
    )


def _put(link: Connection, owed: Owed, now: datetime) -> None:
    """A new row, in the place of an old one if there is one."""
    link.run(
        "insert or replace into outbox (card, destination, kind, level, state, owed_at) "
        "values (?, ?, ?, ?, 'owed', ?)",
        (owed.card, str(owed.destination), owed.kind, int(owed.level), to_text(now)),
    )


def claim(
    link: Connection, now: datetime, lease: float, limit: int, resting: frozenset[Destination]
) -> tuple[Claimed, ...]:
    """Take what is due: see `Store.claim`."""
    taken: list[Delivery] = []
    for before in _due(link, now, limit, resting):
        delivery = replace(
            before,
            state=DeliveryState.SENDING,
            attempt=before.attempt + 1,
            repeat=before.repeat or before.state is DeliveryState.SENDING,
            not_before=None,
        )
        _write(link, delivery, lease_until=now + timedelta(seconds=lease))
        taken.append(delivery)
    views = cards.views(link, {delivery.card for delivery in taken})
    return tuple(Claimed(each, views[each.card], _sent_alert(link, each)) for each in taken)


def _due(link: Connection, now: datetime, limit: int, resting: frozenset[Destination]) -> list[Delivery]:
    """The next delivery of each destination, read in order until there are enough: a long queue costs nothing."""
    given = {"now": to_text(now), "resting": json.dumps(sorted(map(str, resting)))}
    firsts: dict[str, Row] = {}
    rows = link.database.execute(DUE, given)
    while len(firsts) < limit and (row := rows.fetchone()) is not None:
        firsts.setdefault(row["destination"], row)
    rows.close()
    return [delivery_of(row) for row in firsts.values()]


def _sent_alert(link: Connection, delivery: Delivery) -> str | None:
    """The messenger's id of the message that an update edits."""
    if delivery.kind is not Kind.UPDATE:
        return None
    row = link.first(
        "select message from outbox where card = ? and destination = ? and kind = 'alert'",
        (delivery.card, str(delivery.destination)),
    )
    return None if row is None else row["message"]


def settle(link: Connection, delivery: int, attempt: int, receipt: Receipt, now: datetime) -> bool:
    """Record what became of a send; False if somebody else holds it."""
    row = link.first(
        "select * from outbox where id = ? and state = 'sending' and attempt = ?", (delivery, attempt)
    )
    if row is None:
        return False
    done = settled(delivery_of(row), receipt, now)
    _write(link, done, settled_at=now if done.state in (DeliveryState.SENT, DeliveryState.DEAD) else None)
    if done.state is DeliveryState.SENT and row["again"]:
        _put(link, Owed(done.card, done.destination, done.kind, done.level), now)
    if done.state is DeliveryState.DEAD and done.kind is Kind.ALERT:
        link.run(
            "delete from outbox where card = ? and destination = ? and kind = 'update'",
            (done.card, str(done.destination)),
        )
    if isinstance(receipt, Refused) and receipt.suspend:
        people.suspend(link, done.destination, receipt.reason, now)
    return True


def _write(
    link: Connection,
    delivery: Delivery,
    *,
    lease_until: datetime | None = None,
    settled_at: datetime | None = None,
) -> None:
    """Write a row back; whatever grew on its card until now is in the next send."""
    link.run(
        "update outbox set state = ?, attempt = ?, not_before = ?, repeat = ?, message = ?, reason = ?, "
        "lease_until = ?, settled_at = ?, again = 0 where id = ?",
        (
            delivery.state,
            delivery.attempt,
            maybe_text(delivery.not_before),
            int(delivery.repeat),
            delivery.message,
            delivery.reason,
            maybe_text(lease_until),
            maybe_text(settled_at),
            delivery.id,
        ),
    )


def recover(link: Connection, now: datetime) -> int:
    """What was in flight when the process died is owed as a repeat, from now on. Returns how many."""
    return link.run(
        "update outbox set state = 'owed', repeat = 1, not_before = ?, lease_until = null "
        "where state = 'sending'",
        (to_text(now),),
    )
