"""Parses pages in worker processes: the `Parse` port, so that no page can hold up or harm the main program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.model import Batch, Failed, Feed, Page
from monitor.feeds.workers import Lost

if TYPE_CHECKING:
    from monitor.feeds.workers import Workers


class Parser:
    """Implements `ports.Parse`. The workers may be shared with others, and are theirs to close who made them."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def __call__(self, feed: Feed, page: Page, seen: frozenset[str] = frozenset()) -> Batch | Failed:
        """The batch of the page, or why there is none; items whose digests are in `seen` are left out."""
        answer = await self._workers.run(_read, feed, page, seen)
        return Failed(feed.url, answer.told("the page")) if isinstance(answer, Lost) else answer


def _read(feed: Feed, page: Page, seen: frozenset[str]) -> Batch | Failed:
    """In a worker."""
    from monitor.feeds.parse import parse  # noqa: PLC0415 - the main program never needs feedparser

    return parse(feed, page.body, page.content_type, page.url, seen)
