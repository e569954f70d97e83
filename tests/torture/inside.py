"""Runs within one process, over the real clerk, store, pump and messenger: without faults, a part fails, a long wait.

Pages of a feed are decided and saved as ever; the Bot API server on loopback keeps what arrives.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from monitor.chat.cards import REPEAT
from monitor.chat.message import Message
from monitor.core.decide import Policy
from monitor.core.language import parse
from monitor.core.match import compile_book
from monitor.core.model import (
    Batch,
    Claimed,
    DeliveryState,
    DigestWish,
    Every,
    Feed,
    Gathered,
    Level,
    Page,
    Rule,
    RuleBook,
    RuleId,
    Schedule,
    Story,
    StoryKey,
    Subscription,
)
from monitor.ingest import Ingest
from tests.botapi import too_many
from tests.botapi.faults import Fault, Faults
from tests.build import NOW, URL
from tests.contract.outcomes import opened
from tests.fakes import FixedClock
from tests.paced import FEED, place, room, utc_now
from tests.torture.score import LETTERS

if TYPE_CHECKING:
    from monitor.ports import Store
    from tests.paced import Room

ON_A_PAGE = 100
CARDS = 45
"""In a digest: five parts of at most ten."""

THIRD = 3


@dataclass
class Tally:
    """What was wanted, and what arrived of it."""

    wanted: int = 0
    arrived: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    marked: int = 0  # copies that say that they may be
    seconds: float = 0.0


async def calm(hits: int, chats: int, seed: int) -> Tally:
    """So many stories, each hits the rule of one chat; no fault at all. Each must arrive once, unmarked."""
    dice = random.Random(seed)  # noqa: S311 - a run that can be repeated, not a secret
    rules = tuple(
        Rule(RuleId(f"r{number}"), parse(f"chat{number}chat"), None, Level.ALERT)
        for number in range(1, chats + 1)
    )
    matcher = compile_book(RuleBook((FEED,), {}, rules, "1"))
    tally = Tally(wanted=hits)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with room(chats, enforced=False, words=_words) as here:
        await here.clerk(_subscribe, here.store, chats)
        ingest = Ingest(here.store, lambda: matcher, Policy(alert_on_first_poll=True), utc_now, lambda: 0.5)
        told = 0
        while told < hits:
            stories = tuple(
                _story(dice, number, chats) for number in range(told, min(told + ON_A_PAGE, hits))
            )
            told += len(stories)
            page = Page(FEED.url, FEED.url, b"", f"digest {told}")
            await here.clerk(ingest.page, FEED, page, Batch(FEED.url, stories))
            await here.pump.drain()
        _count(tally, here, hits, chats)
    tally.seconds = loop.time() - begun
    return tally


def _subscribe(store: Store, chats: int) -> None:
    for number in range(1, chats + 1):
        store.subscribe(Subscription(place(number), f"r{number}", utc_now()))


def _words(claimed: Claimed) -> Message:
    mark = f"\n{REPEAT}" if claimed.delivery.repeat else ""
    return Message(claimed.view.stories[0].story.title + mark)


def _story(dice: random.Random, number: int, chats: int) -> Story:
    words = ["".join(dice.choices(LETTERS, k=9)) for _ in range(6)]
    title = f"x{number}x chat{1 + number % chats}chat {' '.join(words)}"
    return Story(feed=FEED.url, key=StoryKey(str(number)), title=title, source=FEED.name)


def _count(tally: Tally, here: Room, hits: int, chats: int) -> None:
    told = Counter(
        (chat, message.text.split()[0])
        for chat in range(1, chats + 1)
        for message in here.api.chats[chat].messages
    )
    wanted = {(1 + number % chats, f"x{number}x") for number in range(hits)}
    tally.arrived = len(wanted & told.keys())
    tally.lost = [f"{name} in {chat}" for chat, name in sorted(wanted - told.keys())]
    tally.doubled = [f"{name} in {chat}" for (chat, name), count in told.items() if count > 1]
    tally.doubled += [f"{name} in {chat} by mistake" for chat, name in told.keys() - wanted]
    tally.marked = sum(REPEAT in message.text for c in here.api.chats.values() for message in c.messages)


class Third(Faults):
    """The third message meets a fault, once."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self._fault: Fault | None = fault
        self._sent = 0

    def take(self, method: str, chat: int | None) -> Fault | None:
        """The fault for this request, or None."""
        del chat
        self._sent += method == "sendMessage"
        if self._sent != THIRD or method != "sendMessage":
            return None
        found, self._fault = self._fault, None
        return found


async def split(fault: Fault) -> tuple[list[str], list[str]]:
    """A digest in five parts, the third of which meets a fault: what arrived, in order, and what is listed as dead."""
    clock = FixedClock(NOW)
    async with room(1, enforced=False, words=_part, clock=clock) as here:
        await here.clerk(_gather, here.store)
        here.api.faults = Third(fault)
        clock.forward(3_600)
        for _ in range(30):
            await here.pump.drain()
            clock.forward(10)
        dead = [letter.delivery.about for letter in (await here.clerk(here.store.status)).dead]
        return [message.text for message in here.api.chats[1].messages], dead


def _gather(store: Store) -> None:
    """Cards that somebody wants in an hourly digest."""
    hourly = Schedule(Every.HOUR)
    store.sync_feeds([Feed(URL, "Example")], NOW)
    store.set_digest(DigestWish(place(1), "all", hourly))
    for number in range(1, CARDS + 1):
        gathered = (Gathered(number, place(1), Level.ALERT, hourly),)
        store.save(replace(opened(number), gathered=gathered))


def _part(claimed: Claimed) -> Message:
    mark = f" {REPEAT}" if claimed.delivery.repeat else ""
    return Message(f"part {claimed.delivery.part} of {claimed.delivery.parts}{mark}")


async def long_wait(seconds: int) -> tuple[int, float]:
    """Telegram asks one chat to wait, and the process starts anew in between.

    How many requests went to the chat before it was time, and after how many seconds its message came.
    """
    clock = FixedClock(utc_now())
    async with room(2, clock=clock) as here:
        here.api.fail("sendMessage", too_many(seconds), chat=1)
        await here.owe([place(1)], Level.ALERT)
        await here.pump.tick()
        await _settled(here)
        early, passed = 0, 0.0
        step = seconds / 100
        while not here.api.chats[1].messages and passed < 2 * seconds:
            await here.pump.stop(5.0)
            here.restart()
            clock.forward(step)
            passed += step
            await here.pump.tick()
            await _settled(here)
            asked = len(here.api.calls("sendMessage")) - 1
            early += asked if passed < seconds - 1 else 0
        return early, round(passed, 3)


async def _settled(here: Room) -> None:
    """Until nothing is in flight."""
    while await here.clerk(here.store.outbox, 10, [DeliveryState.SENDING]):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.005)
