"""How the feeds and Tocsin as a whole do, as the store tells it; only counts for those who see no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.health import ailments
from monitor.core.vigil import gapped, remarks
from monitor.desk.answers import Feeds, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.core.model import FeedState, RuleBook, StoreStatus


def feeds(states: Sequence[FeedState], now: datetime, *, detailed: bool) -> Feeds:
    """The feeds in counts, and one by one if `detailed`: the failing ones first, then those with something amiss."""
    ordered = sorted(states, key=lambda s: (s.last_error is None, not remarks(s, now), s.name.casefold()))
    return Feeds(
        total=len(states),
        failing=sum(s.last_error is not None for s in states),
        unpolled=sum(s.last_poll_at is None for s in states),
        ended=sum(s.next_poll_at is None for s in states),
        dead=sum(s.vigil.dead_since is not None and s.next_poll_at is not None for s in states),
        silent=sum(s.vigil.silent_since is not None and s.vigil.dead_since is None for s in states),
        endless=sum(s.vigil.endless_since is not None for s in states),
        gaps=sum(gapped(s, now) for s in states),
        states=tuple(ordered) if detailed else (),
        detailed=detailed,
        paused=sum(s.paused_since is not None for s in states),
    )


def status(
    stored: StoreStatus, book: RuleBook, now: datetime, problem: str | None, *, detailed: bool
) -> Status:
    """Everything in figures. `problem` is the report of a failed reload of the rules."""
    late = [
        (now - s.next_poll_at).total_seconds()
        for s in stored.feeds
        if s.next_poll_at is not None and s.next_poll_at < now and s.paused_since is None
    ]
    polls = [s.last_poll_at for s in stored.feeds if s.last_poll_at is not None]
    return Status(
        feeds=feeds(stored.feeds, now, detailed=detailed),
        last_poll_at=max(polls, default=None),
        lag=max(late, default=0.0),
        overdue=len(late),
        stories=stored.stories,
        hits=stored.hits,
        cards=stored.cards,
        subscriptions=stored.subscriptions,
        owed=stored.owed,
        oldest_owed_at=stored.oldest_owed_at,
        sent=stored.sent,
        dead_count=stored.dead_count,
        dead=stored.dead if detailed else (),
        suspended_count=len(stored.suspended),
        suspended=tuple(stored.suspended.items()) if detailed else (),
        unwell=ailments(stored, now),
        rules=len(book.rules),
        version=book.version,
        problem=problem is not None,
        report=(problem or "") if detailed else "",
        detailed=detailed,
    )
