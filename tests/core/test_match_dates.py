from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.language import Dialect, parse
from monitor.core.match import History, compile_book, compile_query, history_of
from monitor.core.match.plan import Aged
from monitor.core.model import (
    Evidence,
    FeedUrl,
    Level,
    Rule,
    RuleBook,
    RuleId,
    StoredStory,
    Story,
    StoryKey,
)

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def story(published: datetime | None) -> Story:
    return Story(FeedUrl("https://example.org/rss"), StoryKey("1"), "consulate", published=published)


def matches(
    query: str, published: datetime | None, now: datetime | None = None, history: History | None = None
) -> bool:
    return compile_query(parse(query), {}).evidence(story(published), now, history) is not None


@pytest.mark.parametrize(
    ("query", "published", "found"),
    [
        pytest.param("after:2026-09-01", datetime(2026, 9, 1, tzinfo=UTC), True, id="first moment"),
        pytest.param("after:2026-09-01", datetime(2026, 8, 31, 23, 59, tzinfo=UTC), False, id="too early"),
        pytest.param("before:2026-09-02", datetime(2026, 9, 1, 23, 59, tzinfo=UTC), True, id="last moment"),
        pytest.param("before:2026-09-02", datetime(2026, 9, 2, tzinfo=UTC), False, id="too late"),
        pytest.param("within:24h", NOON - 24 * HOUR, True, id="just within"),
        pytest.param("within:24h", NOON - 24 * HOUR - timedelta(seconds=1), False, id="just too old"),
        pytest.param("within:1d", NOON - 24 * HOUR, True, id="a day"),
        pytest.param("within:30m", NOON - HOUR, False, id="half an hour"),
        pytest.param("within:2W", NOON - 14 * 24 * HOUR, True, id="two weeks"),
        pytest.param("within:24h", NOON + 9 * HOUR, True, id="from the future"),
        pytest.param("consulate -within:24h", NOON - 25 * HOUR, True, id="older than"),
        pytest.param("consulate (after:2026-10-01 OR before:2026-09-02)", NOON, True, id="one of two"),
    ],
)
def test_dates_bound_the_publication(query: str, published: datetime, found: bool) -> None:
    assert matches(query, published, NOON) is found


@pytest.mark.parametrize(
    ("query", "now", "seen_at", "found"),
    [
        pytest.param("after:2026-09-01", NOON, None, True, id="a new story is of now"),
        pytest.param("after:2026-09-02", NOON, None, False, id="now is too early"),
        pytest.param("within:1h", NOON, None, True, id="a new story is new"),
        pytest.param(
            "within:1h", NOON, NOON - 2 * HOUR, False, id="a stored one is as old as its first sight"
        ),
        pytest.param("after:2026-09-01", NOON, NOON - 24 * HOUR, False, id="first seen too early"),
        pytest.param("after:2026-09-01", None, None, False, id="no date at all"),
        pytest.param("before:2026-09-01", None, None, False, id="no date at all, before"),
        pytest.param("within:1h", None, None, True, id="no moment"),
    ],
)
def test_a_story_without_a_date_has_that_of_its_first_sight(
    query: str, now: datetime | None, seen_at: datetime | None, found: bool
) -> None:
    history = History(seen_at=seen_at) if seen_at else None
    assert matches(f"consulate {query}", None, now, history) is found


def test_the_date_is_shown() -> None:
    finder = compile_query(parse("within:2h"), {})
    shown = "2026-09-01 11:00 UTC"
    assert finder.evidence(story(NOON - HOUR), NOON) == (
        Evidence("within:2h", "2h", "published", 0, len(shown), shown),
    )
    assert finder.evidence(story(None)) == ()
    assert finder.plan == Aged(age=2 * HOUR)


def test_without_a_moment_nothing_is_too_old() -> None:
    assert matches("within:1h", datetime(1990, 1, 1, tzinfo=UTC))


def test_rules_count_from_the_moment_of_matching() -> None:
    fresh = Rule(RuleId("fresh"), parse("consulate within:1h", Dialect.RULE), None, Level.FLASH)
    matcher = compile_book(RuleBook(rules=(fresh,)))
    assert [hit.rule for hit in matcher.hits(story(NOON - HOUR), NOON)] == ["fresh"]
    assert not matcher.hits(story(NOON - 2 * HOUR), NOON)
    assert matcher.hits(story(NOON - 2 * HOUR))


STORED = History((RuleId("defection"), RuleId("drill")), Level.ALERT, 17, muted=True)


@pytest.mark.parametrize(
    ("query", "history", "surface"),
    [
        pytest.param("rule:Defection", STORED, "defection", id="rule"),
        pytest.param("rule:defect", STORED, None, id="part of a rule"),
        pytest.param("rule:(a OR drill)", STORED, "drill", id="one of two"),
        pytest.param("rule:(drill -defection)", STORED, None, id="without the other"),
        pytest.param("level:ALERT", STORED, "alert", id="level"),
        pytest.param("level:flash", STORED, None, id="other level"),
        pytest.param("card:17", STORED, "17", id="card"),
        pytest.param("card:#17", STORED, "17", id="card as it is shown"),
        pytest.param("card:1", STORED, None, id="other card"),
        pytest.param("is:muted", STORED, "muted", id="muted"),
        pytest.param("is:muted", History(), None, id="not muted"),
        pytest.param("level:alert", History(), None, id="no hit"),
        pytest.param("card:17", History(), None, id="no card"),
        pytest.param("rule:defection", None, None, id="new story"),
    ],
)
def test_history_is_what_is_stored(query: str, history: History | None, surface: str | None) -> None:
    found = compile_query(parse(query), {}).evidence(story(NOON), NOON, history)
    assert (found and found[0].surface) == surface


def test_a_stored_story_has_a_history() -> None:
    stored = StoredStory(1, story(None), NOON, (RuleId("a"), RuleId("b"), RuleId("gone")), 17)
    levels = {RuleId("a"): Level.INFO, RuleId("b"): Level.FLASH}
    assert history_of(stored, levels) == History(stored.rules, Level.FLASH, 17, seen_at=NOON)
    assert history_of(StoredStory(1, story(None), NOON), levels) == History(seen_at=NOON)
