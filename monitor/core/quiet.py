"""Quiet hours: until when an alert waits. Pure; delivery is held, evaluation never is.

A night is a stretch of time between two moments, found from the clock of its zone for each day anew, so that a
change of the clocks makes one night longer or shorter and nothing else. A time that the clocks leave out counts
as the same time by the old clock; one that comes twice counts the first time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from monitor.core.model import Level, QuietHours

DAY = timedelta(days=1)


def held_until(quiet: QuietHours, level: Level, now: datetime) -> datetime | None:
    """When an alert of that level may ring that is owed at `now`; None if it may at once.

    Never earlier than `now`, and never more than two days later.
    """
    if level in quiet.excepted:
        return None
    until = now
    for begins, ends in _nights(quiet, now):
        if begins <= until < ends:
            until = ends
    return until if until > now else None


def begins_next(quiet: QuietHours, now: datetime) -> datetime:
    """When the next quiet hours after `now` begin."""
    return min(begins for begins, ends in _nights(quiet, now) if begins > now and ends > begins)


def _nights(quiet: QuietHours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The nights around a moment, oldest first: enough of them that one of each kind is there."""
    today = now.astimezone(quiet.zone).date()
    crosses = quiet.ends <= quiet.begins
    for day in (today + DAY * offset for offset in range(-2, 4)):
        begins = _moment(day, quiet.begins, quiet.zone)
        yield begins, _moment(day + DAY * crosses, quiet.ends, quiet.zone)


def _moment(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


__all__ = ["begins_next", "held_until"]
