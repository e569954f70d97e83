"""The workbench over stored stories: backtest, near misses, coverage, explanations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db.memory import MemoryStore
from monitor.core.authoring.nearmiss import Cause
from monitor.core.authoring.trial import Trial
from monitor.core.match.explain import Explanation
from monitor.core.model import Kept, Outcome, RuleBook, RuleId, Story
from monitor.desk.answers import QueryMistake, UnknownRule
from monitor.desk.backtesting import MOST_COMPARED
from monitor.desk.workbench import (
    Misses,
    backtest,
    covered,
    explain_rule,
    find_rule,
    find_story,
    near_misses,
)
from monitor.ports import Store
from tests.build import FEED, NOW, book, minutes, rule, state, story

DAY = timedelta(days=1)
BOOK = book(
    rule("refuge", "consulate asylum", unless="film"),
    rule("mission", "consulate OR embassy"),
    rule("rare", "zebra"),
)


def stored(*stories: tuple[float, str] | tuple[float, Story]) -> Store:
    """A store with stories that were seen so many minutes after NOW."""
    store = MemoryStore()
    store.sync_feeds([FEED], NOW)
    for number, (minute, what) in enumerate(sorted(stories, key=lambda each: each[0])):
        one = what if isinstance(what, Story) else story(what, key=str(number))
        store.save(Outcome(state(), minutes(minute), (Kept(one),)))
    return store


def tried(store: Store, asked: str, of: RuleBook = BOOK, since: datetime = NOW - DAY) -> Trial:
    told: list[float] = []
    found = backtest(store, of, asked, since=since, now=NOW, zone=UTC, progress=told.append)
    assert told[-1] == 1.0
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)
    assert isinstance(found, Trial)
    return found


def missed(store: Store, asked: str | None = None, limit: int = 20, of: RuleBook = BOOK) -> Misses:
    found = near_misses(store, of, asked, since=NOW - DAY, now=NOW, limit=limit, progress=lambda _: None)
    assert isinstance(found, Misses)
    return found


NEWS = (
    (-10, "Asylum at the consulate"),
    (-20, "Consulate asylum film"),
    (-30, "Embassy opens"),
    (-40, "Nothing to see"),
)


def test_a_rule_is_tried_by_its_id_with_its_unless() -> None:
    found = tried(stored(*NEWS), "Refuge")
    assert found.asked == "refuge"
    assert [one.stored.story.title for one in found.samples] == ["Asylum at the consulate"]
    assert (found.hits, found.stories) == (1, 4)
    assert [(one.rule, one.both, one.theirs) for one in found.overlaps] == [("mission", 1, 3)]


def test_a_query_is_tried_as_a_rule_would_be() -> None:
    found = tried(stored(*NEWS), "asylum OR embassy")
    assert found.hits == 3
    assert [(one.rule, one.both, one.theirs) for one in found.overlaps] == [
        ("mission", 3, 3),
        ("refuge", 1, 1),
    ]
    assert found.samples[0].others == ("refuge", "mission")
    assert [e.surface for e in found.samples[0].evidence] == ["Asylum"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("a OR b c", id="two readings"),
        pytest.param("@nobody", id="an unknown entity"),
        pytest.param("rule:refuge", id="what only a search may ask"),
    ],
)
def test_a_query_that_no_rule_could_have_is_a_mistake(asked) -> None:
    found = backtest(stored(), BOOK, asked, since=NOW - DAY, now=NOW, zone=UTC, progress=lambda _: None)
    assert isinstance(found, QueryMistake)
    assert found.error.position <= len(asked)


def test_only_what_was_news_in_the_time_counts() -> None:
    store = stored(
        (-3000, "Embassy long ago"),
        (-20, story("Embassy, an old story seen now", published=minutes(-3000))),
        (-10, "Embassy today"),
    )
    found = tried(store, "embassy")
    assert [one.stored.story.title for one in found.samples] == ["Embassy today"]
    assert found.stories == 1


def test_among_very_many_rules_the_figures_stay_the_same() -> None:
    many = book(*BOOK.rules, *(rule(f"n{i}", f"nothing{i}") for i in range(MOST_COMPARED)))
    few, all_ = tried(stored(*NEWS), "refuge"), tried(stored(*NEWS), "refuge", many)
    assert replace(few, overlaps=()) == replace(all_, overlaps=())
    assert few.overlaps == all_.overlaps


def test_a_bound_on_age_counts_from_when_the_story_was_seen() -> None:
    store = stored(
        (-500, story("Embassy fresh then", published=minutes(-510))),
        (-5, story("Embassy old when seen", published=minutes(-600))),
    )
    found = tried(store, "embassy within:1h")
    assert [one.stored.story.title for one in found.samples] == ["Embassy fresh then"]


def test_near_misses_of_all_rules_are_counted_and_the_newest_shown() -> None:
    found = missed(stored(*NEWS, (-5, "Asylum granted")), limit=2)
    assert found.counts == (("refuge", 2), ("mission", 0), ("rare", 0))
    assert [(each.stored.story.title, each.miss.cause) for each in found.newest] == [
        ("Asylum granted", Cause.LACKS),
        ("Consulate asylum film", Cause.UNLESS),
    ]
    assert found.clauses == (("refuge", "consulate", 1), ("refuge", "film", 1))


def test_no_more_near_misses_are_kept_than_asked_for() -> None:
    found = missed(stored(*((-n, f"Asylum {n}") for n in range(1, 9))), "refuge", limit=3)
    assert [each.stored.story.title for each in found.newest] == ["Asylum 1", "Asylum 2", "Asylum 3"]
    assert found.counts == (("refuge", 8),)


def test_a_rule_that_nothing_can_just_miss_has_no_near_misses() -> None:
    found = missed(stored(*NEWS), "rare")
    assert (found.counts, found.newest) == ((("rare", 0),), ())


def test_an_unknown_rule_is_answered_with_the_nearest() -> None:
    found = near_misses(stored(), BOOK, "refug", since=NOW - DAY, now=NOW, progress=lambda _: None)
    assert found == UnknownRule("refug", "refuge", ("refuge", "mission", "rare"))
    assert explain_rule(BOOK, "refug", story()) == found


def test_a_rule_is_found_whatever_the_case() -> None:
    assert find_rule(BOOK, "REFUGE") == BOOK.rules[0]


def test_an_explanation_is_for_the_rule_that_was_named() -> None:
    found = explain_rule(BOOK, "refuge", story("Consulate closes"))
    assert isinstance(found, Explanation)
    assert found.rule == RuleId("refuge")
    assert found.failing is not None
    assert found.failing.clause == "asylum"


def test_a_stored_story_is_found_by_its_number() -> None:
    store = stored((-20, "one"), (-10, "two"))
    found = find_story(store, 1)
    assert found is not None
    assert found.story.title == "one"
    assert find_story(store, 3) is None
    assert find_story(stored(), 1) is None


def test_coverage_knows_of_feeds_only_when_they_were_polled() -> None:
    store = stored()
    assert not covered(None, BOOK).polled
    assert not covered(store, BOOK).polled
    store.save_state(state(last_poll_at=NOW, failures=5, last_error="gone"))
    found = covered(store, BOOK)
    assert found.polled
    assert [cell.standing.value for cell in found.cells] == ["failing"] * 3
