"""The errands of the desk, run in the event loop: the rules file, a look at a site, a poll, a copy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from monitor.core.health import COPIED
from monitor.core.model import Copy, FeedUrl, Sighting, Story
from monitor.outside import Outside
from monitor.ports import Clock, Copies, Offload, Put, Store
from monitor.rulebook import Library
from monitor.rulebook.reading import file_bytes
from monitor.upkeep import Upkeep


class Runner:
    """Implements `ports.Errands`.

    `upkeep` gives what puts rules in force and polls; it is asked only when it is needed, since what it is made of
    is made of the desk.
    """

    def __init__(
        self,
        *,
        library: Library,
        upkeep: Callable[[], Upkeep],
        outside: Outside,
        copies: Copies,
        store: Store,
        offload: Offload,
        clock: Clock,
    ) -> None:
        self._library = library
        self._upkeep = upkeep
        self._outside = outside
        self._copies = copies
        self._store = store
        self._offload = offload
        self._clock = clock

    def rules(self) -> str:
        """What stands in the file; what is no text there shows as such, and is found wanting when it is read."""
        return file_bytes(self._library.path).decode("utf-8", errors="replace")

    async def put_rules(self, text: str, *, instead_of: str, by: str) -> Put:
        """By way of the one that watches the file, so that both never meet."""
        return await self._upkeep().put(text, instead_of=instead_of, by=by)

    async def reload(self, by: str) -> Put:
        """The same way."""
        return await self._upkeep().take_up(by)

    async def look(self, address: str) -> Sighting:
        """As `feeds add` does."""
        return await self._outside.scout().look(address)

    async def read(self, address: str) -> Story | str:
        """As articles are read."""
        return await self._outside.articles.read(address)

    async def poll(self, feed: FeedUrl) -> int | None:
        """As the schedule does, at once."""
        return await self._upkeep().poll.at_once(feed)

    async def back_up(self) -> Copy:
        """As the schedule does, in a thread of its own; /status knows of it."""
        made = await asyncio.to_thread(self._copies.make, self._clock())
        await self._offload(self._store.beat, COPIED, self._clock())
        return made
