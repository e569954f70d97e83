"""Twenty times polling is cut in the middle: all that goes to Telegram is swallowed for a minute, without a sign.

The connections of that minute stay dead afterwards. Then somebody sends a command: after how many seconds is it
answered? The twenty run side by side, each with a Bot API server of its own, at instants that come from a seed.
BLACK_HOLE_SECONDS makes the minute shorter.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import Iterator
from time import monotonic

from benchmarks.figures import Figure
from db.memory import MemoryStore
from monitor.chat.app import TelegramChat
from tests.black_hole import BlackHole
from tests.botapi import BotApi
from tests.chat.telegram_world import desk_over
from tests.fakes import inline

TIMES = 20
SEED = 20_261_124
SECONDS = 60.0
PATIENCE = 120.0


async def once(dark: float, lead: float) -> float:
    """Seconds from the end of the darkness to the answer; `lead` is how long polling goes well before it."""
    async with BotApi() as api, BlackHole(api.port) as hole:
        ann = api.private(7, "Ann")
        chat = TelegramChat(
            token=api.token,
            desk=desk_over(MemoryStore()),
            store=MemoryStore(),
            offload=inline,
            api_url=hole.url,
        )
        await chat.start()
        await api.wait_for("getUpdates", timeout=30.0)
        await asyncio.sleep(lead)
        hole.open = True
        await asyncio.sleep(dark)
        hole.open = False
        begun = monotonic()
        await ann.says(ann.user, "/help")
        try:
            await ann.next_message(PATIENCE)
        finally:
            await chat.stop()
        return monotonic() - begun


async def all_of_them(dark: float) -> list[float]:
    """All twenty; half of them with a darkness so short that only the poll in flight is swallowed."""
    dice = random.Random(SEED)  # instants that can be repeated
    runs = [once(dark if number % 2 else min(2.0, dark), 1.0 + dice.random() * 20) for number in range(TIMES)]
    return sorted(await asyncio.gather(*runs))


def run() -> Iterator[Figure]:
    """Two minutes."""
    logging.getLogger("monitor").setLevel(logging.CRITICAL)  # an outage is a figure here
    dark = float(os.environ.get("BLACK_HOLE_SECONDS", SECONDS))
    took = asyncio.run(all_of_them(dark))
    print(
        f"black hole of {dark:g} s: seed {SEED}, answered after {took[0]:.1f} to {took[-1]:.1f} s, "
        f"median {took[TIMES // 2]:.1f} s",
        flush=True,
    )
    within = sum(each <= 30 for each in took)
    yield Figure("commands answered within 30 s after a black hole", within, f"of {TIMES}", TIMES, least=True)
    yield Figure("longest silence after a black hole", took[-1], "s", 30.0)
