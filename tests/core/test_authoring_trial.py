"""The figures of a backtest."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.authoring.trial import Overlap, Raised, Trial, assess, moment
from monitor.core.model import Evidence, RuleId, StoredStory
from tests.build import NOW, minutes, story

DAY = 24 * 60


def raised(
    number: int,
    minute: float = 0,
    title: str | None = None,
    *,
    source: str = "Example",
    others: tuple[str, ...] = (),
    places: int = 2,
) -> Raised:
    """A hit that was news so many minutes before NOW, and seen a little later."""
    of = story(title or f"Story {number}", published=minutes(-minute), source=source)
    found = tuple(Evidence("a", "a", "title", at, at + 1, "a") for at in range(places))
    return Raised(StoredStory(number, of, minutes(1)), found, tuple(map(RuleId, others)))


def trial(*hits: Raised, days: float = 2, stories: int = 100, zone=UTC, **others: int) -> Trial:
    counted = {RuleId(name): count for name, count in others.items()}
    since = NOW - timedelta(days=days)
    return assess("q", hits, since=since, until=NOW, stories=stories, others=counted, zone=zone)


@pytest.mark.parametrize(
    ("published", "seen", "expected"),
    [
        pytest.param(None, 5, 5, id="no date"),
        pytest.param(3, 5, 3, id="its own date"),
        pytest.param(9, 5, 5, id="a date in the future"),
    ],
)
def test_a_story_was_news_at_its_own_date_unless_it_is_missing_or_too_late(published, seen, expected) -> None:
    of = story(published=None if published is None else minutes(published))
    assert moment(StoredStory(1, of, minutes(seen))) == minutes(expected)


def test_every_day_is_counted_those_without_hits_too() -> None:
    found = trial(raised(1), raised(2, 2 * DAY - 1), raised(3, 2 * DAY - 2))
    assert found.hits == 3
    assert found.days == ((date(2026, 9, 25), 2), (date(2026, 9, 26), 0), (date(2026, 9, 27), 1))


def test_days_are_those_of_the_zone() -> None:
    found = trial(raised(1, 13 * 60), days=1, zone=ZoneInfo("Asia/Seoul"))  # 21:00 UTC of the day before
    assert found.days == ((date(2026, 9, 26), 0), (date(2026, 9, 27), 1))


def test_samples_are_the_newest_five() -> None:
    found = trial(*(raised(n, minute) for n, minute in enumerate([50, 10, 40, 20, 60, 30, 30], start=1)))
    assert [one.stored.id for one in found.samples] == [2, 4, 7, 6, 3]


def test_overlap_is_told_both_ways_largest_first() -> None:
    hits = [raised(1, others=("big", "small")), raised(2, others=("big",)), raised(3), raised(4)]
    assert trial(*hits, big=20, small=1, never=5).overlaps == (
        Overlap(RuleId("big"), 2, 20, 0.5, 0.1),
        Overlap(RuleId("small"), 1, 1, 0.25, 1.0),
    )


def test_noise_is_told_in_rates_and_shares() -> None:
    hits = [
        raised(1, title="The Same  story", places=1, source="A"),
        raised(2, title="the same story", source="A"),
        raised(3, 1 * DAY, source="B"),
        raised(4, 1 * DAY, source="A", places=1),
    ]
    noise = trial(*hits, days=2, stories=1000).noise
    assert noise is not None
    assert (noise.a_day, noise.a_week, noise.per_thousand) == (2.0, 14.0, 4.0)
    assert noise.worst_day == (date(2026, 9, 26), 2)
    assert noise.titles == 3
    assert noise.single == 0.5
    assert (noise.source, noise.source_share) == ("A", 0.75)


def test_less_than_a_day_is_not_blown_up() -> None:
    noise = trial(raised(1), days=0.1).noise
    assert noise is not None
    assert noise.a_day == 1.0


def test_stories_that_went_meanwhile_do_not_break_the_figures() -> None:
    noise = trial(raised(1), stories=0).noise
    assert noise is not None
    assert noise.per_thousand == 1000.0


def test_without_hits_there_is_no_noise() -> None:
    found = trial(days=1, big=4)
    assert (found.hits, found.noise, found.samples, found.overlaps) == (0, None, (), ())
    assert [count for _, count in found.days] == [0, 0]
