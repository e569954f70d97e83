"""/mute, /unmute and /quiet as somebody uses them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.model import Hushed, Level, MuteKind, Outcome
from tests.build import CHAT, GROUP, NOW, minutes, rule, state
from tests.frontdesk import ADMIN, BOOK, CHANNEL, MEMBER, PERSON, World, answer, code, data


@pytest.fixture(name="world")
def fixture_world() -> World:
    tagged = tuple(replace(each, tags=("russia",)) if each.id == "border" else each for each in BOOK.rules)
    world = World(book=replace(BOOK, rules=tagged))
    world.card(1)
    return world


def muted(world: World) -> list[tuple[MuteKind, str]]:
    return [(each.kind, each.value) for each in world.store.mutes(CHAT, NOW)]


@pytest.mark.parametrize(
    ("line", "kind", "value", "says"),
    [
        (
            "/mute border for 2h",
            MuteKind.RULE,
            "border",
            "Alerts of border will not come to this chat until 12:00",
        ),
        ("/mute Border until 11:00", MuteKind.RULE, "border", "until 11:00 UTC"),
        ("/mute #1 for 1d", MuteKind.CARD, "1", "card #1"),
        ('/mute "asylum seeker" 1w', MuteKind.QUERY, "asylum seeker", "It covers 0 cards of the last week."),
        (
            "/mute source:example for 1h",
            MuteKind.QUERY,
            "source:example",
            "It covers 1 card of the last week.",
        ),
        ('/mute "a b" OR "c d" for 1h', MuteKind.QUERY, '"a b" OR "c d"', "Muted."),
    ],
)
def test_something_is_muted_and_unmuted_by_button(
    world: World, line: str, kind: MuteKind, value: str, says: str
) -> None:
    told = world.say(line)

    assert says in told.text
    assert muted(world) == [(kind, value)]
    assert "• " in world.say("/mute").text
    done = world.press(data(told)[0])
    assert done is not None
    assert "1 mute ended" in done.text
    assert muted(world) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/mute boarder", "Did you mean /mute border …?"),
        ("/mute boarder for 2h", '/mute "boarder" for 2h'),
        ("/mute xyzzy for 2h", "There is no rule “xyzzy”. To mute"),
        ("/mute #9 for 2h", "There is no card #9; the newest is #1"),
        ('/mute "(" for 2h', "never closed"),
        ("/mute for 2h", "Write: /mute"),
        ("/mute border for 0h", "Write: /mute"),
        ("/mute border until 27:00", "Write: /mute"),
    ],
)
def test_a_mistake_changes_nothing_and_says_how_to_go_on(world: World, line: str, says: str) -> None:
    assert says in world.say(line).text
    assert muted(world) == []


def test_a_card_of_an_empty_store_cannot_be_muted() -> None:
    assert "There are no cards yet" in World().say("/mute #1 for 2h").text


def test_without_a_time_some_are_offered(world: World) -> None:
    told = world.say("/mute border")

    assert data(told)[0] == "mute:border for 1h"
    assert world.press(data(told)[2]) is not None
    assert [each.until for each in world.store.mutes(CHAT, NOW)] == [minutes(1440)]


def test_alone_it_lists_or_gives_an_example(world: World) -> None:
    assert "Nothing is muted in this chat" in world.say("/mute").text
    for number in range(20):
        world.say(f'/mute "word{number}" for 1h')

    told = world.say("/unmute")

    assert "… and 5 more" in told.text
    assert len(data(told)) == 15
    assert "20 mutes ended" in world.say("/unmute all").text


def test_what_is_not_muted_cannot_be_unmuted(world: World) -> None:
    world.say("/mute border for 2h")

    told = world.say("/unmute #1").text

    assert "“#1” is not muted in this chat. Still muted: border." in told


def test_a_rule_that_is_gone_can_be_unmuted(world: World) -> None:
    world.say("/mute border for 2h")
    world.book = replace(BOOK, rules=(rule("other", "x"),))

    assert "1 mute ended" in world.say("/unmute border").text


@pytest.mark.parametrize(
    "line", ["/mute border for 2h", "/mute border", "/unmute all", "/quiet off", "/quiet x"]
)
def test_in_a_group_its_admins_do_that(world: World, line: str) -> None:
    assert "Only admins" in world.say(line, MEMBER).text
    assert "Only admins" not in world.say(line, ADMIN).text


def test_mutes_of_one_chat_are_invisible_in_another(world: World) -> None:
    world.say("/mute border for 2h")

    assert world.store.mutes(GROUP, NOW) == ()
    assert "border" not in world.say("/mute", MEMBER).text


def test_a_channel_is_muted_from_a_private_chat(world: World) -> None:
    desk = world.desk()
    told = answer(desk, PERSON, "mute", "border for 2h @mychannel", CHANNEL)
    listed = answer(desk, PERSON, "mute", "@mychannel", CHANNEL)
    offered = answer(desk, PERSON, "mute", "border @mychannel", CHANNEL)
    quiet = answer(desk, PERSON, "quiet", "22:00-07:00 @mychannel", CHANNEL)

    assert "“Channel”" in told.text
    assert "border" in listed.text
    assert "“Channel”" in quiet.text
    assert data(told) == data(listed) == data(offered) == data(quiet) == []
    assert muted(world) == []
    hours = world.store.quiet(CHANNEL.destination)
    assert hours is not None
    assert hours.destination == CHANNEL.destination
    refused = replace(CHANNEL, admin=False)
    for name, arguments in (("mute", ""), ("quiet", ""), ("mute", "border for 1h"), ("unmute", "all")):
        assert "do not administer" in answer(desk, PERSON, name, f"{arguments} @mychannel", refused).text


def test_a_muted_card_is_marked_in_latest_and_why_here_only(world: World) -> None:
    world.store.save(Outcome(state(), NOW, hushed=(Hushed(1, CHAT, "rule border"),)))

    for line in ("/latest", "/why 1"):
        assert "🔇 not told here: muted by rule border" in world.say(line).text
        assert "🔇" not in world.say(line, MEMBER).text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/quiet 22:00-07:00 Asia/Seoul except flash", "They begin next at 22:00 KST."),
        ("/quiet 22:00-07:00 except flash and alert", "Except flash, alert, which ring"),
        ("/quiet 9:00-12:00", "It is quiet now, until 12:00 UTC; 1 alert is held"),
        ("/quiet 20:00-21:00 seoul", "20:00-21:00 Asia/Seoul. For all levels."),
    ],
)
def test_quiet_hours_are_set_told_and_ended(world: World, line: str, says: str) -> None:
    world.card(2, "border", CHAT)

    told = world.say(line)

    assert says in told.text
    assert world.say("/quiet").text == told.text
    assert data(told) == ["quiet:off"]
    ended = world.press("quiet:off")
    assert ended is not None
    assert "No quiet hours in this chat" in ended.text
    assert world.store.quiet(CHAT) is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/quiet x", "Two different times"),
        ("/quiet 22:00-22:00", "Two different times"),
        ("/quiet 22:00-07:00 Moon", "“Moon” is no time zone"),
        ("/quiet 22:00-07:00 except loud", "“loud” is no level; there are info, alert, flash."),
    ],
)
def test_quiet_hours_that_cannot_be_are_explained(world: World, line: str, says: str) -> None:
    told = world.say(line)

    assert says in told.text
    assert code(told)[0].startswith("/quiet")
    assert world.store.quiet(CHAT) is None


def test_quiet_hours_for_no_level_at_all_are_told_too(world: World) -> None:
    assert "begin next" in world.say("/quiet 9:00-12:00 except flash alert info").text


@pytest.mark.parametrize(
    ("selector", "shows"),
    [("tag:russia", True), ("level:info", True), ("Level:Flash", False)],
)
def test_a_tag_or_a_level_is_subscribed(world: World, selector: str, shows: bool) -> None:
    told = world.say(f"/subscribe {selector}")

    assert told.text.startswith("Subscribed.")
    assert ("Story 1" in told.text) == shows
    assert world.selectors() == [selector.lower()]
    assert "no longer" not in world.say("/subs").text


def test_a_tag_that_no_rule_has_is_answered_with_the_nearest(world: World) -> None:
    assert "sub:tag:russia" in data(world.say("/subscribe tag:rusia"))


def test_a_tag_that_rules_lost_is_said(world: World) -> None:
    world.say("/subscribe tag:russia")
    world.book = BOOK

    assert "no longer in rules.yaml" in world.say("/subs").text


def test_rules_shows_what_a_level_brings(world: World) -> None:
    world.say("/subscribe level:flash")

    lines = world.say("/rules").text.splitlines()

    assert [each for each in lines if each.endswith("✓")] == [lines[1]]
    assert Level.FLASH.word in world.selectors()[0]
