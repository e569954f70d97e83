"""What it costs to know which feed is due and to start its poll: the real poller over SQLite, with a fake fetch.

Two loads on 5,000 feeds, on a clock of our own: each feed every ten seconds (500 polls a second, the load at which a
scheduler job per feed was measured), and an ordinary day. What the poll then does (saving its outcome) is told, but
is not the scheduler's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import ParamSpec, TypeVar

from benchmarks.figures import Figure
from db import open_store
from monitor.core.cadence import Pace, balanced
from monitor.core.decide import Policy
from monitor.core.match import compile_book
from monitor.core.model import (
    Batch,
    Failed,
    Feed,
    FeedState,
    FeedUrl,
    Fetched,
    Page,
    Rhythm,
    RuleBook,
    Unchanged,
    Validators,
)
from monitor.ingest import Ingest
from monitor.poll import Poll

P = ParamSpec("P")
T = TypeVar("T")

FEEDS = 5_000
TICK = 0.4
"""Seconds between two ticks, as in the bot."""

NOW = datetime(2026, 9, 28, 9, 0, tzinfo=UTC)


class Clerk:
    """The port `Offload` without a thread; adds up what saving costs."""

    def __init__(self) -> None:
        self.saving = 0.0

    async def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        if getattr(work, "__name__", "") != "nothing":
            return work(*args, **kwargs)
        begun = process_time()
        try:
            return work(*args, **kwargs)
        finally:
            self.saving += process_time() - begun


async def unchanged(feed: Feed, state: FeedState) -> Fetched:
    """The port `Fetch`: nothing new anywhere."""
    return Unchanged(feed.url)


async def unparsed(feed: Feed, page: Page, seen: frozenset[str] = frozenset()) -> Batch | Failed:
    """The port `Parse`: never asked, as there are no pages."""
    return Failed(feed.url, "no page was expected")


def known(feed: Feed, number: int, span: float) -> FeedState:
    """What two weeks have taught of a feed; first due somewhere in the next `span` seconds."""
    hours = tuple(round(0.37 * ((number + hour) % 17), 4) for hour in range(24))
    days = tuple(round(sum(hours) / 7, 4) for _ in range(7))
    rhythm = Rhythm(NOW, NOW, sum(hours), 1_000_000.0, hours, days, NOW, 30)
    due = NOW + timedelta(seconds=span * number / FEEDS)
    return FeedState(
        feed.url, feed.name, Validators('"1"'), "d", due, NOW, NOW, seen_before=True, rhythm=rhythm
    )


async def load(
    folder: Path, every: int | None, pace: Pace, seconds: float
) -> tuple[int, float, float, float]:
    """Polls, and CPU seconds of ticks (what is due, and beginning it), of running the polls, and of saving."""
    feeds = [Feed(FeedUrl(f"https://{n}.example/rss"), f"feed {n}", every=every) for n in range(FEEDS)]
    store = open_store(str(folder / "polls.db"), now=NOW)
    store.sync_feeds(feeds, NOW)
    states = [known(feed, number, every or 1_800) for number, feed in enumerate(feeds)]
    for state in states:
        store.save_state(state)
    now = NOW
    pace = balanced(pace, zip(feeds, states, strict=True), NOW)
    clerk = Clerk()
    matcher = compile_book(RuleBook((), {}, (), "none"))
    listed = {feed.url: feed for feed in feeds}
    polled: list[FeedUrl] = []
    poll = Poll(
        store=store,
        feeds=lambda: listed,
        fetch=unchanged,
        parse=unparsed,
        ingest=Ingest(store, lambda: matcher, replace(Policy(), pace=pace), lambda: now, lambda: 0.5),
        offload=clerk,
        clock=lambda: now,
        on_done=lambda done: polled.append(done.feed.url),
    )
    ticking = rest = 0.0
    while (now - NOW).total_seconds() < seconds:
        now += timedelta(seconds=TICK)
        begun = process_time()
        await poll.tick()
        ticked = process_time()
        await poll.drain()
        ticking += ticked - begun
        rest += process_time() - ticked
    store.close()
    return len(polled), ticking, rest - clerk.saving, clerk.saving


def run() -> Iterator[Figure]:
    """Both loads."""
    loads: Sequence[tuple[str, int | None, Pace, float]] = (
        ("each feed every 10 s", 10, Pace(floor=10, blind=10), 20.0),
        ("an ordinary day", None, Pace(), 600.0),
    )
    for name, every, pace, seconds in loads:
        with TemporaryDirectory() as folder:
            count, ticking, running, saving = asyncio.run(load(Path(folder), every, pace, seconds))
        print(
            f"{name}: {count} polls of {FEEDS} feeds; ticks {1000 * ticking / count:.3f} ms a poll; running one costs "
            f"{1000 * running / count:.3f} ms, saving it {1000 * saving / count:.3f} ms",
            flush=True,
        )
        if every is not None:
            yield Figure(f"scheduler's CPU per poll, {name}", 1000 * ticking / count, "ms", 0.05)
