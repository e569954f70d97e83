"""From the moment a page is fetched to its alert at Telegram: 2,000 feeds polled, every alert to 100 chats.

The real poller, clerk, store (SQLite), pump and messenger; feeds are made up in the process, parsing is their cost
left out, and the Bot API server on loopback enforces Telegram's rates. A page with a story that hits comes every five
seconds from another feed, while the other feeds are polled all the time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import quantiles
from time import monotonic

from benchmarks.figures import Figure
from monitor.core.cadence import Pace
from monitor.core.decide import Policy
from monitor.core.language import parse
from monitor.core.match import compile_book
from monitor.core.model import (
    Batch,
    Failed,
    Feed,
    FeedState,
    FeedUrl,
    Fetched,
    Level,
    Page,
    Rule,
    RuleBook,
    RuleId,
    Story,
    StoryKey,
    Subscription,
    Unchanged,
)
from monitor.ingest import Ingest
from monitor.poll import Poll, Polled
from tests.paced import Room, place, room, utc_now

FEEDS, PEOPLE, PAGES = 2_000, 100, 20
EVERY = 20
"""Seconds between two polls of a feed: 100 polls a second, far more than an ordinary day has."""

BETWEEN = 5.0
"""Seconds between two pages with news: 20 messages a second."""


class Press:
    """The ports `Fetch` and `Parse`: nothing new, but for the feed whose turn it is to have news."""

    def __init__(self) -> None:
        self.turn = False
        self.fetched: list[float] = []

    async def fetch(self, feed: Feed, state: FeedState) -> Fetched:
        """A page if it is time for one."""
        if not self.turn:
            return Unchanged(feed.url)
        self.turn = False
        self.fetched.append(monotonic())
        return Page(feed.url, feed.url, b"", f"digest {len(self.fetched)}")

    async def parse(self, feed: Feed, page: Page, seen: frozenset[str] = frozenset()) -> Batch | Failed:
        """Its one story."""
        number = len(self.fetched)
        title = f"Defector {chr(64 + number) * 9} arrives"
        return Batch(feed.url, (Story(feed=feed.url, key=StoryKey(title), title=title, source=feed.name),))


async def begin(here: Room, feeds: Sequence[Feed]) -> None:
    """Feeds that were polled before, and a hundred people who want everything."""
    now = utc_now()

    def fill() -> None:
        here.store.sync_feeds(feeds, now)
        for number, feed in enumerate(feeds):
            due = now + timedelta(seconds=EVERY * number / FEEDS)
            here.store.save_state(FeedState(feed.url, feed.name, next_poll_at=due, seen_before=True))
        for person in range(1, PEOPLE + 1):
            here.store.subscribe(Subscription(place(person), "all", now))

    await here.clerk(fill)


async def measured() -> list[float]:
    """Seconds from page to message, of each message."""
    press = Press()
    feeds = [Feed(FeedUrl(f"https://{n}.example/rss"), f"Feed {n}", every=EVERY) for n in range(FEEDS)]
    book = RuleBook(tuple(feeds), {}, (Rule(RuleId("defectors"), parse("defector"), None, Level.ALERT),), "1")
    matcher, listed = compile_book(book), {feed.url: feed for feed in feeds}
    async with room(PEOPLE) as here:
        await begin(here, feeds)

        def done(polled: Polled) -> None:
            if polled.outcome is not None and polled.outcome.deliveries:
                here.pump.wake()

        policy = Policy(Pace(floor=EVERY, blind=EVERY))
        poll = Poll(
            store=here.store,
            feeds=lambda: listed,
            fetch=press.fetch,
            parse=press.parse,
            ingest=Ingest(here.store, lambda: matcher, policy, utc_now, lambda: 0.5),
            offload=here.clerk,
            clock=utc_now,
            on_done=done,
        )
        next_page = monotonic()
        while len(press.fetched) < PAGES or press.turn:
            if monotonic() >= next_page:
                press.turn, next_page = True, next_page + BETWEEN
            await poll.tick()
            await asyncio.sleep(0.4)
        await poll.drain()
        await here.until_sent(PAGES * PEOPLE)
        return [at - press.fetched[card - 1] for cards in here.arrived().values() for at, card in cards]


def run() -> Iterator[Figure]:
    """Two minutes."""
    took = asyncio.run(measured())
    hundredths = quantiles(took, n=100)
    name = f"page to message, {FEEDS} feeds, {PEOPLE} chats"
    print(f"{name}: {len(took)} messages, first {min(took):.3f} s, p50 {hundredths[49]:.2f} s", flush=True)
    yield Figure(f"{name}: p50", hundredths[49], "s", 2.5)
    yield Figure(f"{name}: p99", hundredths[98], "s", 5.0)
