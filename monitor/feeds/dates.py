"""Reads publication dates as publishers really write them, also in Korea and Russia. Pure.

feedparser knows the standard forms and many odd ones, but drops or silently misreads several that Korean and
Russian outlets use: it has no zone for `KST` and `MSK`, and of `2026년 9월 27일` or `2026.09.27` it takes the
first four digits and makes up the rest. So `handler` is registered as its first date handler: what is read
here is right to the minute, what is not understood here is no date, and only Greek and Hungarian are left to
feedparser.

A date is taken apart by what can be told beyond doubt (the time of day with its zone, then the day), and
whatever is left over must be a weekday or another word without meaning: a date with anything else in it is
not read at all, since a wrong date is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from monitor.feeds.months import MONTHS, WEEKDAYS
from monitor.feeds.zones import KOREA, MOSCOW, is_name, local_zone, named_zone

if TYPE_CHECKING:
    import time

__all__ = ["EARLIEST", "KOREA", "MOSCOW", "handler", "local_zone", "read", "zoneless"]

EARLIEST = 1990
"""No feed is older; an earlier year is a mistake of the publisher's program."""

_LONGEST = 100  # characters; longer ones are no dates, and would only make the patterns below search long
_NO_DATE = (1, 1, 1, 0, 0, 0, 0, 1, 0)  # what feedparser is told of a date that nobody shall guess at

_AM = frozenset({"am", "오전", "午前", "上午", "утра", "ночи"})
_PM = frozenset({"pm", "오후", "午後", "下午", "дня", "вечера"})
_FIRST = "am|pm|오전|오후|午前|午後|上午|下午"  # where they stand before the time
_THEN = "am|pm|утра|ночи|дня|вечера"  # and behind it
_ZONE = (
    r"(?:(?:etc/)?[^\W\d_]{1,5})?[+-]\d{1,2}(?::?\d{2})?(?![\d/:]|\.\d)"
    r"|[a-z]{2,20}(?:/[a-z_]{2,30}){1,2}|[^\W\d_]{1,5}"
)
_HALVES = rf"(?:\s*(?P<after>{_THEN})(?!\w))"
_BEHIND = rf"(?:\s*(?P<zone>{_ZONE})(?!\w))?"
_CLOCKS = tuple(  # the surest form first
    re.compile(rf"(?:(?P<before>{_FIRST})\s*)?(?<![\d:])(?P<hour>\d{{1,2}}){form}{_BEHIND}")
    for form in (
        rf":(?P<minute>\d{{2}})(?::(?P<second>\d{{1,2}})(?:[.,]\d{{1,9}})?)?(?![\d:]){_HALVES}?",
        r"\s*[시時时](?:\s*(?P<minute>\d{1,2})\s*[분分])?(?:\s*(?P<second>\d{1,2})\s*[초秒])?",
        _HALVES,
    )
)
_YEAR = r"(?P<year>\d{4})(?!\d)"
_NAME = r"(?P<month>[^\W\d_]{3,12})"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
_SHORT_YEAR = r"(?P<year>\d{4}|'?\d{2})(?!\d)"
_DAYS = tuple(
    re.compile(form)
    for form in (
        r"(?<!\d)(?P<year>\d{4}|\d{2})\s*[년年]\s*(?P<month>\d{1,2})\s*[월月]\s*(?P<day>\d{1,2})\s*[일日号號]?(?!\d)",
        rf"(?<!\d){_YEAR}\s?(?P<mark>[-./])\s?0?(?P<month>\d{{1,2}})\s?(?P=mark)\s?(?P<day>\d{{1,2}})(?!\d)\.?",
        rf"(?<!\d){_YEAR}-{_NAME}-(?P<day>\d{{1,2}})(?!\d)",
        rf"{_DAY}[\s.,/-]*(?:de\s+)?{_NAME}\.?[\s.,/-]*(?:de[l]?\s+)?{_SHORT_YEAR}(?:\s*(?:г\.?|года|р\.?|року)(?!\w))?",
        rf"(?<!\w){_NAME}\.?[\s-]*{_DAY}[\s.,-]+{_SHORT_YEAR}",
        r"(?<!\d)(?P<day>\d{1,2})[\s.-]+(?P<month>\d{1,2})월[\s.-]+(?P<year>\d{4})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?P<mark>[-. ])(?P<month>\d{{1,2}})(?P=mark){_YEAR}(?:\s*(?:г\.?|года)(?!\w))?",
    )
)
_SLASHED = re.compile(rf"(?<!\d)(?P<one>\d{{1,2}})/(?P<two>\d{{1,2}})/{_YEAR}")
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)"
    r"(?:[ t]?(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?(?P<zone>z|[+-]\d{2}:?\d{2})?)?"
)
_MONTH_ALONE = re.compile(r"(?P<year>(?:19|20)\d{2})(?:-(?P<month>[01]\d))?")
_CENTURY_LATER = re.compile(r"(?P<year>\d{2})-(?P<month>\d{2})-(?P<day>\d{2})")
_EPOCH = re.compile(r"(?P<seconds>1\d{9})(?:\d{3}|\.\d{1,9})?")

_HANGUL = re.compile(r"[년월일시분]|오[전후]")
_RUSSIAN = re.compile("янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек")
_COMMENT = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_WORD = re.compile(r"[^\W\d_]+(?:/[a-z_]+)*|[+-]\d{1,2}:?\d{2}|\d+|[^\w\s]|_")
_IDLE = frozenset({"t", "at", "um", "om", "uhr", "в", "г", "года", "ч", "le", "el", "à", "a", "the", "of"})
_PUNCTUATION = frozenset(",.;-–—|:·/")
_IN_WORDS = re.compile(
    r"(?P<korea>(?:대한민국|한국)\s*(?:표준시|시간|시각)|korean?\s+standard\s+time)"
    r"|(?P<moscow>(?:по\s+)?московско(?:му|е)\s+врем(?:ени|я)|по\s+москве|по\s+мск|moscow\s+(?:standard\s+)?time)"
)
_MAIL = re.compile(
    r"[A-Z][a-z]{2}, ?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|([+-])(0\d|1[0-4])([0-5]\d))",
    re.ASCII,
)
_LEFT_TO_FEEDPARSER = re.compile("[\u0370-\u03ff]|^\\d{4}-[a-z.\u00e1\u00e9\u00fa]+-\\d{1,2}t", re.IGNORECASE)


def read(written: str, *, local: tzinfo = UTC) -> datetime | None:
    """The moment that is written there, aware and in UTC; None if it is not understood beyond doubt.

    `local` is the zone of a date that names none; where it is left out, Korean words mean Korean time and
    Russian names of months that of Moscow.
    """
    found = _read(written[: _LONGEST + 1], local)
    return found[0] if found else None


def zoneless(written: str) -> bool:
    """Whether a date that can be read has a time of day but names no zone."""
    found = _read(written[: _LONGEST + 1], UTC)
    return found is not None and not found[1]


def handler(written: str) -> time.struct_time | tuple[int, ...] | None:
    """What feedparser calls for each date: its time in UTC (zoneless ones as if they were in UTC).

    For what nobody shall guess at, a day in the year 1; None leaves a date to feedparser's own handlers.
    """
    found = read(written)
    if found is not None:
        return found.utctimetuple()
    return None if _LEFT_TO_FEEDPARSER.search(written[:_LONGEST]) else _NO_DATE


@lru_cache(maxsize=2048)
def _read(written: str, local: tzinfo) -> tuple[datetime, bool] | None:
    """The moment, and whether its zone is named (or its time of day is not)."""
    if len(written) > _LONGEST:
        return None
    standard = _standard(written)
    if standard is not None:
        return standard, True
    text = " ".join(unicodedata.normalize("NFKC", written).lower().split())
    text = text.replace("\u2212", "-").replace("a.m.", "am").replace("p.m.", "pm")
    if local is UTC:  # nobody said anything of the feed's zone, but its words tell
        local = KOREA if _HANGUL.search(text) else MOSCOW if _RUSSIAN.search(text) else local
    return _plain_digits(text, local) or _in_parts(text, local)


def _standard(written: str) -> datetime | None:
    """RFC 822 and ISO 8601 with a zone, as nearly all feeds write them: five times faster."""
    mail = _MAIL.fullmatch(written)
    try:
        if mail is not None:
            day, name, year, hour, minute, second, sign, hours, minutes = mail.groups()
            wall = datetime(
                int(year), MONTHS[name.lower()], int(day), int(hour), int(minute), int(second), tzinfo=UTC
            )
            distance = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
            return wall + distance if sign == "-" else wall - distance
        if written[10:11] == "T":
            moment = datetime.fromisoformat(written)
            return None if moment.tzinfo is None else moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, KeyError):
        pass  # seconds of 60, hours of 24 and the like
    return None


def _plain_digits(text: str, local: tzinfo) -> tuple[datetime, bool] | None:
    """`20260927190000`, seconds since 1970, and the dates of W3CDTF that leave out the day."""
    compact = _COMPACT.fullmatch(text)
    if compact is not None:
        return _moment(compact.groupdict(), compact["zone"], local)
    alone = _MONTH_ALONE.fullmatch(text) or _CENTURY_LATER.fullmatch(text)
    if alone is not None:
        named: dict[str, str | None] = {name: part for name, part in alone.groupdict().items() if part}
        named["month"] = named.get("month", "1")
        named["day"] = named.get("day", "1")
        return _moment(named, None, local)
    epoch = _EPOCH.fullmatch(text)
    return (datetime.fromtimestamp(int(epoch["seconds"]), UTC), True) if epoch else None


def _in_parts(text: str, local: tzinfo) -> tuple[datetime, bool] | None:
    """A time of day, a day, and nothing else that means anything."""
    text = _IN_WORDS.sub(lambda found: " kst " if found["korea"] else " msk ", text)
    aside = " ".join(_COMMENT.findall(text))
    text = _COMMENT.sub(" ", text)
    parts: dict[str, str | None] = {}
    zone = None
    clock = _clock(text)
    if clock is not None:
        parts = clock.groupdict()
        zone = parts["zone"]
        # A word behind the time that is no zone ("19:00 uhr", "19:00 sunday") stays where it was.
        kept = "" if zone is None or _zonelike(zone) else zone
        zone = None if kept else zone
        text = f"{text[: clock.start()]} {kept} {text[clock.end() :]}"
    day = _day(text)
    if day is None:
        return None
    found, start, end = day
    named = _leftover(text[:start], text[end:])
    if named is None:
        return None
    zones = [one for one in (zone, *named) if one]
    if not zones:
        zones = [word for word in aside.replace(",", " ").split() if _zonelike(word)][:1]
    return _moment(parts | found, _one(zones), local)


def _clock(text: str) -> re.Match[str] | None:
    """The time of day: with a colon, rather than an hour that only Korean or English words tell."""
    return next((found for form in _CLOCKS if (found := form.search(text))), None)


def _day(text: str) -> tuple[dict[str, str | None], int, int] | None:
    """Year, month and day as written, and where they stand."""
    for form in _DAYS:
        found = form.search(text)
        if found is not None and (found["month"].isdecimal() or _month(found["month"])):
            return found.groupdict(), found.start(), found.end()
    slashed = _SLASHED.search(text)
    if slashed is None:
        return None
    one, two, year = int(slashed["one"]), int(slashed["two"]), int(slashed["year"])
    possible = {(month, day) for month, day in ((one, two), (two, one)) if _exists(year, month, day)}
    if len(possible) > 1:
        # 9/10 is two days, and only the weekday can tell which.
        named = {WEEKDAYS[word] for word in _WORD.findall(text) if word in WEEKDAYS}
        possible = {(month, day) for month, day in possible if date(year, month, day).weekday() in named}
    if len(possible) != 1:
        return None
    ((month, day),) = possible
    return {"year": slashed["year"], "month": str(month), "day": str(day)}, slashed.start(), slashed.end()


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _leftover(before: str, behind: str) -> list[str] | None:
    """The zones among the words around a date; None if there are words that could mean something."""
    zones: list[str] = []
    for first, word in (
        *((at == 0, word) for at, word in enumerate(_WORD.findall(before))),
        *((False, word) for word in _WORD.findall(behind)),
    ):
        if word in _PUNCTUATION or word in _IDLE or word in WEEKDAYS:
            continue
        if _zonelike(word):
            zones.append(word)
        elif not (first and word.isalpha()):  # the weekday, in whatever language
            return None
    return zones


def _zonelike(word: str) -> bool:
    return is_name(word) or "/" in word or "+" in word or "-" in word


def _one(zones: list[str]) -> str | None:
    """The zone of several that say the same (`+0900 KST`): the offset, which needs no knowledge."""
    return next((zone for zone in zones if zone[-1].isdecimal()), zones[0] if zones else None)


def _month(name: str) -> int | None:
    """The number of a month's name or abbreviation."""
    return MONTHS.get(name) or next((MONTHS[name[:n]] for n in (4, 3) if name[:n] in MONTHS), None)


def _moment(parts: dict[str, str | None], zone: str | None, local: tzinfo) -> tuple[datetime, bool] | None:
    year, month = (parts["year"] or "").lstrip("'"), parts["month"] or ""
    number = int(month) if month.isdecimal() else _month(month)
    hour = _hour(parts)
    if number is None or hour is None:
        return None
    leap = parts.get("second") == "60"  # a second that Python does not know
    short = len(year) == 2  # noqa: PLR2004 - of RFC 822, read as RFC 2822 section 4.3 says, but to 1990
    try:
        wall = datetime(  # noqa: DTZ001 - its zone is looked up for this very time
            int(year) + (short and (2000 if int(year) < EARLIEST % 100 else 1900)),
            number,
            int(parts["day"] or 0),
            hour % 24,
            int(parts.get("minute") or 0),
            0 if leap else int(parts.get("second") or 0),
        )
        wall += timedelta(days=hour // 24, minutes=int(leap))
        there = named_zone(zone, local, wall) if zone else local
        return (
            None
            if there is None
            else (
                wall.replace(tzinfo=there).astimezone(UTC),
                bool(zone) or parts.get("hour") is None,
            )
        )
    except (ValueError, OverflowError):  # the 31st of February, a day before the year 1
        return None


def _hour(parts: dict[str, str | None]) -> int | None:
    """Of the day, 0 to 24 (a midnight that ends a day); None if there is no such."""
    hour = int(parts.get("hour") or 0)
    half = parts.get("before") or parts.get("after")
    if half is not None:
        if hour > 12 and half in _AM:  # noqa: PLR2004 - noon
            return None
        # "오후 19:00" is written too, and means what it says.
        hour = hour if hour > 12 else hour % 12 + (12 if half in _PM else 0)  # noqa: PLR2004 - noon
    midnight = hour == 24 and not int(parts.get("minute") or 0)  # noqa: PLR2004
    return hour if hour < 24 or midnight else None  # noqa: PLR2004 - hours of a day
