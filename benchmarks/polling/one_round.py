"""Polls every feed once, wired as the bot is."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from benchmarks.polling.addresses import address
from bot import newsroom
from monitor.core.model import Feed, FeedUrl, RuleBook
from monitor.poll import Polled
from monitor.rulebook import Library
from monitor.settings import Settings
from monitor.upkeep import settle

RULES = 'feeds: [{url: "https://example.org/"}]\nrules: [{id: asylum, match: consulate asylum}]\n'
PAUSE = 0.4
"""Seconds between two ticks, as in the bot."""


class Rules(Library):
    """One rule over many feeds."""

    def __init__(self, path: Path, feeds: tuple[Feed, ...]) -> None:
        path.write_text(RULES, "utf-8")
        super().__init__(path)
        self._listed = replace(super().book, feeds=feeds)

    @property
    def book(self) -> RuleBook:
        """The last good rules, with our feeds."""
        return self._listed


async def round_of(database: Path, port: int, count: int, *, poll: bool) -> None:
    """Poll what is due, which is everything, until all were polled once."""
    pages = stories = done = 0
    finished = asyncio.Event()

    def landed(polled: Polled) -> None:
        nonlocal pages, stories, done
        done += 1
        if done == count:
            finished.set()
        if polled.outcome is not None:
            pages += 1
            stories += len(polled.outcome.stories)
        if polled.state.failures:
            print(polled.state.url, polled.state.last_error, file=sys.stderr)

    feeds = tuple(Feed(FeedUrl(address(n, port)), f"Feed {n}") for n in range(count))
    settings = Settings(database=database, allow_hosts=("127.0.0.0/8",), host_gap=0)
    rules = Rules(database.with_name("rules.yaml"), feeds)
    async with newsroom(settings, rules, None, landed, spread=False) as room:
        settle()
        started = time.process_time()
        while poll and not finished.is_set():
            await room.poll.tick()
            with suppress(TimeoutError):
                await asyncio.wait_for(finished.wait(), PAUSE)
    print(started, pages, stories)
