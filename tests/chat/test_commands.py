from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from monitor.chat.commands import COMMANDS, split_target, target_of
from monitor.core.access import Mode
from tests.build import GROUP
from tests.frontdesk import ADMIN, ANONYMOUS, CHANNEL, MEMBER, OWNER, PERSON, World, answer, code, data

if TYPE_CHECKING:
    from monitor.desk.answers import Caller, Target


@pytest.fixture(name="world")
def fixture_world() -> World:
    return World()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_is_fit_for_menus(name: str) -> None:
    command = COMMANDS[name]

    assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
    assert command.usage.split()[0] == command.example.split()[0] == f"/{name}"
    assert 1 <= len(command.summary) <= 256
    assert command.targets == ("@channel" in command.usage or "[@group]" in command.usage)


def test_the_table_has_what_was_promised() -> None:
    promised = """start help subscribe unsubscribe subs latest search story why mute unmute digest quiet status stats
        rules rule test backtest addrule editrule apply rollback feeds addfeed feed reload backup export grant revoke
        audit"""

    assert set(promised.split()) <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_example_works_as_it_stands(world: World, name: str) -> None:
    world.card(1)
    world.say("/subscribe all", OWNER)
    await world.work("/editrule border border -film", OWNER)  # draft 1

    told = await world.work(COMMANDS[name].example, OWNER)

    assert COMMANDS[name].usage not in told.text.splitlines()[1:], "the usage line means a mistake"
    assert not told.text.startswith("There is no") or name == "unwatch"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_page_of_help(world: World, name: str) -> None:
    told = world.say(f"/help {name}", OWNER)

    assert "For example:" in told.text or name == "search"
    assert f"/{name}" in told.text
    assert COMMANDS[name].usage in world.say("/help", OWNER).text


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


@pytest.mark.parametrize(
    "line",
    [
        "/subscribe border",
        "/unsubscribe border",
        "/mute border for 2h",
        "/unmute border",
        "/quiet off",
        "/watch border",
    ],
)
@pytest.mark.parametrize(("caller", "allowed"), [(MEMBER, False), (ADMIN, True), (ANONYMOUS, True)])
def test_in_groups_admins_change_things(world: World, line: str, caller: Caller, allowed: bool) -> None:
    world.say("/subscribe border", ADMIN)

    told = world.say(line, caller)

    assert ("Only admins of this chat" in told.text) != allowed


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not command.changes])
async def test_in_groups_everybody_reads(world: World, name: str) -> None:
    world.card(1)

    assert "Only admins" not in (await world.work(COMMANDS[name].example, MEMBER)).text


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
    rules = world.press("rules:")
    done = world.press("sub:border")

    assert {"rules:", "sub:all"} == set(data(welcome))
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
