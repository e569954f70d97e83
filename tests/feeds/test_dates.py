"""Dates as publishers write them: right to the minute, or honestly unknown."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import pytest

from monitor.feeds.dates import KOREA, misread, read, zoneless

TEN = datetime(2026, 9, 27, 10, 0, tzinfo=UTC)  # 19:00 in Korea, 13:00 in Moscow


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Sun,27 Sep 2026 19:00:00 +0900", id="no space after the weekday"),
        pytest.param("Sun, 27 Sep  2026 19:00:00 +0900", id="two spaces"),
        pytest.param("27 09 2026 19:00:00 +0900", id="month in digits"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +09:00", id="colon in the offset"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +09", id="hours only"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 KST", id="KST"),
        pytest.param("Sun, 27 Sep 2026 13:00:00 MSK", id="MSK"),
        pytest.param("Sun, 27 Sep 2026 20:00:00 VLAT", id="Vladivostok"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +0900 (KST)", id="zone in a comment"),
        pytest.param("Sun, 27 Sep 2026 10:00:00 GMT", id="GMT"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 GMT+09:00", id="GMT and offset"),
        pytest.param("Sun, 27 Sep 2026 06:00:00 EDT", id="EDT"),
        pytest.param("일, 27 9월 2026 19:00:00 +0900", id="Korean weekday and month"),
        pytest.param("Вс, 27 сен 2026 13:00:00 +0300", id="Russian short names"),
        pytest.param("27 сентября 2026 г., 13:00 MSK", id="Russian long form"),
        pytest.param("2026년 9월 27일 19:00", id="Korean long form"),
        pytest.param("2026년 09월 27일 (일) 오후 7:00", id="Korean afternoon"),
        pytest.param("2026년 9월 27일 일요일 19시 0분", id="Korean hours and minutes"),
        pytest.param("2026년 9월 27일 19시", id="Korean full hour"),
        pytest.param("2026-09-27 오후 7:00:00 KST", id="digits and afternoon"),
        pytest.param("2026.09.27 19:00 KST", id="dots"),
        pytest.param("2026/09/27 19:00:00 +0900", id="slashes"),
        pytest.param("2026-09-27T19:00:00.123+09:00", id="ISO with fraction"),
        pytest.param("2026-09-27T10:00:00Z", id="ISO in UTC"),
        pytest.param("  2026-09-27 19:00:00 KST ", id="spaces around"),
    ],
)
def test_known_forms_are_right_to_the_minute(written: str) -> None:
    moment = read(written)
    assert moment is not None
    assert moment.tzinfo is UTC
    assert moment.replace(second=0, microsecond=0) == TEN


@pytest.mark.parametrize(
    ("written", "local", "hour"),
    [
        pytest.param("2026-09-27 19:00:00", KOREA, 10, id="Korean wall clock"),
        pytest.param("2026-09-27 19:00:00", UTC, 19, id="nothing known"),
        pytest.param("Sun, 27 Sep 2026 19:00:00", KOREA, 10, id="mail form"),
        pytest.param("2026-09-27T19:00:00Z", KOREA, 19, id="a named zone wins"),
        pytest.param("2026-09-27 오전 12:30", UTC, 0, id="half past midnight"),
        pytest.param("2026-09-27 오후 12:30", UTC, 12, id="half past noon"),
    ],
)
def test_a_date_without_zone_counts_in_the_local_one(written: str, local: tzinfo, hour: int) -> None:
    moment = read(written, local=local)
    assert moment is not None
    assert moment.hour == hour


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("", id="empty"),
        pytest.param("yesterday", id="word"),
        pytest.param("2026-09-27", id="no time of day: feedparser's"),
        pytest.param("Sun, 31 Feb 2026 19:00:00 +0900", id="no such day"),
        pytest.param("27 13 2026 19:00:00 +0900", id="no such month"),
        pytest.param("Sun, 27 Foo 2026 19:00:00 +0900", id="no such month name"),
        pytest.param("Sun, 27 Sep 2026 25:00:00 +0900", id="no such hour"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +9900", id="no such offset"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 XYZ", id="no such zone"),
        pytest.param("0000-01-01 00:00:00", id="year nought"),
        pytest.param("0001-01-01 00:00:00 +0900", id="before the first year"),
        pytest.param("1" * 5000, id="digits without end"),
    ],
)
def test_what_is_not_understood_is_none(written: str) -> None:
    assert read(written) is None


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        pytest.param("2026년 구월", True, id="Korean words"),
        pytest.param("вчера в 13:00", True, id="Russian words"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 ALMT", True, id="zone unknown to feedparser and us"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 EST", False, id="standard zone"),
        pytest.param("2026-09-27", False, id="day only"),
        pytest.param("Κυρ, 27 Σεπ 2026 19:00:00 EET", False, id="Greek is read by feedparser"),
    ],
)
def test_what_feedparser_would_misread_is_recognised(written: str, wrong: bool) -> None:
    assert misread(written) is wrong


def test_zoneless_dates_are_told_apart() -> None:
    assert zoneless("2026-09-27 19:00:00")
    assert zoneless("Sun, 27 Sep 2026 19:00")
    assert not zoneless("2026-09-27 19:00:00 KST")
    assert not zoneless("2026-09-27")
