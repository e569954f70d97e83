"""The Telegram side as people meet it: commands in a private chat, and what goes wrong with them."""

from __future__ import annotations

import pytest

from db.memory import MemoryStore
from monitor.chat import commands
from monitor.core.access import Mode
from monitor.core.errors import StoreError
from monitor.core.model import Destination, Kept, Kind, Level, Outcome, Owed, Refused
from tests.botapi.faults import Drop, Html, Refuse, too_many
from tests.botapi.server import BotApi
from tests.build import NOW, card, hit, state, story
from tests.chat.telegram_world import ANN, BOB, HERE, BrokenStore, ask, chatting, selectors, until


class ForgetfulStore(MemoryStore):
    """A store that cannot lift a suspension."""

    def resume(self, destination: Destination) -> bool:
        message = "the disk is full"
        raise StoreError(message)


# --- commands


async def test_the_menu_is_set_when_it_connects(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store) as chat:
        await api.wait_for("setMyCommands")
        await until(lambda: chat.connected)
        assert all(each["command"] in commands.COMMANDS for menu in api.commands.values() for each in menu)
        assert chat.state == "connected as @TocsinBot"


async def test_only_what_is_needed_is_asked_for(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store):
        await api.wait_for("getUpdates")
    assert api.updates.allowed == {"message", "callback_query", "inline_query", "my_chat_member"}


async def test_a_private_chat_subscribes_itself(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store):
        assert "Subscribed" in await ask(api, "/subscribe defection")
    [kept] = store.subscriptions()
    assert (kept.destination, kept.selector) == (HERE, "defection")
    assert (kept.by, kept.title) == ("telegram:7", "Ann")


@pytest.mark.parametrize(
    "name", ["start", "help", "subs", "latest", "search asylum", "rules", "feeds", "status"]
)
async def test_each_reading_command_is_answered(api: BotApi, store: MemoryStore, name: str) -> None:
    async with chatting(api, store):
        assert await ask(api, f"/{name}")
    sent = api.calls("sendMessage")[0]
    assert "parse_mode" not in sent.params


async def test_answers_come_in_the_order_of_the_questions(api: BotApi, store: MemoryStore) -> None:
    chat = api.chats[ANN]
    for line in ("/subscribe exams", "/subscribe defection", "/unsubscribe exams", "/subs"):
        await chat.says(chat.user, line)
    async with chatting(api, store):
        answers = [(await chat.next_message()).text for _ in range(4)]
    assert "exams now come" in answers[0]
    assert "defection now come" in answers[1]
    assert "exams no longer" in answers[2]
    assert "defection" in answers[3]
    assert selectors(store, HERE) == ["defection"]


async def test_a_misspelt_command_is_answered_with_the_nearest(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store):
        assert "/subscribe" in await ask(api, "/subscrbe all")


async def test_plain_words_are_answered_with_a_pointer(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store):
        assert "/help" in await ask(api, "hello there")


async def test_a_closed_bot_answers_its_owners_only(api: BotApi, store: MemoryStore) -> None:
    api.private(BOB, "Bob")
    async with chatting(api, store, access=Mode.CLOSED, owners=(ANN,)):
        assert "Subscribed" in await ask(api, "/subscribe all")
        assert "closed" in await ask(api, "/subscribe all", who=BOB)
        assert "closed" in await ask(api, "/subscribe all @newschannel", who=BOB)
    assert not api.calls("getChat")
    assert len(store.subscriptions()) == 1


# --- what goes wrong


async def test_a_bug_costs_one_answer_and_leaves_its_trace(
    api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    store = BrokenStore()
    async with chatting(api, store):
        assert "went wrong" in await ask(api, "/subscribe all")
        store.broken = False
        assert "Subscribed" in await ask(api, "/subscribe all")
    [record] = [each for each in caplog.records if each.exc_info]
    assert record.levelname == "ERROR"
    assert "the disk is full" in caplog.text


async def test_a_change_of_the_chat_that_cannot_be_kept_does_not_come_for_ever(
    api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    async with chatting(api, ForgetfulStore()):
        await api.chats[ANN].unblocks()
        assert await ask(api, "/help")
    assert caplog.text.count("the disk is full") == 1
    assert not api.updates.waiting


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(too_many(3600), id="told to wait for an hour"),
        pytest.param(Refuse(403, "Forbidden: bot was blocked by the user"), id="blocked meanwhile"),
        pytest.param(Html(502), id="a gateway's page"),
        pytest.param(Drop(), id="dropped"),
    ],
)
async def test_an_answer_that_cannot_go_out_does_not_stop_the_next(
    api: BotApi, store: MemoryStore, fault: Refuse | Html | Drop, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("sendMessage", fault)
    async with chatting(api, store):
        await api.chats[ANN].says(api.people[ANN], "/help")
        await api.wait_for("sendMessage")
        assert "Subscribed" in await ask(api, "/subscribe all")
    assert "not answered" in caplog.text


async def test_refused_marks_do_not_cost_the_answer(api: BotApi, store: MemoryStore) -> None:
    api.fail("sendMessage", Refuse(400, "Bad Request: can't parse entities"))
    async with chatting(api, store):
        assert await ask(api, "/help")
    assert not api.chats[ANN].messages[0].entities


async def test_an_update_that_the_library_cannot_read_is_passed_over(api: BotApi, store: MemoryStore) -> None:
    await api.chats[ANN].says(api.people[ANN], "/subscribe all")
    number = api.updates.waiting[0]["update_id"]
    api.updates.waiting.insert(0, {"update_id": number - 1, "message": {"message_id": 1}})
    async with chatting(api, store):
        assert "Subscribed" in (await api.chats[ANN].next_message()).text
    assert not api.updates.waiting


async def test_blocking_is_no_trouble_and_letting_in_again_resumes(api: BotApi, store: MemoryStore) -> None:
    kept = Kept(story(), (hit("defection"),), 1)
    owed = Owed(1, HERE, Kind.ALERT, Level.ALERT)
    store.save(Outcome(state(), NOW, (kept,), (card(),), (owed,)))
    [claim] = store.claim(NOW, 60.0, 1)
    store.settle(claim.delivery.id, claim.delivery.attempt, Refused("blocked", suspend=True), NOW)
    assert HERE in store.status().suspended
    async with chatting(api, store):
        await api.chats[ANN].blocks()
        await api.chats[ANN].unblocks()
        await until(lambda: not store.status().suspended)
