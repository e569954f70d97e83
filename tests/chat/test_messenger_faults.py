"""One delivery against a Bot API server that plays every fault: which receipt each of them gives."""

from __future__ import annotations

import asyncio
import logging

import pytest
from telegram import Bot

from monitor.chat.connection import Line
from monitor.chat.messenger import TelegramMessenger
from monitor.chat.receipts import LONGEST_WAIT
from monitor.core.model import Flood, Later, Receipt, Refused, Sent, Unknown
from tests.botapi.faults import Drop, Fault, Half, Hang, Html, Refuse, too_many
from tests.botapi.server import BotApi
from tests.chat.one_delivery import ALERT, claimed, line_to, messenger, post
from tests.chat.telegram_world import ANN


def asked(seconds: float, words: str = "Telegram asks to wait", who: Flood = Flood.CHAT) -> Later:
    """The receipt of a 429."""
    return Later(seconds, words, counts=False, flood=who)


BLOCKED = "Forbidden: bot was blocked by the user"

FAULTS = [
    pytest.param(too_many(7), asked(7.0, "Telegram asks to wait 7 s"), id="429 with a time"),
    pytest.param(too_many(None), asked(5.0), id="429 without"),
    pytest.param(
        Refuse(429, "Slow down", {"retry_after": 0}),
        asked(5.0),
        id="429 zero",
    ),
    pytest.param(Html(429), asked(5.0), id="429 from a gateway"),
    pytest.param(Refuse(403, BLOCKED), Refused(BLOCKED, suspend=True), id="403"),
    pytest.param(
        Refuse(400, "Bad Request: chat not found"),
        Refused("Chat not found", suspend=True),
        id="400 no such chat",
    ),
    pytest.param(
        Refuse(400, "Bad Request: not enough rights to send text messages to the chat"),
        Refused("Not enough rights to send text messages to the chat", suspend=True),
        id="400 no right",
    ),
    pytest.param(
        Refuse(400, "Bad Request: TOPIC_CLOSED"),
        Refused("Topic_closed", suspend=True),
        id="400 topic closed",
    ),
    pytest.param(
        Refuse(400, "Bad Request: message thread not found"),
        Refused("Message thread not found", suspend=True),
        id="400 topic deleted",
    ),
    pytest.param(
        Refuse(400, "Bad Request: message is too long"),
        Refused("Message is too long"),
        id="400 too long",
    ),
    pytest.param(
        Refuse(401, "Unauthorized"),
        Later(60.0, "the server does not know this bot token: check TELEGRAM_BOT_TOKEN", counts=False),
        id="401",
    ),
    pytest.param(
        Refuse(404, "Not Found"),
        Later(60.0, "the server does not know this bot token: check TELEGRAM_BOT_TOKEN", counts=False),
        id="404",
    ),
    pytest.param(Refuse(500, "Internal Server Error"), Unknown("Internal Server Error"), id="500"),
]


@pytest.mark.parametrize(("fault", "receipt"), FAULTS)
async def test_a_fault_gives_its_receipt(api: BotApi, line: Bot, fault: Fault, receipt: Receipt) -> None:
    api.fail("sendMessage", fault)
    assert await messenger(line).deliver(claimed()) == receipt
    assert not api.chats[ANN].messages
    assert len(api.calls("sendMessage")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Html(502), id="a gateway's page"),
        pytest.param(Html(200), id="a page instead of an answer"),
        pytest.param(Half(), id="half an answer"),
        pytest.param(Drop(accepted=True), id="dropped after it was accepted"),
        pytest.param(Drop(), id="dropped before it was accepted"),
    ],
)
async def test_an_answer_that_says_nothing_leaves_it_open_what_happened(
    api: BotApi, line: Bot, fault: Fault
) -> None:
    api.fail("sendMessage", fault)
    assert isinstance(await messenger(line).deliver(claimed()), Unknown)


async def test_silence_after_the_request_leaves_it_open_what_happened(api: BotApi) -> None:
    api.fail("sendMessage", Hang(accepted=True))
    async with line_to(api.url, api.token, read_timeout=0.05) as hasty:
        assert isinstance(await messenger(hasty).deliver(claimed()), Unknown)
    assert len(api.chats[ANN].messages) == 1


async def test_a_delivery_ends_even_if_the_server_never_does(api: BotApi, line: Bot) -> None:
    api.fail("sendMessage", Hang())
    impatient = TelegramMessenger(post(line), words=lambda _: ALERT, patience=0.02)
    assert await impatient.deliver(claimed()) == Unknown("Telegram did not answer within 0.02 s")


@pytest.mark.parametrize(
    ("attempt", "after"),
    [
        pytest.param(1, 5.0, id="first"),
        pytest.param(2, 10.0, id="second"),
        pytest.param(4, 40.0, id="fourth"),
        pytest.param(50, LONGEST_WAIT, id="bounded"),
    ],
)
async def test_a_server_that_is_down_got_nothing(api: BotApi, attempt: int, after: float) -> None:
    await api.stop()
    async with line_to(api.url, api.token) as made:
        receipt = await messenger(made).deliver(claimed(attempt=attempt))
    assert isinstance(receipt, Later)
    assert (receipt.after, receipt.counts) == (after, True)
    assert receipt.reason.startswith("ConnectError")


async def test_a_closed_line_sent_nothing(api: BotApi) -> None:
    async with line_to(api.url, api.token) as made:
        pass
    receipt = await messenger(made).deliver(claimed())
    assert isinstance(receipt, Later)
    assert not api.requests


async def test_a_full_pool_sent_nothing(api: BotApi) -> None:
    hang = Hang()
    api.fail("sendMessage", hang)
    narrow = Line(size=1, proxy=None, read_timeout=5.0, pool_timeout=0.01)
    async with line_to(api.url, api.token) as made:
        one_place = Bot(
            api.token, base_url=f"{api.url}/bot", request=narrow, get_updates_request=made.request
        )
        first = asyncio.create_task(messenger(one_place).deliver(claimed()))
        await api.wait_for("sendMessage")
        receipt = await messenger(one_place).deliver(claimed())
        hang.release()
        await first
        await narrow.shutdown()
    assert isinstance(receipt, Later)
    assert receipt.counts
    assert not api.chats[ANN].messages


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param("Bad Request: can't parse entities: byte offset 3", id="marks"),
        pytest.param("Bad Request: ENTITY_BOUNDS_INVALID", id="bounds of a mark"),
        pytest.param("Bad Request: BUTTON_URL_INVALID", id="a button"),
    ],
)
async def test_refused_marks_or_buttons_do_not_cost_the_alert(api: BotApi, line: Bot, refusal: str) -> None:
    api.fail("sendMessage", Refuse(400, refusal))
    assert isinstance(await messenger(line).deliver(claimed()), Sent)
    [sent] = api.chats[ANN].messages
    assert sent.text == f"{ALERT.text}\nhttps://news.example/1?a=1&b=<2>"
    assert not sent.entities
    assert not sent.buttons


async def test_a_server_that_knows_no_previews_still_gets_the_alert(api: BotApi, line: Bot) -> None:
    api.fail("sendMessage", Refuse(400, "Bad Request: link_preview_options is not supported yet"))
    assert isinstance(await messenger(line).deliver(claimed()), Sent)
    [sent] = api.chats[ANN].messages
    assert sent.marked("bold") == ["🔴 FLASH"]
    assert sent.preview is None


async def test_a_plain_text_that_is_refused_too_is_refused(api: BotApi, line: Bot) -> None:
    refusal = Refuse(400, "Bad Request: can't parse entities")
    api.fail("sendMessage", refusal, refusal)
    assert await messenger(line).deliver(claimed()) == Refused("Can't parse entities")
    assert len(api.calls("sendMessage")) == 2


async def test_the_token_is_in_no_reason_and_no_log(
    api: BotApi, line: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monitor")
    secret = api.token.partition(":")[2]
    echo = f"Bad Request: cannot POST /bot{api.token}/sendMessage"
    api.fail("sendMessage", Refuse(400, echo), Refuse(401, echo), Refuse(502, echo), Html(502))
    for _ in range(4):
        receipt = await messenger(line).deliver(claimed())
        assert not isinstance(receipt, Sent)
        assert secret not in receipt.reason
    assert secret not in caplog.text


async def test_a_wrong_token_is_said_loudly_once(
    api: BotApi, line: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("sendMessage", *[Refuse(401, "Unauthorized")] * 3)
    one = messenger(line)
    for _ in range(3):
        await one.deliver(claimed())
    said = [record for record in caplog.records if "TELEGRAM_BOT_TOKEN" in record.getMessage()]
    assert [record.levelname for record in said] == ["ERROR"]


@pytest.mark.parametrize(
    ("fault", "receipt"),
    [
        pytest.param(Html(502), Later(10.0, "not repeated yet: "), id="an outage"),
        pytest.param(too_many(7), asked(7.0, "Telegram asks to wait 7 s", Flood.BOT), id="a flood"),
    ],
)
async def test_a_repeat_has_one_chance_and_waits_until_telegram_answers_again(
    api: BotApi, line: Bot, fault: Fault, receipt: Later
) -> None:
    api.fail("getMe", fault)
    repeat = claimed(attempt=2, repeat=True)
    got = await messenger(line).deliver(repeat)
    assert isinstance(got, Later)
    assert (got.after, got.counts, got.flood) == (receipt.after, receipt.counts, receipt.flood)
    assert got.reason.startswith(receipt.reason)
    assert not api.calls("sendMessage")
    assert isinstance(await messenger(line).deliver(repeat), Sent)


async def test_a_repeat_is_not_sent_into_silence(api: BotApi, line: Bot) -> None:
    api.fail("getMe", Hang())
    impatient = TelegramMessenger(post(line), words=lambda _: ALERT, patience=0.02)
    got = await impatient.deliver(claimed(attempt=1, repeat=True))
    assert got == Later(5.0, "not repeated yet: Telegram did not answer within 0.02 s")
    assert not api.calls("sendMessage")
