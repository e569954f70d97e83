"""Groups and channels on the Telegram side: who may change what comes there, and from where."""

from __future__ import annotations

import pytest

from db.memory import MemoryStore
from monitor.core.model import Destination
from tests.botapi.faults import Html
from tests.botapi.people import LEFT, OWNER, Member, administrator
from tests.botapi.server import BotApi
from tests.chat.telegram_world import ANN, BOB, NEWS, TEAM, ask, chatting, until

# --- groups


async def test_an_admin_changes_what_comes_to_the_group(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store):
        assert "Subscribed" in await ask(team, "/subscribe all", where=TEAM)
    [kept] = store.subscriptions()
    assert kept.destination == Destination("telegram", str(TEAM))
    assert kept.title == "Team"


async def test_a_member_does_not(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store):
        assert "admin" in await ask(team, "/subscribe all", who=BOB, where=TEAM)
        assert "admin" in await ask(team, "/unsubscribe all", who=BOB, where=TEAM)
    assert not store.subscriptions()
    assert len(team.calls("getChatMember")) == 1  # the answer holds for a while


async def test_an_anonymous_admin_speaks_for_the_group(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store):
        group = team.chats[TEAM]
        await group.says(team.anonymous, "/subscribe all")
        assert "Subscribed" in (await group.next_message()).text
    assert not team.calls("getChatMember")
    assert store.subscriptions()[0].by == f"telegram:{TEAM}"


async def test_reading_asks_telegram_nothing(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store):
        await ask(team, "/latest", who=BOB, where=TEAM)
    assert not team.calls("getChatMember")


async def test_a_command_for_another_bot_is_left_to_it(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store):
        group = team.chats[TEAM]
        team.reads_all_group_messages = True
        for line in ("/subscribe@OtherBot all", "/weather", "good morning"):
            await group.says(team.people[ANN], line)
        await group.command(team.people[ANN], "subs")
        await group.next_message()
    assert len(group.messages) == 1
    assert not store.subscriptions()


async def test_a_topic_is_a_destination_of_its_own(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store):
        group = team.chats[TEAM]
        topic = await group.opens_topic(team.people[ANN], "Alerts")
        question = await group.command(team.people[ANN], "subscribe all", thread=topic)
        answer = await group.next_message()
    assert answer.thread == topic
    assert answer.reply_to is question
    assert store.subscriptions()[0].destination == Destination("telegram", str(TEAM), topic)


async def test_if_telegram_cannot_say_who_is_admin_nothing_changes(team: BotApi, store: MemoryStore) -> None:
    team.fail("getChatMember", Html(502))
    async with chatting(team, store):
        assert "try again" in await ask(team, "/subscribe all", where=TEAM)
        assert "Subscribed" in await ask(team, "/subscribe all", where=TEAM)


async def test_a_group_that_became_a_supergroup_keeps_its_subscriptions(
    api: BotApi, store: MemoryStore
) -> None:
    old = api.group(-5, "Team", {api.people[ANN]: OWNER}, kind="group")
    async with chatting(api, store):
        await ask(api, "/subscribe all", where=-5)
        await old.migrates(-1005, api.people[ANN])
        await until(lambda: bool(store.subscriptions(Destination("telegram", "-1005"))))
        await until(lambda: not store.subscriptions(Destination("telegram", "-5")))


# --- channels


@pytest.mark.parametrize("written", ["@newschannel", "-1002", "t.me/newschannel"])
async def test_a_channel_is_run_from_a_private_chat(news: BotApi, store: MemoryStore, written: str) -> None:
    async with chatting(news, store):
        assert "News" in await ask(news, f"/subscribe defection {written}")
        assert "defection" in await ask(news, f"/subs {written}")
    [kept] = store.subscriptions()
    assert kept.destination == Destination("telegram", str(NEWS))
    assert kept.title == "News"


async def test_only_an_admin_of_the_channel_may(news: BotApi, store: MemoryStore) -> None:
    async with chatting(news, store):
        assert "administer" in await ask(news, "/subscribe all @newschannel", who=BOB)
    assert not store.subscriptions()


@pytest.mark.parametrize(
    ("member", "says"),
    [
        pytest.param(administrator(), "may not post", id="admin without the right to post"),
        pytest.param(LEFT, "I am not in", id="not there"),
        pytest.param(Member("kicked"), "I am not in", id="thrown out"),
    ],
)
async def test_the_bot_must_be_able_to_post(
    news: BotApi, store: MemoryStore, member: Member, says: str
) -> None:
    news.chats[NEWS].members[news.bot] = member
    async with chatting(news, store):
        assert says in await ask(news, "/subscribe all @newschannel")
    assert not store.subscriptions()


async def test_a_channel_that_is_not_there(news: BotApi, store: MemoryStore) -> None:
    async with chatting(news, store):
        assert "cannot find @nowhere" in await ask(news, "/subscribe all @nowhere")


async def test_a_person_is_no_channel(news: BotApi, store: MemoryStore) -> None:
    news.chats[BOB].id = -BOB
    news.chats[-BOB] = news.chats.pop(BOB)
    async with chatting(news, store):
        assert "is a person" in await ask(news, f"/subscribe all -{BOB}")


async def test_from_a_group_other_chats_are_not_run(news: BotApi, store: MemoryStore) -> None:
    async with chatting(news, store):
        assert "private" in await ask(news, "/subscribe all @newschannel", where=TEAM)
    assert not news.calls("getChat")
    assert not store.subscriptions()
