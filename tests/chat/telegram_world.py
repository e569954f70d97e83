"""A running chat over a real desk, the places where people meet it, and how they ask."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from db.memory import MemoryStore
from monitor.chat.app import TelegramChat
from monitor.chat.polling import Timing
from monitor.chat.sharing import RATE
from monitor.core.access import Mode
from monitor.core.errors import StoreError
from monitor.core.model import Destination, Level
from monitor.desk import Desk
from tests.botapi.server import BotApi
from tests.build import book, rule
from tests.errands import FakeErrands
from tests.fakes import FixedClock, inline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from monitor.chat.hook import Hook
    from monitor.core.model import Subscription
    from monitor.core.quota import Rate

ANN, BOB = 7, 8
HERE = Destination("telegram", str(ANN))
TEAM, NEWS = -1001, -1002
QUICK = Timing(hold=5, watchdog=5.0, first=0.005, most=0.01, token=0.01, farewell=1.0)
RULES = book(rule("defection", "defector", Level.FLASH), rule("exams", "exam", Level.INFO))


def desk_over(store: MemoryStore, access: Mode = Mode.OPEN) -> Desk:
    clock = FixedClock()
    return Desk(
        store=store,
        book=lambda: RULES,
        access=access,
        clock=clock,
        rules_problem=lambda: None,
        errands=FakeErrands(),
    )


class BrokenStore(MemoryStore):
    """A store whose disk is full as long as `broken` is set."""

    broken = True

    def subscribe(self, subscription: Subscription) -> bool:
        if self.broken:
            message = "the disk is full"
            raise StoreError(message)
        return super().subscribe(subscription)


@asynccontextmanager
async def chatting(
    api: BotApi,
    store: MemoryStore,
    *,
    access: Mode = Mode.OPEN,
    owners: tuple[int, ...] = (),
    timing: Timing = QUICK,
    token: str | None = None,
    hook: Hook | None = None,
    rate: Rate = RATE,
) -> AsyncIterator[TelegramChat]:
    """A running chat over a real desk."""
    chat = TelegramChat(
        token=token or api.token,
        desk=desk_over(store, access),
        store=store,
        offload=inline,
        owners=owners,
        api_url=api.url,
        timing=timing,
        hook=hook,
        rate=rate,
    )
    await chat.start()
    try:
        yield chat
    finally:
        await chat.stop()


async def ask(api: BotApi, line: str, who: int = ANN, where: int | None = None) -> str:
    """Send a line and wait for the answer."""
    chat = api.chats[who if where is None else where]
    await chat.says(api.people[who], line)
    return (await chat.next_message()).text


def selectors(store: MemoryStore, destination: Destination) -> list[str]:
    return [each.selector for each in store.subscriptions(destination)]


async def until(held: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not held():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.001)
