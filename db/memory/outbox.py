"""Owed deliveries, in memory: owed, claimed under a lease, settled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.memory.holding import Holding, Slot
from db.memory.people import there
from db.promises import CUT_SHORT, NOT_REPEATED, chat_of, inside, rank, rewound, settled
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


class Outbox(Holding):
    """The rows, and which destinations are out of reach."""

    def __init__(self) -> None:
        super().__init__()
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
            carrier = self._carrier(owed.card, owed.destination) if owed.kind is Kind.UPDATE else None
            if carrier is None or carrier.delivery.state is not DeliveryState.DEAD:
                self._put(owed, now)
        elif owed.kind is Kind.UPDATE and not replayed:
            if slot.delivery.state is DeliveryState.SENT:
                del self._rows[slot.delivery.id]
                self._put(owed, now)
            elif slot.delivery.state is DeliveryState.SENDING:
                self._rows[slot.delivery.id] = replace(slot, again=True)

    def owe_parts(
        self, digest: int, destination: Destination, kind: Kind, firsts: Sequence[int], now: datetime
    ) -> None:
        """Put the parts of a digest into the outbox; `firsts` is the first card of each."""
        for part, card in enumerate(firsts, start=1):
            self._put(Owed(card, destination, kind, Level.INFO), now)
            slot = self._rows[self._last]
            delivery = replace(slot.delivery, digest=digest, part=part, parts=len(firsts))
            self._rows[self._last] = replace(slot, delivery=delivery)

    def _carrier(self, card: int, destination: Destination) -> Slot | None:
        """The row whose message an update edits: the alert, or where there was none what was escalated there."""
        alert = self._find(card, destination, Kind.ALERT)
        return alert or self._find(card, destination, Kind.ESCALATION)

    def _put(self, owed: Owed, now: datetime) -> None:
        self._last += 1
        fresh = Delivery(self._last, owed.card, owed.destination, owed.kind, owed.level, DeliveryState.OWED)
        self._rows[fresh.id] = Slot(fresh, now)

    def claim(
        self,
        now: datetime,
        lease: float,
        limit: int,
        resting: frozenset[Destination],
        view: Callable[[int, Destination], CardView],
    ) -> tuple[Claimed, ...]:
        """See `Store.claim`."""
        self._rewind(now)
        self._bury(now, lambda slot: slot.lease_until is not None and slot.lease_until <= now)
        taken: dict[Destination, Claimed] = {}
        waits = [slot.delivery for slot in self._rows.values() if self._waits(slot.delivery, now)]
        for slot in sorted(self._rows.values(), key=lambda s: (-_rank(s.delivery), s.delivery.id)):
            place = slot.delivery.destination
            chat = chat_of(place)
            if len(taken) == limit:
                break
            if chat in taken or not resting.isdisjoint({place, chat, Destination(place.messenger)}):
                continue
            if any(
                chat_of(each.destination) == chat
                and _rank(each) >= _rank(slot.delivery)
                and each.id < slot.delivery.id
                for each in waits
            ):
                continue
            if self._ready(slot, now) and not self._busy(place, now):
                taken[chat] = self._take(slot, now, now + timedelta(seconds=lease), view)
        return tuple(taken.values())

    def _waits(self, delivery: Delivery, now: datetime) -> bool:
        """Whether a send failed and is tried again later."""
        tried = delivery.state is DeliveryState.OWED and delivery.attempt > 0
        later = delivery.not_before is not None and delivery.not_before > now
        return tried and later and delivery.destination not in self.suspended

    def _ready(self, slot: Slot, now: datetime) -> bool:
        """Whether a row may be sent now, looking at itself and its alert."""
        delivery = slot.delivery
        if slot.lease_until is not None:
            return slot.lease_until <= now
        if delivery.state is not DeliveryState.OWED or (
            delivery.not_before is not None and delivery.not_before > now
        ):
            return False
        carrier = self._carrier(delivery.card, delivery.destination)
        return delivery.kind is not Kind.UPDATE or (
            carrier is not None and carrier.delivery.state is DeliveryState.SENT
        )

    def _busy(self, place: Destination, now: datetime) -> bool:
        """Whether a destination is out of reach or its chat has a send in flight."""
        return place in self.suspended or any(
            slot.lease_until is not None and slot.lease_until > now
            for slot in self._rows.values()
            if chat_of(slot.delivery.destination) == chat_of(place)
        )

    def _take(
        self, slot: Slot, now: datetime, lease_until: datetime, view: Callable[[int, Destination], CardView]
    ) -> Claimed:
        """Put a row into somebody's hands."""
        before = slot.delivery
        delivery = replace(
            before,
            state=DeliveryState.SENDING,
            attempt=before.attempt + 1,
            repeat=before.repeat or before.state is DeliveryState.SENDING,
            not_before=None,
        )
        self._rows[before.id] = Slot(delivery, slot.owed_at, lease_until, back_at=now)
        carrier = self._carrier(before.card, before.destination) if before.kind is Kind.UPDATE else None
        seen = view(before.card, before.destination)
        return Claimed(delivery, seen, carrier.delivery.message if carrier else None)

    def _rewind(self, now: datetime) -> None:
        """After the clock was set back: what waits, or is in flight, does so for as long as it was to."""
        for slot in list(self._rows.values()):
            if slot.delivery.state in WAITING and slot.back_at is not None and slot.back_at > now:
                held = rewound(slot.delivery.not_before, slot.back_at, now)
                lease = rewound(slot.lease_until, slot.back_at, now)
                delivery = replace(slot.delivery, not_before=held)
                self._rows[delivery.id] = replace(slot, delivery=delivery, lease_until=lease, back_at=now)

    def settle(self, delivery: int, attempt: int, receipt: Receipt, now: datetime) -> bool:
        """See `Store.settle`."""
        slot = self._rows.get(delivery)
        if slot is None or (slot.delivery.state, slot.delivery.attempt) != (DeliveryState.SENDING, attempt):
            return False
        done = settled(slot.delivery, receipt, now, once=slot.delivery.destination in self.once)
        settled_at = None if done.state in WAITING else now
        self._rows[delivery] = Slot(done, slot.owed_at, settled_at=settled_at, back_at=now)
        if done.state is DeliveryState.SENT and slot.again:
            del self._rows[delivery]
            self._put(Owed(done.card, done.destination, done.kind, done.level), now)
        if done.state is DeliveryState.DEAD:
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
            self._rows[delivery.id] = Slot(delivery, slot.owed_at, back_at=now)
        return buried + len(broken)

    def _bury(self, now: datetime, which: Callable[[Slot], bool]) -> int:
        """What is in flight of which nobody will tell what became of it, where sends are not repeated; how many."""
        lost = [
            slot
            for slot in self._rows.values()
            if slot.delivery.state is DeliveryState.SENDING
            and slot.delivery.kind is not Kind.UPDATE
            and slot.delivery.destination in self.once
            and which(slot)
        ]
        for slot in lost:
            reason = f"{CUT_SHORT}; {NOT_REPEATED}"
            dead = replace(slot.delivery, state=DeliveryState.DEAD, repeat=True, reason=reason)
            self._rows[dead.id] = Slot(dead, slot.owed_at, settled_at=now)
            self._drop_update(dead)
        return len(lost)

    def withdraw(self, card: int, destination: Destination) -> None:
        """What would be repeated there is not, unless a send of it was begun."""
        slot = self._find(card, destination, Kind.ESCALATION)
        if slot is not None and slot.delivery.state is DeliveryState.OWED and slot.delivery.attempt == 0:
            del self._rows[slot.delivery.id]

    def _drop_update(self, alert: Delivery) -> None:
        """No update is owed of a message that was refused for good."""
        carrier = self._carrier(alert.card, alert.destination)
        update = self._find(alert.card, alert.destination, Kind.UPDATE)
        if carrier is None or update is None or carrier.delivery.state is not DeliveryState.DEAD:
            return
        if update.delivery.state is not DeliveryState.DEAD:
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
            self._rows[again.id] = Slot(again, now)
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
            leaving, key=lambda each: each.delivery.kind is not Kind.UPDATE
        ):  # an update looks for its alert
            self._move(slot, new)

    def _move(self, slot: Slot, new: Destination) -> None:
        delivery = slot.delivery
        other = None
        if delivery.digest is None:
            other = self._find(delivery.card, there(delivery.destination, new), delivery.kind)
        carriers = (
            self._find(delivery.card, delivery.destination, kind) for kind in (Kind.ALERT, Kind.ESCALATION)
        )
        left_behind = any(each and each.delivery.state is DeliveryState.SENT for each in carriers)
        del self._rows[delivery.id]
        if delivery.kind is Kind.UPDATE and delivery.state in WAITING and left_behind:
            return
        if other is not None:
            if FURTHER.index(delivery.state) <= FURTHER.index(other.delivery.state):
                return
            del self._rows[other.delivery.id]
        moved = replace(delivery, destination=there(delivery.destination, new), message=None)
        self._rows[delivery.id] = replace(slot, delivery=moved)


def _rank(delivery: Delivery) -> int:
    return rank(delivery.kind, delivery.level)
