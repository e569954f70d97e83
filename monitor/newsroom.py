"""A wired Tocsin, and what it does all day: a run until told to stop, one round, the demo."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from monitor.announce import Announcer
from monitor.chat.app import TelegramChat
from monitor.chat.rivalry import Rivalry
from monitor.clerk import Clerk
from monitor.core.errors import TocsinError
from monitor.core.health import BEAT
from monitor.deliver import Deliver
from monitor.demo.tour import Tour
from monitor.desk import Desk
from monitor.desk.escalation import EscalationWatch
from monitor.feeds.websub import WebSub
from monitor.poll import Poll, Polled
from monitor.ports import Store
from monitor.rulebook import Library
from monitor.schedule import Schedule, Tick
from monitor.settings import Settings
from monitor.storage import Storage
from monitor.terminal.prompt import Prompt
from monitor.terminal.screen import Screen
from monitor.upkeep import Upkeep, settle

HISTORY = "history"
"""What was typed at the terminal, beside the database."""
GRACE = 5.0
"""Seconds that sends in flight may take to end when the process is told to stop."""

log = logging.getLogger("tocsin")


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A wired Tocsin."""

    settings: Settings
    library: Library
    clerk: Clerk
    store: Store
    desk: Desk
    poll: Poll
    deliver: Deliver
    chat: TelegramChat | None
    upkeep: Upkeep
    storage: Storage
    announcer: Announcer
    websub: WebSub | None
    rivalry: Rivalry | None

    async def quieten(self) -> None:
        """Begin nothing more, and wait for what is in flight."""
        quiet = [] if self.chat is None else [self.chat.hush()]
        await asyncio.gather(self.poll.stop(), self.deliver.stop(GRACE), *quiet)

    async def push(self) -> None:
        """Keep the subscriptions at hubs."""
        if self.websub is not None:
            await self.websub.tick(await self.clerk(self.store.feed_states))

    async def look_for_rivals(self) -> None:
        """Notice another program with our token."""
        if self.rivalry is not None:
            await self.rivalry.tick()


class Opening(Protocol):
    """Wires a newsroom, and lets go of it at the end."""

    def __call__(
        self,
        settings: Settings,
        library: Library,
        screen: Screen | None,
        on_done: Callable[[Polled], None],
        *,
        spread: bool = True,
    ) -> AbstractAsyncContextManager[Newsroom]:
        """Without `spread` all that is due is polled at once; `on_done` hears of every poll."""


async def run(opening: Opening, settings: Settings, library: Library, version: str) -> None:
    """Run until told to stop: SIGTERM, SIGINT, or the end of a conversation at the terminal."""
    stop = _told_to_stop()
    screen = Screen() if settings.token is None else None
    async with opening(settings, library, screen, lambda _: None) as room:
        settle()
        schedule = _schedule(room)
        schedule.start()
        await room.storage.look()
        await room.poll.tick()
        await room.deliver.tick()
        await room.upkeep.heartbeat()  # else /status would call a bot that has just started unwell
        log.info(
            "tocsin %s runs: %d feeds, %d rules", version, len(library.book.feeds), len(library.book.rules)
        )
        talk = await _open_to_people(room, screen, stop)
        await stop.wait()
        log.info("stopping")
        schedule.stop()
        if talk is not None:
            talk.cancel()


def _told_to_stop() -> asyncio.Event:
    """Set once somebody tells the process to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":  # there Ctrl-C raises KeyboardInterrupt
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
    return stop


async def _open_to_people(
    room: Newsroom, screen: Screen | None, stop: asyncio.Event
) -> asyncio.Task[None] | None:
    """Begin to listen to Telegram, or to whoever sits at the terminal; their conversation ends the run."""
    if room.chat is not None:
        if (claim := await room.clerk(room.desk.roles.claim)) is not None:
            log.warning(
                "nobody owns this bot yet: whoever sends it /start %s first becomes its owner", claim.code
            )
        await room.chat.start()
        return None
    if screen is None or not sys.stdin.isatty():
        return None
    screen.line("Tocsin runs; alerts come here. /help lists the commands, /quit ends.", "dim")
    settings = room.settings
    prompt = Prompt(
        screen,
        desk=room.desk,
        offload=room.clerk,
        zone=settings.timezone,
        history=settings.database.parent / HISTORY if settings.history else None,
    )
    talk = asyncio.create_task(prompt.run())
    talk.add_done_callback(lambda _: stop.set())
    return talk


def _schedule(room: Newsroom) -> Schedule:
    watch = EscalationWatch(room.store, room.desk.now)

    async def escalate() -> None:
        if await room.clerk(watch.look, time.monotonic()):
            room.deliver.wake()

    async def tend_buttons() -> None:
        if room.chat is not None:
            await room.chat.keys.tend()

    return Schedule(
        [
            Tick("poll", 0.4, room.poll.tick),
            Tick("deliver", 1.0, room.deliver.tick),
            Tick("heartbeat", BEAT, room.upkeep.heartbeat),
            Tick("room", 5.0, room.storage.look),
            Tick("storage", 60.0, room.storage.chores),
            Tick("reload", 2.0, room.upkeep.reload),
            Tick("balance", 3_600.0, room.upkeep.balance),
            Tick("announce", 10.0, room.announcer.tick),
            Tick("push", 30.0, room.push),
            Tick("rival", 10.0, room.look_for_rivals),
            Tick("escalate", 5.0, escalate),
            Tick("buttons", 600.0, tend_buttons),
        ]
    )


async def once(opening: Opening, settings: Settings, library: Library) -> None:
    """Poll what is due, deliver what is owed, and return."""
    screen = Screen() if settings.token is None else None
    async with opening(settings, library, screen, lambda _: None, spread=False) as room:
        settle()
        while await room.poll.tick():
            await room.poll.drain()
        await room.deliver.drain()
        await room.upkeep.heartbeat()


async def demo(opening: Opening, settings: Settings, library: Library, screen: Screen) -> None:
    """The real job over loopback: two polls of every feed, then a conversation if somebody is there.

    Raises TocsinError if a feed could not be read.
    """
    tour = Tour(screen, library.book)
    async with opening(settings, library, screen, tour.polled) as room:
        tour.begin()
        schedule = _schedule(room)
        schedule.start()
        await room.poll.tick()
        await tour.polled_twice.wait()
        await room.deliver.drain()
        tour.end()
        if sys.stdin.isatty():
            tour.invite()
            await Prompt(screen, desk=room.desk, offload=room.clerk, zone=settings.timezone).run()
        else:
            tour.decline()
        tour.farewell()
        schedule.stop()
    if tour.failed:
        message = "a feed of the demo could not be read over loopback; the line in red says why"
        raise TocsinError(message)
