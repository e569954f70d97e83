"""Due feeds, fetched side by side, parsed, and handed to the clerk.

    due -> fetch (side by side) -> parse (worker processes) -> ingest (one thread, one transaction)
                                                            -> articles of the new stories, if wanted

Fetching is the only stage that runs in parallel here. The poller also listens whether anything can be reached at
all (`monitor.core.vigil`): what our own network keeps from us is never blamed on a feed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from monitor.core.match import Everything
from monitor.core.model import Batch, Failed, Feed, FeedState, FeedUrl, Fetched, Outcome, Page, Story
from monitor.ingest import Ingest
from monitor.network import Network
from monitor.ports import Articles, Clock, Fetch, Offload, Parse, Store

log = logging.getLogger(__name__)

HOLD = timedelta(minutes=1)
"""A feed whose poll could not be saved is left alone for this long: our trouble must not become the publisher's."""

BACK = timedelta(seconds=2)
"""A clock that shows so much less than at the last tick was set back."""

HEAVY = 64_000_000
"""Bytes of pages that wait to be parsed: while there are more, no poll is begun."""

ARTICLES = 20
"""Articles that are fetched of one page's stories."""

LONG = 3_000
"""Characters of a text that is an article already."""

LATELY = timedelta(minutes=10)
"""Stories stored so shortly before the last one may have lost their articles to the end of the last run."""

RECENT = 200
"""How many of them are looked at."""


@dataclass(frozen=True, slots=True)
class Polled:
    """How one poll ended; `outcome` is None where there was no new page."""

    feed: Feed
    state: FeedState
    outcome: Outcome | None


class Poll:
    """Polls what is due, at most `width` feeds at a time, and begins at most `starts()` polls a second.

    While `wanted` says no, nothing is begun. With `articles` the pages of new stories are read, too: of feeds that
    ask for it, and with `matching` of every story that hit.
    """

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
        width: int = 500,
        starts: Callable[[], float] | None = None,
        wanted: Callable[[], bool] | None = None,
        articles: Articles | None = None,
        matching: bool = False,
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
        self._starts = starts
        self._wanted = wanted
        self._allowance = 0.0
        self._articles = articles
        self._matching = matching
        self._unread = 0  # bytes of pages that are not parsed yet
        self._flying: dict[FeedUrl, asyncio.Task[Polled | None]] = {}
        self._held: dict[FeedUrl, datetime] = {}
        self._stopping = False
        self.network = Network()
        self.ticked_at: datetime | None = None

    async def tick(self) -> int:
        """Start what is due and not in flight; returns how many polls were started. Raises StoreError."""
        now = self._clock()
        if self.ticked_at is not None and now < self.ticked_at - BACK:
            await self._set_back(now)
        free = min(self._width - len(self._flying), self._allowed(now))
        self.ticked_at = now
        if free <= 0 or self._unread > HEAVY or (self._wanted is not None and not self._wanted()):
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
            self._fly(feed, self._one(feed, state))
            started += 1
        self._allowance -= started
        return started

    async def at_once(self, url: FeedUrl) -> int | None:
        """Poll one feed now, whatever its rhythm says, or wait for its poll in flight.

        How many new stories it had; None if there was no new page, or no such feed. Raises StoreError.
        """
        states = await self._offload(self._store.feed_states)
        state = next((each for each in states if each.url == url), None)
        feed = self._feeds().get(url)
        if state is None or feed is None or self._stopping:
            return None
        task = self._flying.get(url) or self._fly(feed, self._one(feed, state))
        await asyncio.wait([task])
        if task.cancelled() or task.exception() is not None:
            return None
        polled = task.result()
        return None if polled is None or polled.outcome is None else len(polled.outcome.stories)

    async def resume(self) -> None:
        """Fetch the articles for which the last run had no time: of the stories that it stored last."""
        if self._articles is None or not (self._matching or any(f.full_text for f in self._feeds().values())):
            return
        for url, stored in (await self._offload(self._unread_articles)).items():
            feed = self._feeds().get(url)
            if feed is not None and url not in self._flying:
                self._fly(feed, self._read_on(self._articles, feed, stored))

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

    def _allowed(self, now: datetime) -> int:
        """How many polls may begin now, so that what fell due together is asked one after the other."""
        if self._starts is None:
            return self._width
        pace = self._starts()
        passed = 1.0 if self.ticked_at is None else max((now - self.ticked_at).total_seconds(), 0.0)
        self._allowance = min(self._allowance + pace * passed, max(pace, 1.0))
        return int(self._allowance)

    async def _set_back(self, now: datetime) -> None:
        """The clock was set back: what was planned by the old one is planned anew."""
        moved = await self._offload(self._store.rewind, now)
        self._held = {}
        self.network = Network()
        log.warning("the clock was set back to %s; %d feeds planned anew", now.isoformat(), moved)

    async def _one(self, feed: Feed, state: FeedState) -> Polled:
        fetched = await self._fetch(feed, state)
        fetched, excuses = await self._listened(feed, fetched)
        if isinstance(fetched, Page):
            seen = await self._offload(self._store.seen_items, feed.url)
            parsed = await self._read(feed, fetched, seen)
            if isinstance(parsed, Batch):
                outcome = await self._offload(self._ingest.page, feed, fetched, parsed)
                polled = Polled(feed, outcome.state, outcome)
                self._on_done(polled)
                if self._articles is not None and state.seen_before:
                    new = [(kept.story, bool(kept.hits)) for kept in outcome.stories]
                    await self._read_on(self._articles, feed, new)
                return polled
            fetched = parsed
        after = await self._offload(self._ingest.nothing, feed, state, fetched, excuses=excuses)
        polled = Polled(feed, after, None)
        self._on_done(polled)
        return polled

    async def _read(self, feed: Feed, page: Page, seen: frozenset[str]) -> Batch | Failed:
        """What the page holds; it weighs until that is known."""
        self._unread += len(page.body)
        try:
            return await self._parse(feed, page, seen)
        finally:
            self._unread -= len(page.body)

    async def _listened(self, feed: Feed, fetched: Fetched) -> tuple[Fetched, int]:
        """The answer with the blame where it belongs, and how often running the feed is excused."""
        now = self._clock()
        verdict = self.network.judge(feed.url, fetched, now, len(self._feeds()))
        for url in verdict.freed:
            await self._offload(self._store.hasten, url, now)
        return verdict.fetched, verdict.excuses

    async def _read_on(self, articles: Articles, feed: Feed, new: Sequence[tuple[Story, bool]]) -> None:
        """Fetch the articles of those stories that are wanted whole, and hand them to the clerk.

        `new` has stories, oldest first, and whether they hit.
        """
        wanted = [
            story
            for story, hit in new
            if story.url is not None
            and (feed.full_text or (self._matching and hit and len(story.text) < LONG))
        ]
        for story in wanted[-ARTICLES:]:  # the newest of them
            text = await articles(feed, story)
            if text is not None and len(text) > len(story.text):
                more = await self._offload(self._ingest.article, feed, story, text)
                if more is not None and more.deliveries:
                    self._on_done(Polled(feed, more.state, more))

    def _unread_articles(self) -> Mapping[FeedUrl, Sequence[tuple[Story, bool]]]:
        """The stories stored last whose articles are not, oldest first, and whether they hit; by feed."""
        last: datetime | None = None
        found: dict[FeedUrl, list[tuple[Story, bool]]] = {}
        for stored in islice(self._store.candidates(Everything()), RECENT):
            last = last or stored.seen_at
            if stored.seen_at < last - LATELY:
                break
            if not stored.article:
                found.setdefault(stored.story.feed, []).insert(0, (stored.story, bool(stored.rules)))
        return found

    def _fly(self, feed: Feed, work: Coroutine[object, object, Polled | None]) -> asyncio.Task[Polled | None]:
        """Begin what is to be done for a feed, one thing at a time."""
        task = asyncio.create_task(work, name=f"poll {feed.name}")
        self._flying[feed.url] = task
        task.add_done_callback(self._landed(feed))
        return task

    def _landed(self, feed: Feed) -> Callable[[asyncio.Task[Polled | None]], None]:
        def done(task: asyncio.Task[Polled | None]) -> None:
            del self._flying[feed.url]
            if task.cancelled():
                return
            trouble = task.exception()
            if trouble is not None:
                # A bug or a store that cannot be written must stop neither the other feeds nor this one for ever.
                self._held[feed.url] = self._clock() + HOLD
                log.error("poll not saved feed=%s; next try in a minute", feed.name, exc_info=trouble)

        return done
