"""One pure decision after every poll: when to look again, and what the poll taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.cadence.bounds import bounds_of
from monitor.core.cadence.moves import followed
from monitor.core.cadence.pace import Pace
from monitor.core.cadence.profile import awake, hour_shape, intervals, next_look
from monitor.core.cadence.retry import after_failure, after_gone
from monitor.core.cadence.rhythm import learn, rate
from monitor.core.cadence.words import busy_hours, spell, spell_range, spell_rate
from monitor.core.model import (
    Batch,
    Failed,
    Feed,
    FeedState,
    Fetched,
    Gone,
    Page,
    RetryLater,
    Story,
    Unchanged,
)

JITTER = 0.1
"""How much of an interval chance may take or add, from its shortest to its longest."""

TOLD = 10.0
"""Posts that must have been counted before their hours are spoken of."""


def after_poll(
    feed: Feed,
    state: FeedState,
    fetched: Fetched,
    *,
    now: datetime,
    jitter: float,
    pace: Pace,
    batch: Batch | None = None,
    fresh: Sequence[Story] = (),
) -> FeedState:
    """The feed's state after a poll that ended as `fetched`; `jitter` is in [0, 1).

    A page counts as a success here, `batch` is what it said and `fresh` those of its stories that are new: whoever
    could not parse it passes Failed instead, so that validators are only kept for what was understood and stored.
    """
    state = state if state.name == feed.name else replace(state, name=feed.name)
    if isinstance(fetched, Gone):
        return after_gone(state, fetched, now)
    if isinstance(fetched, RetryLater | Failed):
        return after_failure(feed, state, fetched, now=now, jitter=jitter, pace=pace)
    state = followed(_received(state, fetched, batch, fresh, now), fetched.moved_to, now)
    due, why = _due(feed, state, pace, now, jitter)
    return replace(state, next_poll_at=due, reason=why)


def _received(
    state: FeedState, fetched: Page | Unchanged, batch: Batch | None, fresh: Sequence[Story], now: datetime
) -> FeedState:
    """What a success brought, but for the next poll."""
    rhythm = state.rhythm
    if batch is not None:
        new = fresh if state.vigil.endless_since is None else ()
        rhythm = learn(rhythm, batch, new, after=state.last_success_at, now=now)
    page = isinstance(fetched, Page)
    if page or fetched.max_age is not None:  # a 304 keeps what it does not say anew (RFC 9111 section 4.3.4)
        rhythm = replace(rhythm, least=fetched.max_age or 0)
    vigil = state.vigil
    return replace(
        state,
        validators=fetched.validators if fetched.validators is not None else state.validators,
        body_digest=fetched.digest if isinstance(fetched, Page) else state.body_digest,
        seen_before=page or state.seen_before,
        last_poll_at=now,
        last_success_at=now,
        failures=0,
        failing_since=None,
        last_error=None,
        rhythm=rhythm,
        vigil=vigil if vigil.dead_since is None else replace(vigil, dead_since=None),
    )


def _due(feed: Feed, state: FeedState, pace: Pace, now: datetime, jitter: float) -> tuple[datetime, str]:
    """When to look again after a success, and why then, in words."""
    bounds = bounds_of(feed, state, pace)
    soonest = now + timedelta(seconds=bounds.least)
    if feed.every is not None:
        return soonest, f"every {spell(bounds.least)}: {bounds.why}"
    if state.vigil.gap_at == now:
        lost = "stories were probably lost since the poll before"
        return awake(state.rhythm, soonest), f"in {spell(bounds.least)}: {lost}"
    due = next_look(feed, state, pace, bounds, now=now, share=1 + (jitter - 0.5) * JITTER)
    hours = hour_shape(state.rhythm, pace)
    least, most = intervals(feed, state, pace, bounds, now=now)
    posts = f"it posts {spell_rate(rate(state.rhythm, now))}"
    if state.rhythm.posts >= TOLD and (busy := busy_hours(hours)):
        posts += f", most between {busy[0]:02} and {busy[1]:02} UTC"
    if most <= bounds.least * 1.01:
        posts += f", and no faster: {bounds.why}"
    return due, f"every {spell_range(least, most)}: {posts}"
