"""The real pump, store and messenger before a Bot API server that enforces its rates: for tests and benchmarks."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from db import open_store
from monitor.chat.connection import Line, bot
from monitor.chat.message import Message
from monitor.chat.messenger import TelegramMessenger
from monitor.clerk import Clerk
from monitor.core.model import (
    Card,
    Claimed,
    Destination,
    Evidence,
    Feed,
    FeedState,
    FeedUrl,
    Hit,
    Kept,
    Kind,
    Level,
    Outcome,
    Owed,
    RuleId,
    Story,
    StoryKey,
)
from monitor.deliver import RATES, Deliver
from monitor.ports import Store
from tests.botapi import BotApi
from tests.chat.one_delivery import post
from tests.fakes import FixedClock

FEED = Feed(FeedUrl("https://news.example/rss"), "News")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Room:
    """A pump over SQLite whose messages go to a Bot API server on loopback."""

    api: BotApi
    store: Store
    clerk: Clerk
    another: Callable[[], Deliver]
    cards: int = 0

    def __post_init__(self) -> None:
        self.pump = self.another()

    def restart(self) -> None:
        """A new pump, which knows only what the store does."""
        self.pump = self.another()

    async def owe(self, places: Sequence[Destination], level: Level) -> int:
        """One more card with an alert to each place; its number."""
        self.cards += 1
        number, now = self.cards, utc_now()
        story = Story(feed=FEED.url, key=StoryKey(str(number)), title=f"Story {number}", source=FEED.name)
        evidence = (Evidence("story", "story", "title", 0, 5, "Story"),)
        kept = Kept(story, (Hit(RuleId("all"), level, evidence),), number)
        owed = tuple(Owed(number, place, Kind.ALERT, level) for place in places)
        outcome = Outcome(
            FeedState(FEED.url, FEED.name, seen_before=True), now, (kept,), (Card(number, level, now),), owed
        )
        await self.clerk(self.store.save, outcome)
        return number

    def arrived(self) -> dict[int, list[tuple[float, int]]]:
        """By chat, when each card arrived, in order of arrival."""
        found: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        for call in self.api.calls("sendMessage"):
            if call.status == 200:
                found[int(call.params["chat_id"])].append(
                    (call.at, int(str(call.params["text"]).split()[-1]))
                )
        return found

    async def until_sent(self, count: int) -> None:
        """Tick as the schedule does, until so many messages are out."""
        while (await self.clerk(self.store.status)).sent < count:
            await self.pump.tick()
            await asyncio.sleep(1.0)


def words(claimed: Claimed) -> Message:
    """A card's number."""
    return Message(f"card {claimed.delivery.card}")


def steered_by(clock: FixedClock) -> Callable[[], float]:
    """Seconds by a clock that moves only when told."""
    return lambda: clock().timestamp()


def place(chat: int) -> Destination:
    return Destination("telegram", str(chat))


@asynccontextmanager
async def room(
    people: int,
    groups: int = 0,
    *,
    enforced: bool = True,
    words: Callable[[Claimed], Message] = words,
    clock: FixedClock | None = None,
) -> AsyncIterator[Room]:
    """A world of people 1, 2, ... and groups -1, -2, ..., and a pump that has not begun.

    If not `enforced`, the server bears any rate, and the pump sends as fast as it can. `clock` is what the pump goes by
    instead of the real time.
    """
    clerk = Clerk()
    with TemporaryDirectory() as folder:
        async with BotApi() as api:
            for number in range(1, people + 1):
                api.private(number, f"Person {number}")
            for number in range(1, groups + 1):
                api.group(-number, f"Group {number}")
            if enforced:
                api.rates.enforce()
            store = await clerk(open_store, str(Path(folder) / "pace.db"), now=utc_now())
            await clerk(store.sync_feeds, [FEED], utc_now())
            updates = Line(size=2, proxy=None, read_timeout=15.0)
            line = bot(api.token, api_url=api.url, proxy=None, updates=updates)
            steered: Callable[..., Deliver] = Deliver
            if clock is not None:
                api.rates.clock = steered_by(clock)
                steered = partial(Deliver, seconds=steered_by(clock))
            pump = partial(
                steered,
                store=store,
                messengers={"telegram": TelegramMessenger(post(line), words=words)},
                offload=clerk,
                clock=clock or utc_now,
                rates=RATES if enforced else {},
            )
            made = Room(api, store, clerk, pump)
            yield made
            await made.pump.stop(5.0)
            await line.request.shutdown()
            await updates.shutdown()
            await clerk(store.close)
    clerk.close()


def disorder(arrived: Mapping[int, list[tuple[float, int]]]) -> list[str]:
    """Chats whose cards came in another order than they were owed, or twice."""
    return [
        f"chat {chat}: card {card} after {before}"
        for chat, cards in arrived.items()
        for (_, before), (_, card) in pairwise(cards)
        if card <= before
    ]
