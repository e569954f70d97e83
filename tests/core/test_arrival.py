"""Dates that cannot be true are replaced by the time of first sight, and say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.arrival import plausible
from monitor.core.model import FeedUrl, Story, StoryKey

NOW = datetime(2026, 9, 27, 12, 0, tzinfo=UTC)
STORY = Story(FeedUrl("https://news.example/feed.xml"), StoryKey("1"), "Title")


@pytest.mark.parametrize(
    "published",
    [
        pytest.param(None, id="none"),
        pytest.param(NOW - timedelta(days=9000), id="old"),
        pytest.param(NOW, id="now"),
        pytest.param(NOW + timedelta(minutes=9), id="a clock ahead"),
    ],
)
def test_what_can_be_true_stays(published: datetime | None) -> None:
    story = replace(STORY, published=published)
    assert plausible(story, NOW) == story


@pytest.mark.parametrize("ahead", [timedelta(minutes=11), timedelta(hours=9), timedelta(days=30_000)])
def test_the_future_becomes_now_and_is_marked(ahead: timedelta) -> None:
    found = plausible(replace(STORY, published=NOW + ahead), NOW)
    assert found.published == NOW
    assert "future" in found.doubt
    assert plausible(found, NOW) == found


def test_a_date_that_the_parser_found_impossible_becomes_now() -> None:
    found = plausible(replace(STORY, doubt="the feed's date '1 Jan 1970' lies before 1990"), NOW)
    assert found.published == NOW
    assert "1970" in found.doubt
