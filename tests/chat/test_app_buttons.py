"""Buttons on the Telegram side: whoever presses one is answered, and gets no rights by it."""

from __future__ import annotations

import pytest

from db.memory import MemoryStore
from monitor.chat.message import Button, Message
from monitor.core.model import Kept, Outcome
from tests.botapi.faults import Refuse
from tests.botapi.server import BotApi
from tests.build import NOW, card, hit, state, story
from tests.chat.telegram_world import ANN, BOB, HERE, NEWS, TEAM, BrokenStore, ask, chatting, selectors


async def test_a_pressed_button_is_answered(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store):
        chat = api.chats[ANN]
        await chat.says(chat.user, "/start")
        welcome = await chat.next_message()
        press = await chat.presses(chat.user, welcome, "Subscribe to all")
        await press.answered()
        assert "Subscribed" in (await chat.next_message()).text
    assert selectors(store, HERE) == ["all"]


@pytest.mark.parametrize("started", [True, False])
async def test_a_button_below_a_channels_post_is_answered_to_the_reader_alone(
    news: BotApi, store: MemoryStore, started: bool
) -> None:
    store.save(Outcome(state(), NOW, (Kept(story("A defector"), (hit("defection"),), 1),), (card(),)))
    channel = news.chats[NEWS]
    news.chats[BOB].started = started
    async with chatting(news, store) as chat:
        await chat.post.send(NEWS, None, Message("x", buttons=((Button("Why?", "why:1"),),)))
        post = await channel.next_message()
        told = await (await channel.presses(news.people[BOB], post, "Why?")).answered()
    assert channel.messages == [post]
    if started:
        assert "card #1" in news.chats[BOB].messages[0].text
    else:
        assert "card #1" in told["text"]
        assert len(told["text"]) <= 200
    assert not news.calls("getChatMember")


async def test_a_late_button_is_no_trouble(api: BotApi, store: MemoryStore) -> None:
    api.fail("answerCallbackQuery", Refuse(400, "Bad Request: query is too old"))
    async with chatting(api, store):
        chat = api.chats[ANN]
        await chat.says(chat.user, "/start")
        await chat.presses(chat.user, await chat.next_message(), "Subscribe to all")
        assert "Subscribed" in (await chat.next_message()).text
        assert "all" in await ask(api, "/subs")


async def test_a_button_does_not_lend_rights(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store):
        group = team.chats[TEAM]
        await group.command(team.people[ANN], "start")
        press = await group.presses(team.people[BOB], await group.next_message(), "Subscribe to all")
        await press.answered()
        assert "admin" in (await group.next_message()).text
    assert not store.subscriptions()


async def test_a_strange_button_is_answered_too(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store):
        chat = api.chats[ANN]
        await chat.says(chat.user, "/start")
        welcome = await chat.next_message()
        welcome.markup = {"inline_keyboard": [[{"text": "Old", "callback_data": "no such thing"}]]}
        told = await (await chat.presses(chat.user, welcome, "Old")).answered()
        assert "no longer known" in told["text"]


async def test_a_button_that_fails_does_not_spin(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    async with chatting(api, BrokenStore()):
        chat = api.chats[ANN]
        await chat.says(chat.user, "/start")
        press = await chat.presses(chat.user, await chat.next_message(), "Subscribe to all")
        assert "went wrong" in (await press.answered())["text"]
    assert "the disk is full" in caplog.text
