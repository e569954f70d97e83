"""Fakes at the ports, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from monitor.core.model import Batch, Claimed, Failed, Feed, FeedState, Fetched, Page, Receipt, Sent
from tests.build import NOW

P = ParamSpec("P")
T = TypeVar("T")


class FixedClock:
    """A clock that moves only when told."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def inline(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """`ports.Offload` without a thread: gives the loop one turn, then works."""
    await asyncio.sleep(0)
    return work(*args, **kwargs)


class FakeFetch:
    """`ports.Fetch`: gives the answers it was given for a feed, the last one for ever; keeps what it was asked."""

    def __init__(self, **answers: Iterable[Fetched | Exception]) -> None:
        self.answers = {name: list(given) for name, given in answers.items()}
        self.asked: list[str] = []
        self.gate: asyncio.Event | None = None  # answers wait for it

    async def __call__(self, feed: Feed, state: FeedState) -> Fetched:
        self.asked.append(feed.name)
        if self.gate is not None:
            await self.gate.wait()
        answers = self.answers[feed.name]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeParse:
    """`ports.Parse`: the batch that was prepared for a page's bytes."""

    def __init__(self, batches: dict[bytes, Batch | Failed]) -> None:
        self.batches = batches
        self.seen: list[frozenset[str]] = []
        self.gate: asyncio.Event | None = None

    async def __call__(self, feed: Feed, page: Page, seen: frozenset[str] = frozenset()) -> Batch | Failed:
        self.seen.append(seen)
        if self.gate is not None:
            await self.gate.wait()
        return self.batches[page.body]


class FakeMessenger:
    """`ports.Messenger`: answers with the receipts it was given, then with Sent; keeps what it was handed."""

    def __init__(self, *receipts: Receipt | Exception) -> None:
        self.receipts = list(receipts)
        self.handed: list[Claimed] = []
        self.gate: asyncio.Event | None = None
        self.flying = 0
        self.most_flying = 0

    async def deliver(self, claimed: Claimed) -> Receipt:
        self.handed.append(claimed)
        self.flying += 1
        self.most_flying = max(self.most_flying, self.flying)
        try:
            if self.gate is not None:
                await self.gate.wait()
            receipt = self.receipts.pop(0) if self.receipts else Sent(str(len(self.handed)))
        finally:
            self.flying -= 1
        if isinstance(receipt, Exception):
            raise receipt
        return receipt
