"""One budget for all feeds: the constant at which they use it up, and the profile that they share."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import sqrt

from monitor.core.cadence.bounds import bounds_of
from monitor.core.cadence.pace import HOUR, Pace
from monitor.core.cadence.profile import constant_of, day_shape, density, hour_shape, weight_of
from monitor.core.cadence.rhythm import rate
from monitor.core.model import Feed, FeedState

ROUNDS = 24
"""Halvings of the range in which the constant is looked for: it ends up exact to a millionth."""

RANGE = 1e4
"""How far the constant may be from a new feed's, upwards and downwards."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one feed would have of the budget, hour by hour of the day; all in polls per second.

    `wishes` are what it deserves at a constant of 1, and `lows` the least that it gets; `top` is the most.
    """

    wishes: Sequence[float]
    lows: Sequence[float]
    top: float

    def polls(self, constant: float) -> float:
        """Polls per second, on average over the day."""
        top = self.top
        total = 0.0
        for wish, low in zip(self.wishes, self.lows, strict=True):
            polls = wish / constant
            total += low if polls < low else min(polls, top)
        return total / len(self.wishes)


def scale(needs: Sequence[Need], per_second: float, start: float) -> float:
    """The constant at which all feeds together use `per_second` polls: water-filling between their bounds.

    Looked for around `start`. Where the bounds alone decide, the end of the range that comes nearest.
    """
    low, high = start / RANGE, start * RANGE
    for _ in range(ROUNDS):
        middle = sqrt(low * high)
        if sum(need.polls(middle) for need in needs) > per_second:
            low = middle
        else:
            high = middle
    return high


def balanced(pace: Pace, known: Iterable[tuple[Feed, FeedState]], now: datetime) -> Pace:
    """The pace with its constants made anew from all feeds that are asked at all (5,000 feeds: about a second).

    Call it at the start, after a change of the feeds, and every hour or so: they change slowly.
    """
    live = [(feed, state) for feed, state in known if state.next_poll_at and not state.vigil.dead_since]
    bare = replace(pace, constant=None, allowed=None)
    if not live:
        return bare
    per_second = len(live) / bare.usual
    if pace.per_hour is not None:
        per_second = min(per_second, pace.per_hour / HOUR)
    rhythms = [state.rhythm for _, state in live]
    bare = replace(
        bare,
        allowed=len(live) / per_second,
        hours=_common([rhythm.hours for rhythm in rhythms], 24),
        days=_common([rhythm.days for rhythm in rhythms], 7),
    )
    needs = [_need(feed, state, bare, now) for feed, state in live]
    return replace(bare, constant=scale(needs, per_second, constant_of(bare)))


def _need(feed: Feed, state: FeedState, pace: Pace, now: datetime) -> Need:
    posts = rate(state.rhythm, now)
    days = day_shape(state.rhythm, pace)
    weekly = (sum(map(sqrt, days)) / 7) ** 2  # as its root counts, so does the mean of the roots
    weight = weight_of(feed, state, now)
    bounds = bounds_of(feed, state, pace)
    rates = [posts * weekly * hour for hour in hour_shape(state.rhythm, pace)]
    lows = (density(weight, here, state.rhythm.room, math.inf, bounds) for here in rates)
    wishes = (sqrt(weight * here) for here in rates)
    return Need(array("d", wishes), array("d", lows), 1 / bounds.least)  # a fourth of what tuples take


def _common(counts: Iterable[Sequence[float]], size: int) -> tuple[float, ...]:
    """The profile of all feeds: a feed counts with the root of its posts; half of it is even, in case they are few."""
    total = [0.0] * size
    for own in counts:
        posts = sum(own)
        if posts > 0:
            for at, count in enumerate(own):
                total[at] += count / sqrt(posts)
    whole = sum(total)
    return tuple(0.5 + 0.5 * part * size / whole for part in total) if whole else (1.0,) * size
