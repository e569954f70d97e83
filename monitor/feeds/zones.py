"""Time zones as dates in feeds name them. Pure.

The names of zones that changed their offset since 1990 (Russia did so in 2011, 2014 and 2016) are read by
the IANA database, so that an old date is right too. Names with several meanings (IST, and CST outside of
America) count only where they are what the feed's own zone is called at that moment.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

KOREA: tzinfo = ZoneInfo("Asia/Seoul")
MOSCOW: tzinfo = ZoneInfo("Europe/Moscow")

_BY_LANGUAGE = {"ko": KOREA, "ru": MOSCOW}

_FAR = timedelta(hours=15)  # no zone is farther away from Greenwich

_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1,
    "met": 1, "mest": 2, "mez": 1, "mesz": 2, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "sast": 2, "trt": 3,
    "nst": -3.5, "ndt": -2.5, "ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "art": -3,
    "jst": 9, "hkt": 8, "sgt": 8, "pht": 8, "ict": 7, "wib": 7, "pkt": 5,
    "awst": 8, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "msd": 4,
}  # fmt: skip

_PLACES = {
    "kst": "Asia/Seoul", "msk": "Europe/Moscow", "мск": "Europe/Moscow", "samt": "Europe/Samara",
    "yekt": "Asia/Yekaterinburg", "omst": "Asia/Omsk", "novt": "Asia/Novosibirsk",
    "krat": "Asia/Krasnoyarsk", "irkt": "Asia/Irkutsk", "yakt": "Asia/Yakutsk", "vlat": "Asia/Vladivostok",
    "magt": "Asia/Magadan", "sakt": "Asia/Sakhalin", "pett": "Asia/Kamchatka", "at": "America/Halifax",
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
}  # fmt: skip

_AMBIGUOUS = frozenset({"cst", "ist", "bst", "ast", "art", "pst"})
"""Names that the feed's own zone may mean otherwise: China's CST, Bangladesh's BST, the Philippines' PST."""

_OFFSET = re.compile(r"(?P<name>[^\W\d_]{1,5})?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?")
_PLACE = re.compile(r"[A-Za-z]{2,20}(?:/[A-Za-z_+-]{2,30}){1,2}")


def local_zone(zone: str | None, lang: str | None) -> tzinfo:
    """The zone of a feed's dates that name none.

    `zone` is what rules.yaml says (an IANA name). Without it, Korean feeds count in Korean time, since there
    is but one; Russian feeds in that of Moscow, where most of them are written, which is a guess that
    rules.yaml can correct; all others in UTC, which RFC 822 readers assume: English is written everywhere.
    """
    named = _place(zone) if zone else None
    return named or _BY_LANGUAGE.get(lang or "", UTC)


def named_zone(written: str, local: tzinfo, wall: datetime) -> tzinfo | None:
    """The zone that `written` (`kst`, `+0900`, `gmt+9`, `msk+7`, `asia/seoul`) means at the time `wall`.

    None if it is unknown. `local` is the feed's own zone, `wall` the date without its zone.
    """
    name = written.lower()
    if name in _AMBIGUOUS and name == (local.tzname(wall) or "").lower():
        return local
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]))
    if name in _PLACES:
        return _place(_PLACES[name])
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        return _offset(offset, wall)
    if name.startswith("etc/"):
        return UTC if name in ("etc/gmt", "etc/utc", "etc/uct") else None
    return _place("/".join(part.title() for part in name.split("/"))) if _PLACE.fullmatch(name) else None


def is_name(word: str) -> bool:
    """Whether a word in small letters names a zone."""
    return word in _HOURS or word in _PLACES or word in _AMBIGUOUS


def _offset(found: re.Match[str], wall: datetime) -> tzinfo | None:
    """`+0900`; behind a name it is counted from UTC, but from Moscow in the Russian way (`МСК+7`)."""
    if int(found["minutes"] or 0) > 59:  # noqa: PLR2004 - minutes of an hour
        return None
    distance = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    if found["sign"] == "-":
        distance = -distance
    name = found["name"]
    if name in ("msk", "мск"):
        distance += wall.replace(tzinfo=MOSCOW).utcoffset() or timedelta()
    elif name is not None and not is_name(name):
        return None
    return timezone(distance) if abs(distance) < _FAR else None


@lru_cache(maxsize=256)
def _known_place(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, or no name of a zone but of a folder
        return None


def _place(name: str) -> tzinfo | None:
    """The IANA zone of that name."""
    return _known_place(name)
