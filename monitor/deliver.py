"""Owed deliveries become messages, and messages receipts.

    claim (commit) -> wait for a turn -> send -> settle (commit)

A crash between the two commits repeats at most the one send in flight per chat, marked as a repeat; a crash anywhere
else loses and repeats nothing. One send in flight per chat keeps their order. Few deliveries are claimed ahead of
their turn, so that a more urgent one has to wait for no more than those. What a messenger's refusals teach is kept
before the refused delivery is put back: a long wait survives a crash.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from monitor.core.errors import StoreError
from monitor.core.model import APPRISE, Claimed, Delivery, Later, Receipt, Sent
from monitor.core.pacing import SERVICES, TELEGRAM, Rates
from monitor.pacer import Pacer, due
from monitor.ports import Clock, Messenger, Offload, Store

log = logging.getLogger(__name__)

LEASE = 120.0
"""Seconds for which a claimed delivery is ours; far longer than any send may take."""

ABSENT = 60.0
"""Seconds until a delivery is looked at again whose messenger this run does not have: it waits, visibly."""

WIDTH = 32
"""Sends in flight; below the connections of a messenger, so that commands are still answered."""

AHEAD = 10
"""Deliveries claimed at a time: a third of a second's at full speed."""

GRAIN = 0.05
"""Seconds by which chats that stop resting are gathered into one look at the outbox."""

PATIENCE = 5.0
"""Seconds that a claimed delivery waits for its turn, and `drain` for a chat; a longer wait is left to the store."""

MEMORY = timedelta(seconds=60)
"""How far back the messages of the process before are minded: longer than any gap."""

RATES: Mapping[str, Rates] = MappingProxyType({"telegram": TELEGRAM, APPRISE: SERVICES})
"""What messengers grant, by Destination.messenger."""


class Deliver:
    """The pump of the outbox, at most `width` sends at a time, at the pace that messengers bear."""

    def __init__(
        self,
        *,
        store: Store,
        messengers: Mapping[str, Messenger],
        offload: Offload,
        clock: Clock,
        rates: Mapping[str, Rates] = RATES,
        width: int = WIDTH,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`messengers` and `rates` by Destination.messenger; `seconds` is a clock that never jumps."""
        self._store = store
        self._messengers = messengers
        self._offload = offload
        self._clock = clock
        self._width = width
        self._seconds = seconds
        self._pacer = Pacer(rates)
        self._begun = False
        self._flying: set[asyncio.Task[None]] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._one_at_a_time = asyncio.Lock()
        self._stopping = False
        self._woken: asyncio.Task[None] | None = None
        self._wake_again = False
        self._more = False
        self._alarm: asyncio.TimerHandle | None = None
        self.ticked_at: datetime | None = None

    def wake(self) -> None:
        """Something may be owed now: do not wait for the next tick."""
        self._wake_again = True
        if not self._waking:
            self._woken = asyncio.create_task(self._extra_ticks(), name="deliver now")

    async def tick(self) -> int:
        """Start the sends that are due; returns how many. Raises StoreError."""
        async with self._one_at_a_time:
            if self._stopping:
                return 0
            if not self._begun:
                await self._begin()
            limit = min(self._width - len(self._flying), AHEAD)
            if limit <= 0:
                self._more = True
                return 0
            resting = self._pacer.resting(self._seconds())
            claimed = await self._offload(self._store.claim, self._clock(), LEASE, limit, resting)
            self._more = len(claimed) == limit or any(not each.address for each in resting)
            for claim in claimed:
                self._pacer.queue(claim.delivery.destination)
                task = asyncio.create_task(self._one(claim), name=f"deliver {claim.delivery.id}")
                self._flying.add(task)
                task.add_done_callback(partial(self._landed, claim))
            self.ticked_at = self._clock()
            self._arm()
            return len(claimed)

    async def drain(self) -> None:
        """Send until nothing is owed and due, nothing is in flight, and no chat rests that could soon have more."""
        while await self.tick() or self._flying or self._waking or self._pause is not None:
            if self._flying:
                await asyncio.wait(self._flying, timeout=GRAIN, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.sleep(self._pause or 0.0)

    async def stop(self, grace: float) -> None:
        """Begin no more sends; let those in flight end for `grace` seconds, then cancel them.

        The store marks the cancelled ones as repeats.
        """
        self._stopping = True
        async with self._one_at_a_time:
            pass  # a tick that has claimed already begins its sends
        if self._alarm is not None:
            self._alarm.cancel()
        if self._flying:
            await asyncio.wait(self._flying, timeout=grace)
        for task in self._flying:
            task.cancel()
        if self._flying:
            await asyncio.wait(self._flying)

    async def _begin(self) -> None:
        """Take up the pace of the process before."""
        date = self._clock()
        paces = await self._offload(self._store.paces)
        sends = await self._offload(self._store.last_sends, date - MEMORY)
        self._pacer.remember(paces, sends, self._seconds(), date)
        self._begun = True

    async def _one(self, claim: Claimed) -> None:
        """A claimed delivery, from its turn to its settlement."""
        where = claim.delivery.destination
        messenger = self._messengers.get(where.messenger)
        receipt: Receipt
        if messenger is None:
            self._pacer.leave(where)
            receipt = Later(ABSENT, f"no {where.messenger} in this run", counts=False)
        elif (held := await self._turn(where.messenger)) > 0:
            self._pacer.leave(where)
            receipt = Later(due(held), f"{where.messenger} asks all our chats to wait", counts=False)
        else:
            number = self._pacer.start(where, self._seconds())
            self._look(where.messenger)
            receipt = await messenger.deliver(claim)
            date, now = self._clock(), self._seconds()
            receipt, learnt = self._pacer.answered(where, number, receipt, now, date)
            for pace in learnt:
                await self._offload(self._store.keep_pace, pace)
            await self._settle(claim, receipt, date)
            return
        await self._settle(claim, receipt, self._clock())

    async def _settle(self, claim: Claimed, receipt: Receipt, date: datetime) -> None:
        """Record what became of it."""
        delivery = claim.delivery
        await self._offload(self._store.settle, delivery.id, delivery.attempt, receipt, date)
        if isinstance(receipt, Sent):
            log.info("sent %s %s to=%s", delivery.kind, _named(delivery), delivery.destination)
        else:
            log.warning(
                "not sent %s %s to=%s attempt=%d what=%s reason=%s",
                delivery.kind,
                _named(delivery),
                delivery.destination,
                delivery.attempt,
                type(receipt).__name__.lower(),
                receipt.reason,
            )

    async def _turn(self, messenger: str) -> float:
        """Wait for a place in a messenger's overall rate; seconds if it is so far away that waiting here is wrong."""
        async with self._turns[messenger]:
            while (left := self._pacer.opens(messenger, now := self._seconds()) - now) > 0:
                if left > PATIENCE:
                    return left
                await asyncio.sleep(left)
        return 0.0

    @property
    def _waking(self) -> bool:
        """Whether an extra tick is under way: it may see what an earlier tick could not."""
        return self._woken is not None and not self._woken.done()

    @property
    def _pause(self) -> float | None:
        """Seconds until a chat stops resting, if that is soon."""
        now = self._seconds()
        ready = self._pacer.next_ready(now)
        return None if ready is None or ready - now > PATIENCE else ready - now

    async def _extra_ticks(self) -> None:
        while self._wake_again:
            self._wake_again = False
            try:
                await self.tick()
            except StoreError as trouble:
                log.warning("delivery waits: %s", trouble)  # the next scheduled tick tries again

    def _look(self, messenger: str) -> None:
        """Look for more to send by a messenger: at once if there may be some, else when the next chat stops resting."""
        if self._pacer.full(messenger):
            return  # the next start looks
        if self._more or self._pacer.next_ready(self._seconds()) is None:
            self.wake()
        else:
            self._arm()

    def _arm(self) -> None:
        """Look again when the next chat stops resting."""
        now = self._seconds()
        ready = self._pacer.next_ready(now)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if ready is not None and not self._stopping:
            self._alarm = asyncio.get_running_loop().call_later(max(ready - now, GRAIN), self.wake)

    def _landed(self, claim: Claimed, task: asyncio.Task[None]) -> None:
        where = claim.delivery.destination
        self._flying.discard(task)
        self._pacer.done(where)
        if task.cancelled():
            return
        trouble = task.exception()
        if trouble is None:
            self._look(where.messenger)
        else:
            # The row stays claimed until its lease ends and is then sent again, as a repeat: never lost.
            log.error("delivery not settled to=%s", where, exc_info=trouble)


def _named(delivery: Delivery) -> str:
    """What it tells of, for the log."""
    if delivery.digest is None:
        return f"card={delivery.card}"
    return f"number={delivery.digest} part={delivery.part}/{delivery.parts}"
