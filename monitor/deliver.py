"""Owed deliveries become messages, and messages receipts.

    claim (commit) -> send -> settle (commit)

A crash between the two commits repeats at most the one send in flight per destination, marked as a repeat; a
crash anywhere else loses and repeats nothing. One send in flight per destination keeps their order.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from monitor.core.errors import StoreError
from monitor.core.model import Claimed, Destination, Later, Receipt, Sent
from monitor.ports import Clock, Messenger, Offload, Store

log = logging.getLogger(__name__)

LEASE = 120.0
"""Seconds for which a claimed delivery is ours; far longer than any send may take."""

ABSENT = 60.0
"""Seconds until a delivery is looked at again whose messenger this run does not have: it waits, visibly."""


class Deliver:
    """The pump of the outbox, at most `width` sends at a time."""

    def __init__(
        self,
        *,
        store: Store,
        messengers: Mapping[str, Messenger],
        offload: Offload,
        clock: Clock,
        gap: float = 1 / 30,
        rest: Callable[[Destination], float] | None = None,
        width: int = 20,
    ) -> None:
        """`messengers` by Destination.messenger.

        `gap` is the least time between two sends overall, `rest` that between two to one destination (`spacing`
        unless given), both in seconds.
        """
        self._store = store
        self._messengers = messengers
        self._offload = offload
        self._clock = clock
        self._gap = gap
        self._rest = rest or spacing
        self._width = width
        self._flying: dict[Destination, asyncio.Task[None]] = {}
        self._resting: set[Destination] = set()
        self._next_start = 0.0
        self._one_at_a_time = asyncio.Lock()
        self._stopping = False
        self._woken: asyncio.Task[None] | None = None
        self.ticked_at: datetime | None = None

    def wake(self) -> None:
        """Something may be owed now: do not wait for the next tick."""
        if not self._waking:
            self._woken = asyncio.create_task(self._extra_tick(), name="deliver now")

    async def tick(self) -> int:
        """Start the sends that are due; returns how many. Raises StoreError."""
        async with self._one_at_a_time:
            if self._stopping:
                return 0
            free = self._width - len(self._flying)
            if free <= 0:
                return 0
            claimed = await self._offload(
                self._store.claim, self._clock(), LEASE, free, frozenset(self._resting)
            )
            for claim in claimed:
                task = asyncio.create_task(self._one(claim), name=f"deliver {claim.delivery.id}")
                self._flying[claim.delivery.destination] = task
                task.add_done_callback(self._landed(claim.delivery.destination))
            self.ticked_at = self._clock()
            return len(claimed)

    async def drain(self) -> None:
        """Send until nothing is owed and due, and nothing is in flight or resting."""
        while await self.tick() or self._flying or self._resting or self._waking:
            if self._flying:
                await asyncio.wait(self._flying.values())
            else:
                await asyncio.sleep(self._gap)

    async def stop(self, grace: float) -> None:
        """Begin no more sends; let those in flight end for `grace` seconds, then cancel them.

        The store marks the cancelled ones as repeats.
        """
        self._stopping = True
        async with self._one_at_a_time:
            pass  # a tick that has claimed already begins its sends
        if self._flying:
            await asyncio.wait(self._flying.values(), timeout=grace)
        for task in self._flying.values():
            task.cancel()
        if self._flying:
            await asyncio.wait(self._flying.values())

    async def _one(self, claim: Claimed) -> None:
        delivery = claim.delivery
        await self._turn()
        messenger = self._messengers.get(delivery.destination.messenger)
        receipt: Receipt
        if messenger is None:
            receipt = Later(ABSENT, f"no {delivery.destination.messenger} in this run", counts=False)
        else:
            receipt = await messenger.deliver(claim)
        rest = self._rest(delivery.destination)
        if rest:
            self._resting.add(delivery.destination)
            asyncio.get_running_loop().call_later(rest, self._rested, delivery.destination)
        await self._offload(self._store.settle, delivery.id, delivery.attempt, receipt, self._clock())
        if isinstance(receipt, Sent):
            log.info("sent %s card=%d to=%s", delivery.kind, delivery.card, delivery.destination)
        else:
            log.warning(
                "not sent %s card=%d to=%s attempt=%d what=%s reason=%s",
                delivery.kind,
                delivery.card,
                delivery.destination,
                delivery.attempt,
                type(receipt).__name__.lower(),
                receipt.reason,
            )

    async def _turn(self) -> None:
        """Wait for a place in the overall rate."""
        now = asyncio.get_running_loop().time()
        start = max(self._next_start, now)
        self._next_start = start + self._gap
        if start > now:
            await asyncio.sleep(start - now)

    @property
    def _waking(self) -> bool:
        """Whether an extra tick is under way: it may see what an earlier tick could not."""
        return self._woken is not None and not self._woken.done()

    async def _extra_tick(self) -> None:
        try:
            await self.tick()
        except StoreError as trouble:
            log.warning("delivery waits: %s", trouble)  # the next scheduled tick tries again

    def _rested(self, destination: Destination) -> None:
        self._resting.discard(destination)
        self.wake()

    def _landed(self, destination: Destination) -> Callable[[asyncio.Task[None]], None]:
        def done(task: asyncio.Task[None]) -> None:
            del self._flying[destination]
            if task.cancelled():
                return
            trouble = task.exception()
            if trouble is None:
                self.wake()
            else:
                # The row stays claimed until its lease ends and is then sent again, as a repeat: never lost.
                log.error("delivery not settled to=%s", destination, exc_info=trouble)

        return done


def spacing(destination: Destination) -> float:
    """Seconds between two messages to one chat: Telegram's 1 a second, and 20 a minute in groups and channels."""
    if destination.messenger != "telegram":
        return 0.0
    return 3.0 if destination.address.startswith(("-", "@")) else 1.0
