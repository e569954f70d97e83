"""Owed deliveries, in memory: owed, claimed under a lease, settled."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.memory.people import there
from db.promises import CUT_SHORT, NOT_REPEATED, QUIET, chat_of, inside, settled
from monitor.core.model import (
    CardView,
    Claimed,
    DeadLetter,
    Delivery,
    DeliveryState,
    Destination,
    Entry,
    Kind,
    Level,
    Owed,
    Receipt,
    Refused,
)

WAITING = (DeliveryState.OWED, DeliveryState.SENDING)

FURTHER = (DeliveryState.DEAD, DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.SENT)
"""How far a delivery got, the furthest last."""


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
        self.once: set[Destination] = set()  # where sends are not repeated

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
        self._bury(now, lambda slot: slot.lease_until is not None and slot.lease_until <= now)
        taken: dict[Destination, Claimed] = {}
        waits = [slot.delivery for slot in self._rows.values() if self._waits(slot.delivery, now)]
        for slot in sorted(self._rows.values(), key=lambda s: (-s.delivery.level, s.delivery.id)):
            place = slot.delivery.destination
            chat = chat_of(place)
            if len(taken) == limit:
                break
            if chat in taken or not resting.isdisjoint({place, chat, Destination(place.messenger)}):
                continue
            if any(
                chat_of(each.destination) == chat
                and each.level >= slot.delivery.level
                and each.id < slot.delivery.id
                for each in waits
            ):
                continue
            if self._ready(slot, now) and not self._busy(place, now):
                taken[chat] = self._take(slot, now + timedelta(seconds=lease), view)
        return tuple(taken.values())

    def _waits(self, delivery: Delivery, now: datetime) -> bool:
        """Whether a send failed and is tried again later."""
        tried = delivery.state is DeliveryState.OWED and delivery.attempt > 0
        later = delivery.not_before is not None and delivery.not_before > now
        return tried and later and delivery.destination not in self.suspended

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
        """Whether a destination is out of reach or its chat has a send in flight."""
        return place in self.suspended or any(
            slot.lease_until is not None and slot.lease_until > now
            for slot in self._rows.values()
            if chat_of(slot.delivery.destination) == chat_of(place)
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
        done = settled(slot.delivery, receipt, now, once=slot.delivery.destination in self.once)
        self._rows[delivery] = _Slot(done, slot.owed_at, settled_at=None if done.state in WAITING else now)
        if done.state is DeliveryState.SENT and slot.again:
            del self._rows[delivery]
            self._put(Owed(done.card, done.destination, done.kind, done.level), now)
        if done.state is DeliveryState.DEAD and done.kind is Kind.ALERT:
            self._drop_update(done)
        if isinstance(receipt, Refused) and receipt.suspend:
            self.suspended[done.destination] = receipt.reason
        return True

    def last_sends(self, since: datetime) -> dict[Destination, datetime]:
        """By chat, when the newest of what ended at or after `since` did."""
        ended = [
            (slot.settled_at, slot.delivery.destination) for slot in self._rows.values() if slot.settled_at
        ]
        return {chat_of(where): at for at, where in sorted(ended) if at >= since}

    def recover(self, now: datetime) -> int:
        """See `Store.recover`."""
        buried = self._bury(now, lambda _: True)
        broken = [slot for slot in self._rows.values() if slot.delivery.state is DeliveryState.SENDING]
        for slot in broken:
            delivery = replace(slot.delivery, state=DeliveryState.OWED, repeat=True, not_before=now)
            self._rows[delivery.id] = _Slot(delivery, slot.owed_at)
        return buried + len(broken)

    def _bury(self, now: datetime, which: Callable[[_Slot], bool]) -> int:
        """Alerts in flight of which nobody will tell what became of them, where sends are not repeated; how many."""
        lost = [
            slot
            for slot in self._rows.values()
            if slot.delivery.state is DeliveryState.SENDING
            and slot.delivery.kind is Kind.ALERT
            and slot.delivery.destination in self.once
            and which(slot)
        ]
        for slot in lost:
            reason = f"{CUT_SHORT}; {NOT_REPEATED}"
            dead = replace(slot.delivery, state=DeliveryState.DEAD, repeat=True, reason=reason)
            self._rows[dead.id] = _Slot(dead, slot.owed_at, settled_at=now)
            self._drop_update(dead)
        return len(lost)

    def _drop_update(self, alert: Delivery) -> None:
        """No update is owed of an alert that is dead."""
        update = self._find(alert.card, alert.destination, Kind.UPDATE)
        if update is not None:
            del self._rows[update.delivery.id]

    def entries(
        self, limit: int, states: Collection[DeliveryState], destination: Destination | None
    ) -> tuple[Entry, ...]:
        """See `Store.outbox`."""
        found = (
            Entry(
                slot.delivery,
                slot.owed_at,
                slot.settled_at,
                self.suspended.get(slot.delivery.destination, ""),
                slot.delivery.destination not in self.once,
            )
            for _, slot in sorted(self._rows.items(), reverse=True)
            if (not states or slot.delivery.state in states)
            and (destination is None or inside(slot.delivery.destination, destination))
        )
        return tuple(entry for entry, _ in zip(found, range(limit), strict=False))

    def requeue(self, delivery: int | None, now: datetime) -> int:
        """See `Store.requeue`."""
        dead = [
            slot
            for slot in self._rows.values()
            if slot.delivery.state is DeliveryState.DEAD and delivery in (None, slot.delivery.id)
        ]
        for slot in dead:
            again = replace(slot.delivery, state=DeliveryState.OWED, not_before=None)
            self._rows[again.id] = _Slot(again, now)
        return len(dead)

    def resume(self, destination: Destination) -> bool:
        """See `Store.resume`."""
        back = [each for each in self.suspended if inside(each, destination)]
        for each in back:
            del self.suspended[each]
        return bool(back)

    def move(self, old: Destination, new: Destination) -> None:
        """See `Store.move_destination`; what got further is kept, of equals what is at the new address."""
        chat = chat_of(old)
        for place in [each for each in self.suspended if inside(each, chat)]:
            self.suspended.setdefault(there(place, new), self.suspended.pop(place))
        self.once = {there(each, new) if inside(each, chat) else each for each in self.once}
        leaving = [each for each in self._rows.values() if inside(each.delivery.destination, chat)]
        for slot in sorted(
            leaving, key=lambda each: each.delivery.kind is Kind.ALERT
        ):  # an update looks for its alert
            self._move(slot, new)

    def _move(self, slot: _Slot, new: Destination) -> None:
        delivery = slot.delivery
        alert = self._find(delivery.card, delivery.destination, Kind.ALERT)
        other = self._find(delivery.card, there(delivery.destination, new), delivery.kind)
        left_behind = alert is not None and alert.delivery.state is DeliveryState.SENT
        del self._rows[delivery.id]
        if delivery.kind is Kind.UPDATE and delivery.state in WAITING and left_behind:
            return
        if other is not None:
            if FURTHER.index(delivery.state) <= FURTHER.index(other.delivery.state):
                return
            del self._rows[other.delivery.id]
        moved = replace(delivery, destination=there(delivery.destination, new), message=None)
        self._rows[delivery.id] = replace(slot, delivery=moved)

    def hold(self, owed: Owed) -> None:
        """An alert that was just owed waits for the end of quiet hours; news that may ring let it go at once."""
        slot = self._find(owed.card, owed.destination, Kind.ALERT)
        if slot is None or not _untried(slot):
            return
        delivery = slot.delivery
        if owed.kind is Kind.ALERT and owed.not_before is not None:
            delivery = replace(delivery, not_before=owed.not_before, reason=QUIET)
        elif owed.kind is Kind.UPDATE and owed.not_before is None and delivery.reason == QUIET:
            level = max(delivery.level, owed.level)
            delivery = replace(delivery, not_before=None, reason="", level=level)
        self._rows[delivery.id] = replace(slot, delivery=delivery)

    def hold_anew(self, destination: Destination, until: Callable[[Level], datetime | None]) -> int:
        """Unsent alerts wait until the moment for their level, or go; returns how many wait."""
        count = 0
        for slot in list(self._rows.values()):
            delivery = slot.delivery
            if delivery.destination != destination or not _untried(slot) or delivery.kind is Kind.UPDATE:
                continue
            moment = until(delivery.level)
            waits = replace(delivery, not_before=moment, reason="" if moment is None else QUIET)
            self._rows[delivery.id] = replace(slot, delivery=waits)
            count += moment is not None
        return count

    def hold_due(
        self, destination: Destination, until: Callable[[Level], datetime | None], now: datetime
    ) -> None:
        """Unsent alerts that are due by now wait until the moment for their level, if there is one."""
        for slot in list(self._rows.values()):
            delivery = slot.delivery
            due = delivery.not_before is None or delivery.not_before <= now
            if delivery.destination == destination and due and _untried(slot) and delivery.kind is Kind.ALERT:
                moment = until(delivery.level)
                if moment is not None:
                    waits = replace(delivery, not_before=moment, reason=QUIET)
                    self._rows[delivery.id] = replace(slot, delivery=waits)

    def held(self, destination: Destination, now: datetime) -> int:
        """How many unsent alerts wait for a later moment."""
        return sum(
            slot.delivery.destination == destination
            and _untried(slot)
            and slot.delivery.not_before is not None
            and slot.delivery.not_before > now
            for slot in self._rows.values()
        )


def _untried(slot: _Slot) -> bool:
    """Whether it waits, for nothing or for the end of quiet hours, and nobody has tried to send it yet."""
    delivery = slot.delivery
    return delivery.state is DeliveryState.OWED and delivery.attempt == 0 and delivery.reason in ("", QUIET)
