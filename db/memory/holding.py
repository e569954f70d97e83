"""What of the outbox waits for the end of quiet hours, or is over a cap, in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from db.promises import QUIET
from monitor.core.digest import HOUR
from monitor.core.model import Delivery, DeliveryState, Destination, Kind, Level, Owed


@dataclass(frozen=True, slots=True)
class Slot:
    """A row of the outbox."""

    delivery: Delivery
    owed_at: datetime
    lease_until: datetime | None = None
    settled_at: datetime | None = None
    again: bool = False  # its card grew while it was being sent
    back_at: datetime | None = None  # when not_before or lease_until was set


class Holding:
    """The rows, as far as they are held back."""

    def __init__(self) -> None:
        self._rows: dict[int, Slot] = {}

    def _find(self, card: int, destination: Destination, kind: Kind) -> Slot | None:
        """The row of a card, a destination and a kind."""
        wanted = (card, destination, kind, None)
        return next(
            (
                s
                for s in self._rows.values()
                if (s.delivery.card, s.delivery.destination, s.delivery.kind, s.delivery.digest) == wanted
            ),
            None,
        )

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
        """Unsent messages wait until the moment for their level, if it is one to come; what was held no longer."""
        for slot in list(self._rows.values()):
            delivery = slot.delivery
            if delivery.destination != destination or not _untried(slot) or delivery.kind is Kind.UPDATE:
                continue
            moment = until(delivery.level)
            if moment is not None or (delivery.not_before is not None and delivery.not_before > now):
                waits = replace(delivery, not_before=moment, reason="" if moment is None else QUIET)
                self._rows[delivery.id] = replace(slot, delivery=waits)

    def held(self, destination: Destination, now: datetime) -> int:
        """How many unsent alerts wait for a later moment."""
        return sum(
            slot.delivery.destination == destination
            and _untried(slot)
            and slot.delivery.kind is not Kind.UPDATE
            and slot.delivery.not_before is not None
            and slot.delivery.not_before > now
            for slot in self._rows.values()
        )

    def ringing(self, now: datetime) -> list[Destination]:
        """Where alerts below flash are due that nobody has tried to send yet."""
        return list(
            dict.fromkeys(
                slot.delivery.destination for slot in self._rows.values() if _capped(slot) and _due(slot, now)
            )
        )

    def over(self, destination: Destination, cap: int, now: datetime) -> list[Delivery]:
        """Takes out and gives those of them that are over a cap, with their updates."""
        theirs = [
            slot
            for slot in self._rows.values()
            if slot.delivery.destination == destination
            and slot.delivery.kind is Kind.ALERT
            and slot.delivery.level < Level.FLASH
        ]
        used = sum(
            slot.delivery.state is DeliveryState.SENDING
            or (slot.delivery.state is DeliveryState.OWED and slot.delivery.attempt > 0)
            or (
                slot.delivery.state is DeliveryState.SENT
                and slot.settled_at is not None
                and now - HOUR < slot.settled_at <= now
            )
            for slot in theirs
        )
        unsent = [slot.delivery for slot in theirs if _untried(slot) and _due(slot, now)]
        over = sorted(unsent, key=lambda each: (-each.level, each.id))[max(cap - used, 0) :]
        for each in over:
            del self._rows[each.id]
            update = self._find(each.card, destination, Kind.UPDATE)
            if update is not None:
                del self._rows[update.delivery.id]
        return over


def _capped(slot: Slot) -> bool:
    """Whether it counts where there is a cap, and was not tried yet."""
    return slot.delivery.kind is Kind.ALERT and slot.delivery.level < Level.FLASH and _untried(slot)


def _due(slot: Slot, now: datetime) -> bool:
    return slot.delivery.not_before is None or slot.delivery.not_before <= now


def _untried(slot: Slot) -> bool:
    """Whether it waits, for nothing or for the end of quiet hours, and nobody has tried to send it yet."""
    delivery = slot.delivery
    return delivery.state is DeliveryState.OWED and delivery.attempt == 0 and delivery.reason in ("", QUIET)
