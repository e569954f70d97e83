"""One delivery, one request, one receipt: against a Bot API server that plays every fault."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from telegram import Bot

from monitor.chat.connection import Line, bot
from monitor.chat.message import Button, Mark, Message, Style, Writer
from monitor.chat.messenger import TelegramMessenger
from monitor.chat.receipts import LONGEST_WAIT
from monitor.core.errors import StoreError
from monitor.core.model import (
    Card,
    CardView,
    Claimed,
    Delivery,
    DeliveryState,
    Destination,
    Kind,
    Later,
    Level,
    Receipt,
    Refused,
    Sent,
    Unknown,
)
from tests.botapi.faults import Drop, Fault, Half, Hang, Html, Refuse, too_many
from tests.botapi.people import Member, administrator, restricted
from tests.botapi.server import BotApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ANN = 7
ALERT = (
    Writer()
    .line("🔴 FLASH", Style.BOLD)
    .add("탈북자 🇰🇵 총영사관", Style.ITALIC, url="https://news.example/1?a=1&b=<2>")
    .message(((Button("Why?", "why:17"), Button("Open", url="https://news.example/1")),))
)


def claimed(
    address: str = str(ANN),
    *,
    kind: Kind = Kind.ALERT,
    message: str | None = None,
    attempt: int = 1,
    topic: int | None = None,
) -> Claimed:
    opened = datetime(2026, 9, 27, 10, 0, tzinfo=UTC)
    where = Destination("telegram", address, topic)
    delivery = Delivery(1, 17, where, kind, Level.FLASH, DeliveryState.SENDING, attempt)
    return Claimed(delivery, CardView(Card(17, Level.FLASH, opened), ()), message)


def messenger(of: Bot, words: Message = ALERT) -> TelegramMessenger:
    return TelegramMessenger(of, words=lambda _: words)


@asynccontextmanager
async def line_to(url: str, token: str, read_timeout: float = 5.0) -> AsyncIterator[Bot]:
    updates = Line(size=2, proxy=None, read_timeout=read_timeout)
    made = bot(token, api_url=url, proxy=None, updates=updates, read_timeout=read_timeout)
    try:
        yield made
    finally:
        await made.request.shutdown()
        await updates.shutdown()


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        server.private(ANN, "Ann")
        yield server
        assert not server.rejected


@pytest.fixture
async def line(api: BotApi) -> AsyncIterator[Bot]:
    async with line_to(api.url, api.token) as made:
        yield made


async def test_an_alert_arrives_as_it_was_worded(api: BotApi, line: Bot) -> None:
    receipt = await messenger(line).deliver(claimed())
    [sent] = api.chats[ANN].messages
    assert receipt == Sent(str(sent.id))
    assert sent.text == ALERT.text
    assert sent.marked("bold") == ["🔴 FLASH"]
    assert sent.marked("italic") == ["탈북자 🇰🇵 총영사관"]
    assert sent.links == {"탈북자 🇰🇵 총영사관": "https://news.example/1?a=1&b=<2>"}
    assert sent.buttons == [["Why?", "Open"]]
    assert sent.preview == {"is_disabled": True}
    assert not sent.silent
    assert "parse_mode" not in api.calls("sendMessage")[0].params


async def test_a_silent_alert_makes_no_sound(api: BotApi, line: Bot) -> None:
    await messenger(line, Message("hush", silent=True)).deliver(claimed())
    assert api.chats[ANN].messages[0].silent


async def test_what_looks_like_markup_stays_text(api: BotApi, line: Bot) -> None:
    hostile = "<b>bold</b> *x* [y](https://evil.example) &amp; </a>"
    await messenger(line, Message(hostile)).deliver(claimed())
    [sent] = api.chats[ANN].messages
    assert sent.text == hostile
    assert not sent.entities


async def test_links_that_lead_elsewhere_than_the_web_are_left_out(api: BotApi, line: Bot) -> None:
    words = Message("press me", (Mark(Style.LINK, 0, 5, "tg://user?id=1"),))
    await messenger(line, words).deliver(claimed())
    assert not api.chats[ANN].messages[0].entities


async def test_an_alert_for_a_topic_arrives_in_it(api: BotApi, line: Bot) -> None:
    forum = api.group(-1001, "Forum", forum=True)
    topic = await forum.opens_topic(api.person(8, "Bob"), "News")
    await messenger(line).deliver(claimed("-1001", topic=topic))
    assert forum.messages[0].thread == topic


async def test_an_update_edits_the_sent_message(api: BotApi, line: Bot) -> None:
    first = await messenger(line).deliver(claimed())
    assert isinstance(first, Sent)
    grown = Message("now two outlets", (Mark(Style.BOLD, 0, 3),))
    receipt = await messenger(line, grown).deliver(claimed(kind=Kind.UPDATE, message=first.message))
    [shown] = api.chats[ANN].messages
    assert receipt == first
    assert (shown.text, shown.edits) == (grown.text, [ALERT.text])
    assert shown.marked("bold") == ["now"]


async def test_an_update_that_changes_nothing_is_done(line: Bot) -> None:
    first = await messenger(line).deliver(claimed())
    assert isinstance(first, Sent)
    assert await messenger(line).deliver(claimed(kind=Kind.UPDATE, message=first.message)) == first


async def test_an_update_of_a_message_that_is_gone_is_done(line: Bot) -> None:
    assert await messenger(line).deliver(claimed(kind=Kind.UPDATE, message="999")) == Sent("999")


async def test_an_update_without_a_message_is_refused(line: Bot) -> None:
    receipt = await messenger(line).deliver(claimed(kind=Kind.UPDATE))
    assert receipt == Refused("the message to be updated is not known")


BLOCKED = "Forbidden: bot was blocked by the user"

FAULTS = [
    pytest.param(too_many(7), Later(7.0, "Telegram asks to wait 7 s", counts=False), id="429 with a time"),
    pytest.param(too_many(None), Later(5.0, "Telegram asks to wait", counts=False), id="429 without"),
    pytest.param(
        Refuse(429, "Slow down", {"retry_after": 0}),
        Later(5.0, "Telegram asks to wait", counts=False),
        id="429 zero",
    ),
    pytest.param(Html(429), Later(5.0, "Telegram asks to wait", counts=False), id="429 from a gateway"),
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
    impatient = TelegramMessenger(line, words=lambda _: ALERT, patience=0.02)
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


async def test_waits_grow_while_a_chat_is_flooded_and_fall_back_afterwards(api: BotApi, line: Bot) -> None:
    api.private(8, "Bob")
    one = messenger(line)
    api.fail("sendMessage", *[too_many(None)] * 3, chat=ANN)
    waits = [await one.deliver(claimed()) for _ in range(3)]
    assert [wait.after for wait in waits if isinstance(wait, Later)] == [5.0, 10.0, 20.0]
    api.fail("sendMessage", too_many(None), chat=8)
    assert await one.deliver(claimed("8")) == Later(5.0, "Telegram asks to wait", counts=False)
    assert isinstance(await one.deliver(claimed()), Sent)
    api.fail("sendMessage", too_many(None), chat=ANN)
    assert await one.deliver(claimed()) == Later(5.0, "Telegram asks to wait", counts=False)


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


async def test_a_group_that_became_a_supergroup_gets_its_alert_there(api: BotApi, line: Bot) -> None:
    boss = api.person(8, "Boss")
    old = api.group(-5, "Team", {boss: Member()}, kind="group")
    new = await old.migrates(-1005, boss)
    heard: list[tuple[Destination, int]] = []

    async def migrated(was: Destination, now: int) -> None:
        heard.append((was, now))

    one = TelegramMessenger(line, words=lambda _: ALERT, migrated=migrated)
    receipt = await one.deliver(claimed("-5"))
    assert receipt == Sent(str(new.messages[0].id))
    assert heard == [(Destination("telegram", "-5"), -1005)]
    await one.deliver(claimed("-5"))
    assert len(new.messages) == 2
    assert len(api.calls("sendMessage")) == 3  # the second one went to the new id at once


async def test_a_move_that_could_not_be_kept_costs_no_alert_and_is_told_again(api: BotApi, line: Bot) -> None:
    boss = api.person(8, "Boss")
    old = api.group(-5, "Team", {boss: Member()}, kind="group")
    new = await old.migrates(-1005, boss)
    heard: list[int] = []

    async def migrated(_: Destination, now: int) -> None:
        heard.append(now)
        message = "the disk is full"
        raise StoreError(message)

    one = TelegramMessenger(line, words=lambda _: ALERT, migrated=migrated)
    assert [type(await one.deliver(claimed("-5"))) for _ in range(2)] == [Sent, Sent]
    assert len(new.messages) == 2
    assert heard == [-1005, -1005]


async def test_a_channel_can_be_addressed_by_name(api: BotApi, line: Bot) -> None:
    channel = api.channel(-1002, "News", username="newschannel")
    assert isinstance(await messenger(line).deliver(claimed("@newschannel")), Sent)
    assert channel.messages[0].text == ALERT.text


@pytest.mark.parametrize("address", ["", "@", "x", "1.5"])
async def test_an_address_that_is_none_is_refused(api: BotApi, line: Bot, address: str) -> None:
    receipt = await messenger(line).deliver(claimed(address))
    assert isinstance(receipt, Refused)
    assert receipt.suspend
    assert not api.requests


@pytest.mark.parametrize(
    "member",
    [
        pytest.param(restricted(), id="muted in a group"),
        pytest.param(Member("kicked"), id="kicked from a group"),
        pytest.param(Member("left"), id="not in a group"),
    ],
)
async def test_a_group_that_does_not_let_the_bot_speak_is_suspended(
    api: BotApi, line: Bot, member: Member
) -> None:
    api.group(-1001, "Team", bot=member)
    receipt = await messenger(line).deliver(claimed("-1001"))
    assert isinstance(receipt, Refused)
    assert receipt.suspend


async def test_a_channel_without_the_right_to_post_is_suspended(api: BotApi, line: Bot) -> None:
    api.channel(-1002, "News", bot=administrator())
    receipt = await messenger(line).deliver(claimed("-1002"))
    assert isinstance(receipt, Refused)
    assert receipt.suspend


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
