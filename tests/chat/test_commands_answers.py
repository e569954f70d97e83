from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.memory import MemoryStore
from monitor.chat import commands
from monitor.chat.commands import COMMANDS
from monitor.chat.helping import QUERIES
from monitor.chat.message import TEXT_LIMIT, Message, utf16
from monitor.chat.phrases import DATA_LIMIT
from monitor.chat.work import Work
from monitor.core.access import Mode
from monitor.core.language import parse
from monitor.core.model import Refused, RuleBook
from tests.build import CHAT, GROUP, NOW, book, minutes, rule, state
from tests.frontdesk import ADMIN, ANONYMOUS, MEMBER, OWNER, PERSON, World, answer, code, data

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.desk.answers import Caller


@pytest.fixture(name="world")
def fixture_world() -> World:
    return World()


def pages(first: Message, world: World, turn: Callable[[Message], Message | None]) -> list[int]:
    """The numbers of all stories, page by page, until no way leads on."""
    seen: list[int] = []
    page: Message | None = first
    while page is not None:
        seen += map(int, re.findall(r"Story (\d+) at", page.text))
        page = turn(page)
    return seen


def onward(message: Message) -> str | None:
    return next((b.data for row in message.buttons for b in row if b.text == "Older ▶"), None)


@pytest.mark.parametrize(
    "line", ["/search border", "/search  story  border", "/latest", "/latest 3 border", "/latest 4 all"]
)
def test_older_buttons_lead_through_everything(world: World, line: str) -> None:
    for number in range(1, 13):
        world.card(number)

    def turn(page: Message) -> Message | None:
        found = onward(page)
        return world.press(found) if found else None

    assert pages(world.say(line), world, turn) == list(range(12, 0, -1))


@pytest.mark.parametrize("line", ["/rules", "/subs", "/start", "/subscribe boarder"])
def test_what_a_button_does_can_be_typed(line: str) -> None:
    def fresh() -> World:
        world = World()
        for number in range(1, 13):
            world.card(number)
        if line != "/start":
            world.say("/subscribe border")
        return world

    buttons = [b for row in fresh().say(line).buttons for b in row if b.data is not None]

    assert buttons
    for button in buttons:
        pressed, typed = fresh(), fresh()
        assert pressed.press(button.data or "") == typed.say(button.typed)
        assert pressed.selectors() == typed.selectors()


@pytest.mark.parametrize(
    "forged",
    [
        *("", ":", "why", "why:", "why:x", "why:-1", "why:" + "9" * 60, "nonsense:1", "start:"),
        *(
            "latest:::",
            "latest:x:y:z",
            "find:",
            "find::",
            "find:x:y:border",
            "find::" + "9" * 60 + "-1:border",
        ),
        *(
            "story:",
            "story:1:99999",
            "story:x:y",
            "export:",
            "rules:99999",
            "rules:-1",
            "feeds:x",
            "sub:",
            "sub:nobody",
            "unsub:",
            "unsub:x",
        ),
    ],
)
def test_forged_buttons_change_nothing_and_break_nothing(world: World, forged: str) -> None:
    world.card(1)
    world.say("/subscribe border")

    told = world.press(forged, MEMBER)

    assert told is None or told.text
    assert (world.selectors(), world.selectors(GROUP)) == (["border"], [])


def test_an_alert_leads_to_why_in_one_press(world: World) -> None:
    world.card(1)

    told = world.press("why:1")

    assert told is not None
    assert told.text.startswith("Why card #1")
    assert told == world.say("/why #1")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("/latest", "/rules", id="no-cards"),
        pytest.param("/latest border", "/rules border", id="no-cards-of-a-rule"),
        pytest.param("/why 1", "/rules", id="no-card"),
        pytest.param("/search nothing", "OR between words", id="nothing-found"),
        pytest.param("/search nothing older:5", "Nothing older.", id="nothing-older"),
        pytest.param("/subs", "/subscribe all", id="no-subscriptions"),
        pytest.param("/unsubscribe all", "/subscribe RULE", id="nothing-to-end"),
        pytest.param("/rules boarder", "/rules border", id="unknown-rule"),
        pytest.param("/latest boarder", "/latest border", id="unknown-rule-of-cards"),
    ],
)
def test_empty_answers_say_what_to_try_next(world: World, line: str, says: str) -> None:
    assert says in world.say(line).text


def test_no_card_of_that_number_names_the_newest(world: World) -> None:
    world.card(3)

    assert "the newest is #3" in world.say("/why 99").text


def test_a_mistake_in_a_query_is_shown_with_its_mend(world: World) -> None:
    told = world.say("/search a AND b OR c")

    assert code(told)[0].startswith("a AND b OR c\n")
    assert "^" in code(told)[0]
    assert "/help search" in told.text


@pytest.mark.parametrize(("query", "meaning"), QUERIES)
def test_the_queries_of_the_help_can_be_read(world: World, query: str, meaning: str) -> None:
    assert parse(query).source == query
    assert f"{query}\n   {meaning}" in world.say("/help search").text


async def test_a_rule_in_full(world: World) -> None:
    world.card(1)
    world.say("/subscribe border")

    told = await world.work("/rules border")

    assert code(told) == ["border", "film", "v1"]
    assert "Last card: #1" in told.text
    assert "/latest border" in told.text
    assert "Refuge at a mission" in (await world.work("/rules defection-at-mission")).text
    assert data(await world.work("/rules defection-at-mission")) == ["sub:defection-at-mission"]


def test_many_rules_are_turned_page_by_page(world: World) -> None:
    world.book = book(*(rule(f"rule-{n}", "x") for n in range(40)))

    second = world.say("/rules 2")

    assert "page 2 of 3" in second.text
    assert data(second)[-2:] == ["rules:1", "rules:3"]
    assert "rule-15" in second.text


@pytest.mark.parametrize("line", ["/rules", "/feeds"])
def test_an_empty_house_says_where_things_are_written(line: str) -> None:
    world = World(MemoryStore(), book=RuleBook())

    assert "rules.yaml" in world.say(line).text


def troubled(world: World) -> World:
    world.card(1, "border", GROUP, CHAT)
    for reason, suspend in (("kicked out", True), ("too old", False)):
        (claimed, *_) = world.store.claim(NOW, 60, 1)
        receipt = Refused(reason, suspend=suspend)
        world.store.settle(claimed.delivery.id, claimed.delivery.attempt, receipt, NOW)
    world.store.beat("poll", NOW)
    world.store.save_state(
        state(
            last_poll_at=minutes(-9),
            last_error="404 https://secret.example",
            failures=3,
            next_poll_at=minutes(-4),
        )
    )
    world.problem = "rules.yaml:3:7: no such entity\n    match: @nobody\n           ^\n    did you mean @nob?"
    return world


def test_the_status_names_the_troubles_and_for_owners_the_details(world: World) -> None:
    told = troubled(world).say("/status", OWNER).text

    assert told.startswith("Not well\n⚠ deliver: ")
    assert "rules.yaml:3:7: no such entity\n    match: @nobody\n           ^\n" in told
    assert "no feed at all can be read" in told
    assert "Last poll: 9 min ago; 1 feed is due, up to 4 min late" in told
    assert "⚠ Example: failing 3 times in a row: 404 https://secret.example" in told
    assert "2 alerts were given up for good\n   #1 to telegram:" in told
    assert "too old" in told
    assert "1 chat cannot be reached" in told
    assert "kicked out" in told


def test_the_status_tells_others_counts_only(world: World) -> None:
    told = troubled(world).say("/status", PERSON).text + world.say("/feeds", PERSON).text

    assert "1 failing" in told
    for private in ("secret.example", "kicked out", "no such entity", GROUP.address):
        assert private not in told


def test_a_good_day(world: World) -> None:
    world.store.beat("poll", NOW)
    world.store.beat("deliver", NOW)
    world.store.save_state(state(last_poll_at=NOW, last_success_at=NOW, next_poll_at=minutes(15)))

    assert world.say("/status").text.startswith("All is well\nLast poll: just now\n1 feed, none failing")
    assert "✓ Example: read just now" in world.say("/feeds", OWNER).text


def test_a_chat_that_is_held_back_is_told(world: World) -> None:
    world.hold_back(GROUP, "kicked out")

    assert "Held back at the moment: kicked out. /start" in world.say("/subs", ADMIN).text
    assert "they go on now" in world.say("/start", ADMIN).text
    assert "Held back" not in world.say("/subs", ADMIN).text


def test_times_are_told_in_the_readers_zone(world: World) -> None:
    world.card(1)

    told = answer(world.desk(), PERSON, "latest", "", zone=ZoneInfo("Asia/Seoul"))

    assert "19:00 KST" in told.text


WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "all",
            "border",
            "@channel",
            "-100123",
            "older:4",
            "1",
            "망명",
            "(",
            '"',
            "OR",
            "AND",
            "NEAR/8",
            "-",
            "*",
            "~",
        ]
    ),
)


@given(
    st.sampled_from([*COMMANDS, "nonsense"]),
    st.lists(WORDS, max_size=6).map(" ".join),
    st.sampled_from([PERSON, OWNER, MEMBER, ADMIN, ANONYMOUS]),
    st.sampled_from(Mode),
)
def test_whatever_is_typed_gets_an_answer_that_fits(
    name: str, arguments: str, caller: Caller, mode: Mode
) -> None:
    world = World()
    world.card(1)

    told = commands.begin(world.desk(mode), caller, name, arguments)

    if isinstance(told, Work):
        return  # what takes its time has tests of its own
    assert 0 < utf16(told.text) <= TEXT_LIMIT
    assert all(0 <= m.start < m.end <= len(told.text) for m in told.marks)
    assert all(len(sent.encode()) <= DATA_LIMIT for sent in data(told))
    if mode is Mode.CLOSED and not caller.rights.owner:
        assert world.store.subscriptions() == ()


@given(st.text(max_size=64), st.sampled_from([PERSON, MEMBER]))
def test_whatever_a_button_carries_nothing_breaks(carried: str, caller: Caller) -> None:
    world = World()

    for forged in (carried, *(f"{kind}:{carried}" for kind in commands.PRESSES)):
        told = commands.press(world.desk(), caller, forged)
        assert told is None or isinstance(told, Work) or 0 < utf16(told.text) <= TEXT_LIMIT
