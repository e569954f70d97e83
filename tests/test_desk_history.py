from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.decide import Arrival, Policy, decide
from monitor.core.language import Dialect, parse
from monitor.core.match import compile_book
from monitor.core.model import Kept, Level, Outcome, Rule, RuleBook, RuleId
from monitor.desk import answers as a
from monitor.desk.advice import Nothing
from tests.build import FEED, NOW, batch, facts, page, state, story
from tests.frontdesk import PERSON, World


@pytest.fixture(name="world")
def fixture_world() -> World:
    world = World()
    world.card(1, "border")
    world.card(2, "defection-at-mission")
    world.stories("Story 3 at the border")
    return world


def titles(world: World, query: str) -> list[str]:
    told = world.desk().past.search(PERSON, query)
    if isinstance(told, Nothing):
        return []
    assert isinstance(told, a.Found)
    return [find.stored.story.title for find in told.finds]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("rule:border", [1], id="rule"),
        pytest.param("border -rule:(border OR defection-at-mission)", [3], id="no hit of these"),
        pytest.param("level:info", [1], id="level of the rule in force"),
        pytest.param("level:flash", [2], id="other level"),
        pytest.param("card:#2", [2], id="card"),
        pytest.param("border -is:muted", [3, 2, 1], id="nothing is muted"),
        pytest.param("border within:1h", [3, 2, 1], id="seen just now"),
        pytest.param("border after:2026-09-27 before:2026-09-28", [3, 2, 1], id="seen on this day"),
        pytest.param("border before:2026-09-27", [], id="seen before"),
    ],
)
def test_a_search_asks_for_what_became_of_stories(world: World, query: str, found: list[int]) -> None:
    assert titles(world, query) == [f"Story {number} at the border" for number in found]


def test_a_search_counts_back_from_now(world: World) -> None:
    old = story("An old story at the border", published=NOW - timedelta(hours=25))
    world.store.save(Outcome(state(), NOW, (Kept(old),)))
    assert titles(world, "old within:24h") == []
    assert titles(world, "old within:26h") == [old.title]


def test_a_pattern_in_a_chat_is_refused(world: World) -> None:
    told = world.desk().past.search(PERSON, "/bor.er/")
    assert isinstance(told, a.QueryMistake)
    assert "those who may edit the rules" in told.error.message


def test_a_rule_decides_by_the_age_of_a_story() -> None:
    fresh = Rule(RuleId("fresh"), parse("border within:24h", Dialect.RULE), None, Level.FLASH)
    matcher = compile_book(RuleBook(rules=(fresh,)))
    stories = [
        story("old border", published=NOW - timedelta(hours=25)),
        story("new border", published=NOW - timedelta(hours=23)),
        story("undated border"),
    ]
    outcome = decide(Arrival(FEED, page(), batch(*stories), NOW, 0.0), facts(), matcher, Policy())
    assert {kept.story.title for kept in outcome.stories if kept.hits} == {"new border", "undated border"}
