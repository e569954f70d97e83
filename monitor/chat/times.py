"""Times as people type them: `for 2h`, `until 08:00`, `22:00-07:00 Asia/Seoul`. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from datetime import tzinfo

UNITS = {"m": 1, "h": 60, "d": 1_440, "w": 10_080}
"""Minutes of a unit, by its first letter."""

LONGEST = timedelta(days=366)
"""What is meant for longer is better said in rules.yaml, or by /unsubscribe."""

SPAN = re.compile(
    r"(?:^|\s)(?:for\s+)?(\d{1,5})\s*(m|min|mins|minutes?|h|hours?|d|days?|w|weeks?)\s*$",
    re.IGNORECASE | re.ASCII,
)
MOMENT = re.compile(
    r"(?:^|\s)until(?:\s+|$)(?:(\d{4})-(\d{1,2})-(\d{1,2})(?:\s+|T|$))?(?:(\d{1,2}):(\d{2}))?\s*$",
    re.IGNORECASE | re.ASCII,
)
HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})(?:\s+(.*))?", re.ASCII)


def split_end(words: str, now: datetime, zone: tzinfo) -> tuple[str, datetime | None]:
    """What stands before a time at the end, and that time; None if there is none, or one that cannot be.

    A clock time is the next one on the reader's clock; a date without one is its midnight.
    """
    span = SPAN.search(words)
    if span is not None:
        length = timedelta(minutes=int(span[1]) * UNITS[span[2][0].lower()])
        return words[: span.start()].strip(), now + length if timedelta() < length <= LONGEST else None
    found = MOMENT.search(words)
    if found is None:
        return words.strip(), None
    rest = words[: found.start()].strip()
    try:
        end = _moment(found, now, zone)
    except (ValueError, OverflowError):
        return rest, None
    return rest, end if end is not None and now < end <= now + LONGEST else None


def _moment(found: re.Match[str], now: datetime, zone: tzinfo) -> datetime | None:
    """The moment that was typed; raises ValueError or OverflowError for one that no calendar or clock has."""
    year, month, day, hour, minute = found.groups()
    if year is None and hour is None:
        return None
    at = time(int(hour or 0), int(minute or 0))
    if year is not None:
        return datetime.combine(date(int(year), int(month), int(day)), at, zone).astimezone(UTC)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=later) for later in range(3))
    ends = (datetime.combine(each, at, zone).astimezone(UTC) for each in days)
    return next(end for end in ends if end > now)


def read_hours(words: str) -> tuple[time, time, str] | None:
    """From when to when, and what else was typed; None if no two different times stand at the beginning."""
    found = HOURS.fullmatch(words.strip())
    if found is None:
        return None
    try:
        begins, ends = time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4]))
    except ValueError:
        return None
    return None if begins == ends or int(found[3]) > 24 else (begins, ends, found[5] or "")  # noqa: PLR2004 - midnight


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of that name, whatever its case; also by its last part (`seoul`). None for none, or several."""
    wanted = name.casefold().replace(" ", "_")
    names = sorted(available_timezones())
    found = [each for each in names if each.casefold() == wanted]
    found = found or [each for each in names if each.casefold().rpartition("/")[2] == wanted]
    return ZoneInfo(found[0]) if len(found) == 1 else None


__all__ = ["read_hours", "split_end", "zone_named"]
