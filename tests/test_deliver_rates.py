"""Deliveries before a server that enforces Telegram's rates; the full runs are `python -m benchmarks pacing`."""

from __future__ import annotations

import asyncio

from monitor.core.model import Level
from tests.botapi import too_many
from tests.paced import disorder, place, room


async def test_a_crowd_gets_everything_in_order_and_nothing_is_refused_after_the_first() -> None:
    async with room(people=10, groups=5) as here:
        chats = [place(number) for number in (*range(1, 11), *range(-5, 0))]
        for _ in range(2):
            await here.owe(chats, Level.ALERT)
        here.api.fail("sendMessage", too_many(1))
        async with asyncio.timeout(30):
            await here.until_sent(30)
        arrived = here.arrived()
        assert {chat: [card for _, card in cards] for chat, cards in arrived.items()} == {
            int(chat.address): [1, 2] for chat in chats
        }
        assert not disorder(arrived)
        assert [call.status for call in here.api.calls("sendMessage")].count(429) == 1
        assert not here.api.rejected


async def test_a_wait_of_one_chat_is_not_felt_by_others_and_goes_on_after_a_restart() -> None:
    async with room(people=3) as here:
        here.api.rates.hold(1, 3_600)
        for _ in range(2):
            await here.owe([place(1), place(2), place(3)], Level.ALERT)
        async with asyncio.timeout(20):
            await here.until_sent(4)
        here.restart()
        await here.owe([place(1), place(2)], Level.ALERT)
        async with asyncio.timeout(20):
            await here.until_sent(5)
        assert [chat for _, chat in here.api.rates.refusals] == [1]
        [pace] = await here.clerk(here.store.paces)
        assert (pace.name, pace.left(pace.asked_at)) == ("telegram:1", 3_600.0)
