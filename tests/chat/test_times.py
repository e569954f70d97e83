"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from monitor.chat.times import read_hours, split_end, zone_named
from tests.build import NOW, minutes

SEOUL = ZoneInfo("Asia/Seoul")  # NOW is 19:00 there


@pytest.mark.parametrize(
    ("words", "rest", "end"),
    [
        pytest.param("border for 2h", "border", minutes(120), id="hours"),
        pytest.param("border 30m", "border", minutes(30), id="without-for"),
        pytest.param("border for 2 days", "border", minutes(2880), id="a-word"),
        pytest.param("#7 FOR 1W", "#7", minutes(10080), id="capitals"),
        pytest.param('"talks for 2h" for 1d', '"talks for 2h"', minutes(1440), id="the-last-one-counts"),
        pytest.param('"talks for 2h"', '"talks for 2h"', None, id="inside-quotes-is-none"),
        pytest.param("border for 0m", "border", None, id="no-time-at-all"),
        pytest.param("border for 99999d", "border", None, id="too-long"),
        pytest.param("border", "border", None, id="none"),
        pytest.param("border until", "border", None, id="until-what"),
        pytest.param("border until 20:00", "border", minutes(60), id="clock"),
        pytest.param("border until 19:00", "border", minutes(1440), id="clock-tomorrow"),
        pytest.param("border until 25:00", "border", None, id="no-such-hour"),
        pytest.param("border until 2026-09-28 19:30", "border", minutes(1470), id="date-and-clock"),
        pytest.param("border until 2026-09-28", "border", minutes(300), id="date"),
        pytest.param("border until 2026-02-30", "border", None, id="no-such-day"),
        pytest.param("border until 2026-01-01", "border", None, id="past"),
        pytest.param("border until 9999-12-31", "border", None, id="far"),
        pytest.param("for 1h", "", minutes(60), id="nothing-else"),
    ],
)
def test_a_time_stands_at_the_end(words: str, rest: str, end: datetime | None) -> None:
    assert split_end(words, NOW, SEOUL) == (rest, end)


def test_a_date_beyond_the_calendar_of_utc_is_none() -> None:
    assert split_end("border until 0001-01-01 00:00", NOW, SEOUL) == ("border", None)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("22:00-07:00", (time(22), time(7), ""), id="alone"),
        pytest.param("9:30 – 24:00 Asia/Seoul", (time(9, 30), time(0), "Asia/Seoul"), id="midnight-and-zone"),
        pytest.param("22:00-22:00", None, id="equal"),
        pytest.param("22:00-26:00", None, id="no-such-hour"),
        pytest.param("22:70-07:00", None, id="no-such-minute"),
        pytest.param("night", None, id="words"),
    ],
)
def test_hours_are_read(words: str, found: object) -> None:
    assert read_hours(words) == found


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Asia/Seoul", "Asia/Seoul"),
        ("europe/berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("seoul", "Asia/Seoul"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_found_however_it_is_written(name: str, zone: str) -> None:
    found = zone_named(name)

    assert found is not None
    assert found.key == zone
    assert NOW.astimezone(found).astimezone(UTC) == NOW


def test_no_zone_is_guessed() -> None:
    assert zone_named("moon") is None
