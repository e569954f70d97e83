"""Old stories that nobody was told of make room, in memory."""

from __future__ import annotations

from datetime import datetime

from db.promises import ON_A_PAGE
from monitor.core.model import FeedUrl, Kept, StoryKey, Swept, Version


class Sweeping:
    """The part of the store that lets old stories go."""

    _stories: dict[int, tuple[Kept, datetime]]
    _ids: dict[tuple[FeedUrl, StoryKey], int]
    _articles: set[int]
    _versions: dict[int, tuple[Version, ...]]

    def sweep(self, before: datetime, after: int, limit: int) -> Swept:
        """See `Store.sweep`."""
        seen = [n for n, (_, seen_at) in sorted(self._stories.items()) if n > after and seen_at < before]
        portion = seen[:limit]
        if not portion:
            return Swept(0, None)
        gone = [
            number
            for number in portion
            if not (kept := self._stories[number][0]).hits
            and kept.card is None
            and number not in self._last_of(kept.story.feed)
        ]
        for number in gone:
            kept, _ = self._stories.pop(number)
            del self._ids[kept.story.feed, kept.story.key]
            self._articles.discard(number)
            self._versions.pop(number, None)
        return Swept(len(gone), portion[-1])

    def _last_of(self, feed: FeedUrl) -> frozenset[int]:
        """The last stories of a feed."""
        theirs = sorted(number for number, (kept, _) in self._stories.items() if kept.story.feed == feed)
        return frozenset(theirs[-ON_A_PAGE:])
