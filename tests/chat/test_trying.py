"""A rule or query tried on one story, clause by clause, and on what was stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.chat.message import Message
from monitor.chat.trials import plot
from monitor.chat.trying import split_test
from monitor.core.access import Place, Rights, Role
from monitor.core.model import Kept, Outcome
from monitor.desk.backtesting import MOST_RAISED, Backtest
from monitor.desk.trying import Given
from monitor.rulebook import read
from tests.build import NOW, book, minutes, rule, state, story
from tests.errands import RULES
from tests.frontdesk import PERSON, World, data

EDITOR = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.EDITOR))
PAGE = "https://e.example/article"


@pytest.fixture
def world() -> World:
    made = World(book=read(RULES, "rules.yaml"))
    made.errands.articles[PAGE] = story(
        "Defectors at a consulate", text="They came by night.", source="e.example"
    )
    return made


@pytest.mark.parametrize(
    ("written", "about", "expected"),
    [
        pytest.param("a b | A text", None, ("a b", Given(text="A text")), id="bar"),
        pytest.param("a b\nA title\nA text", None, ("a b", Given(text="A title\nA text")), id="lines"),
        pytest.param("a b #12", None, ("a b", Given(story=12)), id="a number at the end"),
        pytest.param("a b | 12", None, ("a b", Given(story=12)), id="a number"),
        pytest.param(f"a b {PAGE}", None, ("a b", PAGE), id="an address at the end"),
        pytest.param(f"a b\n{PAGE}", None, ("a b", PAGE), id="an address"),
        pytest.param("a b", 7, ("a b", Given(card=7)), id="in reply to a card"),
        pytest.param("a b", None, None, id="no text"),
        pytest.param("| text", None, None, id="no text behind a bar"),
        pytest.param("", 7, None, id="nothing"),
    ],
)
def test_the_query_and_the_text_are_told_apart(
    written: str, about: int | None, expected: tuple[str, Given | str] | None
) -> None:
    assert split_test(written, about) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("border | A border town", "✓ border matches. 🔵 INFO\nA border town", id="a rule hits"),
        pytest.param("Border | A town", "✗ border does not match.", id="a rule misses"),
        pytest.param("asylum | Asylum seekers", "✓ It matches.", id="a query hits"),
        pytest.param("asylum | Seekers", "✗ It does not match.", id="a query misses"),
        pytest.param("asylum | Seekers", "First clause that fails: asylum · not found", id="why it misses"),
        pytest.param(
            "border | A border film", "its unless speaks against it: “film” in the title", id="unless"
        ),
        pytest.param("border | A border town", "✓ unless film not found", id="unless not found"),
        pytest.param("border | A fence", "✗ border not found", id="one clause"),
        pytest.param("refugee | Refugees came", "“Refugees” (a form of “refugee”)", id="form"),
        pytest.param("a1 NEAR/2 b1 | a1 x x x b1", "both found, but 4 words apart", id="far"),
        pytest.param("a1 NEAR/2 b1 | a1", "within 2 words of each other\n", id="near without one"),
        pytest.param("a1 ONEAR/3 b1 | b1 a1", "both found, but in the other order", id="order"),
        pytest.param("a1 ONEAR/3 b1 | a1 b1", "within 3 words, in this order", id="in order"),
        pytest.param("a1 NEAR/s b1 | a1 b1", "both in one sentence\n", id="sentence"),
        pytest.param(
            "a1 NEAR/s b1 | a1. B1", "both in one sentence: both found, but 1 word apart", id="sentences"
        ),
        pytest.param("2of(a1, b1, c1) | a1 b1", "✓ at least 2 of these 3", id="some"),
        pytest.param("(a1 OR b1) c1 | b1 c1", "✓ one of these", id="any"),
        pytest.param("a1 -b1 | a1 b1", "found, though it must not be there: “b1” in the title", id="not"),
        pytest.param("a1 | x\na1 a1 a1 a1 a1", "and 2 more", id="many places"),
        pytest.param(
            "consulate | Defectors enter a consulate", "match it as well: defection-at-mission", id="also"
        ),
        pytest.param(f"consulate {PAGE}", "e.example", id="an article"),
        pytest.param("zebra | ", "Say what to look for", id="nothing to try it on"),
        pytest.param("(a OR | text", "I cannot read this query:\n(a OR\n^", id="a mistake"),
        pytest.param("@nobody | text", "@nobody", id="an unknown entity"),
        pytest.param("border #99", "There is no stored story #99", id="no such story"),
        pytest.param("border https://e.example/gone", "the server said 404 Not Found", id="no such page"),
    ],
)
async def test_a_story_is_judged_clause_by_clause(world: World, line: str, expected: str) -> None:
    assert expected in (await world.work(f"test {line}")).text


async def test_a_stored_story_and_a_card_are_judged(world: World) -> None:
    world.card(1, "border")
    told = await world.work("test border | #1")
    assert "✓ border matches." in told.text
    assert "Story 1 at the border" in told.text


async def test_sides_in_two_fields_are_never_near(world: World) -> None:
    told = await world.work("test a1 NEAR/5 b1\na1\nb1")
    assert "both found, but never in one part of the story" in told.text


async def test_a_query_that_was_tried_can_become_a_rule(world: World) -> None:
    told = await world.work("test asylum OR refuge | Asylum")
    assert data(told) == ["backtest:asylum OR refuge", "addrule:asylum OR refuge"]
    assert data(await world.work("test border | Asylum")) == ["backtest:border"]


async def test_patterns_are_for_those_who_edit_rules(world: World) -> None:
    assert "✓ It matches." in (await world.work("test /bord.r/ | A border", EDITOR)).text
    assert "I cannot read this query" in (await world.work("test /bord.r/ | A border")).text


async def test_a_deep_rule_stays_within_one_message(world: World) -> None:
    query = " ".join(f"(word{n} OR (other{n} third{n}) OR {'x' * 80}{n})" for n in range(25))
    told = await world.work(f"test {query} | word1", EDITOR)
    assert len(told.text) < 4096
    assert told.text.endswith("/search looks for it in the past.")


def with_days(world: World, *titles: str) -> None:
    for number, title in reversed(list(enumerate(titles))):
        seen = minutes(-60 * 24 * number - 1)
        world.store.save(Outcome(state(), seen, (Kept(story(title, key=f"{number} {title}")),)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("asylum", "Backtest of “asylum”\n3 hits in 5 stories from 28 Aug to 27 Sep", id="query"),
        pytest.param("asylum 2d", "2 hits in 2 stories from 25 Sep to 27 Sep", id="two days"),
        pytest.param("border", "• 25 Sep 09:59 UTC, Example: A border town #3", id="samples"),
        pytest.param("border", "No other rule hits any of them.", id="alone"),
        pytest.param("zebra", "It would have been silent", id="silence"),
        pytest.param("asylum", "defection-at-mission hits 33% of them, too.", id="overlap"),
        pytest.param("title:defector", "⚠ It says nearly the same as defection-at-mission", id="the same"),
        pytest.param("asylum 2000d", "a year at most", id="too far"),
        pytest.param("", "Which rule, or what query?", id="nothing"),
        pytest.param("defection-at-mision", "Did you mean /backtest defection-at-mission?", id="misspelt"),
        pytest.param("(a OR", "I cannot read this query", id="mistake"),
    ],
)
async def test_what_a_query_would_have_raised(world: World, line: str, expected: str) -> None:
    with_days(
        world, "Asylum for defector at consulate", "Asylum", "A border town", "", "Asylum seekers and asylum"
    )
    assert expected in (await world.work(f"backtest {line}", EDITOR)).text


async def test_what_is_too_much_and_from_one_source_is_told(world: World) -> None:
    for hour in reversed(range(700)):
        kept = Kept(story(f"Zebra {hour}", key=str(hour)))
        world.store.save(Outcome(state(), minutes(-60 * hour), (kept,)))
    told = (await world.work("backtest zebra 30d", EDITOR)).text
    assert "About 23 a day; most on" in told
    assert "⚠ Nobody reads so many" in told
    assert "⚠ 100% come from Example." in told


async def test_an_empty_archive_is_told(world: World) -> None:
    assert "No story of that time is stored" in (await world.work("backtest border", EDITOR)).text


async def test_a_story_without_a_title_still_has_its_link(world: World) -> None:
    kept = Kept(story("", key="x", text="zebra", url="https://e.example/1"))
    world.store.save(Outcome(state(), minutes(-1), (kept,)))
    told = await world.work("backtest zebra", EDITOR)
    assert "(no title)" in told.text
    assert [mark.url for mark in told.marks if mark.url] == ["https://e.example/1"]


async def test_a_backtest_shows_how_far_it_came_now_and_then(world: World) -> None:
    world.stories(*(f"Border {number}" for number in range(700)))
    shown: list[Message] = []
    told = await world.work("backtest border", EDITOR, shown)
    assert "700 hits" in told.text
    assert [each.text for each in shown] == ["Looking at stored stories: 0% …"]


def test_a_backtest_takes_turns_and_ends_where_nobody_needs_more() -> None:
    rules = book(rule("border", "border"))
    world = World(book=rules)
    world.stories(*(f"Border {number}" for number in range(MOST_RAISED + 300)))
    test = Backtest(rules, "BORDER", since=NOW - timedelta(days=9), until=NOW, zone=UTC)
    test.prepare()
    steps = 1
    while test.step(world.store, world.clock):
        steps += 1
    trial = test.finish()
    assert steps > MOST_RAISED // 200
    assert (trial.asked, trial.hits, trial.since) == ("border", MOST_RAISED, NOW)


def test_a_step_ends_when_its_time_is_over() -> None:
    rules = book(rule("border", "border"))
    world = World(book=rules)
    world.stories(*(f"Border {number}" for number in range(50)))
    test = Backtest(rules, "border", since=NOW - timedelta(days=9), until=NOW, zone=UTC)
    test.prepare()

    def hurried() -> datetime:
        world.clock.forward(1)
        return world.clock()

    steps = 1
    while test.step(world.store, hurried):
        steps += 1
    assert steps == 3


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param([0, 1, 8], "8 ·▁█", id="days"),
        pytest.param([0] * 64 + [4] * 2, "8 ", id="days are put together"),
        pytest.param([0], "1 ·", id="one day"),
    ],
)
def test_days_are_drawn_in_one_line(counts: list[int], expected: str) -> None:
    days = [(NOW.date() + timedelta(days=number), count) for number, count in enumerate(counts)]
    drawn, dates = plot(days)
    assert drawn.startswith(expected)
    assert len(drawn) <= 34
    assert "27 Sep" in dates
