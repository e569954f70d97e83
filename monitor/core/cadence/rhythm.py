"""When a feed posts: learnt from the dates of its stories, and forgotten as the weeks pass.

Posts are counted with a weight that falls to one half in two weeks; so is the time that was watched, and one
divided by the other is the rate. The counts per hour and per day are as of `Rhythm.until` and are only brought up
to date when there are new posts: a poll without news costs nothing and changes nothing, and still lowers the rate,
as the time since `until` was watched too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil, exp, log

from monitor.core.cadence.pace import DAY, HOUR
from monitor.core.model import Batch, Rhythm, Story

TAU = 14 * DAY / log(2)
"""Seconds in which a post's weight falls to 1/e."""

PRIOR_POSTS = 0.5
PRIOR_SPAN = 0.125 * DAY
"""What is taken for seen before anything was: a rate of four stories a day, soon outvoted."""

TYPICAL = PRIOR_POSTS / PRIOR_SPAN
"""The rate of a feed of which nothing is known, in posts per second."""

TRUSTED = 0.75
"""Share of a first page, newest first, that gives the first estimate; what is older may be pinned or forgotten."""


def rate(rhythm: Rhythm, now: datetime) -> float:
    """Posts per second, as known at `now`; never 0."""
    if rhythm.until is None:
        return TYPICAL
    fade = exp(-max(0.0, (now - rhythm.until).total_seconds()) / TAU)
    return (rhythm.posts * fade + PRIOR_POSTS) / (rhythm.span * fade + TAU * (1 - fade) + PRIOR_SPAN)


def learn(
    rhythm: Rhythm, batch: Batch, fresh: Sequence[Story], *, after: datetime | None, now: datetime
) -> Rhythm:
    """The rhythm after a page; `fresh` are its new stories, `after` the success before it, if there was any.

    A story whose date lies between the two polls was posted then; of another (undated, dated back, in doubt) it is
    only known that it came between them, so its weight is spread over that time. A first page tells its own past.
    """
    said = replace(
        rhythm,
        room=len(batch.stories) + batch.known,
        ttl=batch.ttl,
        skip_hours=tuple(sorted(batch.skip_hours)),
        skip_days=tuple(sorted(batch.skip_days)),
    )
    dates = [story.published if not story.doubt else None for story in fresh]
    if rhythm.until is None or after is None:
        return _begun(said, [date for date in dates if date is not None and date <= now], now)
    if not fresh:
        return said
    fade = exp(-max(0.0, (now - rhythm.until).total_seconds()) / TAU)
    hours = [count * fade for count in rhythm.hours or (0.0,) * 24]
    days = [count * fade for count in rhythm.days or (0.0,) * 7]
    for date in dates:
        for when, weight in (
            [(date, 1.0)] if date is not None and after < date <= now else _spread(after, now)
        ):
            _count(hours, days, when, weight)
    known = [date for date in dates if date is not None and after < date <= now]
    return replace(
        said,
        until=now,
        posts=round(rhythm.posts * fade + len(fresh), 4),
        span=round(rhythm.span * fade + TAU * (1 - fade), 1),
        hours=_rounded(hours),
        days=_rounded(days),
        last_post=max(known) if len(known) == len(fresh) else now,
    )


def _begun(rhythm: Rhythm, dates: list[datetime], now: datetime) -> Rhythm:
    """The first estimate: posts since the oldest trusted date, which opens the time that is counted."""
    dates.sort(reverse=True)
    used = dates[: ceil(len(dates) * TRUSTED)]
    since = used.pop() if used else now
    hours, days = [0.0] * 24, [0.0] * 7
    posts = 0.0
    for date in used:
        weight = exp((date - now).total_seconds() / TAU)
        posts += weight
        _count(hours, days, date, weight)
    return replace(
        rhythm,
        since=since,
        until=now,
        posts=round(posts, 4),
        span=round(TAU * (1 - exp((since - now).total_seconds() / TAU)), 1),
        hours=_rounded(hours),
        days=_rounded(days),
        last_post=dates[0] if dates else None,
    )


def _spread(after: datetime, now: datetime) -> list[tuple[datetime, float]]:
    """The middles of the hours between two polls, each with the share of one post; at most the last day."""
    steps = max(1, min(24, round((now - after).total_seconds() / HOUR)))
    width = min(now - after, timedelta(days=1)) / steps
    return [(now - (step + 0.5) * width, 1 / steps) for step in range(steps)]


def _count(hours: list[float], days: list[float], when: datetime, weight: float) -> None:
    when = when.astimezone(UTC)
    hours[when.hour] += weight
    days[when.weekday()] += weight


def _rounded(counts: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(count, 4) for count in counts)
