"""What has to be done now and then: show that we live, take up changed rules, share the budget of polls anew."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.core.cadence import first_poll
from monitor.core.health import HEARTS, NETWORK
from monitor.deliver import Deliver
from monitor.desk import books
from monitor.ingest import Ingest
from monitor.poll import Poll
from monitor.ports import Clock, Offload, Store
from monitor.rulebook import Library
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
        if not await self._offload(self._library.changed):
            return
        if not await self._offload(self._library.reload):
            log.error("rules not loaded, the last good ones stay: %s", self._library.problem)
            return
        await self._adopt()
        await self.balance()
        book = self._library.book
        log.info("rules loaded version=%s rules=%d feeds=%d", book.version, len(book.rules), len(book.feeds))

    async def balance(self) -> None:
        """Weigh the feeds by what they brought, and share the budget of polls among them."""
        self._watchlist.weigh(await self._offload(self._store.hits_of_feeds, self._clock() - FRUITFUL))
        await self._offload(self._ingest.balance, tuple(self._watchlist.feeds().values()))

    async def count(self) -> None:
        """How many destinations wait for anything."""
        subscriptions = await self._offload(self._store.subscriptions)
        self.readers = len({each.destination for each in subscriptions})

    async def _adopt(self) -> None:
        """Make the feeds and the text of the rules in force those of the store."""
        now, book = self._clock(), self._library.book

        def first(index: int, count: int) -> datetime:
            return first_poll(index, count, now, self._jitter()) if self._spread else now

        await self._offload(self._store.sync_feeds, book.feeds, now, first)
        await self._offload(books.keep, self._store, book, self._library.text, now)
