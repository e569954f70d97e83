"""Reads publication dates as publishers really write them, also in Korea and Russia. Pure.

feedparser knows the standard forms and many odd ones, but drops or silently misreads several that Korean and
Russian outlets use (`Sun,27 Sep 2026 19:00:00 +0900`, `2026년 9월 27일 19:00`, `... KST`, `... MSK`). This
reader is asked first; what it does not know is left to feedparser, unless feedparser is known to get it
wrong.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

KOREA = timezone(timedelta(hours=9), "KST")
"""Korean time: no summer time since 1988."""

EARLIEST = 1990
"""No feed is older; an earlier year is a mistake of the publisher's program."""

_LONGEST = 100  # characters; longer ones are no dates, and would only make the patterns below search long

# Names that mean one thing only in feeds. Others (IST) are several zones at once.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "bst": 1, "met": 1, "mest": 2, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "west": 1,
    "kst": 9, "jst": 9, "msk": 3, "msd": 4, "yekt": 5, "omst": 6, "krat": 7, "irkt": 8, "yakt": 9, "vlat": 10,
    "hkt": 8, "sgt": 8,
}  # fmt: skip

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10,
    "nov": 11, "dec": 12,
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9,
    "окт": 10, "ноя": 11, "дек": 12,
}  # fmt: skip

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
_ZONE = r"\s*(?P<zone>(?:(?:UTC|GMT)\s*)?[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{1,5})?\s*(?:\([^)]*\))?"

# Sun,27 Sep 2026 19:00:00 +0900; also without weekday, seconds or zone, month in digits, Russian or Korean.
_MAIL = re.compile(
    r"(?:[^\W\d_]{1,12}\.?\s*,?\s*)?(?P<day>\d{1,2})[\s.-]+(?P<month>[^\W\d_]{3,9}|\d{1,2}월?)[\s.-]+"
    r"(?P<year>\d{4})(?:\s*г\.?)?[\s,]+" + _CLOCK + _ZONE
)
# 2026-09-27 19:00:00, 2026.09.27 19:00 KST, 2026-09-27T19:00:00+09:00, 2026-09-27 오후 7:00
_DIGITS = re.compile(
    r"(?P<year>\d{4})(?P<dot>[-./])\s?(?P<month>\d{1,2})(?P=dot)\s?(?P<day>\d{1,2})\.?"
    r"(?:[T\s]\s*|\s*\(\w+\)\s*)(?P<half>오전|오후)?\s*" + _CLOCK + _ZONE
)
# 2026년 9월 27일 (일) 오후 7:00, 2026년 9월 27일 19시 30분
_KOREAN = re.compile(
    r"(?P<year>\d{4})\s*년\s*(?P<month>\d{1,2})\s*월\s*(?P<day>\d{1,2})\s*일\s*(?:\(?[월화수목금토일](?:요일)?\)?)?"
    r"[\s,]*(?P<half>오전|오후)?\s*(?P<hour>\d{1,2})\s*(?::\s*(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"|시(?:\s*(?P<minute2>\d{1,2})\s*분)?(?:\s*(?P<second2>\d{1,2})\s*초)?)" + _ZONE
)
_LETTERS_FEEDPARSER_MISREADS = re.compile(r"[\u0400-\u04ff\u3131-\u318e\uac00-\ud7a3]")
_NAMED_ZONE = re.compile(r"\d\s*([A-Za-z]{2,5})\s*$")


def read(written: str, *, local: tzinfo = UTC) -> datetime | None:
    """The moment that is written there, aware and in UTC; None if it is none of the forms known here.

    `local` is the zone of a date that names none.
    """
    written = written.strip()
    if len(written) > _LONGEST:
        return None
    for form, home in ((_KOREAN, KOREA), (_DIGITS, local), (_MAIL, local)):
        found = form.fullmatch(written)
        if found is not None:
            return _moment(found.groupdict(), home)
    return None


def zoneless(written: str) -> bool:
    """Whether a date of a known form has a time of day but names no zone."""
    written = written.strip()
    found = (_DIGITS.fullmatch(written) or _MAIL.fullmatch(written)) if len(written) <= _LONGEST else None
    return found is not None and found["zone"] is None


def misread(written: str) -> bool:
    """Whether feedparser would get such a date wrong without saying so.

    Korean and Russian words make it see a bare year or nothing; a zone name that it does not know counts as
    UTC.
    """
    if len(written) > _LONGEST or _LETTERS_FEEDPARSER_MISREADS.search(written):
        return True
    zone = _NAMED_ZONE.search(written)
    return zone is not None and zone[1].lower() not in _ZONES


def _moment(parts: dict[str, str | None], local: tzinfo) -> datetime | None:
    month = (parts["month"] or "").removesuffix("월")
    zone = _zone(parts["zone"], local)
    number = int(month) if month.isdecimal() else _MONTHS.get(month[:3].lower())
    if number is None or zone is None:
        return None
    hour = int(parts["hour"] or 0)
    half = parts.get("half")
    if half is not None:
        hour = hour % 12 + (12 if half == "오후" else 0)
    try:
        return datetime(
            int(parts["year"] or 0),
            number,
            int(parts["day"] or 0),
            hour,
            int(parts["minute"] or parts.get("minute2") or 0),
            min(int(parts["second"] or parts.get("second2") or 0), 59),  # a leap second is none for Python
            tzinfo=zone,
        ).astimezone(UTC)
    except (ValueError, OverflowError):  # the 31st of February, a day before the year 1
        return None


def _zone(written: str | None, local: tzinfo) -> tzinfo | None:
    if written is None:
        return local
    if written[-1].isdecimal():
        digits = re.sub(r"[^\d+-]", "", written)
        sign = -1 if digits[0] == "-" else 1
        digits = digits[1:]
        hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))  # noqa: PLR2004 - two digits are hours only
        if hours > 15 or minutes > 59:  # noqa: PLR2004 - no zone is farther away
            return None
        return timezone(sign * timedelta(hours=hours, minutes=minutes))
    known = _ZONES.get(written.lower())
    return None if known is None else timezone(timedelta(hours=known))
