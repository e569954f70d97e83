"""Drafts of changes, and feeds that are paused, in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.core.model import Draft, FeedState, FeedUrl


class Drafting:
    """The part of the store that keeps them; what is known of feeds is the heir's."""

    _feeds: dict[FeedUrl, FeedState]

    def __init__(self) -> None:
        super().__init__()
        self._drafts: dict[int, Draft] = {}
        self._last_draft = 0

    def keep_draft(self, draft: Draft, expired: datetime) -> int:
        """See `Store.keep_draft`."""
        self._drafts = {n: kept for n, kept in self._drafts.items() if kept.made_at >= expired}
        self._last_draft += 1
        self._drafts[self._last_draft] = replace(draft, number=self._last_draft)
        return self._last_draft

    def redo_draft(self, number: int, base: str, now: datetime) -> None:
        """See `Store.redo_draft`."""
        if number in self._drafts:
            self._drafts[number] = replace(self._drafts[number], base=base, made_at=now)

    def draft(self, number: int) -> Draft | None:
        """See `Store.draft`."""
        return self._drafts.get(number)

    def drafts(self) -> tuple[Draft, ...]:
        """See `Store.drafts`."""
        return tuple(reversed(self._drafts.values()))

    def drop_draft(self, number: int) -> bool:
        """See `Store.drop_draft`."""
        return self._drafts.pop(number, None) is not None

    def pause_feed(self, feed: FeedUrl, now: datetime) -> bool:
        """See `Store.pause_feed`."""
        known = self._feeds[feed]
        if known.paused_since is None:
            self._feeds[feed] = replace(known, paused_since=now)
        return known.paused_since is None

    def resume_feed(self, feed: FeedUrl) -> bool:
        """See `Store.resume_feed`."""
        known = self._feeds.get(feed)
        if known is None or known.paused_since is None:
            return False
        self._feeds[feed] = replace(known, paused_since=None)
        return True
