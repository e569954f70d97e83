"""Dates as publishers write them: right to the minute, or honestly unknown."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from monitor.feeds.dates import KOREA, MOSCOW, handler, local_zone, read, zoneless

TEN = datetime(2026, 9, 27, 10, 0, tzinfo=UTC)  # 19:00 in Korea, 13:00 in Moscow


def minute(written: str, local: tzinfo = UTC) -> datetime | None:
    found = read(written, local=local)
    return found and found.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Sun,27 Sep 2026 19:00:00 +0900", id="no space after the weekday"),
        pytest.param("Sun, 27 Sep  2026 19:00:00 +0900", id="two spaces"),
        pytest.param("Sun, 27 Sep 26 19:00:00 +0900", id="two digits of the year"),
        pytest.param("27 09 2026 19:00:00 +0900", id="month in digits"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +09:00", id="colon in the offset"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +09", id="hours only"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 KST", id="KST"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +0900 KST", id="offset and name"),
        pytest.param("Sun, 27 Sep 2026 13:00:00 MSK", id="MSK"),
        pytest.param("Sun, 27 Sep 2026 20:00:00 VLAT", id="Vladivostok"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +0900 (KST)", id="zone in a comment too"),
        pytest.param("2026.09.27 19:00 (KST)", id="zone in a comment alone"),
        pytest.param("Sun, 27 Sep 2026 10:00:00 GMT", id="GMT"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 GMT+09:00", id="GMT and offset"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 UTC+9", id="UTC and hours"),
        pytest.param("Sun, 27 Sep 2026 06:00:00 EDT", id="EDT"),
        pytest.param("Sun, 27 Sep 2026 06:00 ET", id="the East of America, in summer"),
        pytest.param("Sun, 27 Sep 2026 03:00:00 America/Los_Angeles", id="IANA name"),
        pytest.param("일, 27 9월 2026 19:00:00 +0900", id="Korean weekday and month"),
        pytest.param("Вс, 27 сен 2026 13:00:00 +0300", id="Russian short names"),
        pytest.param("27 сентября 2026 г., 13:00 MSK", id="Russian long form"),
        pytest.param("27 сен 2026, 20:00 МСК+7", id="Russian time counted from Moscow"),
        pytest.param("27.09.2026 13:00 по московскому времени", id="Moscow time in words"),
        pytest.param("2026-09-27 19:00 한국시간", id="Korean time in words"),
        pytest.param("2026년 9월 27일 19:00", id="Korean long form"),
        pytest.param("2026년9월27일 오후 7시", id="Korean without spaces"),
        pytest.param("2026년 09월 27일 (일) 오후 7:00", id="Korean afternoon"),
        pytest.param("2026년 9월 27일 일요일 19시 0분", id="Korean hours and minutes"),
        pytest.param("2026년 9월 27일 19시", id="Korean full hour"),
        pytest.param("２０２６년 ９월 ２７일 １９:００", id="wide digits"),
        pytest.param("2026-09-27 오후 7:00:00 KST", id="digits and afternoon"),
        pytest.param("2026-09-27 PM 07:00 KST", id="PM before the time"),
        pytest.param("2026.09.27 19:00 KST", id="dots"),
        pytest.param("2026/09/27 19:00:00 +0900", id="slashes"),
        pytest.param("2026-09-27T19:00:00.123+09:00", id="ISO with fraction"),
        pytest.param("2026-09-27T19:00:00.000+09:00[Asia/Seoul]", id="Java's zoned form"),
        pytest.param("2026-09-27T10:00:00Z", id="ISO in UTC"),
        pytest.param("20260927T190000+0900", id="ISO without marks"),
        pytest.param("Sun Sep 27 19:00:00 KST 2026", id="Java's form"),
        pytest.param("Sun Sep 27 2026 19:00:00 GMT+0900 (한국 표준시)", id="JavaScript's form"),
        pytest.param("Sunday, 27-Sep-26 10:00:00 GMT", id="RFC 850"),
        pytest.param("Sunday, September 27, 2026 - 7:00pm KST", id="English long form"),
        pytest.param("Sun, 27th Sep 2026 19:00 KST", id="ordinal day"),
        pytest.param("입력 : 2026.09.27 19:00 KST", id="a word before it"),
        pytest.param("dim., 27 septembre 2026 10:00:00 +0000", id="French"),
        pytest.param("1790503200", id="seconds since 1970"),
        pytest.param("1790503200000", id="and milliseconds"),
        pytest.param("  2026-09-27\u00a019:00:00 KST\n", id="spaces of all kinds"),
    ],
)
def test_known_forms_are_right_to_the_minute(written: str) -> None:
    assert minute(written) == TEN
    assert zoneless(written) or minute(written, ZoneInfo("America/New_York")) == TEN


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("2026-09-27 19:00:00", id="the form of ND Soft's sites"),
        pytest.param("2026-09-27 19:00:00.0", id="with Java's fraction"),
        pytest.param("2026-09-27T19:00:00", id="ISO"),
        pytest.param("Sun, 27 Sep 2026 19:00:00", id="mail form"),
        pytest.param("Sun, 27 Sep 2026 07:00:00 PM", id="mail form, twelve hours"),
        pytest.param("일, 27 9월 2026 19:00:00", id="mail form in Korean"),
        pytest.param("2026. 9. 27. 오후 7:00:00", id="dots and spaces"),
        pytest.param("2026/09/27 19:00", id="slashes"),
        pytest.param("20260927190000", id="without any marks"),
        pytest.param("202609271900", id="and without seconds"),
        pytest.param("2026-09-27 (일) 19:00", id="weekday in between"),
        pytest.param("2026年9月27日 午後7時", id="Chinese characters"),
        pytest.param("26년 9월 27일 19:00", id="short year"),
        pytest.param("27-Sep-2026 19:00", id="hyphens"),
    ],
)
def test_a_date_without_zone_counts_in_the_local_one(written: str) -> None:
    assert minute(written, KOREA) == TEN
    assert zoneless(written)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("27.09.2026 13:00", id="dots"),
        pytest.param("13:00, 27.09.2026", id="time first"),
        pytest.param("13:00 | 27 сентября 2026", id="time first, in words"),
        pytest.param("27 сентября 2026 года в 13:00", id="long form"),
        pytest.param("Воскресенье, 27 сентября 2026 г. 13:00", id="weekday"),
        pytest.param("вс, 27 сент. 2026 13:00:00", id="four letters of September"),
        pytest.param("27/09/2026 13:00", id="slashes that have one meaning"),
        pytest.param("27 сентября 2026, 1:00 дня", id="one in the afternoon"),
    ],
)
def test_russian_dates_without_zone_count_in_moscow_s(written: str) -> None:
    assert minute(written, MOSCOW) == TEN


@pytest.mark.parametrize(
    ("written", "local", "moment"),
    [
        pytest.param("2026-09-27 19:00:00", UTC, "2026-09-27T19:00Z", id="nothing known"),
        pytest.param("2026년 9월 27일 19:00", UTC, "2026-09-27T10:00Z", id="Korean words tell"),
        pytest.param("27 сентября 2026 13:00", UTC, "2026-09-27T10:00Z", id="Russian words tell"),
        pytest.param("27 сентября 2026 13:00", KOREA, "2026-09-27T04:00Z", id="rules.yaml knows better"),
        pytest.param("2026-09-27 오전 12:30", KOREA, "2026-09-26T15:30Z", id="half past midnight"),
        pytest.param("2026-09-27 오후 12:30", KOREA, "2026-09-27T03:30Z", id="half past noon"),
        pytest.param("2026-09-27 오후 19:00", KOREA, "2026-09-27T10:00Z", id="afternoon said twice"),
        pytest.param("2026-09-27 24:00", KOREA, "2026-09-27T15:00Z", id="midnight at the end"),
        pytest.param("2026-09-27", KOREA, "2026-09-26T15:00Z", id="a day begins at midnight there"),
        pytest.param("2016-12-31T23:59:60Z", UTC, "2017-01-01T00:00Z", id="leap second"),
        pytest.param(
            "Thu, 01 Mar 2012 13:00:00 MSK", UTC, "2012-03-01T09:00Z", id="Moscow between 2011 and 2014"
        ),
        pytest.param("Fri, 01 Jul 2005 13:00", MOSCOW, "2005-07-01T09:00Z", id="Moscow had summer time"),
        pytest.param(
            "Sun, 27 Sep 2026 18:00 CST", ZoneInfo("Asia/Shanghai"), "2026-09-27T10:00Z", id="China's CST"
        ),
        pytest.param("Sun, 27 Sep 2026 05:00 CDT", UTC, "2026-09-27T10:00Z", id="America's CDT"),
        pytest.param(
            "Sun, 27 Sep 2026 15:30 IST", ZoneInfo("Asia/Kolkata"), "2026-09-27T10:00Z", id="India's IST"
        ),
        pytest.param("Fri, 05/03/2019 15:21", UTC, "2019-05-03T15:21Z", id="the weekday tells the month"),
        pytest.param("2026-09", UTC, "2026-09-01T00:00Z", id="W3C: a month"),
    ],
)
def test_zones_and_hours_are_what_they_were_there_and_then(written: str, local: tzinfo, moment: str) -> None:
    assert read(written, local=local) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("", id="empty"),
        pytest.param("yesterday", id="word"),
        pytest.param("вчера в 13:00", id="Russian words"),
        pytest.param("2026년 구월", id="Korean words"),
        pytest.param("10:00", id="no day"),
        pytest.param("Sun, 31 Feb 2026 19:00:00 +0900", id="no such day"),
        pytest.param("27 13 2026 19:00:00 +0900", id="no such month"),
        pytest.param("Sun, 27 Foo 2026 19:00:00 +0900", id="no such month name"),
        pytest.param("Sun, 27 Sep 2026 25:00:00 +0900", id="no such hour"),
        pytest.param("2026-09-27 오전 13:00", id="no such morning"),
        pytest.param("2003-12-31T10:14:61Z", id="no such second"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +9900", id="no such offset"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 +0960", id="no such minutes of an offset"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 XYZ", id="no such zone"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 Asia/Nowhere", id="no such place"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 Etc/GMT-9", id="a place that says the contrary"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 XYZ+9", id="no such zone to count from"),
        pytest.param("Sun, 27 Sep 2026 15:30 IST", id="a zone of three countries"),
        pytest.param("9/10/2026 10:00", id="September or October"),
        pytest.param("30.02.2026", id="February"),
        pytest.param("02/30/2026", id="February in American"),
        pytest.param("0000-01-01 00:00:00", id="year nought"),
        pytest.param("0001-01-01 00:00:00 +0900", id="before the first year"),
        pytest.param("9999-12-31T23:59:59-09:00", id="behind the last year"),
        pytest.param("2026-09-27 10:00 and 2026-09-28", id="two dates"),
        pytest.param("1" * 5000, id="digits without end"),
        pytest.param("2026.09", id="feedparser would make up a day"),
    ],
)
def test_what_is_not_understood_is_none_and_feedparser_shall_not_guess(written: str) -> None:
    assert read(written) is None
    found = handler(written)
    assert found is not None
    assert found[0] == 1


def test_feedparser_gets_what_we_read_and_keeps_what_only_it_knows() -> None:
    assert tuple(handler("Sun, 27 Sep 2026 19:00:00 KST") or ())[:5] == (2026, 9, 27, 10, 0)
    assert handler("Κυρ, 27 Σεπ 2026 19:00:00 EET") is None
    assert handler("2004-július-13T9:15-05:00") is None


def test_zoneless_dates_are_told_apart() -> None:
    assert zoneless("2026-09-27 19:00:00")
    assert not zoneless("2026-09-27 19:00:00 KST")
    assert not zoneless("2026-09-27")
    assert not zoneless("soon")


@pytest.mark.parametrize(
    ("zone", "lang", "name"),
    [
        pytest.param(None, "ko", "Asia/Seoul", id="Korean"),
        pytest.param(None, "ru", "Europe/Moscow", id="Russian"),
        pytest.param(None, "en", "UTC", id="English"),
        pytest.param(None, None, "UTC", id="unknown"),
        pytest.param("Asia/Vladivostok", "ru", "Asia/Vladivostok", id="rules.yaml wins"),
        pytest.param("Asia/Nowhere", "ko", "Asia/Seoul", id="unknown zone"),
    ],
)
def test_a_feed_s_own_zone_is_named_or_that_of_its_language(
    zone: str | None, lang: str | None, name: str
) -> None:
    assert str(local_zone(zone, lang)) == name
