"""The Telegram side's connection: starting, outages, wrong tokens, stopping, and what the log says of them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import pytest

from db.memory import MemoryStore
from monitor.chat.app import TelegramChat
from monitor.chat.polling import Timing
from tests.botapi.faults import Drop, Hang, Html, Refuse
from tests.botapi.server import BotApi
from tests.chat.telegram_world import ANN, QUICK, BrokenStore, ask, chatting, desk_over, until
from tests.fakes import inline

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


class StuckOffload:
    """`ports.Offload` with a thread that never comes back."""

    def __init__(self) -> None:
        self.stuck = asyncio.Event()

    async def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        self.stuck.set()
        await asyncio.Event().wait()
        return work(*args, **kwargs)


async def test_it_starts_while_telegram_is_down_and_connects_later(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monitor")
    await api.stop()
    async with chatting(api, store) as chat:
        await until(lambda: "ConnectError" in chat.state)
        assert not chat.connected
        await api.start()
        assert "Subscribed" in await ask(api, "/subscribe all")
        await until(lambda: chat.connected)
    warned = [each for each in caplog.records if "ConnectError" in each.getMessage()]
    assert [each.levelname for each in warned] == ["WARNING"]  # once, however often it was tried


async def test_an_outage_in_between_is_survived(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store) as chat:
        assert await ask(api, "/subs")
        await api.stop()
        await until(lambda: not chat.connected)
        await api.start()
        assert "Subscribed" in await ask(api, "/subscribe all")


async def test_a_wrong_token_is_said_once_with_its_mend(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    right, api.token = api.token, "123456:another-token-altogether-0123456789"
    async with chatting(api, store, token=right) as chat:
        await api.wait_for("getMe", 3)
        assert not chat.connected
        assert "TELEGRAM_BOT_TOKEN" in chat.state
        api.token = right
        assert await ask(api, "/help")
    said = [each for each in caplog.records if "TELEGRAM_BOT_TOKEN" in each.getMessage()]
    assert [each.levelname for each in said] == ["ERROR"]
    assert "@BotFather" in said[0].getMessage()


async def test_a_second_poller_is_said_loudly(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("getUpdates", *[Refuse(409, "Conflict: terminated by other getUpdates request")] * 2)
    async with chatting(api, store):
        assert await ask(api, "/help")
    said = [each for each in caplog.records if "two copies" in each.getMessage()]
    assert [each.levelname for each in said] == ["ERROR"]


async def test_a_webhook_that_was_left_behind_is_taken_away(api: BotApi, store: MemoryStore) -> None:
    api.updates.webhook = "https://elsewhere.example/hook"
    async with chatting(api, store):
        assert await ask(api, "/help")


async def test_a_poll_that_went_silent_is_begun_anew(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("getUpdates", Hang(), Hang(), Hang(), Hang(), Hang())  # more than the line has places
    async with chatting(api, store, timing=Timing(hold=5, watchdog=0.02, first=0.001, most=0.002)) as chat:
        await until(lambda: "no answer to getUpdates" in chat.state)
        await api.wait_for("getUpdates", 6)
    assert "no answer to getUpdates" in caplog.text


async def test_stopping_confirms_what_was_done_and_takes_no_time(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store, timing=Timing()):
        assert await ask(api, "/subscribe all")
    assert not api.updates.waiting


async def test_a_command_that_a_crash_cut_off_comes_again(api: BotApi, store: MemoryStore) -> None:
    offload = StuckOffload()
    await api.chats[ANN].says(api.people[ANN], "/subscribe all")
    chat = TelegramChat(
        token=api.token, desk=desk_over(store), store=store, offload=offload, api_url=api.url, timing=QUICK
    )
    await chat.start()
    await offload.stuck.wait()
    [listening] = [task for task in asyncio.all_tasks() if task.get_name() == "telegram"]
    listening.cancel()  # as a crash would end it
    await asyncio.wait({listening})
    await chat.bot.shutdown()
    assert api.updates.waiting
    async with chatting(api, store):
        assert "Subscribed" in (await api.chats[ANN].next_message()).text


async def test_stopping_does_not_wait_for_a_command_that_never_ends(api: BotApi, store: MemoryStore) -> None:
    offload = StuckOffload()
    await api.chats[ANN].says(api.people[ANN], "/subscribe all")
    timing = Timing(grace=0.01)
    chat = TelegramChat(
        token=api.token, desk=desk_over(store), store=store, offload=offload, api_url=api.url, timing=timing
    )
    await chat.start()
    await offload.stuck.wait()
    await chat.stop()
    assert chat.state == "stopped"
    assert api.updates.waiting  # it comes again at the next start


async def test_stopping_what_was_never_started(api: BotApi, store: MemoryStore) -> None:
    chat = TelegramChat(token=api.token, desk=desk_over(store), store=store, offload=inline)
    await chat.stop()
    assert chat.state == "not started"
    assert not api.requests


async def test_a_refused_menu_keeps_nobody_from_asking(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("setMyCommands", Refuse(400, "Bad Request: BOT_COMMAND_INVALID"))
    async with chatting(api, store):
        assert await ask(api, "/help")
    assert "menu of commands was refused" in caplog.text


async def test_stopping_before_the_first_connection(api: BotApi, store: MemoryStore) -> None:
    api.fail("getMe", Hang())
    async with chatting(api, store):
        await api.wait_for("getMe")
    await api.stop()
    async with chatting(api, store) as chat:
        assert not chat.connected


async def test_no_line_of_ours_shows_the_token(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "monitor")
    api.fail("getMe", Refuse(401, f"no /bot{api.token}/getMe"), Html(502))
    api.fail("getUpdates", Refuse(404, api.token), Refuse(409, api.token), Drop())
    api.fail("sendMessage", Refuse(400, f"no /bot{api.token}/sendMessage"))
    async with chatting(api, BrokenStore()):
        await api.chats[ANN].says(api.people[ANN], "/help")
        await api.wait_for("sendMessage")
        assert await ask(api, "/subscribe all")
    ours = [each for each in caplog.records if each.name.startswith("monitor")]
    shown = "".join(logging.Formatter().format(each) for each in ours)
    assert len(ours) > 5
    assert api.token.partition(":")[2] not in shown
