"""When: ticks that drive polling, delivery and upkeep. Never a job per feed: what is due comes from the store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.core.errors import TocsinError

log = logging.getLogger(__name__)

QUICK = 1.0
"""Seconds: what ticks faster is a loop of ours, since a job costs more (0.8 ms, measured) than most ticks do."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to do every `seconds`; a late or slow tick is not made up for, only the next one counts."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]


class Schedule:
    """Runs ticks in the running event loop."""

    def __init__(self, ticks: Sequence[Tick]) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._quick = [tick for tick in ticks if tick.seconds < QUICK]
        self._pulses: list[asyncio.Task[None]] = []
        self._stopped = False
        for tick in ticks:
            if tick.seconds < QUICK:
                continue
            self._scheduler.add_job(
                _guarded(tick),
                "interval",
                seconds=tick.seconds,
                id=tick.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        """Begin; the first run of a tick comes after its interval."""
        self._scheduler.start()
        self._pulses = [asyncio.create_task(self._pulse(tick), name=tick.name) for tick in self._quick]

    def stop(self) -> None:
        """End; what a tick began goes on until it is done."""
        self._stopped = True
        self._scheduler.shutdown(wait=False)

    async def _pulse(self, tick: Tick) -> None:
        """A quick tick, without a job for each."""
        run = _guarded(tick)
        await asyncio.sleep(tick.seconds)
        while not self._stopped:
            try:
                await run()
            except Exception:  # a bug in one tick must not end the ones to come; jobs have it alike
                log.exception("tick=%s broke", tick.name)
            await asyncio.sleep(tick.seconds)


def _guarded(tick: Tick) -> Callable[[], Awaitable[None]]:
    """The tick's work; a store that cannot be used now (disk full, locked) is logged and tried again next time."""

    async def run() -> None:
        try:
            await tick.work()
        except TocsinError as trouble:
            log.error("tick=%s failed: %s", tick.name, trouble)  # noqa: TRY400  # the message says it all; a traceback every second would bury it

    return run
