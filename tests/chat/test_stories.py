"""/story and /why: an event in full, also as a reply to its alert."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.chat.changes import Change, changes
from monitor.chat.commands import begin
from monitor.chat.message import Message
from monitor.core.access import Mode
from monitor.core.model import Card, Edit, Hushed, Kept, Level, Outcome
from tests.build import CHAT, NOW, hit, minutes, state, story
from tests.frontdesk import PERSON, World, data


@pytest.fixture(name="world")
def fixture_world() -> World:
    """A card with a story in English and one in Korean; the first was edited twice."""
    world = World()
    first = story(
        "Defector at consulate", key="a", lang="en", summary="A man asked for help.", published=minutes(-30)
    )
    second = story("총영사관에 망명 신청", key="b", lang="ko", source="연합뉴스")
    world.store.save(
        Outcome(state(), NOW, (Kept(first, (hit("border"),), 1, "new"),), (Card(1, Level.FLASH, NOW),))
    )
    world.store.save(
        Outcome(state(), minutes(5), (Kept(second, (hit("defection-at-mission"),), 1, "grown"),))
    )
    edited = replace(first, title="Refugee at consulate")
    world.store.save(Outcome(state(), minutes(7), edits=(Edit(1, edited, (hit("border"),), 1),)))
    again = replace(edited, summary="A man asked for help. He was turned away.")
    world.store.save(Outcome(state(), minutes(9), edits=(Edit(1, again, (hit("border"),), 1),)))
    world.clock.now = minutes(60)
    return world


def test_a_story_tells_who_carried_it_when_and_what_was_changed(world: World) -> None:
    told = world.say("/story 1")

    assert told.text.splitlines()[:3] == [
        "Card #1: 🔴 FLASH",
        "2 stories · 2 sources · languages: en, ko · edited 2 times",
        "Rules: border, defection-at-mission",
    ]
    assert "10:00 UTC · Example [en] · border\nRefugee at consulate\npublished 09:30 UTC" in told.text
    assert "✎ edited 10:09 UTC\n   summary: added “He was turned away.”" in told.text
    assert "✎ edited 10:07 UTC\n   title: “Defector at consulate” is now “Refugee at consulate”" in told.text
    assert "10:05 UTC · 연합뉴스 [ko] · defection-at-mission\n총영사관에 망명 신청" in told.text
    assert data(told) == ["why:1"]


@pytest.mark.parametrize("name", ["story", "why"])
def test_a_reply_to_an_alert_needs_no_number(world: World, name: str) -> None:
    told = begin(world.desk(), PERSON, name, "", about=1)

    assert isinstance(told, Message)
    assert "#1" in told.text.splitlines()[0]


@pytest.mark.parametrize("name", ["story", "why"])
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param("", "Which card?", id="nothing"),
        pytest.param("x", "“x” is no card number.", id="no number"),
        pytest.param("99", "the newest is #1", id="unknown"),
    ],
)
def test_which_card_is_meant_must_be_said(world: World, name: str, arguments: str, says: str) -> None:
    assert says in world.say(f"/{name} {arguments}").text


def test_a_muted_card_says_so(world: World) -> None:
    world.store.save(Outcome(state(), minutes(10), hushed=(Hushed(1, CHAT, "rule border"),)))

    assert "muted by rule border" in world.say("/story 1").text


def test_a_card_of_somebody_elses_watch_is_not_there(world: World) -> None:
    hidden = Kept(story("Secret", key="s"), (hit("watch-3"),), 2, "new")
    world.store.save(Outcome(state(), minutes(11), (hidden,), (Card(2, Level.ALERT, minutes(11)),)))

    told = world.say("/story 2").text + world.say("/why 2").text + world.say("/latest").text

    assert "Secret" not in told
    assert "watch-3" not in told


def test_strangers_are_told_nothing(world: World) -> None:
    for line in ("/story 1", "/why 1", "/export csv defector", "/search defector", "/stats"):
        told = world.say(line, mode=Mode.CLOSED).text
        assert "closed" in told
        assert "Refugee" not in told


def test_a_large_card_has_pages(world: World) -> None:
    more = tuple(Kept(story(f"Report {n}", key=f"r{n}"), (hit("border"),), 1, "grown") for n in range(10))
    world.store.save(Outcome(state(), minutes(20), more))

    first = world.say("/story 1")
    second = world.press("story:1:8")
    assert second is not None

    assert "Report 5" in first.text
    assert "Report 6" not in first.text
    assert "Report 9" in second.text
    assert second.replaces
    assert not first.replaces
    assert data(first)[-1] == "story:1:8"
    assert data(second)[-1] == "story:1:0"
    beyond = world.press("story:1:999")
    assert beyond is not None
    assert "Report 5" in beyond.text


def test_many_versions_are_counted(world: World) -> None:
    for n in range(6):
        edited = story(f"Version {n}", key="a", lang="en", summary="x", published=minutes(-30))
        world.store.save(Outcome(state(), minutes(20 + n), edits=(Edit(1, edited, (hit("border"),), 1),)))

    told = world.say("/story 1").text

    assert "earlier edit" in told
    assert told.count("✎ edited") == 3


LONG = " ".join(f"w{n}" for n in range(900))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param({"title": "A"}, {"title": "B"}, (Change("title", "A", "B"),), id="title whole"),
        pytest.param(
            {"summary": "one two three"},
            {"summary": "one 2 three"},
            (Change("summary", "two", "2"),),
            id="passage",
        ),
        pytest.param({"text": "a b"}, {"text": "a"}, (Change("text", "b", ""),), id="removed"),
        pytest.param(
            {"url": None}, {"url": "https://e.example"}, (Change("url", "", "https://e.example"),), id="link"
        ),
        pytest.param({"text": LONG + " x"}, {"text": LONG + " y"}, (Change("text", "", ""),), id="far below"),
        pytest.param({"title": "A"}, {"title": "A"}, (), id="nothing"),
    ],
)
def test_what_an_edit_changed(old: dict[str, str], new: dict[str, str], found: tuple[Change, ...]) -> None:
    assert changes(story(**{"title": "T", **old}), story(**{"title": "T", **new})) == found


def test_a_change_far_below_is_told(world: World) -> None:
    for at, end in ((30, "x"), (31, "y")):
        edited = story("T", key="a", summary=f"{LONG} {end}", published=minutes(-30))
        world.store.save(Outcome(state(), minutes(at), edits=(Edit(1, edited, (hit("border"),), 1),)))

    told = world.say("/story 1").text

    assert "summary: changed further down" in told
    assert "removed" in told or "is now" in told
