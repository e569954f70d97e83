"""Permanent redirects (301, 308): believed only after proof, and left again when the new address fails.

The proof: the target gave a page that parsed, at least twice, over at least a day. Many "permanent" redirects are
mistakes of an afternoon, or lead to a login page.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import FeedState, Move

PROOF = timedelta(days=1)
TIMES = 2

PATIENCE = timedelta(days=2)
TRIES = 4
"""For so long, and so many times in a row, a new address may fail before the feed is asked at its own again."""


def followed(state: FeedState, to: str | None, now: datetime) -> FeedState:
    """The state after a success that permanent redirects led to `to` (None: no such redirects)."""
    here = state.address or state.url
    if to is None or to == here:
        return state if state.move is None else replace(state, move=None)
    move = state.move
    if move is None or move.to != to:
        return replace(state, move=Move(to, now))
    if move.times + 1 >= TIMES and now - move.since >= PROOF:
        return replace(state, address=None if to == state.url else to, move=None)
    return replace(state, move=replace(move, times=move.times + 1))


def left(state: FeedState, now: datetime) -> FeedState:
    """The state after a failure: without the new address, if that has failed for long."""
    since = state.failing_since
    if state.address is None or since is None or now - since < PATIENCE or state.failures < TRIES:
        return state
    return replace(state, address=None, move=None)
