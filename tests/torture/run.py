"""The real bot in a process of its own, killed with -9 at random instants, or answered badly on every send.

Everything random comes from a seed; what a loaded machine does with the instants does not.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from db import open_store
from monitor.core.model import Destination
from tests.botapi import BotApi, Drop, Half, Hang
from tests.botapi.faults import Fault, Faults, Html
from tests.flow.process import Stage, until
from tests.flow.site import Site
from tests.torture.score import Score, fault_of, in_flight, settle, story

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from tests.botapi import Chat
    from tests.flow.process import Bot
    from tests.flow.site import Item

FEED = "wire.xml"
PAGE = 80
"""Stories on a page: far more than come between two polls."""

KINDS: dict[str, Callable[[], Fault]] = {
    "dropped before it was accepted": Drop,
    "no answer and not accepted": Hang,
    "dropped after it was accepted": lambda: Drop(accepted=True),
    "half an answer": Half,
    "no answer after it was accepted": lambda: Hang(accepted=True),
    "502 after it was accepted": lambda: Html(502, accepted=True),
}
"""What may befall a send so that nobody knows whether it arrived."""

PATIENCE = 60.0
"""Seconds within which something must go on; a busy machine is slow, not wrong."""


@asynccontextmanager
async def stage_in(folder: Path) -> AsyncIterator[Stage]:
    """A feed server and a Telegram around an empty folder."""
    async with Site() as site, BotApi() as api:
        stage = Stage(folder, site, api)
        stage.write_rules(FEED)
        site.carry(FEED)
        try:
            yield stage
        finally:
            for bot in stage.bots:
                bot.clean_up()


async def killed(
    folder: Path, seed: int, rounds: int, *, chats: int = 6, say: Callable[[str], None] = print
) -> Score:
    """Kill the bot again and again; to the last of the chats each alert goes at most once."""
    dice = random.Random(seed)  # noqa: S311 - a run that can be repeated, not a secret
    score = Score()
    stories: list[Item] = []
    async with stage_in(folder) as stage:
        people = [stage.api.private(100 + number, f"Person {number}") for number in range(chats)]
        stage.subscribe(*people)
        switch_once(stage, people[-1:])
        while score.rounds < rounds:
            bot = stage.run(ALERT_ON_FIRST_POLL="yes")
            stories.insert(0, story(dice, len(stories)))
            stage.site.carry(FEED, *stories[:PAGE])
            for chat in people:
                if dice.random() < 0.1:
                    stage.api.fail("sendMessage", dice.choice(list(KINDS.values()))(), chat=chat.id)
                    score.faults += 1
            await moment(stage, bot, dice)
            await bot.kill()
            score.rounds += 1
            score.killed_amid += in_flight(stage)
            if wrong := fault_of(stage):
                score.broken.append(f"round {score.rounds}: {wrong}")
            stage.api.faults.waiting.clear()
            stage.api.faults.release()
            bot.clean_up()
            bot.log_file.unlink()
            stage.bots.clear()
            if score.rounds % 25 == 0:
                say(f"  round {score.rounds}: {stage.status().sent} sent, {score.killed_amid} cut short")
        await finish(stage, stories)
        settle(score, stage, stories, people, people[-1:])
    return score


async def moment(stage: Stage, bot: Bot, dice: random.Random) -> None:
    """Wait for something to happen in the bot, and a little longer; or just for a while, its start included."""
    sign = dice.choice(("start", "fetch", "store", "send", "send", "send"))
    seen = len(stage.api.calls("sendMessage"))
    asked = stage.site.asked[FEED]
    signs: dict[str, Callable[[], object]] = {
        "start": lambda: True,
        "fetch": lambda: stage.site.asked[FEED] > asked,
        "store": lambda: "polled feed=wire" in bot.log,
        "send": lambda: len(stage.api.calls("sendMessage")) > seen or stage.api.faults.hanging,
    }
    await until(signs[sign], f"{sign}:\n{bot.log}", PATIENCE)
    await asyncio.sleep(dice.random() * (1.5 if sign == "start" else 0.05 if dice.random() < 0.7 else 0.5))


async def finish(stage: Stage, stories: Sequence[Item]) -> None:
    """Run undisturbed until every story is stored and nothing waits."""
    bot = stage.run(ALERT_ON_FIRST_POLL="yes")
    await stage.polled(FEED)
    sent, since = -1, time.monotonic()
    while (told := stage.status()).cards < len(stories) or told.owed:
        if told.sent != sent:
            sent, since = told.sent, time.monotonic()
        assert time.monotonic() - since < PATIENCE, bot.log
        await asyncio.sleep(0.1)
    assert await bot.stop() == 0, bot.log


class FirstOfTwo(Faults):
    """Each first send of a chat meets its chat's kind of fault, each second none: a repeat comes through."""

    def __init__(self, kinds: dict[int, Callable[[], Fault]]) -> None:
        super().__init__()
        self._kinds = kinds
        self._sends: Counter[int] = Counter()
        self.made = 0

    def take(self, method: str, chat: int | None) -> Fault | None:
        """The fault for this request, or None."""
        if method != "sendMessage" or chat is None:
            return None
        self._sends[chat] += 1
        if self._sends[chat] % 2 == 0 and chat > 0:
            return None
        fault = self._kinds[chat]()
        self.made += 1
        if isinstance(fault, Hang):
            self.hanging.append(fault)
        return fault


async def answered_badly(
    folder: Path, seed: int, *, chats: int, each: int, kinds: Sequence[str] = tuple(KINDS)
) -> Score:
    """Every alert meets a fault at its first send: `chats` of each kind, `each` alerts a chat.

    One group more of each kind wants each alert at most once: there every send meets it.
    """
    dice = random.Random(seed)  # noqa: S311 - as above
    score = Score()
    stories = [story(dice, number) for number in range(each)]
    async with stage_in(folder) as stage:
        meets: dict[int, Callable[[], Fault]] = {}
        people: list[Chat] = []
        once: list[Chat] = []
        for kind in map(KINDS.__getitem__, kinds):
            for _ in range(chats):
                people.append(stage.api.private(100 + len(people), "Person"))
                meets[people[-1].id] = kind
        for kind in map(KINDS.__getitem__, kinds):
            once.append(stage.api.group(-100 - len(once), "Once"))
            meets[once[-1].id] = kind
        stage.subscribe(*people, *once)
        switch_once(stage, once)
        faults = stage.api.faults = FirstOfTwo(meets)
        stage.site.carry(FEED, *stories)
        await finish(stage, stories)
        score.faults = faults.made
        settle(score, stage, stories, [*people, *once], once)
    return score


async def refused(folder: Path) -> bool:
    """Whether a second bot on the same database ends with a clear word, and the first one goes on."""
    async with stage_in(folder) as stage:
        first = stage.run()
        await first.says("Telegram: connected")
        second = stage.run()
        code = await second.ends()
        await stage.polled(FEED)
        return code == 1 and "is in use by process" in second.log and first.running


def switch_once(stage: Stage, chats: Sequence[Chat]) -> None:
    """No send to these is repeated; before a bot runs."""
    with closing(open_store(str(stage.database), now=datetime.now(UTC))) as store:
        for chat in chats:
            store.send_once(Destination("telegram", str(chat.id)), once=True)
