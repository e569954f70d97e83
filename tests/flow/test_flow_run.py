"""The whole bot, run as people run it: chats of every kind, restarts, a Telegram that is away or does not know us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.botapi import OWNER, Chat, Drop, Html, Member, Message, Refuse
from tests.flow.process import PATIENCE, Stage, asks, tells
from tests.flow.site import Item, Page

if TYPE_CHECKING:
    from tests.flow.process import Bot

OLD = Item("Weather stays fine")
NEWS = Item(
    "North Korean worker enters U.S. consulate in Vladivostok",
    "He asked for protection, two officials said.",
)
SAME_ELSEWHERE = Item("North Korean worker enters U.S. consulate in Vladivostok", "Our own correspondent reports.")


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
        assert "Subscribed. Alerts of every rule now come to this chat" in await asks(self.ann, "/subscribe all")
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
        assert alert.text.startswith("🔴 FLASH · A North Korean at the door of a mission\nNorth Korean worker")
        assert alert.links == {NEWS.title: NEWS.link}
        assert alert.text.endswith("defection · card #1")
        assert alert.buttons == [["Why?", "Open"]]
    found = await asks(chats.ann, "/search worker consulate")
    assert NEWS.title in found
    assert "defection · #1" in found

    assert await bot.stop() == 0
    bot = stage.run()
    stage.site.carry("wire.xml", NEWS, OLD)  # another page with the same stories
    await bot.says("polled feed=wire stories=2 new=0")
    await stage.polled("wire.xml")
    assert chats.unread() == []

    stage.site.carry("other.xml", SAME_ELSEWHERE, OLD)
    for chat in chats.subscribed:
        edited = await chat.next_edit(PATIENCE)
        assert edited.id == next(message.id for message in chat.messages if "card #1" in message.text)
        assert f"Also:\n• other: {SAME_ELSEWHERE.title}" in edited.text
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
    bot = await begin(stage, "wire.xml")
    await asks(ann, "/subscribe all")
    assert await bot.stop() == 0

    await stage.api.stop()
    bot = stage.run(LOG_LEVEL="debug")
    await bot.says("Telegram: ConnectError")
    stage.site.carry("wire.xml", NEWS, OLD)
    await bot.says("not sent alert card=1 to=telegram:7")
    await stage.api.start()
    assert (await tells(ann)).text.endswith("defection · card #1")
    assert NEWS.title in await asks(ann, "/latest")
    assert await bot.stop() == 0
    assert "repeat" not in ann.messages[-2].text  # it never left, so it cannot have come twice
    assert secret(stage.api.token) not in bot.log
    assert not stage.api.rejected


async def test_with_a_wrong_token_says_so_and_watches_feeds_all_the_same(stage: Stage) -> None:
    wrong = "123456:another-token-which-is-wrong"
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", OLD)
    bot = stage.run(LOG_LEVEL="debug", TELEGRAM_BOT_TOKEN=wrong)
    await bot.says("level=error .*TELEGRAM_BOT_TOKEN is wrong: .* Ask @BotFather")
    await bot.says("polled feed=wire stories=1 new=1")
    stage.site.carry("wire.xml", NEWS, OLD)
    await bot.says("polled feed=wire stories=2 new=1 hits=1")
    assert await bot.stop() == 0
    assert secret(wrong) not in bot.log


async def test_no_log_shows_the_token_whatever_telegram_answers(stage: Stage) -> None:
    ann = stage.api.private(7, "Ann")
    bot = await begin(stage, "wire.xml", LOG_LEVEL="debug")
    await asks(ann, "/subscribe all")
    echo = f"no way to /bot{stage.api.token}/sendMessage"
    stage.api.fail("getUpdates", Html(502), Drop(), Refuse(400, echo))
    stage.api.fail("sendMessage", Refuse(500, echo), Refuse(400, echo))
    stage.site.carry("wire.xml", NEWS, OLD)
    await bot.says("not sent alert .* what=unknown")
    await bot.says("not sent alert .* what=refused")
    await bot.says("Telegram is there again")
    assert "1 alert was refused for good" in await asks(ann, "/status")
    assert await bot.stop() == 0
    assert secret(stage.api.token) not in bot.log


def secret(token: str) -> str:
    """The part of a token that nobody may see."""
    return token.partition(":")[2]
