"""Owed deliveries, in memory: owed, claimed under a lease, settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.promises import settled
from monitor.core.model import (
    CardView,
    Claimed,
    DeadLetter,
    Delivery,
    DeliveryState,
    Destination,
    Kind,
    Owed,
    Receipt,
    Refused,
)

WAITING = (DeliveryState.OWED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A row of the outbox."""

    delivery: Delivery
    owed_at: datetime
    lease_until: datetime | None = None
    settled_at: datetime | None = None
    again: bool = False  # its card grew while it was being sent


class Outbox:
    """The rows, and which destinations are out of reach."""

    def __init__(self) -> None:
        self._rows: dict[int, _Slot] = {}
        self._last = 0
        self.suspended: dict[Destination, str] = {}

    def told(self, card: int) -> frozenset[Destination]:
        """Where an alert for a card was sent or is owed."""
        return frozenset(
            slot.delivery.destination
            for slot in self._rows.values()
            if slot.delivery.card == card and slot.delivery.kind is Kind.ALERT
        )

    def states(self) -> list[DeliveryState]:
        """Of all deliveries."""
        return [slot.delivery.state for slot in self._rows.values()]

    def oldest_owed_at(self) -> datetime | None:
        """Since when the oldest delivery waits whose destination can be reached."""
        return min(
            (
                slot.owed_at
                for slot in self._rows.values()
                if slot.delivery.state in WAITING and slot.delivery.destination not in self.suspended
            ),
            default=None,
        )

    def dead(self) -> list[DeadLetter]:
        """What was refused for good, newest first."""
        letters = [
            DeadLetter(slot.delivery, slot.settled_at)
            for slot in self._rows.values()
            if slot.delivery.state is DeliveryState.DEAD and slot.settled_at is not None
        ]
        return sorted(letters, key=lambda letter: (letter.at, letter.delivery.id), reverse=True)

    def owe(self, owed: Owed, now: datetime, *, replayed: bool) -> None:
        """Put a delivery into the outbox, unless it is there; an update that was sent is owed anew."""
        slot = self._find(owed.card, owed.destination, owed.kind)
        if slot is None:
            alert = self._find(owed.card, owed.destination, Kind.ALERT)
            if alert is None or alert.delivery.state is not DeliveryState.DEAD:
                self._put(owed, now)
        elif owed.kind is Kind.UPDATE and not replayed:
            if slot.delivery.state is DeliveryState.SENT:
                del self._rows[slot.delivery.id]
                self._put(owed, now)
            elif slot.delivery.state is DeliveryState.SENDING:
                self._rows[slot.delivery.id] = replace(slot, again=True)

    def _find(self, card: int, destination: Destination, kind: Kind) -> _Slot | None:
        """The row of a card, a destination and a kind."""
        wanted = (card, destination, kind)
        return next(
            (
                s
                for s in self._rows.values()
                if (s.delivery.card, s.delivery.destination, s.delivery.kind) == wanted
            ),
            None,
        )

    def _put(self, owed: Owed, now: datetime) -> None:
        self._last += 1
        fresh = Delivery(self._last, owed.card, owed.destination, owed.kind, owed.level, DeliveryState.OWED)
        self._rows[fresh.id] = _Slot(fresh, now)

    def claim(
        self,
        now: datetime,
        lease: float,
        limit: int,
        resting: frozenset[Destination],
        view: Callable[[int], CardView],
    ) -> tuple[Claimed, ...]:
        """See `Store.claim`."""
        taken: dict[Destination, Claimed] = {}
        for slot in sorted(self._rows.values(), key=lambda s: (-s.delivery.level, s.delivery.id)):
            place = slot.delivery.destination
            if len(taken) == limit:
                break
            if place in taken or place in resting:
                continue
            if self._ready(slot, now) and not self._busy(place, now):
                taken[place] = self._take(slot, now + timedelta(seconds=lease), view)
        return tuple(taken.values())

    def _ready(self, slot: _Slot, now: datetime) -> bool:
        """Whether a row may be sent now, looking at itself and its alert."""
        delivery = slot.delivery
        if slot.lease_until is not None:
            return slot.lease_until <= now
        if delivery.state is not DeliveryState.OWED or (
            delivery.not_before is not None and delivery.not_before > now
        ):
            return False
        alert = self._find(delivery.card, delivery.destination, Kind.ALERT)
        return delivery.kind is Kind.ALERT or (
            alert is not None and alert.delivery.state is DeliveryState.SENT
        )

    def _busy(self, place: Destination, now: datetime) -> bool:
        """Whether a destination is out of reach or has a send in flight."""
        return place in self.suspended or any(
            slot.lease_until is not None and slot.lease_until > now
            for slot in self._rows.values()
            if slot.delivery.destination == place
        )

    def _take(self, slot: _Slot, lease_until: datetime, view: Callable[[int], CardView]) -> Claimed:
        """Put a row into somebody's hands."""
        before = slot.delivery
        delivery = replace(
            before,
            state=DeliveryState.SENDING,
            attempt=before.attempt + 1,
            repeat=before.repeat or before.state is DeliveryState.SENDING,
            not_before=None,
        )
        self._rows[before.id] = _Slot(delivery, slot.owed_at, lease_until)
        alert = (
            self._find(before.card, before.destination, Kind.ALERT) if before.kind is Kind.UPDATE else None
        )
        return Claimed(delivery, view(before.card), alert.delivery.message if alert else None)

    def settle(self, delivery: int, attempt: int, receipt: Receipt, now: datetime) -> bool:
        """See `Store.settle`."""
        slot = self._rows.get(delivery)
        if slot is None or (slot.delivery.state, slot.delivery.attempt) != (DeliveryState.SENDING, attempt):
            return False
        done = settled(slot.delivery, receipt, now)
        self._rows[delivery] = _Slot(done, slot.owed_at, settled_at=None if done.state in WAITING else now)
        if done.state is DeliveryState.SENT and slot.again:
            del self._rows[delivery]
            self._put(Owed(done.card, done.destination, done.kind, done.level), now)
        update = self._find(done.card, done.destination, Kind.UPDATE)
        if done.state is DeliveryState.DEAD and done.kind is Kind.ALERT and update is not None:
            del self._rows[update.delivery.id]
        if isinstance(receipt, Refused) and receipt.suspend:
            self.suspended[done.destination] = receipt.reason
        return True

    def recover(self, now: datetime) -> int:
        """See `Store.recover`."""
        broken = [slot for slot in self._rows.values() if slot.delivery.state is DeliveryState.SENDING]
        for slot in broken:
            delivery = replace(slot.delivery, state=DeliveryState.OWED, repeat=True, not_before=now)
            self._rows[delivery.id] = _Slot(delivery, slot.owed_at)
        return len(broken)
