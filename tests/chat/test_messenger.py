"""One delivery, one request, one receipt: how an alert arrives, is edited, and finds its chat."""

from __future__ import annotations

import pytest
from telegram import Bot

from monitor.chat.message import Mark, Message, Style
from monitor.chat.messenger import TelegramMessenger
from monitor.core.errors import StoreError
from monitor.core.model import Destination, Kind, Refused, Sent
from tests.botapi.people import Member, administrator, restricted
from tests.botapi.server import BotApi
from tests.chat.one_delivery import ALERT, claimed, messenger, post
from tests.chat.telegram_world import ANN


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


async def test_an_update_that_changes_nothing_is_done_and_keeps_marks_and_buttons(
    api: BotApi, line: Bot
) -> None:
    first = await messenger(line).deliver(claimed())
    assert isinstance(first, Sent)
    assert await messenger(line).deliver(claimed(kind=Kind.UPDATE, message=first.message)) == first
    [shown] = api.chats[ANN].messages
    assert shown.marked("bold") == ["🔴 FLASH"]
    assert shown.buttons == [["Why?", "Open"]]
    assert len(api.calls("editMessageText")) == 1


async def test_an_update_of_a_message_that_is_gone_is_done(line: Bot) -> None:
    assert await messenger(line).deliver(claimed(kind=Kind.UPDATE, message="999")) == Sent("999")


async def test_an_update_of_an_alert_that_stayed_behind_in_another_chat_is_done(
    api: BotApi, line: Bot
) -> None:
    assert await messenger(line).deliver(claimed(kind=Kind.UPDATE)) == Sent()
    assert not api.requests


async def test_an_update_of_something_that_is_no_message_is_refused(line: Bot) -> None:
    receipt = await messenger(line).deliver(claimed(kind=Kind.UPDATE, message="a pigeon"))
    assert receipt == Refused("the message to be updated is not known")


async def test_an_update_never_edits_the_message_of_the_same_number_in_the_new_chat(
    api: BotApi, line: Bot
) -> None:
    boss = api.person(8, "Boss")
    old = api.group(-5, "Team", {boss: Member()}, kind="group")
    new = await old.migrates(-1005, boss)
    there = len(new.messages)
    receipt = await messenger(line).deliver(claimed("-5", kind=Kind.UPDATE, message="1"))
    assert receipt == Sent()
    assert [call.params["chat_id"] for call in api.calls("editMessageText")] == ["-5"]
    assert len(new.messages) == there


async def test_a_group_that_became_a_supergroup_gets_its_alert_there(api: BotApi, line: Bot) -> None:
    boss = api.person(8, "Boss")
    old = api.group(-5, "Team", {boss: Member()}, kind="group")
    new = await old.migrates(-1005, boss)
    heard: list[tuple[Destination, int]] = []

    async def migrated(was: Destination, now: int) -> None:
        heard.append((was, now))

    one = TelegramMessenger(post(line), words=lambda _: ALERT, migrated=migrated)
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

    one = TelegramMessenger(post(line), words=lambda _: ALERT, migrated=migrated)
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
