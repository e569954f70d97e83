"""The whole bot, run as people run it: chats of every kind, restarts, a Telegram that is away or does not know us."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from monitor.chat.cards import REPEAT
from tests.botapi import OWNER, Chat, Fault, Html, Member, Message, Refuse
from tests.flow.process import PATIENCE, Stage, asks, tells
from tests.flow.site import Item, Page

if TYPE_CHECKING:
    from tests.flow.process import Bot

OLD = Item("Weather stays fine")
NEWS = Item(
    "North Korean worker enters U.S. consulate in Vladivostok",
    "He asked for protection, two officials said.",
)
FLOOD = Item("Flood closes a bridge")
SAME_ELSEWHERE = Item(
    "North Korean worker enters U.S. consulate in Vladivostok", "Our own correspondent reports."
)


class Chats:
    """A private chat, a group and a channel of the same person."""

    def __init__(self, stage: Stage) -> None:
        api = stage.api
        self.ann = api.private(7, "Ann")
        self.bob = api.private(8, "Bob")
        people = {self.ann.user: OWNER, self.bob.user: Member()}
        self.group = api.group(-1001, "Desk", people)
        self.channel = api.channel(-1002, "Alarm", {self.ann.user: OWNER}, username="tocsin_alarm")

    @property
    def subscribed(self) -> tuple[Chat, ...]:
        """Those to which alerts come."""
        return self.ann, self.group, self.channel

    async def subscribe(self) -> None:
        """Ann subscribes all three."""
        assert "Subscribed. Alerts of every rule now come to this chat" in await asks(
            self.ann, "/subscribe all"
        )
        assert "now come to “Alarm”" in await asks(self.ann, "/subscribe defection @tocsin_alarm")
        await self.group.command(self.ann.user, "subscribe defection")
        assert "Alerts of defection now come to this chat" in (await tells(self.group)).text

    def unread(self) -> list[Message]:
        """What came that no test has looked at."""
        return [message for chat in (*self.subscribed, self.bob) for message in chat.unread()]


async def begin(stage: Stage, *feeds: str, elsewhere: tuple[str, ...] = (), **settings: str) -> Bot:
    """A bot that has seen each of `feeds` once and is connected to Telegram."""
    stage.write_rules(*feeds, elsewhere=elsewhere)
    for feed in feeds:
        stage.site.carry(feed, OLD)
    bot = stage.run(**settings)
    await bot.says("polled feed=", times=len(feeds))
    await bot.says("Telegram: connected as @TocsinBot")
    return bot


async def test_a_story_reaches_every_chat_once_whatever_follows(stage: Stage) -> None:
    chats = Chats(stage)
    # One publisher never answers: that holds up neither the other feeds nor the end of the bot.
    stage.site.serve("deaf.xml", Page(b"", silent=True))
    bot = await begin(stage, "wire.xml", "other.xml", elsewhere=("deaf.xml",))
    await chats.subscribe()

    stage.site.carry("wire.xml", NEWS, OLD)
    for chat in chats.subscribed:
        alert = await tells(chat)
        assert alert.text.startswith(
            "🔴 FLASH · A North Korean at the door of a mission\nNorth Korean worker"
        )
        assert alert.links == {NEWS.title: NEWS.link}
        assert alert.text.endswith("defection · card #1")
        assert alert.buttons == [["Why?", "Open", "Mute…", "✔ Seen"], ["👍", "👎", "More from it"]]
    found = await asks(chats.ann, "/search worker consulate")
    assert NEWS.title in found
    assert "defection · #1" in found

    assert await bot.stop() == 0
    bot = stage.run()
    stage.site.carry("wire.xml", NEWS, OLD)  # another page with the same stories
    stage.site.carry("other.xml", SAME_ELSEWHERE, OLD)
    for chat in chats.subscribed:
        edited = await chat.next_edit(PATIENCE)
        assert edited.id == next(message.id for message in chat.messages if "card #1" in message.text)
        assert f"Also:\n• other: {SAME_ELSEWHERE.title}" in edited.text
    await bot.says("polled feed=wire stories=2 new=0")
    assert await bot.stop() == 0
    assert chats.unread() == []
    assert stage.status().owed == 0
    assert not stage.api.rejected


async def test_in_a_group_only_admins_subscribe_and_a_stranger_nowhere(stage: Stage) -> None:
    chats = Chats(stage)
    bot = await begin(stage, "wire.xml")
    await chats.group.command(chats.bob.user, "subscribe all")
    assert "Only admins of this chat can change what comes here" in (await tells(chats.group)).text
    assert "You do not administer “Alarm”" in await asks(chats.bob, "/subscribe all @tocsin_alarm")
    stranger = stage.api.private(9, "Eve")
    assert "This bot is closed" in await asks(stranger, "/subscribe all")
    assert await bot.stop() == 0
    assert stage.status().subscriptions == 0
    assert not stage.api.rejected


async def test_starts_while_telegram_is_down_and_delivers_when_it_is_back(stage: Stage) -> None:
    ann = stage.api.private(7, "Ann")
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", NEWS)
    stage.subscribe(ann)
    await stage.api.stop()
    bot = stage.run(LOG_LEVEL="debug", ALERT_ON_FIRST_POLL="yes")
    await bot.says("Telegram: ConnectError")
    await bot.says("not sent alert card=1 to=telegram:7")
    await stage.api.start()
    alert = await tells(ann)
    assert alert.text.endswith("defection · card #1")
    assert REPEAT not in alert.text  # it never left, so it cannot come twice
    assert NEWS.title in await asks(ann, "/latest")
    assert await bot.stop() == 0
    assert secret(stage.api.token) not in bot.log
    assert not stage.api.rejected


async def test_with_a_wrong_token_says_so_and_watches_feeds_all_the_same(stage: Stage) -> None:
    wrong = "123456:another-token-which-is-wrong"
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", NEWS)
    bot = stage.run(LOG_LEVEL="debug", TELEGRAM_BOT_TOKEN=wrong)
    await bot.says("level=error .*TELEGRAM_BOT_TOKEN is wrong: .* Ask @BotFather")
    await bot.says("polled feed=wire stories=1 new=1 hits=1")
    assert await bot.stop() == 0
    assert secret(wrong) not in bot.log


async def test_no_log_shows_the_token_whatever_telegram_answers(stage: Stage) -> None:
    ann = stage.api.private(7, "Ann")
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", NEWS)
    stage.subscribe(ann)
    echo = f"no way to /bot{stage.api.token}/sendMessage"
    stage.api.fail("getUpdates", Html(502), Refuse(400, echo))
    stage.api.fail("sendMessage", Refuse(500, echo), Refuse(400, echo))
    bot = stage.run(LOG_LEVEL="debug", ALERT_ON_FIRST_POLL="yes")
    await bot.says("not sent alert .* what=unknown")
    await bot.says("not sent alert .* what=refused")
    await bot.says("Telegram is there again")
    assert "1 alert was given up for good" in await asks(ann, "/status")
    assert await bot.stop() == 0
    assert secret(stage.api.token) not in bot.log


async def test_told_to_stop_it_lets_a_send_in_flight_end(stage: Stage) -> None:
    ann, ben = stage.api.private(7, "Ann"), stage.api.private(8, "Ben")
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", NEWS, FLOOD)
    stage.subscribe(ann, ben)
    late = Late()
    stage.api.fail("sendMessage", late, chat=ann.id)
    bot = stage.run(ALERT_ON_FIRST_POLL="yes")
    first = await tells(ann)  # Telegram has it, but does not answer yet
    bot.process.terminate()
    await bot.says("stopping")
    late.answers.set()
    assert await bot.ends() == 0
    told = stage.status()
    assert told.sent + told.owed == 4

    bot = stage.run()
    second = await tells(ann)
    assert first.text.startswith("🔴 FLASH")
    assert second.text.startswith("🔵 INFO")
    await bot.says('="sent alert', times=told.owed)
    assert await bot.stop() == 0
    assert [len(chat.messages) for chat in (ann, ben)] == [2, 2]
    assert not any(REPEAT in message.text for chat in (ann, ben) for message in chat.messages)


class Late(Fault):
    """Telegram takes the message, and answers only when the test says so."""

    accepted = True

    def __init__(self) -> None:
        self.answers = asyncio.Event()

    async def answer(self, request: web.Request, proper: web.Response) -> web.StreamResponse:
        await self.answers.wait()
        return proper


def secret(token: str) -> str:
    """The part of a token that nobody may see."""
    return token.partition(":")[2]
