"""When to look again, and when to try again: one pure decision after every poll.

Order of precedence: a server's own wish to be left alone (410, Retry-After) beats everything; then a fixed
`every` of rules.yaml; then what the server says about freshness (max-age, ttl). Nothing goes under the floor.
Failures double the wait up to a day, with jitter, so that a server that comes back is not met by a crowd.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.model import Failed, Feed, FeedState, Fetched, Gone, Page, RetryLater

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Pace:
    """The bounds that the operator sets, in seconds."""

    floor: int = 900  # no feed is asked more often
    blind: int = 3_600  # for servers that give no validators, so that every poll costs them the whole page


def after_poll(
    feed: Feed,
    state: FeedState,
    fetched: Fetched,
    *,
    now: datetime,
    jitter: float,
    pace: Pace,
    ttl: int | None = None,
) -> FeedState:
    """The feed's state after a poll that ended as `fetched`; `jitter` is in [0, 1), `ttl` the feed's own, seconds.

    A page counts as a success here: whoever could not parse it passes Failed instead, so that validators are only
    kept for what was understood and stored.
    """
    state = replace(state, name=feed.name, last_poll_at=now)
    if isinstance(fetched, Gone):
        return replace(
            state,
            next_poll_at=None,
            failures=state.failures + 1,
            last_error=fetched.reason,
            reason="never again: the server says that the feed is gone for good",
        )
    if isinstance(fetched, RetryLater | Failed):
        return _failed(feed, state, fetched, now=now, jitter=jitter, pace=pace)
    if isinstance(fetched, Page):
        state = replace(state, validators=fetched.validators, body_digest=fetched.digest, seen_before=True)
    elif fetched.validators is not None:
        state = replace(state, validators=fetched.validators)
    wait, why = _interval(feed, state, pace, fetched.max_age, ttl)
    if feed.every is None:
        wait *= 1 + jitter / 10  # so that feeds found together drift apart
    return replace(
        state,
        next_poll_at=now + timedelta(seconds=wait),
        last_success_at=now,
        failures=0,
        last_error=None,
        reason=why,
    )


def _interval(
    feed: Feed, state: FeedState, pace: Pace, max_age: int | None, ttl: int | None
) -> tuple[float, str]:
    """How long to wait after a success, and why, in words."""
    if feed.every is not None:
        if feed.every < pace.floor:
            return (
                pace.floor,
                f"every {spell(pace.floor)}: rules.yaml asks for {spell(feed.every)}, POLL_FLOOR is higher",
            )
        return feed.every, f"every {spell(feed.every)}, fixed in rules.yaml"
    blind = state.validators.etag is None and state.validators.last_modified is None
    wishes = [
        (pace.floor, "the floor"),
        (pace.blind if blind else 0, "the server gives no validators"),
        (min(max_age or 0, DAY), "the server's max-age"),
        (min(ttl or 0, DAY), "the feed's ttl"),
    ]
    wait, why = max(wishes, key=lambda wish: wish[0])
    return wait, f"every {spell(wait)}: {why}"


def _failed(
    feed: Feed, state: FeedState, fetched: RetryLater | Failed, *, now: datetime, jitter: float, pace: Pace
) -> FeedState:
    failures = state.failures + 1
    least = max(feed.every or 0, pace.floor)
    wait = min(least * 2.0 ** min(failures - 1, 20), DAY) * (0.9 + jitter / 5)
    why = f"try {failures + 1} in {spell(wait)}"
    if isinstance(fetched, RetryLater) and fetched.after is not None:
        wait = max(min(fetched.after, 30 * DAY), least)
        why = f"the server asked for {spell(fetched.after)} of patience"
    return replace(
        state,
        next_poll_at=now + timedelta(seconds=max(wait, least)),
        failures=failures,
        last_error=fetched.reason,
        reason=why,
    )


def spell(seconds: float) -> str:
    """A duration for people: `45 s`, `15 min`, `3 h`, `2 d`."""
    for unit, size, until in (("s", 1, 120), ("min", 60, 7_200), ("h", 3_600, 2 * DAY)):
        if seconds < until:
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds / DAY)} d"
