"""Tocsin's entry point and composition root: the only place where things are wired; nobody imports it.

schedule --tick--> poll --Page--> ingest --owed--> deliver --> chat or terminal
chat or terminal --command--> desk --> store
"""

from __future__ import annotations

import asyncio
import functools
import logging
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

if __name__ != "__mp_main__":  # a parser process imports its parent's main file, and needs nothing of this
    from db import open_reader, open_store
    from monitor.chat.app import TelegramChat
    from monitor.chat.cards import alert
    from monitor.chat.message import Message
    from monitor.chat.messenger import TelegramMessenger
    from monitor.core.cadence import Pace
    from monitor.core.decide import Policy
    from monitor.core.errors import TocsinError
    from monitor.core.health import BEAT, HEARTS
    from monitor.core.model import Claimed, Feed, FeedUrl, Subscription
    from monitor.deliver import Deliver
    from monitor.demo.rules import DemoLibrary
    from monitor.demo.server import FeedServer
    from monitor.demo.tour import Tour
    from monitor.desk import Desk, books
    from monitor.feeds.fetch import Fetcher
    from monitor.feeds.guard import AllowList
    from monitor.feeds.workers import ParserPool
    from monitor.ingest import Ingest
    from monitor.logs import configure, log_uncaught
    from monitor.poll import Poll, Polled
    from monitor.ports import Fetch, Messenger, Parse, Store
    from monitor.rulebook import Library
    from monitor.schedule import Schedule, Tick
    from monitor.settings import Secret, Settings, read_environment
    from monitor.terminal.messenger import EmptyChair, TerminalMessenger
    from monitor.terminal.prompt import HERE, SITTER, Prompt
    from monitor.terminal.screen import Screen

P = ParamSpec("P")
T = TypeVar("T")

VERSION = "0.1.0"
GRACE = 5.0
"""Seconds that sends in flight may take to end when the process is told to stop."""

log = logging.getLogger("tocsin")


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


class Clerk:
    """The one thread that owns the store; implements `ports.Offload`."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clerk")

    async def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` there, after all that was asked before."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, functools.partial(work, *args, **kwargs))

    def close(self) -> None:
        """Finish what was asked and end the thread."""
        self._thread.shutdown()


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

    async def heartbeat(self) -> None:
        """Tell the database which parts of the process live."""
        for heart, ticked_at in zip(HEARTS, (self.poll.ticked_at, self.deliver.ticked_at), strict=True):
            if ticked_at is not None:
                await self.clerk(self.store.beat, heart, ticked_at)

    async def reload(self) -> None:
        """Take up a changed rules file; on any mistake the last good rules stay."""
        if not await self.clerk(self.library.changed):
            return
        if await self.clerk(self.library.reload):
            book = self.library.book
            await self.clerk(self.store.sync_feeds, book.feeds, utc_now())
            await self.clerk(books.keep, self.store, book, self.library.text, utc_now())
            log.info(
                "rules loaded version=%s rules=%d feeds=%d", book.version, len(book.rules), len(book.feeds)
            )
        else:
            log.error("rules not loaded, the last good ones stay: %s", self.library.problem)


@asynccontextmanager
async def newsroom(
    settings: Settings, library: Library, screen: Screen | None, on_done: Callable[[Polled], None]
) -> AsyncIterator[Newsroom]:
    """Wire everything; on leaving, let go of it in the order that loses nothing.

    With a token Telegram is the chat, else `screen` is.
    """
    clerk = Clerk()
    try:
        store: Store = await clerk(open_store, str(settings.database), now=utc_now())
    except BaseException:
        clerk.close()
        raise
    fetcher = Fetcher(
        version=VERSION,
        clock=utc_now,
        allow=AllowList.read(",".join(settings.allow_hosts)),
        proxy=settings.proxy.reveal() if settings.proxy else None,
    )
    pool = ParserPool()
    room: Newsroom | None = None
    try:
        room = await _wire(
            settings, library, clerk, store, fetch=fetcher, parse=pool, screen=screen, on_done=on_done
        )
        yield room
    finally:
        if room is not None:
            chat = room.chat
            quiet = [] if chat is None else [chat.hush()]
            await asyncio.gather(room.poll.stop(), room.deliver.stop(GRACE), *quiet)
            if chat is not None:
                await chat.stop()  # only now: the sends in flight needed its connections
        await fetcher.close()
        await pool.close()
        await clerk(store.close)
        clerk.close()


async def _wire(
    settings: Settings,
    library: Library,
    clerk: Clerk,
    store: Store,
    *,
    fetch: Fetch,
    parse: Parse,
    screen: Screen | None,
    on_done: Callable[[Polled], None],
) -> Newsroom:
    repeats = await clerk(store.recover, utc_now())
    if repeats:
        log.warning("the last run ended amid %d sends; they are repeated, marked", repeats)
    await clerk(store.sync_feeds, library.book.feeds, utc_now())
    await clerk(books.keep, store, library.book, library.text, utc_now())
    desk = Desk(
        store=store,
        book=lambda: library.book,
        access=settings.access,
        clock=utc_now,
        rules_problem=lambda: library.problem,
    )

    chat: TelegramChat | None = None
    if settings.token is not None:
        chat = _telegram(settings, settings.token, desk, store, clerk)
    elif screen is not None:
        await clerk(_sit_down, store)
    messengers = _messengers(settings, desk, chat, screen)
    deliver = Deliver(store=store, messengers=messengers, offload=clerk, clock=utc_now)

    def done(polled: Polled) -> None:
        if polled.outcome is not None and polled.outcome.deliveries:
            deliver.wake()
        on_done(polled)

    pace = Pace(settings.poll_floor, max(settings.poll_floor, Pace().blind))
    policy = Policy(pace, settings.alert_on_first_poll)
    ingest = Ingest(store, lambda: library.matcher, policy, utc_now, random.random)
    poll = Poll(
        store=store,
        feeds=lambda: _by_url(library.book.feeds),
        fetch=fetch,
        parse=parse,
        ingest=ingest,
        offload=clerk,
        clock=utc_now,
        on_done=done,
    )
    return Newsroom(settings, library, clerk, store, desk, poll, deliver, chat)


def _telegram(settings: Settings, token: Secret, desk: Desk, store: Store, clerk: Clerk) -> TelegramChat:
    return TelegramChat(
        token=token.reveal(),
        desk=desk,
        store=store,
        offload=clerk,
        zone=settings.timezone,
        owners=settings.owners,
        api_url=settings.telegram_api_url,
        proxy=settings.proxy.reveal() if settings.proxy else None,
    )


def _messengers(
    settings: Settings, desk: Desk, chat: TelegramChat | None, screen: Screen | None
) -> dict[str, Messenger]:
    """Who carries what to which kind of destination."""

    def words(claimed: Claimed) -> Message:
        return alert(claimed, settings.timezone, utc_now(), desk.names())

    messengers: dict[str, Messenger] = {HERE.messenger: EmptyChair()}
    if screen is not None:
        messengers[HERE.messenger] = TerminalMessenger(screen, words=words)
    if chat is not None:
        messengers["telegram"] = TelegramMessenger(chat.bot, words=words, migrated=chat.migrated)
    return messengers


def _by_url(feeds: tuple[Feed, ...]) -> Mapping[FeedUrl, Feed]:
    return {feed.url: feed for feed in feeds}


def _sit_down(store: Store) -> None:
    """Whoever starts Tocsin without a token wants to see alerts: the terminal is subscribed to all, the first time."""
    if not store.subscriptions(HERE):
        store.subscribe(Subscription(HERE, "all", utc_now(), SITTER.person, SITTER.title))
    store.resume(HERE)


async def _run(settings: Settings, library: Library) -> None:
    """Run until told to stop: SIGTERM, SIGINT, or the end of a conversation at the terminal."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":  # there Ctrl-C raises KeyboardInterrupt
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
    screen = Screen() if settings.token is None else None
    async with newsroom(settings, library, screen, lambda _: None) as room:
        schedule = _schedule(room)
        schedule.start()
        await room.poll.tick()
        await room.deliver.tick()
        await room.heartbeat()  # else /status would call a bot that has just started unwell
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
            Tick("poll", 1.0, room.poll.tick),
            Tick("deliver", 1.0, room.deliver.tick),
            Tick("heartbeat", BEAT, room.heartbeat),
            Tick("reload", 2.0, room.reload),
        ]
    )


async def _once(settings: Settings, library: Library) -> None:
    screen = Screen() if settings.token is None else None
    async with newsroom(settings, library, screen, lambda _: None) as room:
        while await room.poll.tick():
            await room.poll.drain()
        await room.deliver.drain()
        await room.heartbeat()


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
