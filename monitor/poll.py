"""Due feeds, fetched side by side, parsed, and handed to the clerk.

    due -> fetch (side by side) -> parse (worker processes) -> ingest (one thread, one transaction)

Fetching is the only stage that runs in parallel here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import Failed, Feed, FeedState, FeedUrl, Outcome, Page
from monitor.ingest import Ingest
from monitor.ports import Clock, Fetch, Offload, Parse, Store

log = logging.getLogger(__name__)

HOLD = timedelta(minutes=1)
"""A feed whose poll could not be saved is left alone for this long: our trouble must not become the publisher's."""


@dataclass(frozen=True, slots=True)
class Polled:
    """How one poll ended; `outcome` is None where there was no new page."""

    feed: Feed
    state: FeedState
    outcome: Outcome | None


class Poll:
    """Polls what is due, at most `width` feeds at a time."""

    def __init__(
        self,
        *,
        store: Store,
        feeds: Callable[[], Mapping[FeedUrl, Feed]],
        fetch: Fetch,
        parse: Parse,
        ingest: Ingest,
        offload: Offload,
        clock: Clock,
        on_done: Callable[[Polled], None],
        width: int = 20,
    ) -> None:
        self._store = store
        self._feeds = feeds
        self._fetch = fetch
        self._parse = parse
        self._ingest = ingest
        self._offload = offload
        self._clock = clock
        self._on_done = on_done
        self._width = width
        self._flying: dict[FeedUrl, asyncio.Task[None]] = {}
        self._held: dict[FeedUrl, datetime] = {}
        self._stopping = False
        self.ticked_at: datetime | None = None

    async def tick(self) -> int:
        """Start what is due and not in flight; returns how many polls were started. Raises StoreError."""
        free = self._width - len(self._flying)
        now = self._clock()
        if free <= 0:
            self.ticked_at = now
            return 0
        self._held = {url: until for url, until in self._held.items() if until > now}
        busy = len(self._flying) + len(self._held)
        due = await self._offload(self._store.due_feeds, now, free + busy)
        if self._stopping:
            return 0
        feeds = self._feeds()
        started = 0
        for state in due:
            feed = feeds.get(state.url)
            if feed is None or state.url in self._flying or state.url in self._held or started == free:
                continue
            task = asyncio.create_task(self._one(feed, state), name=f"poll {feed.name}")
            self._flying[feed.url] = task
            task.add_done_callback(self._landed(feed))
            started += 1
        self.ticked_at = now
        return started

    async def drain(self) -> None:
        """Wait until nothing is in flight."""
        while self._flying:
            await asyncio.wait(self._flying.values())

    async def stop(self) -> None:
        """Begin no more polls and cancel those in flight; nothing is lost by it, the feeds stay due."""
        self._stopping = True
        for task in self._flying.values():
            task.cancel()
        await self.drain()

    async def _one(self, feed: Feed, state: FeedState) -> None:
        fetched = await self._fetch(feed, state)
        if isinstance(fetched, Page):
            parsed = await self._parse(feed, fetched)
            if isinstance(parsed, Failed):
                fetched = parsed
            else:
                outcome = await self._offload(self._ingest.page, feed, fetched, parsed)
                self._on_done(Polled(feed, outcome.state, outcome))
                return
        after = await self._offload(self._ingest.nothing, feed, state, fetched)
        self._on_done(Polled(feed, after, None))

    def _landed(self, feed: Feed) -> Callable[[asyncio.Task[None]], None]:
        def done(task: asyncio.Task[None]) -> None:
            del self._flying[feed.url]
            if task.cancelled():
                return
            trouble = task.exception()
            if trouble is not None:
                # A bug or a store that cannot be written must stop neither the other feeds nor this one for ever.
                self._held[feed.url] = self._clock() + HOLD
                log.error("poll not saved feed=%s; next try in a minute", feed.name, exc_info=trouble)

        return done
