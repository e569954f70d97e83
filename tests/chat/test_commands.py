from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.memory import MemoryStore
from monitor.chat import commands
from monitor.chat.commands import COMMANDS, QUERIES, answer, answer_button, split_target, target_of
from monitor.chat.message import TEXT_LIMIT, Message, Style, utf16
from monitor.core.access import Mode, Place, Rights
from monitor.core.language import parse
from monitor.core.model import (
    Card,
    Destination,
    Kept,
    Kind,
    Level,
    Outcome,
    Owed,
    Refused,
    RuleBook,
)
from monitor.desk import Desk
from monitor.desk.answers import Caller, Target
from tests.build import CHAT, FEED, GROUP, NOW, book, hit, minutes, rule, state, story
from tests.fakes import FixedClock

if TYPE_CHECKING:
    from collections.abc import Callable

BOOK = book(
    replace(rule("defection-at-mission", "defector consulate", Level.FLASH), name="Refuge at a mission"),
    rule("border", "border", Level.INFO, unless="film"),
)
PERSON = Caller("telegram:42", "Ann", Rights(Place.PRIVATE), CHAT, "Ann")
OWNER = replace(PERSON, rights=Rights(Place.PRIVATE, owner=True))
MEMBER = Caller("telegram:43", "Bo", Rights(Place.GROUP), GROUP, "Newsroom")
ADMIN = replace(MEMBER, rights=Rights(Place.GROUP, chat_admin=True))
ANONYMOUS = replace(MEMBER, rights=Rights(Place.GROUP, chat_admin=True, anonymous=True))
CHANNEL = Target(Destination("telegram", "-1009"), "Channel", admin=True, may_post=True)


@dataclass
class World:
    """A desk over a store in memory, and what is said at it."""

    store: MemoryStore
    book: RuleBook = BOOK
    problem: str | None = None

    def desk(self, mode: Mode = Mode.OPEN) -> Desk:
        return Desk(
            store=self.store,
            book=lambda: self.book,
            access=mode,
            clock=FixedClock(),
            rules_problem=lambda: self.problem,
        )

    def say(self, line: str, caller: Caller = PERSON, mode: Mode = Mode.OPEN) -> Message:
        name, _, arguments = line.partition(" ")
        return answer(self.desk(mode), caller, name, arguments)

    def press(self, data: str, caller: Caller = PERSON) -> Message | None:
        return answer_button(self.desk(), caller, data)

    def selectors(self, where: Destination = CHAT) -> list[str]:
        return [each.selector for each in self.store.subscriptions(where)]

    def card(self, number: int, rule_id: str = "border", *owed: Destination) -> None:
        title = f"Story {number} at the border"
        kept = Kept(story(title, url=f"https://e.example/{number}"), (hit(rule_id),), number, "new")
        owing = tuple(Owed(number, where, Kind.ALERT, Level.ALERT) for where in owed)
        self.store.save(Outcome(state(), NOW, (kept,), (Card(number, Level.ALERT, NOW),), owing))


@pytest.fixture(name="world")
def fixture_world() -> World:
    store = MemoryStore()
    store.sync_feeds([FEED], NOW)
    return World(store)


def data(message: Message | None) -> list[str]:
    assert message is not None
    return [b.data for row in message.buttons for b in row if b.data is not None]


def code(message: Message) -> list[str]:
    return [message.text[m.start : m.end] for m in message.marks if m.style is Style.CODE]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_is_fit_for_menus(name: str) -> None:
    command = COMMANDS[name]

    assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
    assert command.usage.split()[0] == command.example.split()[0] == f"/{name}"
    assert 1 <= len(command.summary) <= 256
    assert command.changes <= ("RULE" in command.usage)
    assert command.targets == ("@channel" in command.usage)


def test_the_table_has_what_was_promised() -> None:
    promised = "start help subscribe unsubscribe subs latest search why rules feeds status"

    assert list(COMMANDS) == promised.split()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_works_as_it_stands(world: World, name: str) -> None:
    world.card(1)
    world.say("/subscribe all")

    told = world.say(COMMANDS[name].example)

    assert COMMANDS[name].usage not in told.text.splitlines()[1:], "the usage line means a mistake"
    assert not told.text.startswith("There is no")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_page_of_help(world: World, name: str) -> None:
    told = world.say(f"/help {name}")

    assert "For example:" in told.text or name == "search"
    assert f"/{name}" in told.text
    assert COMMANDS[name].usage in world.say("/help").text


@pytest.mark.parametrize("name", [*COMMANDS, "nonsense"])
@pytest.mark.parametrize("arguments", ["", "all", "1", "@channel"])
def test_a_closed_bot_says_nothing_but_who_may_ask(world: World, name: str, arguments: str) -> None:
    world.card(1)

    told = world.say(f"/{name} {arguments}", PERSON, Mode.CLOSED)

    assert told.text.startswith("This bot is closed")
    assert "42" in code(told)
    assert "OWNERS" in code(told)
    assert world.selectors() == []


def test_a_closed_bot_is_short_in_groups(world: World) -> None:
    assert "43" not in world.say("/latest", MEMBER, Mode.CLOSED).text
    assert "cannot see who you are" in world.say("/latest", ANONYMOUS, Mode.CLOSED).text


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.changes])
@pytest.mark.parametrize(("caller", "allowed"), [(MEMBER, False), (ADMIN, True), (ANONYMOUS, True)])
def test_in_groups_admins_change_things(world: World, name: str, caller: Caller, allowed: bool) -> None:
    world.say("/subscribe border", ADMIN)

    told = world.say(f"/{name} border", caller)

    assert ("Only admins of this chat" in told.text) != allowed


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not command.changes])
def test_in_groups_everybody_reads(world: World, name: str) -> None:
    world.card(1)

    assert "Only admins" not in world.say(COMMANDS[name].example, MEMBER).text


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        pytest.param("/serach x", "/search", id="misspelt"),
        pytest.param("/Subscribes", "/subscribe", id="plural"),
        pytest.param("/xyzzy", "/status", id="nothing-near-lists-all"),
        pytest.param("/" + "q" * 9999, "/status", id="very-long"),
    ],
)
def test_an_unknown_command_is_answered_with_a_valid_one(world: World, line: str, nearest: str) -> None:
    told = world.say(line)

    assert told.text.startswith("There is no command")
    assert nearest in told.text


@pytest.mark.parametrize("written", ["/Search border", "search border", "/search@tocsin_bot border"])
def test_a_command_is_known_however_it_is_written(world: World, written: str) -> None:
    world.card(1)

    assert "Story 1" in world.say(written).text


@pytest.mark.parametrize(
    "line", ["/search", "/why", "/why x", "/why ٣", "/subscribe", "/latest 1 2", "/latest a b"]
)
def test_a_mistake_in_the_arguments_shows_usage_and_example(world: World, line: str) -> None:
    command = COMMANDS[line[1:].partition(" ")[0]]

    assert code(world.say(line)) == [command.usage, command.example]


def test_from_start_to_a_subscription_in_two_presses(world: World) -> None:
    welcome = world.say("/start")
    rules = world.press("rules:1")
    done = world.press("sub:border")

    assert {"rules:1", "sub:all"} == set(data(welcome))
    assert "sub:border" in data(rules)
    assert done is not None
    assert done.text.startswith("Subscribed.")
    assert world.selectors() == ["border"]


def test_start_in_a_group_tells_members_who_can_subscribe(world: World) -> None:
    told = world.say("/start", MEMBER)

    assert "An admin" in told.text
    assert data(told) == []


def test_an_unknown_rule_offers_the_nearest_by_button(world: World) -> None:
    told = world.say("/subscribe boarder")

    assert "/subscribe border" in code(told)
    assert data(told) == ["sub:border"]


def test_subs_lists_with_a_button_to_end_each(world: World) -> None:
    world.say("/subscribe border")
    world.say("/subscribe all")

    listed = world.say("/unsubscribe")
    ended = world.press("unsub:all")

    assert data(listed) == ["unsub:border", "unsub:all"]
    assert ended is not None
    assert "2 subscriptions ended" in ended.text
    assert "Nothing comes to this chat yet" in world.say("/subs").text


def test_a_press_in_a_group_is_allowed_anew(world: World) -> None:
    refused = world.press("sub:all", MEMBER)

    assert refused is not None
    assert "Only admins" in refused.text
    assert world.selectors(GROUP) == []


@pytest.mark.parametrize(
    ("name", "arguments", "rest", "written"),
    [
        pytest.param("subscribe", "border @mychannel", "border", "@mychannel", id="name"),
        pytest.param("subscribe", "border  -1001234567890", "border", "-1001234567890", id="number"),
        pytest.param("subscribe", "border -1001234567890/7", "border", "-1001234567890/7", id="topic"),
        pytest.param("subscribe", "border https://t.me/mychannel", "border", "@mychannel", id="link"),
        pytest.param("subscribe", "border t.me/mychannel/", "border", "@mychannel", id="short-link"),
        pytest.param("subs", "@mychannel", "", "@mychannel", id="alone"),
        pytest.param("subscribe", "@mychannel border", "@mychannel border", None, id="not-last"),
        pytest.param("subscribe", "border", "border", None, id="none"),
        pytest.param("subscribe", "", "", None, id="nothing"),
        pytest.param("subscribe", "border @my-channel", "border @my-channel", None, id="no-such-name"),
        pytest.param("search", "defector @mission", "defector @mission", None, id="an-entity-of-a-query"),
        pytest.param("nonsense", "@mychannel", "@mychannel", None, id="unknown-command"),
    ],
)
def test_another_chat_is_the_last_word(name: str, arguments: str, rest: str, written: str | None) -> None:
    assert split_target(name, arguments) == (rest, written)
    assert target_of(name, arguments) == written


def test_a_channel_is_subscribed_from_a_private_chat(world: World) -> None:
    told = answer(world.desk(), PERSON, "subscribe", "border @mychannel", CHANNEL)
    listed = answer(world.desk(), PERSON, "subs", "@mychannel", CHANNEL)

    assert "“Channel”" in told.text
    assert world.selectors(CHANNEL.destination) == ["border"]
    assert "border" in listed.text
    assert data(listed) == [], "a button could not prove who administers the channel"


def test_a_channel_that_was_not_found_is_not_mistaken_for_this_chat(world: World) -> None:
    told = answer(world.desk(), PERSON, "subscribe", "border @mychannel")

    assert "I cannot find “@mychannel”" in told.text
    assert world.selectors() == []


@pytest.mark.parametrize(
    ("target", "says"),
    [
        pytest.param(replace(CHANNEL, admin=False), "You do not administer “Channel”", id="not-its-admin"),
        pytest.param(replace(CHANNEL, may_post=False), "I may not post in “Channel”", id="no-right-to-post"),
    ],
)
def test_what_is_missing_for_a_channel_is_said(world: World, target: Target, says: str) -> None:
    assert says in answer(world.desk(), PERSON, "subscribe", "border @mychannel", target).text


def pages(first: Message, world: World, turn: Callable[[Message], Message | None]) -> list[int]:
    """The numbers of all stories, page by page, until no way leads on."""
    seen: list[int] = []
    page: Message | None = first
    while page is not None:
        seen += map(int, re.findall(r"Story (\d+) at", page.text))
        page = turn(page)
    return seen


def onward(message: Message) -> str | None:
    return next((b.data for row in message.buttons for b in row if b.text == "Older"), None)


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


@pytest.mark.parametrize("line", ["/search " + "border OR " * 9 + "border", "/latest 3 " + "border" * 12])
def test_what_no_button_can_carry_is_a_line_to_send(world: World, line: str) -> None:
    long_rule = "border" * 12
    world.book = book(rule(long_rule, "border"))
    for number in range(1, 13):
        world.card(number, long_rule)

    def turn(page: Message) -> Message | None:
        assert onward(page) is None
        return world.say(code(page)[-1]) if "Older: " in page.text else None

    assert pages(world.say(line), world, turn) == list(range(12, 0, -1))


@pytest.mark.parametrize(
    "line", ["/search border", "/latest", "/rules", "/subs", "/start", "/subscribe boarder"]
)
def test_what_a_button_does_can_be_typed(line: str) -> None:
    def fresh() -> World:
        world = World(MemoryStore())
        world.store.sync_feeds([FEED], NOW)
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
        *("latest:::", "latest:x:y:z", "s:", "s::", "s:x:border", "s:" + "9" * 60 + ":border"),
        *("rules:99999", "rules:-1", "feeds:x", "sub:", "sub:nobody", "unsub:", "unsub:x"),
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


def test_a_rule_in_full(world: World) -> None:
    world.card(1)
    world.say("/subscribe border")

    told = world.say("/rules border")

    assert code(told) == ["border", "film"]
    assert "Last card: #1" in told.text
    assert "/latest border" in told.text
    assert "Refuge at a mission" in world.say("/rules defection-at-mission").text
    assert data(world.say("/rules defection-at-mission")) == ["sub:defection-at-mission"]


def test_many_rules_are_turned_page_by_page(world: World) -> None:
    world.book = book(*(rule(f"rule-{n}", "x") for n in range(40)))

    second = world.say("/rules 2")

    assert "page 2 of 3" in second.text
    assert data(second)[-2:] == ["rules:1", "rules:3"]
    assert "rule-15" in second.text


@pytest.mark.parametrize("line", ["/rules", "/feeds"])
def test_an_empty_house_says_where_things_are_written(line: str) -> None:
    world = World(MemoryStore(), RuleBook())

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
    assert "Last poll: 9 min ago; 1 feed is due, up to 4 min late" in told
    assert "⚠ Example: failing 3 times in a row: 404 https://secret.example" in told
    assert "2 alerts were refused for good\n   #1 to telegram:" in told
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
    world.say("/subscribe border", ADMIN)
    world.card(1, "border", GROUP)
    (claimed,) = world.store.claim(NOW, 60, 1)
    refused = Refused("kicked out", suspend=True)
    world.store.settle(claimed.delivery.id, claimed.delivery.attempt, refused, NOW)

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
    store = MemoryStore()
    store.sync_feeds([FEED], NOW)
    world = World(store)
    world.card(1)

    told = world.say(f"{name} {arguments}", caller, mode)

    assert 0 < utf16(told.text) <= TEXT_LIMIT
    assert all(0 <= m.start < m.end <= len(told.text) for m in told.marks)
    assert all(len(sent.encode()) <= 64 for sent in data(told))
    if mode is Mode.CLOSED and not caller.rights.owner:
        assert store.subscriptions() == ()


@given(st.text(max_size=64), st.sampled_from([PERSON, MEMBER]))
def test_whatever_a_button_carries_nothing_breaks(carried: str, caller: Caller) -> None:
    world = World(MemoryStore())

    for forged in (carried, *(f"{kind}:{carried}" for kind in commands.PRESSES)):
        told = world.press(forged, caller)
        assert told is None or 0 < utf16(told.text) <= TEXT_LIMIT
