"""Polls every feed once, wired as the bot is, and ends.

A process of its own, `python -m benchmarks.polling.ours DATABASE PORT COUNT [0]`: what it and its parser
processes cost is what the system says of it. With a 0 at the end it only makes the database. It prints how many
polls brought a page, and how many stories are stored. The rules are the shipped ones.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

if __name__ != "__mp_main__":  # a parser process imports its parent's main file, and needs nothing of this
    from benchmarks.polling.addresses import address
    from bot import newsroom
    from monitor.core.model import Feed, FeedUrl, RuleBook
    from monitor.poll import Polled
    from monitor.rulebook import Library
    from monitor.settings import Settings

ROOT = Path(__file__).parent.parent.parent
PAUSE = 0.05
"""Seconds between two ticks; the bot waits a second, since it never has a thousand feeds due at once."""


class Rules(Library):
    """The shipped rules over other feeds."""

    def __init__(self, feeds: tuple[Feed, ...]) -> None:
        super().__init__(ROOT / "rules.yaml")
        self._listed = replace(super().book, feeds=feeds)

    @property
    def book(self) -> RuleBook:
        """The last good rules, with our feeds."""
        return self._listed


async def round_of(database: Path, port: int, count: int, *, poll: bool) -> None:
    """Poll what is due, which is everything, until all were polled once."""
    pages = stories = done = 0

    def landed(polled: Polled) -> None:
        nonlocal pages, stories, done
        done += 1
        if polled.outcome is not None:
            pages += 1
            stories += len(polled.outcome.stories)
        if polled.state.failures:
            print(polled.state.url, polled.state.last_error, file=sys.stderr)

    feeds = tuple(Feed(FeedUrl(address(n, port)), f"Feed {n}") for n in range(count))
    settings = Settings(database=database, allow_hosts=("127.0.0.0/8",))
    async with newsroom(settings, Rules(feeds), None, landed) as room:
        while poll and done < count:
            await room.poll.tick()
            await asyncio.sleep(PAUSE)
    print(pages, stories)


if __name__ == "__main__":
    asyncio.run(round_of(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), poll=sys.argv[4:] != ["0"]))
