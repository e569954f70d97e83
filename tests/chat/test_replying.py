"""Work that takes long goes on by itself, one of it per person, and ends with the process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from monitor.chat.message import Message
from monitor.chat.replying import Replies, Spot
from monitor.chat.work import Abroad, Work
from tests.botapi.faults import Refuse
from tests.chat.one_delivery import post
from tests.chat.telegram_world import ANN, BOB, until
from tests.fakes import inline

if TYPE_CHECKING:
    from telegram import Bot

    from monitor.chat.work import Steps
    from monitor.core.model import Destination
    from tests.botapi.server import BotApi


async def nowhere(old: Destination, new: int) -> None:
    message = f"{old} moved to {new}"
    raise AssertionError(message)


def replies(line: Bot, soon: float = 0.01) -> Replies:
    return Replies(post(line), offload=inline, migrated=nowhere, soon=soon)


def work(gate: asyncio.Event) -> Work:
    def steps() -> Steps:
        yield Message("on it")
        yield Abroad(gate.wait)
        return Message("done")

    return Work(steps(), "en")


async def test_long_work_lets_others_go_on_and_ends_in_its_own_message(api: BotApi, line: Bot) -> None:
    gate, ann = asyncio.Event(), api.chats[ANN]
    one = replies(line)
    await one.labour(ANN, Spot(ANN), work(gate), "/export")
    assert (await ann.next_message()).text == "on it"
    await one.labour(ANN, Spot(ANN), work(gate), "/export")
    assert "still busy" in (await ann.next_message()).text
    gate.set()
    assert (await ann.next_edit()).text == "done"
    await one.stop(1.0)
    gate.clear()
    await one.labour(ANN, Spot(ANN), work(gate), "/export")
    assert (await ann.next_message()).text == "on it"
    gate.set()
    await one.stop(5.0)
    assert (await ann.next_edit()).text == "done"


async def test_quick_work_is_waited_for(api: BotApi, line: Bot) -> None:
    gate = asyncio.Event()
    gate.set()
    await replies(line, soon=5.0).labour(ANN, Spot(ANN), work(gate), "/search")

    assert [each.text for each in api.chats[ANN].messages] == ["done"]


async def test_one_person_does_not_keep_another_from_working(api: BotApi, line: Bot) -> None:
    api.private(BOB, "Bob")
    gate = asyncio.Event()
    one = replies(line)
    await one.labour(ANN, Spot(ANN), work(gate), "/export")
    await one.labour(BOB, Spot(BOB), work(gate), "/export")
    assert (await api.chats[BOB].next_message()).text == "on it"
    gate.set()
    await one.stop(5.0)
    assert (await api.chats[BOB].next_edit()).text == "done"


async def test_work_is_broken_off_when_the_process_ends(api: BotApi, line: Bot) -> None:
    one = replies(line)
    await one.labour(ANN, Spot(ANN), work(asyncio.Event()), "/export")
    assert (await api.chats[ANN].next_message()).text == "on it"
    await one.stop(0.01)
    await one.stop(0.01)

    assert api.chats[ANN].unread() == []
    assert [each.text for each in api.chats[ANN].messages] == ["on it"]


async def test_work_that_cannot_be_answered_is_in_the_log(
    api: BotApi, line: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("sendChatAction", Refuse(400, "Bad Request: chat not found"))
    one = replies(line)
    await one.labour(ANN, Spot(ANN), work(asyncio.Event()), "/export")

    await until(lambda: "/export not answered" in caplog.text)
