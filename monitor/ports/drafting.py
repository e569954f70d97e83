"""The part of the store that keeps what editors prepare: drafts of changes, and feeds that are paused."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from monitor.core.model import Draft, FeedUrl


class Drafting(Protocol):
    """Each method is one transaction, as everywhere in the store."""

    def keep_draft(self, draft: Draft, expired: datetime) -> int:
        """Keep it under a new number, which is given (desk); forget those made before `expired`."""

    def redo_draft(self, number: int, base: str, now: datetime) -> None:
        """It was made anew, from the file of version `base` (desk)."""

    def draft(self, number: int) -> Draft | None:
        """One of them (desk)."""

    def drafts(self) -> tuple[Draft, ...]:
        """All that there are, newest first (desk)."""

    def drop_draft(self, number: int) -> bool:
        """Forget it (desk). False if it was gone."""


class Pausing(Protocol):
    """Feeds that editors keep from being polled: `due_feeds` never gives them, `FeedState.paused_since` tells."""

    def pause_feed(self, feed: FeedUrl, now: datetime) -> bool:
        """Poll it no more until it is resumed (desk). False if it was paused; raises KeyError if never synced."""

    def resume_feed(self, feed: FeedUrl) -> bool:
        """Poll it again, at once if it was due meanwhile (desk). False if it was not paused."""
