"""The feeds as they are polled: those of the rules in force, the fruitful ones with more weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import log2

from monitor.core.model import Feed, FeedUrl, RuleBook

MOST = 4.0
"""How much more a feed may weigh for what it brought: at most twice as often asked, as intervals go with the root."""


class Watchlist:
    """`book` gives the rules in force."""

    def __init__(self, book: Callable[[], RuleBook]) -> None:
        self._book = book
        self._made_of: RuleBook | None = None
        self._hits: Mapping[FeedUrl, int] = {}
        self._feeds: Mapping[FeedUrl, Feed] = {}

    def feeds(self) -> Mapping[FeedUrl, Feed]:
        """All of them by address."""
        book = self._book()
        if book is not self._made_of:
            self._feeds = {feed.url: weighed(feed, self._hits.get(feed.url, 0)) for feed in book.feeds}
            self._made_of = book
        return self._feeds

    def weigh(self, hits: Mapping[FeedUrl, int]) -> None:
        """`hits` counts the stories of each feed that a rule hit lately."""
        self._hits = hits
        self._made_of = None


def weighed(feed: Feed, hits: int) -> Feed:
    """The feed with the weight that it has by the rules and by what it brought."""
    return replace(feed, weight=feed.weight * min(1 + log2(1 + hits) / 2, MOST)) if hits else feed
