"""What was noticed of the feeds reaches those who run Tocsin, once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError

from db import open_store
from monitor.announce import AT_ONCE, Announcer
from monitor.chat.app import TelegramChat
from monitor.chat.notices import Owners, worded
from monitor.terminal.messenger import told_here
from monitor.terminal.screen import Screen
from tests.build import FEED, NOW, minutes, state
from tests.fakes import FixedClock, inline


class Room:
    """Notices in a store, and somebody who hears them or not."""

    def __init__(self, *notices: str) -> None:
        self.store = open_store("memory:", now=NOW)
        self.store.sync_feeds([FEED], NOW)
        self.store.save_state(state(), notices, NOW)
        self.heard: list[str] = []
        self.reached = True
        self.announcer = Announcer(store=self.store, offload=inline, clock=FixedClock(), tell=self.tell)

    async def tell(self, notices) -> bool:
        self.heard += notices
        return self.reached


async def test_each_notice_is_told_once():
    room = Room("one", "two")
    assert [await room.announcer.tick() for _ in range(2)] == [2, 0]
    room.store.save_state(state(), ("three",), minutes(1))
    assert await room.announcer.tick() == 1
    assert room.heard == ["one", "two", "three"]


async def test_who_cannot_be_reached_is_told_later():
    room = Room("one")
    room.reached = False
    assert await room.announcer.tick() == 0
    room.reached = True
    assert await room.announcer.tick() == 1
    assert room.heard == ["one", "one"]


async def test_many_notices_come_in_portions():
    room = Room(*(f"notice {number}" for number in range(AT_ONCE + 3)))
    assert [await room.announcer.tick() for _ in range(3)] == [AT_ONCE, 3, 0]


class Telegram:
    """A `Bot` that keeps what it was asked to send, or fails."""

    token = "1:x"

    def __init__(self, **errors: Exception) -> None:
        self.errors = errors
        self.sent: list[tuple[int, str]] = []

    async def send_message(self, chat, text, **_):
        if error := self.errors.get(f"to{chat}"):
            raise error
        self.sent.append((chat, text))


def chat(bot: Telegram, *, connected: bool = True) -> TelegramChat:
    """What the owners' notices need of a chat."""
    return cast("TelegramChat", SimpleNamespace(bot=bot, connected=connected))


async def test_every_owner_hears_in_their_own_chat():
    bot = Telegram()
    assert await Owners(chat(bot), {8, 7}).tell(["Wire is dead: 404"])
    assert [chat for chat, _ in bot.sent] == [7, 8]
    assert "• Wire is dead: 404" in bot.sent[0][1]


@pytest.mark.parametrize(
    ("error", "settled"),
    [
        pytest.param(Forbidden("bot was blocked by the user"), True, id="blocked: it stands in /status"),
        pytest.param(BadRequest("Chat not found"), True, id="an owner who never came"),
        pytest.param(NetworkError("down"), False, id="Telegram is out of reach: later"),
    ],
)
async def test_an_owner_who_cannot_be_told(error, settled):
    assert await Owners(chat(Telegram(to7=error)), {7}).tell(["notice"]) is settled


async def test_owners_are_told_when_telegram_is_connected():
    bot = Telegram()
    assert not await Owners(chat(bot, connected=False), {7}).tell(["notice"])
    assert await Owners(chat(bot, connected=False), ()).tell(["notice"])
    assert bot.sent == []


def test_a_notice_is_one_bounded_line():
    told = worded(["a\nb " + "x" * 9_000])
    assert len(told.text) < 500
    assert told.silent


async def test_whoever_sits_at_the_terminal_sees_it():
    lines: list[str] = []

    class Lines:
        def line(self, text, style):
            lines.append(f"{style} {text}")

    assert await told_here(cast("Screen", Lines()))(["one", "two"])
    assert await told_here(None)(["three"])
    assert lines == ["yellow ⚠ one", "yellow ⚠ two"]
