"""The Telegram side as people meet it: the real chat and desk against a Bot API server of our own."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import pytest

from db.memory import MemoryStore
from monitor.chat import commands
from monitor.chat.app import TelegramChat
from monitor.chat.polling import Timing
from monitor.core.access import Mode
from monitor.core.errors import StoreError
from monitor.core.model import Destination, Kept, Kind, Level, Outcome, Owed, Refused
from monitor.desk import Desk
from tests.botapi.faults import Drop, Hang, Html, Refuse, too_many
from tests.botapi.people import LEFT, OWNER, Member, administrator
from tests.botapi.server import BotApi
from tests.build import FEED, NOW, book, card, hit, rule, state, story
from tests.fakes import FixedClock, inline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from monitor.core.model import Subscription

P = ParamSpec("P")
T = TypeVar("T")

ANN, BOB = 7, 8
HERE = Destination("telegram", str(ANN))
TEAM, NEWS = -1001, -1002
QUICK = Timing(hold=5, watchdog=5.0, first=0.005, most=0.01, token=0.01, farewell=1.0)
RULES = book(rule("defection", "defector", Level.FLASH), rule("exams", "exam", Level.INFO))


def desk_over(store: MemoryStore, access: Mode = Mode.OPEN) -> Desk:
    clock = FixedClock()
    return Desk(store=store, book=lambda: RULES, access=access, clock=clock, rules_problem=lambda: None)


class BrokenStore(MemoryStore):
    """A store whose disk is full as long as `broken` is set."""

    broken = True

    def subscribe(self, subscription: Subscription) -> bool:
        if self.broken:
            message = "the disk is full"
            raise StoreError(message)
        return super().subscribe(subscription)


class ForgetfulStore(MemoryStore):
    """A store that cannot lift a suspension."""

    def resume(self, destination: Destination) -> bool:
        message = "the disk is full"
        raise StoreError(message)


class StuckOffload:
    """`ports.Offload` with a thread that never comes back."""

    def __init__(self) -> None:
        self.stuck = asyncio.Event()

    async def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        self.stuck.set()
        await asyncio.Event().wait()
        return work(*args, **kwargs)


@asynccontextmanager
async def chatting(
    api: BotApi,
    store: MemoryStore,
    *,
    access: Mode = Mode.OPEN,
    owners: tuple[int, ...] = (),
    timing: Timing = QUICK,
    token: str | None = None,
) -> AsyncIterator[TelegramChat]:
    """A running chat over a real desk."""
    chat = TelegramChat(
        token=token or api.token,
        desk=desk_over(store, access),
        store=store,
        offload=inline,
        owners=owners,
        api_url=api.url,
        timing=timing,
    )
    await chat.start()
    try:
        yield chat
    finally:
        await chat.stop()


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        server.private(ANN, "Ann")
        yield server
        assert not server.rejected


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    made.sync_feeds([FEED], NOW)
    return made


async def ask(api: BotApi, line: str, who: int = ANN, where: int | None = None) -> str:
    """Send a line and wait for the answer."""
    chat = api.chats[who if where is None else where]
    await chat.says(api.people[who], line)
    return (await chat.next_message()).text


def selectors(store: MemoryStore, destination: Destination) -> list[str]:
    return [each.selector for each in store.subscriptions(destination)]


async def until(held: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not held():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.001)


# --- commands


async def test_every_command_is_in_the_menu(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store) as chat:
        await api.wait_for("setMyCommands")
        await until(lambda: chat.connected)
        [menu] = api.commands.values()
        assert [each["command"] for each in menu] == list(commands.COMMANDS)
        assert chat.state == "connected as @TocsinBot"


async def test_only_what_is_needed_is_asked_for(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store):
        await api.wait_for("getUpdates")
    assert api.updates.allowed == {"message", "callback_query", "my_chat_member"}


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


# --- groups


@pytest.fixture
def team(api: BotApi) -> BotApi:
    """A group with Ann as its admin and Bob as a member."""
    api.private(BOB, "Bob")
    people = {api.people[ANN]: administrator(), api.people[BOB]: Member()}
    api.group(TEAM, "Team", people, forum=True)
    return api


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


@pytest.fixture
def news(team: BotApi) -> BotApi:
    """A channel that Ann owns."""
    people = {team.people[ANN]: OWNER, team.people[BOB]: Member()}
    team.channel(NEWS, "News", people, username="newschannel")
    return team


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


# --- buttons


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
    post = channel.post(markup={"inline_keyboard": [[{"text": "Why?", "callback_data": "why:1"}]]}, text="x")
    async with chatting(news, store):
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


# --- the connection


async def test_it_starts_while_telegram_is_down_and_connects_later(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monitor")
    await api.stop()
    async with chatting(api, store) as chat:
        await until(lambda: "ConnectError" in chat.state)
        assert not chat.connected
        await api.start()
        assert "Subscribed" in await ask(api, "/subscribe all")
        await until(lambda: chat.connected)
    warned = [each for each in caplog.records if "ConnectError" in each.getMessage()]
    assert [each.levelname for each in warned] == ["WARNING"]  # once, however often it was tried


async def test_an_outage_in_between_is_survived(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store) as chat:
        assert await ask(api, "/subs")
        await api.stop()
        await until(lambda: not chat.connected)
        await api.start()
        assert "Subscribed" in await ask(api, "/subscribe all")


async def test_a_wrong_token_is_said_once_with_its_mend(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    right, api.token = api.token, "123456:another-token-altogether-0123456789"
    async with chatting(api, store, token=right) as chat:
        await api.wait_for("getMe", 3)
        assert not chat.connected
        assert "TELEGRAM_BOT_TOKEN" in chat.state
        api.token = right
        assert await ask(api, "/help")
    said = [each for each in caplog.records if "TELEGRAM_BOT_TOKEN" in each.getMessage()]
    assert [each.levelname for each in said] == ["ERROR"]
    assert "@BotFather" in said[0].getMessage()


async def test_a_second_poller_is_said_loudly(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("getUpdates", *[Refuse(409, "Conflict: terminated by other getUpdates request")] * 2)
    async with chatting(api, store):
        assert await ask(api, "/help")
    said = [each for each in caplog.records if "two copies" in each.getMessage()]
    assert [each.levelname for each in said] == ["ERROR"]


async def test_a_webhook_that_was_left_behind_is_taken_away(api: BotApi, store: MemoryStore) -> None:
    api.updates.webhook = "https://elsewhere.example/hook"
    async with chatting(api, store):
        assert await ask(api, "/help")


async def test_a_poll_that_went_silent_is_begun_anew(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("getUpdates", Hang(), Hang(), Hang(), Hang(), Hang())  # more than the line has places
    async with chatting(api, store, timing=Timing(hold=5, watchdog=0.02, first=0.001, most=0.002)) as chat:
        await until(lambda: "no answer to getUpdates" in chat.state)
        await api.wait_for("getUpdates", 6)
    assert "no answer to getUpdates" in caplog.text


async def test_stopping_confirms_what_was_done_and_takes_no_time(api: BotApi, store: MemoryStore) -> None:
    async with chatting(api, store, timing=Timing()):
        assert await ask(api, "/subscribe all")
    assert not api.updates.waiting


async def test_a_command_that_a_crash_cut_off_comes_again(api: BotApi, store: MemoryStore) -> None:
    offload = StuckOffload()
    await api.chats[ANN].says(api.people[ANN], "/subscribe all")
    chat = TelegramChat(
        token=api.token, desk=desk_over(store), store=store, offload=offload, api_url=api.url, timing=QUICK
    )
    await chat.start()
    await offload.stuck.wait()
    [listening] = [task for task in asyncio.all_tasks() if task.get_name() == "telegram"]
    listening.cancel()  # as a crash would end it
    await asyncio.wait({listening})
    await chat.bot.shutdown()
    assert api.updates.waiting
    async with chatting(api, store):
        assert "Subscribed" in (await api.chats[ANN].next_message()).text


async def test_stopping_does_not_wait_for_a_command_that_never_ends(api: BotApi, store: MemoryStore) -> None:
    offload = StuckOffload()
    await api.chats[ANN].says(api.people[ANN], "/subscribe all")
    timing = Timing(grace=0.01)
    chat = TelegramChat(
        token=api.token, desk=desk_over(store), store=store, offload=offload, api_url=api.url, timing=timing
    )
    await chat.start()
    await offload.stuck.wait()
    await chat.stop()
    assert chat.state == "stopped"
    assert api.updates.waiting  # it comes again at the next start


async def test_stopping_what_was_never_started(api: BotApi, store: MemoryStore) -> None:
    chat = TelegramChat(token=api.token, desk=desk_over(store), store=store, offload=inline)
    await chat.stop()
    assert chat.state == "not started"
    assert not api.requests


async def test_a_refused_menu_keeps_nobody_from_asking(
    api: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("setMyCommands", Refuse(400, "Bad Request: BOT_COMMAND_INVALID"))
    async with chatting(api, store):
        assert await ask(api, "/help")
    assert "menu of commands was refused" in caplog.text


async def test_stopping_before_the_first_connection(api: BotApi, store: MemoryStore) -> None:
    api.fail("getMe", Hang())
    async with chatting(api, store):
        await api.wait_for("getMe")
    await api.stop()
    async with chatting(api, store) as chat:
        assert not chat.connected


async def test_no_line_of_ours_shows_the_token(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "monitor")
    api.fail("getMe", Refuse(401, f"no /bot{api.token}/getMe"), Html(502))
    api.fail("getUpdates", Refuse(404, api.token), Refuse(409, api.token), Drop())
    api.fail("sendMessage", Refuse(400, f"no /bot{api.token}/sendMessage"))
    async with chatting(api, BrokenStore()):
        await api.chats[ANN].says(api.people[ANN], "/help")
        await api.wait_for("sendMessage")
        assert await ask(api, "/subscribe all")
    ours = [each for each in caplog.records if each.name.startswith("monitor")]
    shown = "".join(logging.Formatter().format(each) for each in ours)
    assert len(ours) > 5
    assert api.token.partition(":")[2] not in shown
