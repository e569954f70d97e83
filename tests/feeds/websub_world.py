"""A hub and a subscriber on loopback, for the tests of WebSub."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.model import FeedState, FeedUrl
from monitor.core.model.pushes import Push
from monitor.feeds.callback import Callback
from monitor.feeds.websub import Ledger, WebSub
from tests.build import NOW
from tests.fakes import FixedClock
from tests.feeds.answering_site import fetcher
from tests.feeds.little_hub import Hub

FEED = FeedUrl("https://news.example/rss")
TOPIC = "https://news.example/rss?self"


@dataclass
class Kept:
    """What the store would keep, and which feeds were made due."""

    pushes: dict[FeedUrl, Push] = field(default_factory=dict)
    due: list[tuple[FeedUrl, datetime]] = field(default_factory=list)

    async def save(self, push: Push) -> None:
        self.pushes[push.feed] = push

    async def drop(self, feed: FeedUrl) -> None:
        self.pushes.pop(feed, None)

    async def hasten(self, feed: FeedUrl, at: datetime) -> bool:
        self.due.append((feed, at))
        return True

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.save, self.drop, self.hasten)


@dataclass
class World:
    """A hub and a subscriber on loopback."""

    hub: Hub
    kept: Kept
    clock: FixedClock
    websub: WebSub
    callback: Callback

    def state(self, **changes) -> FeedState:
        return replace(FeedState(FEED, "News", next_poll_at=NOW, hub=self.hub.url, topic=TOPIC), **changes)

    async def tick(self, *states: FeedState) -> None:
        await self.websub.tick(states)
        await self.hub.settled()

    async def received(self) -> None:
        """Wait until what was pushed is worked off."""
        for _ in range(20):
            await asyncio.sleep(0)

    def restarted(self, post) -> WebSub:
        return WebSub(
            base="http://127.0.0.1",
            kept=self.kept.pushes.values(),
            ledger=self.kept.ledger,
            post=post,
            clock=self.clock,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def hub_and_subscriber() -> AsyncIterator[World]:
    """Both, listening."""
    clock, kept = FixedClock(NOW), Kept()
    async with Hub() as hub, fetcher() as here:
        port = free_port()
        base = f"http://127.0.0.1:{port}/tocsin/"
        websub = WebSub(base=base, kept=(), ledger=kept.ledger, post=here.post, clock=clock)
        async with Callback(websub, port=port, host="127.0.0.1") as callback:
            yield World(hub, kept, clock, websub, callback)
