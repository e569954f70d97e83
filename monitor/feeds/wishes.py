"""What a feed asks of those who poll it: how often, and when not at all. Pure.

RSS 2.0 knows `ttl` in minutes, `skipHours` (hours of the day, GMT) and `skipDays` (English names); the
syndication module `updatePeriod` and `updateFrequency`. feedparser keeps only the last hour and day, so these
are read from the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST = 30 * 86_400  # seconds that a feed may ask for
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS_OF_A_DAY = 24

_LONGEST_LIST = 4000  # bytes
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_HOUR = re.compile(rb"<hour\s*>\s*(\d{1,2})\s*</hour\s*>")
_DAY = re.compile(rb"<day\s*>\s*([A-Za-z]{3,9})\s*</day\s*>")
_NUMBER = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class Wishes:
    """None and nothing where the feed asks for nothing, or for what makes no sense."""

    ttl: int | None = None  # seconds
    hours: frozenset[int] = frozenset()  # UTC
    days: frozenset[int] = frozenset()  # Monday 0


def wishes(document: bytes, channel: Mapping[str, Any]) -> Wishes:
    """Of a document in UTF-8 and its channel, as feedparser gives it."""
    hours = frozenset(int(hour) % _HOURS_OF_A_DAY for hour in _HOUR.findall(_listed(document, b"skipHours")))
    named = {day.decode("ascii").lower()[:3] for day in _DAY.findall(_listed(document, b"skipDays"))}
    days = frozenset(number for number, name in enumerate(_DAYS) if name[:3] in named)
    return Wishes(
        ttl=_ttl(channel.get("ttl")) or _period(channel),
        # One who skips them all asks never to be polled, and cannot mean it.
        hours=hours if len(hours) < _HOURS_OF_A_DAY else frozenset(),
        days=days if len(days) < len(_DAYS) else frozenset(),
    )


def _listed(document: bytes, name: bytes) -> bytes:
    """What stands in the first element of that name, if it is the channel's and not quoted in an item."""
    start = document.find(b"<" + name)
    end = document.find(b"</" + name, start, start + _LONGEST_LIST)
    first, last = document.find(b"<item"), document.rfind(b"</item")
    if start < 0 or end < 0 or 0 <= first < start < last:
        return b""
    return _COMMENT.sub(b"", document[start:end])


def _ttl(minutes: object) -> int | None:
    """Seconds, of RSS's ttl in minutes."""
    number = _number(minutes)
    return min(number * 60, _LONGEST) if number else None


def _period(channel: Mapping[str, Any]) -> int | None:
    """Seconds from one update to the next, of the syndication module."""
    period = _PERIODS.get(str(channel.get("sy_updateperiod") or "").strip().lower())
    often = _number(channel.get("sy_updatefrequency")) or 1
    return None if period is None else min(max(period // often, 1), _LONGEST)


def _number(written: object) -> int:
    """A whole number; 0 for anything else."""
    text = str(written or "").strip()
    return int(text) if _NUMBER.fullmatch(text) else 0
