from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

import httpx
import pytest
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from tests.botapi import BotApi, Drop, Fault, Half, Hang, Html, Refuse, too_many

if TYPE_CHECKING:
    from telegram import Bot


@pytest.fixture(autouse=True)
def _durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it python-telegram-bot warns in every RetryAfter, and warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


FAULTS = [
    pytest.param(too_many(None), NetworkError, 0, id="429 without parameters"),
    pytest.param(Refuse(403, "Forbidden: user is deactivated"), Forbidden, 0, id="403"),
    pytest.param(Refuse(400, "Bad Request: TOPIC_CLOSED"), BadRequest, 0, id="400"),
    pytest.param(Refuse(401, "Unauthorized"), InvalidToken, 0, id="401"),
    pytest.param(Refuse(409, "Conflict: terminated by other getUpdates request"), Conflict, 0, id="409"),
    pytest.param(Refuse(500, "Internal Server Error"), NetworkError, 0, id="500 in JSON"),
    pytest.param(Html(502), NetworkError, 0, id="502 with a page"),
    pytest.param(Html(502, accepted=True), NetworkError, 1, id="502 after the message was taken"),
    pytest.param(Drop(), NetworkError, 0, id="dropped"),
    pytest.param(Drop(accepted=True), NetworkError, 1, id="dropped after the message was taken"),
    pytest.param(Half(), NetworkError, 1, id="half an answer"),
]


@pytest.mark.parametrize(("fault", "error", "arrived"), FAULTS)
async def test_fault_surfaces_in_the_client(
    api: BotApi, bot: Bot, fault: Fault, error: type[Exception], arrived: int
) -> None:
    chat = api.private(7, "Ann")
    api.fail("sendMessage", fault)
    with pytest.raises(error) as raised:
        await bot.send_message(7, "x")
    assert type(raised.value) is error
    assert len(chat.messages) == arrived
    await bot.send_message(7, "y")
    assert chat.messages[-1].text == "y", "one fault befalls one request"
    assert not api.rejected


async def test_flood_wait_is_told(api: BotApi, bot: Bot) -> None:
    api.private(7, "Ann")
    api.fail("sendMessage", too_many(3))
    with pytest.raises(RetryAfter) as raised:
        await bot.send_message(7, "x")
    assert raised.value.retry_after == dt.timedelta(seconds=3)


@pytest.mark.parametrize("accepted", [pytest.param(False, id="not taken"), pytest.param(True, id="taken")])
async def test_silence_lasts_until_the_client_gives_up(api: BotApi, bot: Bot, accepted: bool) -> None:
    chat = api.private(7, "Ann")
    api.fail("sendMessage", Hang(accepted=accepted))
    with pytest.raises(TimedOut) as raised:
        await bot.send_message(7, "x", read_timeout=0.05)
    assert isinstance(raised.value.__cause__, httpx.ReadTimeout)
    assert len(chat.messages) == accepted


async def test_silence_can_be_ended_by_the_test(api: BotApi, bot: Bot) -> None:
    api.private(7, "Ann")
    hang = Hang()
    api.fail("sendMessage", hang)
    sending = asyncio.create_task(bot.send_message(7, "x"))
    await api.wait_for("sendMessage")
    hang.release()
    with pytest.raises(NetworkError):
        await sending


async def test_refused_connection_is_told_apart(api: BotApi, bot: Bot) -> None:
    await api.stop()
    with pytest.raises(NetworkError) as raised:
        await bot.send_message(7, "x")
    assert isinstance(raised.value.__cause__, httpx.ConnectError)
    await api.start()


async def test_faults_can_be_for_one_chat(api: BotApi, bot: Bot) -> None:
    api.private(7, "Ann")
    api.channel(-1001, "C", username="my_channel")
    api.fail("sendMessage", Html(502), chat=-1001)
    await bot.send_message(7, "x")
    with pytest.raises(NetworkError):
        await bot.send_message("@my_channel", "x")
    await bot.send_message("@my_channel", "x")


async def test_faults_come_in_order_and_spare_polls_if_not_named(api: BotApi, bot: Bot) -> None:
    api.private(7, "Ann")
    api.fail("*", Html(500), Html(502))
    assert await bot.get_updates() == ()
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(7, "x")
    await bot.send_message(7, "x")
    assert [request.status for request in api.calls("sendMessage")] == [500, 502, 200]


async def test_invalid_request_is_rejected_even_when_a_fault_waits(api: BotApi, bot: Bot) -> None:
    api.private(7, "Ann")
    api.fail("sendMessage", Html(502))
    with pytest.raises(BadRequest):
        await bot.send_message(7, "x" * 4097)
    assert len(api.rejected) == 1
