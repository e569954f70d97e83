"""How soon people are answered while feeds poll: 500 interleaved commands from 50 chats beside 2,000 feeds.

The real chat, desk, poller, clerk and store (SQLite) with stories in it, against a Bot API server on loopback; feeds
are made up in the process. Each person sends ten commands, a seeded moment apart, and never waits for an answer.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from statistics import quantiles
from time import monotonic

from benchmarks.figures import Figure
from benchmarks.poll_to_send import EVERY, FEEDS, Press, begin
from monitor.chat.app import TelegramChat
from monitor.core.access import Mode
from monitor.core.cadence import Pace
from monitor.core.decide import Policy
from monitor.core.language import parse
from monitor.core.match import compile_book
from monitor.core.model import Feed, FeedUrl, Level, Rule, RuleBook, RuleId
from monitor.desk import Desk
from monitor.ingest import Ingest
from monitor.poll import Poll
from tests.errands import FakeErrands
from tests.paced import Room, place, room, utc_now

CHATS, EACH, STORIES = 50, 10, 400
SPREAD = 20.0
"""Seconds over which everybody's commands are spread."""

SEED = 9
ASKED = (
    ("/latest 3", "🟠 ALERT"),
    ("/search story", "“story”"),
    ("/status", ""),
    ("/rules", "1 rule"),
    ("/subs", "Nothing comes"),
    ("/why 7", "Why card #7"),
    ("/feeds", f"{FEEDS:,} feeds"),
    ("/help search", "How to search"),
    ("/story 9", "Card #9"),
    ("/mute story:", ""),
)
"""What is typed, and how its answer begins (empty: anything)."""


@dataclass
class Crowd:
    """Who said what when."""

    here: Room
    said: dict[int, list[tuple[float, str]]] = field(default_factory=dict)

    async def person(self, number: int, rng: random.Random) -> None:
        """One person's commands, in an order of their own."""
        chat = self.here.api.chats[number]
        lines = [line for line, _ in ASKED]
        rng.shuffle(lines)
        moments = sorted(rng.uniform(0, SPREAD) for _ in lines)
        begun = monotonic()
        self.said[number] = []
        for line, at in zip(lines, moments, strict=True):
            await asyncio.sleep(max(begun + at - monotonic(), 0))
            self.said[number].append((monotonic(), line))
            await chat.says(self.here.api.people[number], line)

    def answered(self) -> tuple[list[float], int]:
        """Seconds until each answer, and how many chats were answered out of order or too little."""
        took: list[float] = []
        wrong = 0
        for number, said in self.said.items():
            answers = [
                call
                for call in self.here.api.calls("sendMessage")
                if call.status == 200 and int(call.params["chat_id"]) == number
            ]
            took += [call.at - at for call, (at, _) in zip(answers, said, strict=False)]
            begins = dict(ASKED)
            fits = [
                str(call.params["text"]).startswith(begins[line])
                for call, (_, line) in zip(answers, said, strict=False)
            ]
            wrong += not (all(fits) and len(answers) == len(said))
        return took, wrong


async def measured() -> tuple[list[float], int]:
    """Seconds until each answer, and how many chats were not answered as they asked."""
    press = Press()
    feeds = [Feed(FeedUrl(f"https://{n}.example/rss"), f"Feed {n}", every=EVERY) for n in range(FEEDS)]
    book = RuleBook(tuple(feeds), {}, (Rule(RuleId("stories"), parse("story"), None, Level.ALERT),), "1")
    matcher, listed = compile_book(book), {feed.url: feed for feed in feeds}
    async with room(CHATS, enforced=False) as here:
        await begin(here, feeds)
        for number in range(1, STORIES + 1):
            await here.owe([], Level.ALERT)
            await here.clerk(here.store.unsubscribe, place(number), None)
        desk = Desk(
            store=here.store,
            book=lambda: book,
            access=Mode.OPEN,
            clock=utc_now,
            rules_problem=lambda: None,
            errands=FakeErrands(),
        )
        chat = TelegramChat(
            token=here.api.token,
            desk=desk,
            store=here.store,
            offload=here.clerk,
            zone=UTC,
            api_url=here.api.url,
        )
        poll = Poll(
            store=here.store,
            feeds=lambda: listed,
            fetch=press.fetch,
            parse=press.parse,
            ingest=Ingest(
                here.store, lambda: matcher, Policy(Pace(floor=EVERY, blind=EVERY)), utc_now, lambda: 0.5
            ),
            offload=here.clerk,
            clock=utc_now,
            on_done=lambda _: None,
        )
        await chat.start()
        crowd = Crowd(here)
        try:
            await ticking(poll, crowd)
        finally:
            await poll.drain()
            await chat.stop()
        return crowd.answered()


async def ticking(poll: Poll, crowd: Crowd) -> None:
    """Poll as the schedule does, while everybody talks."""
    rng = random.Random(SEED)
    talk = asyncio.gather(*(crowd.person(n, random.Random(rng.random())) for n in range(1, CHATS + 1)))
    until = None
    while until is None or monotonic() < until:
        await poll.tick()
        await asyncio.sleep(0.4)
        if talk.done() and until is None:
            until = monotonic() + 3.0
    await talk


def run() -> Iterator[Figure]:
    """Half a minute."""
    took, wrong = asyncio.run(measured())
    hundredths = quantiles(took, n=100)
    name = f"{len(took)} commands from {CHATS} chats beside {FEEDS:,} feeds"
    print(
        f"{name}: p50 {hundredths[49]:.3f} s, p95 {hundredths[94]:.3f} s, slowest {max(took):.3f} s",
        flush=True,
    )
    yield Figure(f"{name}: p95", hundredths[94], "s", 0.3)
    yield Figure("chats answered out of order or too little", wrong, "", 0)
