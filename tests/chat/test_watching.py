"""/watch and /unwatch, as people read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.chat.commands import press
from monitor.chat.message import Message
from monitor.core.access import Mode
from monitor.core.model import Entity
from monitor.desk.personal import MOST_A_WEEK
from tests.frontdesk import BOOK, MEMBER, PERSON, World, code, data


@pytest.fixture(name="world")
def fixture_world() -> World:
    return World(book=replace(BOOK, entities={"crew": Entity("crew", {"en": ("sailor",)})}))


def test_a_watch_is_told_with_what_it_would_have_found(world: World) -> None:
    world.stories("A border opens", "The border closes", "")
    told = world.say("/watch border")
    assert told.text.splitlines() == [
        "This chat waits for border now; nobody else sees that. It is personal rule watch-1.",
        "",
        "In the last week it would have found 2 stories:",
        "• The border closes (just now)",
        "• A border opens (just now)",
        "",
        "/watch lists your personal rules.",
    ]
    assert code(told) == ["border"]
    assert data(told) == ["unwatch:1"]


def test_one_that_found_nothing_yet_and_one_that_is_there(world: World) -> None:
    assert "would have found nothing" in world.say("/watch border").text
    assert world.say("/watch border").text.startswith(
        "This chat waits for border already, as personal rule watch-1."
    )


def test_doubts_stand_beside_it(world: World) -> None:
    assert "⚠️ UN is so short that it will be found by accident" in world.say("/watch UN border").text
    world.say("/watch border")
    assert "⚠️" not in world.say("/watch exam").text


def test_what_cannot_be_watched_says_why_and_what_to_do(world: World) -> None:
    assert "patterns" in world.say("/watch /x/").text
    world.stories(*(f"Border {number}" for number in range(MOST_A_WEEK + 1)))
    told = world.say("/watch border").text
    assert told.startswith(f"border would have found {MOST_A_WEEK + 1} stories in the last week")
    assert "title:WORD" in told
    assert "only admins of this chat" in world.say("/watch border", MEMBER).text.casefold()
    for number in range(10):
        world.say(f"/watch exam{'x' * (number + 1)}")
    assert world.say("/watch exam").text.startswith(
        "This chat has 10 personal rules, as many as it may have."
    )


def test_the_list_ends_each_with_a_button_and_is_paged_in_place(world: World) -> None:
    assert world.say("/watch").text.startswith("No personal rules here.")
    for number in range(9):
        world.say(f"/watch exam{'x' * (number + 1)}")
    first = world.say("/watch")
    assert "• watch-1 examx, just now" in first.text
    assert data(first) == [*(f"unwatch:{n}" for n in range(1, 9)), "watches:2"]
    second = world.press("watches:2")
    assert second is not None
    assert second.replaces
    assert data(second) == ["unwatch:9", "watches:1"]
    assert data(world.press("watches:99")) == data(second)
    assert data(world.press("watches:x")) == data(first)


def test_one_that_names_a_lost_list_is_marked(world: World) -> None:
    world.say("/watch @crew")
    world.book = replace(world.book, entities={})
    assert "not in force" in world.say("/watch").text


def test_it_is_ended_and_begun_again(world: World) -> None:
    world.say("/watch border")
    told = world.press("unwatch:1")
    assert told is not None
    assert told.text.startswith("Personal rule watch-1 has ended: border")
    assert data(told) == ["watch:border"]
    again = world.press("watch:border")
    assert again is not None
    assert "personal rule watch-2" in again.text


@pytest.mark.parametrize("written", ["watch-1", "#1", "1"])
def test_its_number_is_written_in_any_way(world: World, written: str) -> None:
    world.say("/watch border")
    assert world.say(f"/unwatch {written}").text.startswith("Personal rule watch-1 has ended")


def test_a_number_that_is_none_shows_the_list(world: World) -> None:
    world.say("/watch border")
    assert world.say("/unwatch").text.startswith("Personal rules of this chat")
    assert world.say("/unwatch x").text.startswith("Personal rules of this chat")
    missed = world.say("/unwatch 9").text
    assert missed.startswith("There is no personal rule “9” here.\n\nPersonal rules of this chat")


def test_strangers_hear_nothing(world: World) -> None:
    for line in ("/watch border", "/watch", "/unwatch 1"):
        assert "This bot is closed" in world.say(line, PERSON, Mode.CLOSED).text
    closed = press(world.desk(Mode.CLOSED), PERSON, "watches:1")
    assert isinstance(closed, Message)
    assert "This bot is closed" in closed.text
    assert world.store.watches() == ()
