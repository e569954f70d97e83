"""Tocsin's entry point and composition root: the only place where things are wired; nobody imports it.

schedule --tick--> poll --Page--> ingest --owed--> deliver --> chat or terminal
chat or terminal --command--> desk --> store
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.feeds.lookup import Lookup

if __name__ != "__mp_main__":  # a parser process imports its parent's main file, and needs nothing of this
    from db import Copies, open_reader, open_store, restore_store
    from monitor.announce import Announcer
    from monitor.chat.app import TelegramChat
    from monitor.chat.notices import Owners
    from monitor.clerk import Clerk
    from monitor.core.cadence import Pace, most_starts
    from monitor.core.decide import Policy
    from monitor.core.errors import TocsinError
    from monitor.core.health import BEAT
    from monitor.core.model import Copy, Restored
    from monitor.deliver import Deliver
    from monitor.demo.rules import DemoLibrary
    from monitor.demo.server import FeedServer
    from monitor.demo.tour import Tour
    from monitor.desk import Desk
    from monitor.feeds.scout import Scout
    from monitor.feeds.websub import WebSub
    from monitor.ingest import Ingest
    from monitor.logs import configure, log_uncaught
    from monitor.messengers import messengers, telegram
    from monitor.outside import Outside, Shelf, callback
    from monitor.poll import Poll, Polled
    from monitor.ports import Clock, Store
    from monitor.rulebook import Library
    from monitor.schedule import Schedule, Tick
    from monitor.settings import Settings, read_environment
    from monitor.storage import Storage
    from monitor.terminal.messenger import told_here
    from monitor.terminal.prompt import Prompt, sit_down
    from monitor.terminal.screen import Screen
    from monitor.upkeep import Upkeep, settle
    from monitor.watchlist import Watchlist

VERSION = "0.1.0"
GRACE = 5.0
"""Seconds that sends in flight may take to end when the process is told to stop."""

log = logging.getLogger("tocsin")


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


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

    async def quieten(self) -> None:
        """Begin nothing more, and wait for what is in flight."""
        quiet = [] if self.chat is None else [self.chat.hush()]
        await asyncio.gather(self.poll.stop(), self.deliver.stop(GRACE), *quiet)

    async def push(self) -> None:
        """Keep the subscriptions at hubs."""
        if self.websub is not None:
            await self.websub.tick(await self.clerk(self.store.feed_states))


@asynccontextmanager
async def newsroom(
    settings: Settings,
    library: Library,
    screen: Screen | None,
    on_done: Callable[[Polled], None],
    *,
    clock: Clock = utc_now,
    lookup: Lookup | None = None,
    spread: bool = True,
) -> AsyncIterator[Newsroom]:
    """Wire everything; on leaving, let go of it in the order that loses nothing.

    With a token Telegram is the chat, else `screen` is. `lookup` takes the place of the system's DNS for feeds.
    Without `spread` all that is due is polled at once.
    """
    clerk = Clerk()
    try:
        store: Store = await clerk(
            open_store, str(settings.database), now=clock(), copies=settings.backup_dir
        )
    except BaseException:
        clerk.close()
        raise
    outside = Outside(settings, version=VERSION, clock=clock, shelf=Shelf(store, clerk), lookup=lookup)
    async with AsyncExitStack() as stack:
        stack.callback(clerk.close)
        stack.push_async_callback(clerk, store.close)
        stack.push_async_callback(outside.close)
        wiring = _Wiring(settings, library, clerk, store, outside, screen, on_done, clock, spread)
        room = await wiring.newsroom()
        if room.chat is not None:
            stack.push_async_callback(room.chat.stop)  # only then: the sends in flight needed its connections
        stack.push_async_callback(room.quieten)
        if room.websub is not None:
            await stack.enter_async_context(callback(room.websub, settings.callback_port))
        yield room


@dataclass(frozen=True, slots=True)
class _Wiring:
    """What the parts of a newsroom are made of."""

    settings: Settings
    library: Library
    clerk: Clerk
    store: Store
    outside: Outside
    screen: Screen | None
    on_done: Callable[[Polled], None]
    clock: Clock
    spread: bool

    async def newsroom(self) -> Newsroom:
        """All of them, begun."""
        settings, library, clerk, store = self.settings, self.library, self.clerk, self.store
        desk = Desk(
            store=store,
            book=lambda: library.book,
            access=settings.access,
            clock=self.clock,
            rules_problem=lambda: library.problem,
        )
        chat: TelegramChat | None = None
        if settings.token is not None:
            chat = telegram(settings, settings.token, desk, store, clerk)
        elif self.screen is not None:
            await clerk(sit_down, store, self.clock())
        carriers = messengers(settings, desk, chat, self.screen, self.clock)
        deliver = Deliver(store=store, messengers=carriers, offload=clerk, clock=self.clock)
        storage = Storage.of(settings, store=store, copies=_copies(settings), offload=clerk, clock=self.clock)
        upkeep = self._polling(deliver, storage)
        await upkeep.begin()
        self.outside.readers = lambda: upkeep.readers
        tell = told_here(self.screen) if chat is None else Owners(chat, settings.owners).tell
        return Newsroom(
            settings,
            library,
            clerk,
            store,
            desk,
            upkeep.poll,
            deliver,
            chat,
            upkeep,
            storage,
            Announcer(store=store, offload=clerk, clock=self.clock, tell=tell),
            await self.outside.websub(store, clerk),
        )

    def _polling(self, deliver: Deliver, storage: Storage) -> Upkeep:
        """The poller, and who keeps it up."""
        settings, library, outside = self.settings, self.library, self.outside
        floor, budget = settings.poll_floor, settings.poll_budget
        pace = Pace(floor, max(floor, Pace().blind), mean=budget.mean, per_hour=budget.per_hour)
        policy = Policy(pace, settings.alert_on_first_poll)
        watchlist = Watchlist(lambda: library.book)
        rules, book = (lambda: library.matcher), (lambda: library.book)
        ingest = Ingest(self.store, rules, policy, self.clock, random.random, book=book)

        def done(polled: Polled) -> None:
            if polled.outcome is not None and polled.outcome.deliveries:
                deliver.wake()
            self.on_done(polled)

        poll = Poll(
            store=self.store,
            feeds=watchlist.feeds,
            fetch=outside.fetch,
            parse=outside.parse,
            ingest=ingest,
            offload=self.clerk,
            clock=self.clock,
            on_done=done,
            starts=(lambda: most_starts(len(watchlist.feeds()), pace)) if self.spread else None,
            wanted=lambda: storage.enough and (settings.poll_idle or outside.readers() > 0),
            articles=outside.articles,
            matching=settings.full_text == "matching",
        )
        return Upkeep(
            library=library,
            store=self.store,
            offload=self.clerk,
            clock=self.clock,
            watchlist=watchlist,
            ingest=ingest,
            poll=poll,
            deliver=deliver,
            jitter=random.random,
            spread=self.spread,
        )


def _copies(settings: Settings) -> Copies:
    """The backups of the database; the disk that they lie on keeps its free space, too."""
    room = settings.free_space_floor
    return Copies(str(settings.database), settings.backup_dir, settings.backup_keep, room)


async def _run(settings: Settings, library: Library) -> None:
    """Run until told to stop: SIGTERM, SIGINT, or the end of a conversation at the terminal."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":  # there Ctrl-C raises KeyboardInterrupt
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
    screen = Screen() if settings.token is None else None
    async with newsroom(settings, library, screen, lambda _: None) as room:
        settle()
        schedule = _schedule(room)
        schedule.start()
        await room.storage.look()
        await room.poll.tick()
        await room.deliver.tick()
        await room.upkeep.heartbeat()  # else /status would call a bot that has just started unwell
        log.info(
            "tocsin %s runs: %d feeds, %d rules", VERSION, len(library.book.feeds), len(library.book.rules)
        )
        talk: asyncio.Task[None] | None = None
        if room.chat is not None:
            await room.chat.start()
        elif screen is not None and sys.stdin.isatty():
            screen.line("Tocsin runs; alerts come here. /help lists the commands, /quit ends.", "dim")
            talk = asyncio.create_task(
                Prompt(screen, desk=room.desk, offload=room.clerk, zone=settings.timezone).run()
            )
            talk.add_done_callback(lambda _: stop.set())
        await stop.wait()
        log.info("stopping")
        schedule.stop()
        if talk is not None:
            talk.cancel()


def _schedule(room: Newsroom) -> Schedule:
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
        ]
    )


async def _once(settings: Settings, library: Library) -> None:
    screen = Screen() if settings.token is None else None
    async with newsroom(settings, library, screen, lambda _: None, spread=False) as room:
        settle()
        while await room.poll.tick():
            await room.poll.drain()
        await room.deliver.drain()
        await room.upkeep.heartbeat()


async def _demo(settings: Settings, library: Library, screen: Screen) -> None:
    """The real job over loopback: two polls of every feed, then a conversation if somebody is there."""
    tour = Tour(screen, library.book)
    async with newsroom(settings, library, screen, tour.polled) as room:
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


class Workshop:
    """Implements `monitor.cli.house.House`."""

    version = VERSION

    def settings(self) -> Settings:
        """The settings of the environment and `.env`."""
        return read_environment()

    def reader(self) -> Store:
        """The database, read-only, beside a running bot."""
        return open_reader(str(self.settings().database))

    def backup(self, file: Path | None) -> Copy:
        """Copy the database to a new file, or into the folder of backups, also beside a running bot."""
        copies = _copies(self.settings())
        return copies.make(utc_now()) if file is None else copies.make_at(file, utc_now())

    def restore(self, file: Path) -> Restored:
        """Make a copy the database; refused while a bot owns it."""
        return restore_store(str(self.settings().database), file, now=utc_now())

    def keeper(self) -> Store:
        """The database, to be changed while no bot runs."""
        return open_store(str(self.settings().database), now=utc_now())

    @asynccontextmanager
    async def scout(self) -> AsyncIterator[Scout]:
        """Reads feeds and pages as polling does, outside a running bot."""
        outside = Outside(self.settings(), version=VERSION, clock=utc_now)
        try:
            yield outside.scout()
        finally:
            await outside.close()

    def run(self) -> None:
        """Poll, match, deliver and answer until told to stop."""
        settings = self._ready()
        with suppress(KeyboardInterrupt):
            asyncio.run(_run(settings, Library(settings.rules)))

    def once(self) -> None:
        """Poll what is due, deliver what is owed, and return."""
        settings = self._ready()
        asyncio.run(_once(settings, Library(settings.rules)))

    def demo(self) -> None:
        """The real job on bundled feeds over loopback, in a database that goes away with it."""
        configure("warning", "text")
        with FeedServer(utc_now) as server, tempfile.TemporaryDirectory() as folder:
            library = DemoLibrary(Path(__file__).parent / "rules.yaml", server.feeds(every=2))
            settings = Settings(
                database=Path(folder) / "demo.db",
                alert_on_first_poll=True,
                poll_floor=1,
                allow_hosts=("127.0.0.0/8",),
                host_gap=0.0,
            )
            with suppress(KeyboardInterrupt):
                asyncio.run(_demo(settings, library, Screen()))

    def _ready(self) -> Settings:
        """Settings with logging set up; at an interactive terminal only what is wrong is logged amid the talk."""
        settings = self.settings()
        talking = settings.token is None and sys.stdin.isatty() and sys.stdout.isatty()
        level = "warning" if talking and settings.log_level == "info" else settings.log_level
        configure(level, settings.log_format, settings.secrets)
        log_uncaught()
        for warning in settings.warnings:
            log.warning("%s", warning)
        return replace(settings, log_level=level)


if __name__ == "__main__":
    from monitor.cli.command import main

    main(obj=Workshop())
