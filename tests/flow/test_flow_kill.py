"""The bot is killed with -9 wherever it hurts: nothing is lost, and what comes twice says that it may be a repeat."""

from __future__ import annotations

import asyncio
import os
import random
from typing import TYPE_CHECKING

import pytest

from monitor.chat.cards import REPEAT
from tests.botapi import Drop, Half, Hang
from tests.flow.process import PATIENCE, Stage, tells, until
from tests.flow.site import Item

if TYPE_CHECKING:
    from tests.botapi import Chat
    from tests.flow.process import Bot

NEWS = Item("North Korean worker enters U.S. consulate in Vladivostok")
FLOOD = Item("Flood closes a bridge in the east")

ROUNDS = int(os.environ.get("TOCSIN_ROUNDS", "3"))
"""How often the bot is killed at random; more than a normal test run wants to wait for."""


def begin(stage: Stage, *chats: Chat, items: tuple[Item, ...] = (NEWS,)) -> Bot:
    """A bot that finds stories at its first poll, all of them for all of these chats."""
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", *items)
    stage.subscribe(*chats)
    return stage.run(ALERT_ON_FIRST_POLL="yes")


async def test_between_store_and_send_nothing_is_lost_and_nothing_repeated(stage: Stage) -> None:
    group = stage.api.group(-1001, "Desk")
    bot = begin(stage, group, items=(NEWS, FLOOD))
    await bot.says('="sent alert')  # the second one is stored; to a group it goes three seconds later
    await bot.kill()
    assert stage.status().owed == 1
    await until(lambda: not bot.haunting, "the end of its worker processes")

    bot = stage.run()
    first, second = await tells(group), await tells(group)
    await bot.says('="sent alert')
    assert await bot.stop() == 0
    assert first.text.startswith("🔴 FLASH")
    assert second.text.startswith("🔵 INFO")
    assert REPEAT not in first.text + second.text
    assert len(group.messages) == 2
    assert stage.status().owed == 0
    assert not stage.api.rejected


async def test_amid_a_send_only_that_one_is_repeated_and_marked(stage: Stage) -> None:
    arrived, lost, fine = (stage.api.private(number, f"Person {number}") for number in (7, 8, 9))
    stage.api.fail("sendMessage", Hang(accepted=True), chat=arrived.id)
    stage.api.fail("sendMessage", Hang(), chat=lost.id)
    bot = begin(stage, arrived, lost, fine)
    await bot.says('="sent alert card=1 to=telegram:9')
    await until(lambda: len(stage.api.faults.hanging) == 2, "two sends that hang")
    await bot.kill()

    bot = stage.run()
    await bot.says("the last run ended amid 2 sends")
    await bot.says('="sent alert', times=2)
    assert await bot.stop() == 0
    assert repeats(arrived) == [False, True]
    assert repeats(lost) == [True]  # nobody can know that it never came
    assert repeats(fine) == [False]
    assert stage.status().owed == 0


async def test_a_connection_that_breaks_amid_a_send_is_repeated_once_and_marked(stage: Stage) -> None:
    arrived, halfway, lost = (stage.api.private(number, f"Person {number}") for number in (7, 8, 9))
    stage.api.fail("sendMessage", Drop(accepted=True), chat=arrived.id)
    stage.api.fail("sendMessage", Half(), chat=halfway.id)
    stage.api.fail("sendMessage", Drop(), chat=lost.id)
    bot = begin(stage, arrived, halfway, lost)
    await bot.says('="sent alert', times=3)
    assert await bot.stop() == 0
    assert repeats(arrived) == [False, True]
    assert repeats(halfway) == [False, True]
    assert repeats(lost) == [True]
    assert stage.status().owed == 0


@pytest.mark.parametrize("seed", [1])
async def test_killed_at_random_nothing_is_lost_and_every_repeat_is_marked(stage: Stage, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test that can be repeated, not a secret
    chats = [stage.api.private(number, f"Person {number}") for number in (7, 8, 9)]
    stories: list[Item] = []
    bot = begin(stage, *chats, items=())
    for number in range(ROUNDS):
        stories.insert(0, Item(f"Flood number {number} closes bridge {number}"))
        stage.site.carry("wire.xml", *stories[:30])
        for chat in chats:
            if dice.random() < 0.3:
                stage.api.fail("sendMessage", Hang(accepted=dice.random() < 0.5), chat=chat.id)
        await moment(stage, bot, dice)
        await bot.kill()
        stage.api.faults.waiting.clear()
        stage.api.faults.release()
        bot = stage.run(ALERT_ON_FIRST_POLL="yes")

    wanted = len(chats) * len(stories)
    await until(lambda: stage.status().sent == wanted, f"{wanted} receipts", PATIENCE + 2 * ROUNDS)
    assert await bot.stop() == 0
    for chat in chats:
        for story in stories:
            copies = repeats(chat, story.title)
            assert copies
            assert all(copies[1:])
        assert len(chat.messages) <= len(stories) + ROUNDS  # one in flight for each kill
    assert stage.status().owed == stage.status().dead_count == 0
    assert not stage.api.rejected


async def moment(stage: Stage, bot: Bot, dice: random.Random) -> None:
    """Wait for something to happen in the bot, and a little longer."""
    sign = dice.choice(("fetch", "store", "send"))
    if sign == "fetch":
        await stage.polled("wire.xml")
    elif sign == "store":
        await bot.says("polled feed=wire")
    else:
        sends = len(stage.api.calls("sendMessage"))
        await until(lambda: len(stage.api.calls("sendMessage")) > sends or stage.api.faults.hanging, "a send")
    await asyncio.sleep(dice.random() * 0.05)


def repeats(chat: Chat, title: str = "") -> list[bool]:
    """For each message about a story in a chat: whether it says that it may be a repeat."""
    return [REPEAT in message.text for message in chat.messages if title in message.text]
