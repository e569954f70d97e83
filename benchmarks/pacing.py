"""Deliveries at the pace that Telegram bears: the real pump, store and messenger against an enforcing Bot API server.

The server (tests/botapi) grants a chat one message a second, a group 20 a minute, the bot 30 a second, strictly and
as it counts them itself; whoever does not heed a refusal waits longer each time. Four runs:

- 5,000 alerts (PACING_ALERTS makes them fewer) to 150 people and 50 groups, the first refused without a word of how
  long: rate, order, refusals;
- 600 alerts to 60 people, twice, once with 60 s of patience asked for by one chat: how much later others get theirs;
- a flash alert behind 1,000 waiting info alerts, to a chat of its own and to the busiest one;
- alerts owed by ingesting pages of a feed, to 100 people: from the page to the message.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from statistics import median, quantiles
from time import monotonic

from benchmarks.figures import Figure
from monitor.core.model import (
    Level,
)
from tests.botapi import too_many
from tests.paced import disorder, place, room

ALERTS = 5_000

WAIT = 60.0
"""Seconds of patience that one chat asks for."""


async def crowd(alerts: int, people: int, groups: int) -> Iterator[Figure]:
    """Everything is owed at once; the very first message is refused without parameters."""
    async with room(people, groups) as here:
        chats = [place(n) for n in range(1, people + 1)] + [place(-n) for n in range(1, groups + 1)]
        for _ in range(alerts // len(chats)):
            await here.owe(chats, Level.ALERT)
        here.api.fail("sendMessage", too_many(None))
        begun = monotonic()
        await here.until_sent(alerts)
        arrived = here.arrived()
        times = sorted(at for cards in arrived.values() for at, _ in cards)
        rate = len(times) / (times[-1] - begun)
        refused = [call for call in here.api.calls("sendMessage") if call.status == 429]
        name = f"{alerts} alerts to {len(chats)} chats"
        return iter(
            (
                Figure(f"{name}: delivered", 100 * len(times) / alerts, "%", 100, least=True),
                Figure(
                    f"{name}: out of order or twice", len(disorder(arrived)), "", 0, errors=disorder(arrived)
                ),
                Figure(f"{name}: messages a second", rate, "/s", 25, least=True),
                Figure(f"{name}: 429 after the first", len(refused) - 1, "", 0),
                Figure(f"{name}: requests that break the description", len(here.api.rejected), "", 0),
            )
        )


async def delays(rounds: int, people: int, wait: float | None) -> tuple[list[float], list[float]]:
    """How long each alert took, of the chat that is asked for patience and of the others; a card every 3 s."""
    owed: dict[int, float] = {}
    async with room(people) as here:
        chats = [place(n) for n in range(1, people + 1)]
        if wait is not None:
            here.api.rates.hold(1, wait)
        ticking = asyncio.create_task(here.until_sent(rounds * people))
        for _ in range(rounds):
            begun = monotonic()
            owed[await here.owe(chats, Level.ALERT)] = begun
            here.pump.wake()
            await asyncio.sleep(3.0)
        await ticking
        arrived = here.arrived()
    held = [at - owed[card] for at, card in arrived[1]]
    return held, [at - owed[card] for chat, cards in arrived.items() if chat != 1 for at, card in cards]


async def patience(rounds: int, people: int, wait: float) -> Iterator[Figure]:
    """The same load twice, without and with a wait."""
    _, usual = await delays(rounds, people, None)
    held, others = await delays(rounds, people, wait)
    before, after = quantiles(usual, n=100)[98], quantiles(others, n=100)[98]
    print(
        f"one chat of {people} waits {wait:g} s: p99 of the others {after:.2f} s, without the wait {before:.2f} s; "
        f"its own first message came after {held[0]:.1f} s",
        flush=True,
    )
    return iter(
        (
            Figure(f"a {wait:g} s wait of one chat: p99 of the others grows by", after - before, "s", 2.0),
            Figure("the first message to that chat came after", held[0], "s", wait, least=True),
        )
    )


async def urgent(infos: int) -> Iterator[Figure]:
    """A flash behind many: to a chat with nothing else, and to the one for which half of them wait."""
    async with room(100) as here:
        for number in range(infos):
            await here.owe([place(1 if number % 2 else 2 + number % 98)], Level.INFO)
        await here.pump.tick()
        await asyncio.sleep(3.0)
        begun = monotonic()
        card = await here.owe([place(100), place(1)], Level.FLASH)
        here.pump.wake()
        while len(found := [c for c in here.arrived().items() if card in {n for _, n in c[1]}]) < 2:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.01)
        took = {chat: next(at for at, n in cards if n == card) - begun for chat, cards in found}
        left = (await here.clerk(here.store.status)).owed
        return iter(
            (
                Figure("info alerts that a flash overtook", left, "", 0.8 * infos, least=True),
                Figure("flash to a free chat behind them", took[100], "s", 1.0),
                Figure("flash to the chat for which half of them wait", took[1], "s", 2.0),
            )
        )


async def latency(pages: int, people: int) -> Iterator[Figure]:
    """From a decided page to the messages of its alert, for people one after the other."""
    took: list[float] = []
    async with room(people) as here:
        for _ in range(pages):
            begun = monotonic()
            card = await here.owe([place(n) for n in range(1, people + 1)], Level.ALERT)
            here.pump.wake()
            await here.until_sent(card * people)
            took += [at - begun for cards in here.arrived().values() for at, n in cards if n == card]
    print(
        f"an alert to {people} people: first message after {min(took):.2f} s, p50 {median(took):.2f} s, "
        f"p99 {quantiles(took, n=100)[98]:.2f} s",
        flush=True,
    )
    return iter((Figure(f"an alert to {people} people: p99", quantiles(took, n=100)[98], "s", 5.0),))


def run() -> Iterator[Figure]:
    """All of them, full size: about seven minutes."""
    logging.getLogger("monitor").setLevel(logging.ERROR)  # a refusal is a figure here
    yield from asyncio.run(urgent(1_000))
    yield from asyncio.run(latency(5, 100))
    yield from asyncio.run(patience(30, 60, WAIT))
    yield from asyncio.run(crowd(int(os.environ.get("PACING_ALERTS", ALERTS)), 150, 50))
