"""An alert and what is done with it, as Telegram sees it: pressed, replied to, forged, repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from db import open_store
from db.memory import MemoryStore
from monitor.chat.cards import alert
from monitor.chat.message import Button
from monitor.chat.message import Message as Said
from monitor.chat.messenger import TelegramMessenger
from monitor.core.errors import StoreError
from monitor.core.model import Card, Destination, Kept, Kind, Level, Outcome, Owed, Sent, Subscription
from tests.botapi.faults import Refuse
from tests.botapi.people import Member
from tests.build import FEED, NOW, hit, minutes, state, story
from tests.chat.telegram_world import ANN, BOB, HERE, NEWS, TEAM, chatting, until

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from monitor.chat.app import TelegramChat
    from monitor.ports import Store
    from tests.botapi.message import Message
    from tests.botapi.server import BotApi

GROUP = Destination("telegram", str(TEAM))


def happened(store: Store, *where: Destination, number: int = 1, level: Level = Level.FLASH) -> None:
    """A card that is owed to some chats."""
    one = story(
        f"A defector in Seoul {number}", url=f"https://e.example/{number}", summary="He asked for asylum."
    )
    kept = Kept(one, (hit("defection", level),), number, "new")
    owed = tuple(Owed(number, each, Kind.ALERT, level) for each in where)
    store.save(Outcome(state(), NOW, (kept,), (Card(number, level, NOW),), owed))


async def deliver(chat: TelegramChat, store: Store, at: datetime = NOW) -> None:
    """Send all that is owed now."""
    carrier = TelegramMessenger(chat.post, words=lambda claimed: alert(claimed, UTC, at, {}))
    for claimed in store.claim(at, 60, 10):
        receipt = await carrier.deliver(claimed)
        assert isinstance(receipt, Sent)
        store.settle(claimed.delivery.id, claimed.delivery.attempt, receipt, at)


def sent_data(message: Message) -> list[str]:
    keyboard = (message.markup or {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in keyboard for button in row if "callback_data" in button]


async def test_an_alert_carries_two_rows_of_short_keys(api: BotApi, store: MemoryStore) -> None:
    happened(store, HERE)
    async with chatting(api, store) as chat:
        await deliver(chat, store)
        told = await api.chats[ANN].next_message()

    assert told.markup is not None
    rows = told.markup["inline_keyboard"]
    assert [[b["text"] for b in row] for row in rows] == [
        ["Why?", "Open", "Mute…", "✔ Seen"],
        ["👍", "👎", "More from it"],
    ]
    assert {len(each) for each in sent_data(told)} == {24}


async def test_why_is_one_press_away(api: BotApi, store: MemoryStore) -> None:
    happened(store, HERE)
    async with chatting(api, store) as chat:
        await deliver(chat, store)
        ann = api.chats[ANN]
        await (await ann.presses(ann.user, await ann.next_message(), "Why?")).answered()
        assert "card #1" in (await ann.next_message()).text


async def test_who_saw_it_stands_in_the_alert_for_all_readers(team: BotApi, store: MemoryStore) -> None:
    happened(store, GROUP)
    group = team.chats[TEAM]
    async with chatting(team, store) as chat:
        await deliver(chat, store)
        told = await group.next_message()
        pressed = await group.presses(team.people[BOB], told, "✔ Seen")
        note = await pressed.answered()
        assert "Acknowledged" in note["text"]
        assert not note.get("show_alert")
        await deliver(chat, store, minutes(1))
        edited = await group.next_edit()
    assert edited.id == told.id
    assert "✔ seen by Bob" in edited.text
    assert "✔ Seen" not in str(edited.markup)
    assert len([m for m in group.messages if m.sender == team.bot]) == 1


async def test_a_thumb_is_a_note_and_counts(api: BotApi, store: MemoryStore) -> None:
    happened(store, HERE)
    ann = api.chats[ANN]
    async with chatting(api, store) as chat:
        await deliver(chat, store)
        told = await ann.next_message()
        note = await (await ann.presses(ann.user, told, "👎")).answered()
        assert "not useful" in note["text"]
        again = await (await ann.presses(ann.user, told, "👍")).answered()
        assert "useful" in again["text"]
        assert ann.unread() == []
    (found,) = store.feedback(None, NOW).values()
    assert (found.useful, found.judged) == (1, 1)


async def test_the_mute_menu_edits_itself(api: BotApi, store: MemoryStore) -> None:
    happened(store, HERE)
    ann = api.chats[ANN]
    async with chatting(api, store) as chat:
        await deliver(chat, store)
        await ann.presses(ann.user, await ann.next_message(), "Mute…")
        menu = await ann.next_message()
        await ann.presses(ann.user, menu, "Rule defection")
        spans = await ann.next_edit()
        assert spans.id == menu.id
        await ann.presses(ann.user, spans, "8 hours")
        assert (await ann.next_edit()).text.startswith("Muted.")
    assert [mute.value for mute in store.mutes(HERE, NOW)] == ["defection"]


async def test_a_page_that_is_pressed_twice_is_no_error(api: BotApi, store: MemoryStore) -> None:
    happened(store, HERE)
    ann = api.chats[ANN]
    async with chatting(api, store) as chat:
        await deliver(chat, store)
        await ann.presses(ann.user, await ann.next_message(), "Mute…")
        menu = await ann.next_message()
        await (await ann.presses(ann.user, menu, "Rule defection")).answered()
        spans = await ann.next_edit()
        await (await ann.presses(ann.user, spans, "« Back")).answered()
        await ann.next_edit()
        api.fail("editMessageText", Refuse(400, "Bad Request: message is not modified: the same"))
        note = await (await ann.presses(ann.user, menu, "Rule defection")).answered()
        assert not note.get("text")
        assert ann.unread() == []


async def test_a_page_that_was_deleted_is_said_anew(api: BotApi, store: MemoryStore) -> None:
    happened(store, HERE)
    ann = api.chats[ANN]
    async with chatting(api, store) as chat:
        await deliver(chat, store)
        await ann.presses(ann.user, await ann.next_message(), "Mute…")
        menu = await ann.next_message()
        api.fail("editMessageText", Refuse(400, "Bad Request: message to edit not found"))
        await ann.presses(ann.user, menu, "Rule defection")
        assert "For how long" in (await ann.next_message()).text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("/why", "card #1", id="why"),
        pytest.param("/mute", "What of card #1", id="mute"),
        pytest.param("/mute 2h", "card #1", id="mute-for-a-span"),
        pytest.param("/ack", "Acknowledged", id="ack"),
        pytest.param("/vote useful", "card #1 was useful", id="vote"),
        pytest.param("/story", "defector", id="story"),
    ],
)
async def test_a_reply_to_an_alert_needs_no_number(
    api: BotApi, store: MemoryStore, line: str, said: str
) -> None:
    happened(store, HERE)
    ann = api.chats[ANN]
    async with chatting(api, store) as chat:
        await deliver(chat, store)
        told = await ann.next_message()
        await ann.says(ann.user, line, reply_to=told)
        assert said in (await ann.next_message()).text


async def test_a_reply_to_somebody_else_is_about_nothing(team: BotApi, store: MemoryStore) -> None:
    happened(store, GROUP)
    group = team.chats[TEAM]
    async with chatting(team, store) as chat:
        await deliver(chat, store)
        await group.next_message()
        words = await group.says(team.people[BOB], "what now?")
        await group.says(team.people[ANN], f"/ack@{team.bot.username}", reply_to=words)
        assert "Which card?" in (await group.next_message()).text


async def test_a_key_taken_to_another_chat_or_made_up_is_refused(team: BotApi, store: MemoryStore) -> None:
    happened(store, HERE)
    ann, group = team.chats[ANN], team.chats[TEAM]
    async with chatting(team, store) as chat:
        await deliver(chat, store)
        (_, _, key, *_) = sent_data(await ann.next_message())
        await chat.post.send(TEAM, None, Said("x", buttons=((Button("Why?", "why:1"),),)))
        theirs = await group.next_message()
        for forged in (key, "ack:1", "A" * 24, sent_data(theirs)[0][:12] + key[12:]):
            theirs.markup = {"inline_keyboard": [[{"text": "Why?", "callback_data": forged}]]}
            note = await (await group.presses(team.people[BOB], theirs, "Why?")).answered()
            assert "no longer known here" in note["text"]
    assert store.acknowledged(HERE, (1,)) == {}
    assert store.acknowledged(GROUP, (1,)) == {}
    assert group.unread() == []


async def test_an_old_button_says_that_it_expired(api: BotApi, store: MemoryStore) -> None:
    happened(store, HERE)
    ann = api.chats[ANN]
    async with chatting(api, store) as chat:
        await deliver(chat, store)
        told = await ann.next_message()
        store.drop_buttons(minutes(1))
        note = await (await ann.presses(ann.user, told, "👍")).answered()
        assert "too old" in note["text"]


async def test_buttons_work_in_the_next_process(api: BotApi, tmp_path: Path) -> None:
    where = f"sqlite:///{tmp_path}/a.db"
    first = open_store(where, now=NOW)
    first.sync_feeds([FEED], NOW)
    happened(first, HERE)
    async with chatting(api, first) as chat:  # type: ignore[arg-type]  # any store will do
        await deliver(chat, first)
        told = await api.chats[ANN].next_message()
    first.close()
    second = open_store(where, now=NOW)
    async with chatting(api, second):  # type: ignore[arg-type]
        await api.chats[ANN].presses(api.people[ANN], told, "Why?")
        assert "card #1" in (await api.chats[ANN].next_message()).text
    second.close()


async def test_in_a_channel_a_reader_judges_quietly_and_mutes_nothing(
    news: BotApi, store: MemoryStore
) -> None:
    happened(store, Destination("telegram", str(NEWS)))
    channel, bob = news.chats[NEWS], news.chats[BOB]
    bob.started = True
    async with chatting(news, store) as chat:
        await deliver(chat, store)
        told = await channel.next_message()
        note = await (await channel.presses(news.people[BOB], told, "👍")).answered()
        assert "useful" in note["text"]
        await (await channel.presses(news.people[BOB], told, "Mute…")).answered()
        assert "Only admins" in (await bob.next_message()).text
        await (await channel.presses(news.people[ANN], told, "Mute…")).answered()
        assert "/mute defection for 8h" in (await news.chats[ANN].next_message()).text
    assert len(channel.messages) == 1


async def test_a_groups_admin_is_woken_if_nobody_acknowledges(team: BotApi, store: MemoryStore) -> None:
    group, ann = team.chats[TEAM], team.chats[ANN]
    ann.started = False
    async with chatting(team, store) as chat:
        await group.command(team.people[ANN], "escalate me 15m")
        assert "cannot write to you" in (await group.next_message()).text
        await ann.says(ann.user, "/start")
        await ann.next_message()
        await group.command(team.people[ANN], "escalate me 15m")
        assert "within 15 min" in (await group.next_message()).text
        happened(store, GROUP)
        await deliver(chat, store)
        await group.next_message()
        (late,) = store.unanswered(NOW)
        store.escalate(late, minutes(15))
        await deliver(chat, store, minutes(15))
        woken = await ann.next_message()
        assert woken.text.startswith("⏰ Nobody acknowledged this in “Team” within 15 min.")
        await ann.says(ann.user, "/ack", reply_to=woken)
        assert "Acknowledged" in (await ann.next_message()).text
        await deliver(chat, store, minutes(16))
        await deliver(chat, store, minutes(17))
        assert "seen by Ann" in (await group.next_edit()).text
        assert "seen by Ann" in (await ann.next_edit()).text


async def refused_in_a_topic(team: BotApi, chat: TelegramChat, store: Store) -> Destination:
    """A topic of Ann's, subscribed and then closed, and an alert that was owed there."""
    group = team.chats[TEAM]
    thread = await group.opens_topic(team.people[ANN], "Alerts")
    topic = replace(GROUP, topic=thread)
    store.subscribe(Subscription(topic, "all", NOW, f"telegram:{ANN}", "Team"))
    group.topics[thread].closed = True
    group.members[team.bot] = Member()
    happened(store, topic)

    carrier = TelegramMessenger(
        chat.post, words=lambda claimed: alert(claimed, UTC, NOW, {}), lost=chat.losses.tell
    )
    (claimed,) = store.claim(NOW, 60, 10)
    store.settle(claimed.delivery.id, 1, await carrier.deliver(claimed), NOW)
    return topic


async def test_whoever_subscribed_a_topic_hears_that_it_was_closed(team: BotApi, store: MemoryStore) -> None:
    group = team.chats[TEAM]
    async with chatting(team, store) as chat:
        topic = await refused_in_a_topic(team, chat, store)
        told = await team.chats[ANN].next_message()
        assert "can no longer write to topic" in told.text
        assert "“Team”" in told.text
        assert topic in store.status().suspended
        body = group._add(team.people[ANN], service={"forum_topic_reopened": {}}, thread=topic.topic)
        team.updates.put("message", body.json())
        await until(lambda: topic not in store.status().suspended)


async def test_where_it_was_chosen_a_closed_topics_alert_comes_to_the_general_one(
    team: BotApi, store: MemoryStore
) -> None:
    group = team.chats[TEAM]
    async with chatting(team, store) as chat:
        await group.command(team.people[ANN], "topics general")
        assert "come to the general topic" in (await group.next_message()).text
        topic = await refused_in_a_topic(team, chat, store)
        told = await group.next_message()
        assert "defector" in told.text
        assert told.thread is None
        assert topic not in store.status().suspended
        assert team.chats[ANN].unread() == []


async def test_nobody_is_told_that_they_blocked_the_bot(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store, owners=(BOB,)) as chat:
        await chat.losses.tell(HERE, "Forbidden: bot was blocked by the user")
        assert not api.calls("sendMessage")


async def test_owners_hear_of_a_chat_that_nobody_is_known_to_have_chosen(
    team: BotApi, store: MemoryStore
) -> None:
    async with chatting(team, store, owners=(BOB,)) as chat:
        await chat.losses.tell(GROUP, "Forbidden: bot was kicked from the group chat")
        told = await team.chats[BOB].next_message()
        assert "can no longer write to “-1001”" in told.text
        team.chats[BOB].started = False
        await chat.losses.tell(GROUP, "Forbidden: bot was kicked from the group chat")


async def test_a_loss_that_cannot_be_looked_up_is_in_the_log(
    team: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    class Unreadable(MemoryStore):
        def subscriptions(self, destination: Destination | None = None) -> tuple[Subscription, ...]:
            message = "the disk is full"
            raise StoreError(message)

    async with chatting(team, Unreadable()) as chat:
        await chat.losses.tell(GROUP, "Forbidden")
    assert "out of reach" in caplog.text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("topics", "alerts wait", id="as-it-is"),
        pytest.param("topics general", "come to the general topic", id="general"),
        pytest.param("topics hold", "alerts wait", id="hold"),
        pytest.param("topics nowhere", "two ways", id="neither"),
    ],
)
async def test_the_choice_for_closed_topics(team: BotApi, store: MemoryStore, line: str, said: str) -> None:
    group = team.chats[TEAM]
    async with chatting(team, store):
        await group.command(team.people[ANN], line)
        assert said in (await group.next_message()).text
        if " " in line:
            await group.command(team.people[BOB], line)
            assert "Only admins" in (await group.next_message()).text
    assert store.falls_back(GROUP) is (line == "topics general")
