"""Personal rules: what may be asked, how much, and that nobody else sees anything of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.access import Mode, Place, Refusal, Rights, Role
from monitor.core.model import Card, Entity, Kept, Level, Outcome
from monitor.desk import Desk
from monitor.desk.answers import Caller, Forbidden, QueryMistake
from monitor.desk.office import Limits
from monitor.desk.personal import (
    LONGEST,
    LOOKED_AT,
    MOST_A_WEEK,
    Full,
    TooBroad,
    Unwatched,
    Watched,
    WatchList,
)
from tests.build import CHAT, GROUP, NOW, hit, state, story
from tests.errands import FakeErrands
from tests.frontdesk import ADMIN, ANONYMOUS, BOOK, CHANNEL, MEMBER, PERSON, World

EDITOR = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.EDITOR))


@pytest.fixture(name="world")
def fixture_world() -> World:
    return World(book=replace(BOOK, entities={"crew": Entity("crew", {"en": ("sailor",)})}))


def desk_of(world: World, changed: list[str] | None = None) -> Desk:
    return Desk(
        store=world.store,
        book=lambda: world.book,
        access=Mode.OPEN,
        clock=world.clock,
        rules_problem=lambda: None,
        limits=Limits(watches=2),
        watched=lambda: changed.append("changed") if changed is not None else None,
        errands=FakeErrands(),
    )


def begun(world: World, query: str, caller: Caller = PERSON) -> Watched:
    told = desk_of(world).personal.watch(caller, query)
    assert isinstance(told, Watched), told
    return told


def test_a_watch_begins_with_a_taste_of_last_week(world: World) -> None:
    world.stories("A border opens", "The border closes", "Border: four", "Border: five", "An exam")
    changed: list[str] = []
    told = desk_of(world, changed).personal.watch(PERSON, "  border   -exam ")
    assert isinstance(told, Watched)
    assert (told.watch.query, told.watch.destination, told.new) == ("border -exam", CHAT, True)
    assert told.found == 4
    assert [find.stored.story.title for find in told.taste] == [
        "Border: five",
        "Border: four",
        "The border closes",
    ]
    assert changed == ["changed"]
    assert world.store.audited(9) == ()  # what somebody waits for is nobody else's business


def test_stories_older_than_a_week_do_not_count(world: World) -> None:
    world.stories("A border opens")
    world.clock.forward(timedelta(days=8).total_seconds())
    assert begun(world, "border").found == 0


def test_the_same_query_is_the_same_watch(world: World) -> None:
    first = begun(world, "border")
    again = begun(world, " border ")
    assert (again.watch, again.new) == (first.watch, False)
    assert len(world.store.watches(CHAT)) == 1


def test_doubts_are_told(world: World) -> None:
    assert [str(each.message) for each in begun(world, "border UN").doubts] == [
        "UN is so short that it will be found by accident"
    ]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param("((", "", id="no-query"),
        pytest.param("/border/i", "patterns", id="a-pattern"),
        pytest.param("border rule:exam", "rule:", id="history"),
        pytest.param("border after:2026-01-01", "after:", id="a-date"),
        pytest.param("lang:en", "every story", id="no-word"),
        pytest.param("within:24h", "by its age", id="only-a-time"),
        pytest.param("lang:en OR border", "every story", id="a-branch-without-a-word"),
        pytest.param("@gone", "gone", id="unknown-list"),
        pytest.param("border " * 60, "longer than", id="too-long"),
        pytest.param("-border", "", id="only-not"),
    ],
)
def test_what_may_not_be_asked(world: World, query: str, says: str) -> None:
    told = desk_of(world).personal.watch(PERSON, query)
    assert isinstance(told, QueryMistake)
    assert says in str(told.error)
    assert world.store.watches() == ()


@pytest.mark.parametrize(
    "query",
    ["border", '"asylum seeker" lang:en', "border OR exam", "@crew", "Vladivostok~", "defec*", "망명"],
)
def test_what_may_be_asked(world: World, query: str) -> None:
    assert begun(world, query).new
    assert len(query) < LONGEST


def test_what_finds_too_much_is_refused(world: World) -> None:
    world.stories(*(f"Border {number}" for number in range(MOST_A_WEEK + 1)))
    assert desk_of(world).personal.watch(PERSON, "border") == TooBroad("border", MOST_A_WEEK + 1)
    assert world.store.watches() == ()
    assert MOST_A_WEEK < LOOKED_AT


def test_only_so_many_stories_are_looked_at(world: World) -> None:
    world.stories(*(f"Exam {number}" for number in range(LOOKED_AT)))
    assert begun(world, "border").found == 0


def test_a_chat_may_have_only_so_many_unless_an_editor_asks(world: World) -> None:
    begun(world, "border")
    begun(world, "exam")
    assert desk_of(world).personal.watch(PERSON, "refuge") == Full(2)
    assert not begun(world, "exam").new
    assert begun(world, "refuge", EDITOR).new


def test_a_watch_is_ended_by_its_chat_alone(world: World) -> None:
    watch = begun(world, "border").watch
    changed: list[str] = []
    desk = desk_of(world, changed)
    elsewhere = replace(PERSON, here=replace(CHAT, address="43"))
    assert desk.personal.unwatch(elsewhere, watch.number) == Unwatched(1, None, WatchList(()))
    assert changed == []
    assert desk.personal.unwatch(PERSON, watch.number) == Unwatched(1, watch, WatchList(()))
    assert changed == ["changed"]
    assert world.store.watches() == ()


def test_a_list_shows_what_is_no_longer_in_force(world: World) -> None:
    begun(world, "border")
    watch = begun(world, "@crew").watch
    world.book = replace(world.book, entities={})
    told = desk_of(world).personal.watches(PERSON)
    assert isinstance(told, WatchList)
    assert told.broken == {watch.number}
    assert desk_of(world).personal.watches(replace(PERSON, here=GROUP)) == WatchList(())


@pytest.mark.parametrize(
    ("caller", "reason"),
    [
        pytest.param(MEMBER, Refusal.NOT_ADMIN, id="member"),
        pytest.param(ADMIN, None, id="admin"),
        pytest.param(ANONYMOUS, None, id="anonymous-admin"),
    ],
)
def test_in_a_group_its_admins_decide(world: World, caller: Caller, reason: Refusal | None) -> None:
    desk = desk_of(world)
    told = (desk.personal.watch(caller, "border"), desk.personal.unwatch(caller, 1))
    if reason is None:
        assert isinstance(told[0], Watched)
        assert isinstance(told[1], Unwatched)
    else:
        assert told == (Forbidden(reason), Forbidden(reason))
    closed = World().desk(Mode.CLOSED).personal
    assert isinstance(closed.watches(caller), Forbidden)


def test_its_chat_mutes_it_and_its_cards_and_nobody_else_can(world: World) -> None:
    watch = begun(world, "secretword").watch
    kept = Kept(story("A secretword story", url="https://e.example/1"), (hit("watch-1"),), 1, "new")
    world.store.save(Outcome(state(), NOW, (kept,), (Card(1, Level.ALERT, NOW),)))
    for asked in (str(watch.id), "#1"):
        assert f"/unmute {asked}" in str(world.say(f"/mute {asked} for 2h"))
        assert asked in world.say("/unmute").text
        told = world.say(f"/mute {asked} for 2h", ADMIN).text
        assert "Muted" not in told
    assert len(world.store.mutes(CHAT, NOW)) == 2
    assert world.store.mutes(GROUP, NOW) == ()


def test_no_command_shows_another_chat_what_a_watch_found(world: World) -> None:
    begun(world, "secretword")
    kept = Kept(story("A secretword story", url="https://e.example/1"), (hit("watch-1"),), 1, "new")
    world.store.save(Outcome(state(), NOW, (kept,), (Card(1, Level.ALERT, NOW),)))
    elsewhere = replace(MEMBER, here=GROUP)
    for line in ("/latest", "/latest watch-1", "/why 1", "/subscribe watch-1", "/rules watch-1", "/subs"):
        assert "secretword" in world.say(line, PERSON).text or line not in {
            "/latest",
            "/why 1",
            "/latest watch-1",
        }
        assert "secretword" not in world.say(line, elsewhere).text
        assert (
            "secretword"
            not in world.say(line, replace(elsewhere, rights=Rights(Place.GROUP, owner=True))).text
        )
    assert world.selectors(GROUP) == []
    assert CHANNEL.destination != CHAT
