"""The process that polls: the bot's own wiring, with a steered clock and names that all lead to loopback.

`python -m tests.publisher.poller FOLDER UNTIL` polls from the clock's time to UNTIL (epoch seconds), then ends; the
folder holds the clock, the rules and the database. Settings come from the environment, as always.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from bot import newsroom
from monitor.logs import configure
from monitor.rulebook import Library
from monitor.settings import load
from tests.publisher.clock import SharedClock

TICK = 0.2  # seconds, as in the bot's schedule
BALANCE = 3600.0
CLOCK = "clock"


async def loopback(_: str) -> list[str]:
    """Where every name leads."""
    return ["127.0.0.1"]


async def poll(folder: Path, until: float) -> None:
    """Poll what is due, jump to when something is due next, and so on."""
    clock = SharedClock(folder / CLOCK)
    settings = load(os.environ, None)
    library = Library(settings.rules)
    async with newsroom(settings, library, None, lambda _: None, clock=clock, lookup=loopback) as room:
        balanced = clock.at
        while clock.at < until:
            await room.poll.tick()
            await room.poll.drain()
            if clock.at >= balanced + BALANCE:
                await room.upkeep.balance()
                balanced = clock.at
            due = await room.clerk(room.store.due_feeds, clock() + timedelta(days=60), 1)
            at = due[0].next_poll_at.timestamp() if due and due[0].next_poll_at else until
            clock.set(min(max(clock.at + TICK, at), until))
    clock.close()


if __name__ == "__main__":
    configure("info", "text")
    asyncio.run(poll(Path(sys.argv[1]), float(sys.argv[2])))
