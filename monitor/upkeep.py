"""What has to be done now and then: show that we live, take up changed rules, share the budget of polls anew."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.core.cadence import first_poll
from monitor.core.errors import RulesError
from monitor.core.health import HEARTS, NETWORK
from monitor.deliver import Deliver
from monitor.desk import books
from monitor.ingest import Ingest
from monitor.outlets.listing import sync
from monitor.poll import Poll
from monitor.ports import Clock, Offload, Put, Store
from monitor.rulebook import Library
from monitor.rulebook.edit import put_back
from monitor.rulebook.reading import file_bytes, version_of
from monitor.watchlist import Watchlist

log = logging.getLogger(__name__)

FRUITFUL = timedelta(days=30)
"""How far back the stories count that give a feed more weight."""


def settle() -> None:
    """What the start has made stays until the end: the search for garbage need not walk all of it time and again."""
    gc.collect()
    gc.freeze()


class Upkeep:
    """The chores of a running Tocsin, and what it does once when it starts (`begin`)."""

    def __init__(
        self,
        *,
        library: Library,
        store: Store,
        offload: Offload,
        clock: Clock,
        watchlist: Watchlist,
        ingest: Ingest,
        poll: Poll,
        deliver: Deliver,
        jitter: Callable[[], float],
        spread: bool = True,
    ) -> None:
        """`spread` asks new feeds one after the other, not all at once."""
        self._library = library
        self._store = store
        self._offload = offload
        self._clock = clock
        self._watchlist = watchlist
        self._ingest = ingest
        self.poll = poll
        self._deliver = deliver
        self._jitter = jitter
        self._spread = spread
        self._turn = asyncio.Lock()  # of whoever puts rules in force
        self.readers = 0  # destinations that wait for something

    async def begin(self) -> None:
        """Take up where the last run ended."""
        now = self._clock()
        if repeats := await self._offload(self._store.recover, now):
            log.warning("the last run ended amid %d sends; they are repeated, marked", repeats)
        if moved := await self._offload(self._store.rewind, now):
            log.warning("the clock was set back since the last run; %d feeds planned anew", moved)
        await self._adopt()
        await self.balance()
        await self.count()
        await self.poll.resume()

    async def heartbeat(self) -> None:
        """Tell the database which parts of the process live, and whether anything can be reached."""
        beats = dict(zip(HEARTS, (self.poll.ticked_at, self._deliver.ticked_at), strict=True))
        if self.poll.network.down_since is None:
            beats[NETWORK] = self.poll.ticked_at
        for heart, ticked_at in beats.items():
            if ticked_at is not None:
                await self._offload(self._store.beat, heart, ticked_at)
        await self.count()

    async def reload(self) -> None:
        """Take up a changed rules file; on any mistake the last good rules stay."""
        async with self._turn:
            if await self._offload(self._library.changed):
                await self._taken_up(books.BY_FILE)

    async def take_up(self, by: str) -> Put:
        """Put the rules file in force as it is now, for somebody who asks."""
        async with self._turn:
            return await self._taken_up(by)

    async def put(self, text: str, *, instead_of: str, by: str) -> Put:
        """See `ports.Errands.put_rules`."""
        async with self._turn:
            try:
                here = await asyncio.to_thread(file_bytes, self._library.path)
                if version_of(here) != instead_of:
                    return Put(self._library.book.version, stale=True)
                await asyncio.to_thread(put_back, self._library.path, text)
            except RulesError as error:
                return Put(self._library.book.version, error.report())
            return await self._taken_up(by)

    async def _taken_up(self, by: str) -> Put:
        """The rules are read in a thread of their own: that can take seconds, and nobody has to wait for it."""
        if not await asyncio.to_thread(self._library.reload):
            log.error("rules not loaded, the last good ones stay: %s", self._library.problem)
            return Put(self._library.book.version, self._library.problem or "")
        await self._adopt(by)
        await self.balance()
        book = self._library.book
        log.info("rules loaded version=%s rules=%d feeds=%d", book.version, len(book.rules), len(book.feeds))
        return Put(book.version)

    async def balance(self) -> None:
        """Weigh the feeds by what they brought, and share the budget of polls among them."""
        self._watchlist.weigh(await self._offload(self._store.hits_of_feeds, self._clock() - FRUITFUL))
        await self._offload(self._ingest.balance, tuple(self._watchlist.feeds().values()))

    async def count(self) -> None:
        """How many destinations wait for anything."""
        subscriptions = await self._offload(self._store.subscriptions)
        watches = await self._offload(self._store.watches)
        places = {each.destination for each in subscriptions} | {each.destination for each in watches}
        self.readers = len(places)

    async def _adopt(self, by: str = books.BY_FILE) -> None:
        """Make the feeds and the text of the rules in force those of the store."""
        now, book = self._clock(), self._library.book

        def first(index: int, count: int) -> datetime:
            return first_poll(index, count, now, self._jitter()) if self._spread else now

        await self._offload(self._store.sync_feeds, book.feeds, now, first)
        text = self._library.text
        note = await asyncio.to_thread(books.told, await self._offload(books.last, self._store), text)
        await self._offload(books.keep, self._store, book, text, now, by, note=note)
        await self._offload(sync, self._store, book.destinations, now)
