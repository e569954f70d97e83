"""Another program takes the bot's messages: who hears of it, how often, and when it is over."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from db.memory import MemoryStore
from monitor.chat.app import TelegramChat
from monitor.chat.notices import Owners
from monitor.chat.polling import RIVAL, Timing
from monitor.chat.rivalry import Rivalry
from monitor.core.health import ailments
from tests.botapi.faults import Refuse
from tests.botapi.server import BotApi
from tests.build import NOW
from tests.chat.telegram_world import ANN, ask, chatting, until
from tests.fakes import FixedClock, inline

if TYPE_CHECKING:
    from telegram import Bot

SHORT = Timing(hold=5, watchdog=5.0, first=0.001, most=0.01, conflict=0.02, peace=0.05, farewell=1.0)
LONG = Timing(hold=5, watchdog=5.0, first=0.001, most=0.01, conflict=0.02, peace=1_000.0, farewell=1.0)
CONFLICT = Refuse(409, "Conflict: terminated by other getUpdates request")


def watching(chat: TelegramChat, store: MemoryStore) -> Rivalry:
    return Rivalry(chat, Owners(chat, {ANN}), store=store, offload=inline, clock=FixedClock())


async def test_the_owners_and_status_hear_of_it_once(api: BotApi, store: MemoryStore) -> None:
    api.fail("getUpdates", CONFLICT)
    async with chatting(api, store, timing=LONG) as chat:
        await until(lambda: chat.rivalled)
        rivalry = watching(chat, store)
        for _ in range(3):
            await rivalry.tick()
        told = await api.chats[ANN].next_message()
        assert "Two programs share this bot" in told.text
        assert "@BotFather" in told.text
        assert "another program takes this bot's messages" in " ".join(ailments(store.status(), NOW))
    assert len(api.calls("sendMessage")) == 1


async def test_two_that_throw_each_other_out_in_turns_are_said_once(
    api: BotApi, store: MemoryStore, line: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monitor")
    async with chatting(api, store, timing=LONG) as chat:
        for _ in range(5):
            await until(lambda: chat.connected)
            await line.get_updates(timeout=0)  # the other program
            await until(lambda: api.updates.conflicts > 0)
            api.updates.conflicts = 0
            await until(lambda: not chat.connected)
        assert chat.rivalled
    said = [each for each in caplog.records if RIVAL in each.getMessage()]
    assert [each.levelname for each in said] == ["ERROR"]
    assert "there again" not in caplog.text


async def test_when_it_is_over_that_is_seen_and_the_next_time_is_told_anew(
    api: BotApi, store: MemoryStore
) -> None:
    async with chatting(api, store, timing=SHORT) as chat:
        rivalry = watching(chat, store)
        await rivalry.tick()
        assert not api.calls("sendMessage")
        for count in (1, 2):
            api.fail("getUpdates", CONFLICT)
            assert await ask(api, "/help")  # ends the poll that waits
            await until(lambda: chat.rivalled)
            while len([c for c in api.calls("sendMessage") if "share this bot" in c.params["text"]]) < count:
                await rivalry.tick()
            await until(lambda: not chat.rivalled)
            await rivalry.tick()


async def test_while_telegram_is_away_the_warning_waits(api: BotApi, store: MemoryStore) -> None:
    api.fail("getUpdates", CONFLICT)
    async with chatting(api, store, timing=LONG) as chat:
        await until(lambda: chat.rivalled)
        await api.stop()
        await until(lambda: not chat.reachable)
        rivalry = watching(chat, store)
        await rivalry.tick()
        await api.start()
        await until(lambda: chat.connected)
        await rivalry.tick()
        assert "share this bot" in (await api.chats[ANN].next_message()).text


async def test_the_waits_grow_while_it_lasts(api: BotApi, store: MemoryStore) -> None:
    api.fail("getUpdates", *[CONFLICT] * 8)
    async with chatting(api, store, timing=Timing(first=0.001, conflict=0.08)) as chat:
        await api.wait_for("getUpdates", 8)
        times = [each.at for each in api.calls("getUpdates")]
        assert times[1] - times[0] >= 0.005
        assert times[7] - times[6] >= 0.08
        assert chat.rivalled


def test_a_poll_that_a_black_hole_swallowed_is_given_up_within_half_a_minute() -> None:
    """What the promise of 30 s is made of; `python -m benchmarks black_hole` measures it."""
    usual = Timing()
    assert usual.watchdog + usual.farewell <= 30
    assert usual.hold < usual.watchdog
    assert usual.most + 10 + usual.farewell <= 30  # a wait, and a poll of a line that was not there before
