"""When an alert that nobody acknowledged is repeated elsewhere; pure."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST = timedelta(minutes=1)
"""A reader needs that long to see an alert at all."""

LONGEST = timedelta(days=1)
"""Later it is no alarm any more."""

USUAL = timedelta(minutes=15)
"""Where nobody says how long."""


def remaining(sent_at: datetime, after: float, now: datetime) -> float:
    """Seconds that are left for an acknowledgement, from 0 to `after`.

    Never more than `after`: where the clock was set back since the alert was sent, the time begins anew, and no
    alert waits for ever.
    """
    return min(max((sent_at - now).total_seconds() + after, 0.0), after)


def sensible(after: timedelta) -> bool:
    """Whether somebody may wait that long."""
    return SHORTEST <= after <= LONGEST
