"""A pump over a memory store, with a clock that moves only when told."""

from __future__ import annotations

import asyncio
from functools import partial

from db.memory import MemoryStore
from monitor.core.model import Card, Destination, Kept, Kind, Level, Outcome, Owed
from monitor.core.pacing import Rates
from monitor.deliver import Deliver
from tests.build import FEED, NOW, hit, state, story, subscription
from tests.fakes import FakeMessenger, FixedClock, inline


class Outbox:
    """What is owed, and the pump that sends it; without `rates` as fast as it can."""

    def __init__(
        self, messenger: FakeMessenger, width: int = 20, rates: Rates | None = None, *, steered: bool = False
    ) -> None:
        """`steered`: the pace keeps to the fixed clock, too."""
        self.messenger = messenger
        self.clock = FixedClock()
        self.store = MemoryStore()
        self.store.sync_feeds([FEED], NOW)
        self.store.subscribe(subscription())
        self.cards = 0
        self.width = width
        self.rates = {"telegram": rates} if rates else {}
        self.steered = steered
        self.pump = self.another()

    def another(self) -> Deliver:
        """A pump as the next process would have it."""
        steered = Deliver if not self.steered else partial(Deliver, seconds=self._seconds)
        return steered(
            store=self.store,
            messengers={"telegram": self.messenger, "terminal": self.messenger},
            offload=inline,
            clock=self.clock,
            rates=self.rates,
            width=self.width,
        )

    def _seconds(self) -> float:
        return self.clock.now.timestamp()

    def owe(self, *destinations: Destination, level: Level = Level.ALERT) -> int:
        """One more card, and an alert of it to each destination; its number."""
        self.cards += 1
        number = self.cards
        kept = Kept(story(f"Story {number}"), (hit(),), number)
        owed = tuple(Owed(number, where, Kind.ALERT, level) for where in destinations)
        self.store.save(Outcome(state(), NOW, (kept,), (Card(number, level, NOW),), owed))
        return number

    def owe_update(self, number: int, destination: Destination) -> None:
        """A card grew."""
        kept = Kept(story(f"More of {number}"), (hit(),), number)
        owed = (Owed(number, destination, Kind.UPDATE, Level.ALERT),)
        self.store.save(Outcome(state(), NOW, (kept,), (), owed))

    async def settle(self) -> None:
        """Let everything that can happen now happen."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def after(self, seconds: float) -> list[tuple[int, str]]:
        """Which cards were handed out, and to whom, once so many seconds have passed."""
        self.clock.forward(seconds)
        before = len(self.messenger.handed)
        await self.pump.tick()
        await self.settle()
        return [
            (each.delivery.card, str(each.delivery.destination)) for each in self.messenger.handed[before:]
        ]
