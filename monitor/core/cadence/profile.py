"""A feed's rate over the week, and the time at which it should be looked at again.

The hours of the day and the days of the week are two factors, each shrunk towards what all feeds have in common:
with few posts of its own a feed follows the others, with many itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from monitor.core.cadence.pace import DAY, Pace
from monitor.core.cadence.rhythm import TYPICAL, rate
from monitor.core.model import Feed, FeedState, Rhythm

HOUR_WEIGHT = 12.0
DAY_WEIGHT = 20.0
"""Pseudo-posts of the common profile that are added to a feed's own."""

HALF = 0.5
"""A page may roll over by this share of its items before it is looked at again: items gone from it are lost."""


ALARM = timedelta(days=7)
ALARM_WEIGHT = 4.0
"""For so long after a gap a feed weighs so much more: it is asked twice as often."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How short and how long a feed's interval may be, in seconds, and who says so of the short end, in words."""

    least: float
    most: float
    why: str


def hour_factor(rhythm: Rhythm, pace: Pace, hour: int) -> float:
    """How much more (or less) than on average the feed posts in that hour of the day (UTC)."""
    common = pace.hours[hour]
    if not rhythm.hours:
        return common
    own = (
        rhythm.hours[hour - 1] + 2 * rhythm.hours[hour] + rhythm.hours[hour - 23]
    )  # smoothed over its neighbours
    return (6 * own + HOUR_WEIGHT * common) / (rhythm.posts + HOUR_WEIGHT)


def day_factor(rhythm: Rhythm, pace: Pace, day: int) -> float:
    """The same for a day of the week (UTC, Monday 0)."""
    common = pace.days[day]
    if not rhythm.days:
        return common
    return (7 * rhythm.days[day] + DAY_WEIGHT * common) / (rhythm.posts + DAY_WEIGHT)


def hour_shape(rhythm: Rhythm, pace: Pace) -> list[float]:
    """All 24 hour factors; their mean is 1."""
    return [hour_factor(rhythm, pace, hour) for hour in range(24)]


def day_shape(rhythm: Rhythm, pace: Pace) -> list[float]:
    """All 7 day factors; their mean is 1."""
    return [day_factor(rhythm, pace, day) for day in range(7)]


def weight_of(feed: Feed, state: FeedState, now: datetime) -> float:
    """The operator's weight; more for some days after items were probably lost."""
    gap_at = state.vigil.gap_at
    alarmed = gap_at is not None and now - gap_at < ALARM and state.vigil.endless_since is None
    return feed.weight * ALARM_WEIGHT if alarmed else feed.weight


def density(weight: float, posts: float, room: int, constant: float, bounds: Bounds) -> float:
    """Polls per second that a feed deserves while it posts at a rate of `posts` per second.

    The law is sqrt(weight x rate) / constant; a page so short that items would be lost is asked more often.
    """
    wanted = sqrt(weight * posts) / constant
    if room:
        wanted = max(wanted, posts / (HALF * room))
    return min(max(wanted, 1 / bounds.most), 1 / bounds.least)


def constant_of(pace: Pace) -> float:
    """The global constant; before `balanced` computed it, the one at which a new feed waits `mean`."""
    return pace.constant if pace.constant is not None else pace.usual * sqrt(TYPICAL)


def next_look(
    feed: Feed, state: FeedState, pace: Pace, bounds: Bounds, *, now: datetime, share: float
) -> datetime:
    """Where the integral of the polls that the feed deserves reaches `share` (1: a whole poll).

    Hours and days in which the feed asks to be left alone are passed over.
    """
    rhythm = state.rhythm
    posts = rate(rhythm, now)
    constant = constant_of(pace)
    weight = weight_of(feed, state, now)
    last = now + timedelta(seconds=max(DAY, bounds.most))
    at = now
    while at < last:
        end = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if not asleep(rhythm, at):
            here = posts * hour_factor(rhythm, pace, at.hour) * day_factor(rhythm, pace, at.weekday())
            polls = density(weight, here, rhythm.room, constant, bounds)
            full = polls * (end - at).total_seconds()
            if full >= share:
                due = at + timedelta(seconds=share / polls)
                return awake(rhythm, max(due, now + timedelta(seconds=bounds.least)))
            share -= full
        at = end
    return awake(rhythm, last)


def asleep(rhythm: Rhythm, at: datetime) -> bool:
    """Whether the feed asks not to be polled then (RSS 2.0 skipHours and skipDays)."""
    return at.hour in rhythm.skip_hours or at.weekday() in rhythm.skip_days


def awake(rhythm: Rhythm, at: datetime) -> datetime:
    """That time, or the end of the hours and days in which the feed asks not to be polled; two days later at most."""
    last = at + timedelta(days=2)
    while at < last and asleep(rhythm, at):
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(at, last)


def intervals(
    feed: Feed, state: FeedState, pace: Pace, bounds: Bounds, *, now: datetime
) -> tuple[float, float]:
    """The shortest and the longest interval in the feed's week, in seconds."""
    posts = rate(state.rhythm, now)
    hours, days = hour_shape(state.rhythm, pace), day_shape(state.rhythm, pace)
    constant = constant_of(pace)
    room = state.rhythm.room
    weight = weight_of(feed, state, now)
    often = density(weight, posts * max(hours) * max(days), room, constant, bounds)
    seldom = density(weight, posts * min(hours) * min(days), room, constant, bounds)
    return 1 / often, 1 / seldom


def expected_posts(rhythm: Rhythm, start: datetime, end: datetime, pace: Pace) -> float:
    """How many stories the feed usually posts between two times, by what was known when it last posted."""
    posts = rate(rhythm, rhythm.until or start)
    total = 0.0
    at = start
    while at < end:
        until = min(end, at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        share = hour_factor(rhythm, pace, at.hour) * day_factor(rhythm, pace, at.weekday())
        total += posts * share * (until - at).total_seconds()
        at = until
    return total
