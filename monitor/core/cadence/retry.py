"""When to try again after a failure, and when to give up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.cadence.bounds import least_of
from monitor.core.cadence.moves import left
from monitor.core.cadence.pace import DAY, HOUR, MONTH, Pace
from monitor.core.cadence.words import spell
from monitor.core.model import Failed, Feed, FeedState, Gone, RetryLater

REFUSALS = frozenset({401, 403, 404})
"""The server is well and says no: asking again soon will not help."""

DEAD = timedelta(days=7)
DEAD_TRIES = 6
"""A feed that fails for so long, and so many times in a row, is dead."""

WEEK = 7 * DAY
"""A dead feed whose server says no is asked so seldom from then on, in case that it comes back."""

OFFLINE = 60
"""Where the network at our end is down: tried again after one to three times these seconds."""

MOST_DOUBLINGS = 20


def after_gone(state: FeedState, gone: Gone, now: datetime) -> FeedState:
    """The state after a 410: never asked again, unless it was only the address that the feed had moved to."""
    state = replace(
        state,
        last_poll_at=now,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        last_error=gone.reason,
    )
    if state.address is not None:
        return replace(
            state,
            address=None,
            move=None,
            next_poll_at=now + timedelta(hours=1),
            reason="the address that it had moved to is gone for good: its own is tried again in 1 h",
        )
    return replace(
        state,
        next_poll_at=None,
        vigil=replace(state.vigil, dead_since=now),
        reason="never again: the server says that the feed is gone for good",
    )


def after_failure(
    feed: Feed, state: FeedState, failed: RetryLater | Failed, *, now: datetime, jitter: float, pace: Pace
) -> FeedState:
    """The state after a failure, or after a request for patience."""
    if isinstance(failed, Failed) and failed.offline:
        wait = OFFLINE * (1 + 2 * jitter)
        return replace(
            state,
            next_poll_at=now + timedelta(seconds=wait),
            reason=f"our own network seems to be down: tried again in {spell(wait)}",
        )
    before = state.last_poll_at
    state = replace(
        state,
        last_poll_at=now,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        last_error=failed.reason,
    )
    least = max(feed.every or 0, least_of(feed, state, pace))
    if isinstance(failed, RetryLater):
        last = (now - before).total_seconds() if before is not None else 0.0
        wait, why = _patience(state, failed.after, least, last, jitter)
    else:
        refused = failed.status in REFUSALS
        wait = _doubled(max(least, HOUR) if refused else least, state.failures, jitter)
        why = f"try {state.failures + 1} in {spell(wait)}"
        if refused and _dead(state, now):
            wait, why = WEEK * (1 + jitter / 10), "given up, and asked once a week in case that it comes back"
    if _dead(state, now) and state.vigil.dead_since is None:
        state = replace(state, vigil=replace(state.vigil, dead_since=now))
    moved = left(state, now)
    if moved is not state:
        why += ", at its own address again, as the one that it had moved to fails"
    return replace(moved, next_poll_at=now + timedelta(seconds=max(wait, least)), reason=why)


def _patience(
    state: FeedState, asked: float | None, least: float, last: float, jitter: float
) -> tuple[float, str]:
    """How long to leave a server alone that asked for it: as long as it said, else twice as long as the last time."""
    if asked is not None:
        return max(min(asked, MONTH), least), f"the server asked for {spell(asked)} of patience"
    wait = min(max(_doubled(least, state.failures, 0.5), 2 * last), DAY) * (1 + jitter / 10)
    return wait, f"the server asked for patience: try {state.failures + 1} in {spell(wait)}"


def _doubled(first: float, failures: int, jitter: float) -> float:
    """`first` after one failure, doubled with each more, up to a day; a tenth up or down by jitter."""
    return min(first * 2.0 ** min(failures - 1, MOST_DOUBLINGS), DAY) * (0.9 + jitter / 5)


def _dead(state: FeedState, now: datetime) -> bool:
    since = state.failing_since
    return since is not None and now - since >= DEAD and state.failures >= DEAD_TRIES
