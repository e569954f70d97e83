"""How polling begins: no crowd at minute zero, neither of new feeds nor of those that fell due meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from monitor.core.cadence.pace import Pace

FEW = 5
"""So many new feeds are asked at once."""

STEP = 2.0
"""Seconds between the first polls of more than these."""

LEAST_STARTS = 3


def first_poll(index: int, count: int, now: datetime, jitter: float, over: float = 900.0) -> datetime:
    """When feed number `index` of `count` new ones is first asked; `jitter` is in [0, 1).

    A few are asked at once; of more the one after the other, so that none of `over` seconds sees many more than the
    others.
    """
    if count <= FEW:
        return now
    return now + timedelta(seconds=(index + jitter / 2) * min(STEP, over / count))


def most_starts(feeds: int, pace: Pace) -> int:
    """How many polls may begin within one second: after a break all feeds are due, and are asked over minutes."""
    return max(LEAST_STARTS, ceil(2 * feeds / pace.usual))
