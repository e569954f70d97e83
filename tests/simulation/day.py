"""A simulated day: the real poller, clerk and store over a made-up world, with restarts and a clock that jumps."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from db import open_store
from monitor.core.decide import Policy
from monitor.core.language import parse as query
from monitor.core.match import Matcher, compile_book
from monitor.core.match.plan import Everything
from monitor.core.model import (
    Batch,
    Destination,
    Failed,
    Feed,
    Kind,
    Level,
    Page,
    Rule,
    RuleBook,
    RuleId,
    StoryKey,
    Subscription,
)
from monitor.feeds.parse import parse
from monitor.ingest import Ingest
from monitor.poll import Poll, Polled
from monitor.ports import Store
from tests.simulation.world import START, World

P = ParamSpec("P")
T = TypeVar("T")

STEP = timedelta(seconds=5)
TOKEN = re.compile(r"w\d+x\d+")


@dataclass(slots=True)
class Report:
    """What became of the day."""

    polls: int
    pages: int
    served: int  # stories that were in some page
    stored: int
    lost: list[str]  # tokens of stories that were in a page and are not stored
    twice: list[str]  # ... and of those that were taken for new more than once
    restarts: int
    jumps: int
    outages: int
    edits: int
    gaps: int
    blamed: int  # feeds that an outage of ours was blamed on
    alerts_twice: int


async def _inline(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    await asyncio.sleep(0)
    return work(*args, **kwargs)


class Day:
    """Runs `world` for `hours`, with a restart every `restart_every` and clock jumps."""

    def __init__(
        self, world: World, database: Path | None, *, hours: float, restart_every: float = 2.7
    ) -> None:
        self.world = world
        self.database = "memory:" if database is None else str(database)
        self.hours = hours
        self.restart_every = timedelta(hours=restart_every)
        self.offset = timedelta()
        self.fresh: Counter[str] = Counter()
        self.alerted: Counter[tuple[int, str]] = Counter()
        self.forgetful = False  # to see that the day would notice: every tenth story of a page is dropped,
        self.confused = False  # or every page has ids, titles and links of its own
        self.edits = 0
        self.restarts = self.jumps = self.outages = 0
        rules = (Rule(RuleId("asylum"), query("asylum"), level=Level.ALERT),)
        self.matcher: Matcher = compile_book(RuleBook(world.feeds(), {}, rules, "v1"))

    def clock(self) -> datetime:
        """The machine's clock, right or not."""
        return self.world.now + self.offset

    async def parse(self, feed: Feed, page: Page, seen: frozenset[str] = frozenset()) -> Batch | Failed:
        """The real parser, in this process."""
        batch = parse(feed, page.body, page.content_type, page.url, frozenset() if self.confused else seen)
        if isinstance(batch, Failed) or not (self.forgetful or self.confused):
            return batch
        if self.forgetful:
            return replace(batch, stories=batch.stories[::10])
        strange = (
            replace(
                each,
                key=StoryKey(f"{each.key} {self.world.asked}"),
                url=None,
                title=f"{each.title} {self.world.asked}",
            )
            for each in batch.stories
        )
        return replace(batch, stories=tuple(strange))

    def done(self, polled: Polled) -> None:
        """Count what was taken for new, and who was told."""
        if polled.outcome is None:
            return
        for kept in polled.outcome.stories:
            self.fresh[_token(kept.story.title)] += 1
        self.edits += len(polled.outcome.edits)
        for owed in polled.outcome.deliveries:
            self.alerted[owed.card, str(owed.destination)] += owed.kind is Kind.ALERT

    def begin(self) -> tuple[Store, Poll]:
        """Start, as after a crash."""
        store: Store = open_store(self.database, now=self.clock())
        store.recover(self.clock())
        store.rewind(self.clock())
        store.sync_feeds(
            self.world.feeds(), self.clock(), lambda i, n: self.clock() + timedelta(minutes=30) * i / n
        )
        store.subscribe(Subscription(Destination("telegram", "42"), "all", START))
        ingest = Ingest(store, lambda: self.matcher, Policy(), self.clock, self.world.random.random)
        feeds = {feed.url: feed for feed in self.world.feeds()}
        ingest.balance(feeds.values())
        poll = Poll(
            store=store,
            feeds=lambda: feeds,
            fetch=self.world,
            parse=self.parse,
            ingest=ingest,
            offload=_inline,
            clock=self.clock,
            on_done=self.done,
        )
        return store, poll

    async def run(self) -> Report:
        """The whole day."""
        store, poll = self.begin()
        end = START + timedelta(hours=self.hours)
        restart_at = START + self.restart_every
        jump_at = START + timedelta(hours=self.hours / 7)
        dark_at = START + timedelta(hours=self.hours / 5)
        jumps = iter([-1.0, 2.0, -0.5, -6.0, 0.25])
        while self.world.now < end:
            await poll.tick()
            if self.world.now >= restart_at and self.database != "memory:":
                for _ in range(self.world.random.randrange(6)):  # killed somewhere in the middle
                    await asyncio.sleep(0)
                await poll.stop()
                store.close()
                store, poll = self.begin()
                restart_at += self.restart_every
                self.restarts += 1
            await poll.drain()
            if self.world.faults and self.world.now >= jump_at:
                self.offset += timedelta(hours=next(jumps, 0.0))
                jump_at += timedelta(hours=self.hours / 7)
                self.jumps += 1
            if self.world.faults and self.world.now >= dark_at:
                self.world.dark_until = self.world.now + timedelta(minutes=20)
                dark_at += timedelta(hours=self.hours / 3)
                self.outages += 1
            self.world.now += STEP
        await poll.drain()
        report = self._report(store)
        store.close()
        return report

    def _report(self, store: Store) -> Report:
        stored = {_token(each.story.title) for each in store.candidates(Everything())}
        endless = {site.feed.name.split()[1] for site in self.world.sites.values() if site.endless}
        twice = [
            token
            for token, times in self.fresh.items()
            if times > 1 and token[1:].split("x")[0] not in endless
        ]
        states = store.feed_states()
        return Report(
            polls=self.world.asked,
            pages=self.world.pages,
            served=len(self.world.served),
            stored=len(stored),
            lost=sorted(self.world.served - stored),
            twice=sorted(twice),
            restarts=self.restarts,
            jumps=self.jumps,
            outages=self.outages,
            edits=self.edits,
            gaps=sum(state.vigil.gaps for state in states),
            blamed=sum("name server" in (state.last_error or "") for state in states),
            alerts_twice=sum(times > 1 for times in self.alerted.values()),
        )


def _token(title: str) -> str:
    found = TOKEN.search(title)
    assert found is not None, title
    return found[0]
