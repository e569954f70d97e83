"""Keeps to the robots.txt of a site, for those who want that (RFC 9309). The only home of protego.

A feed is published to be fetched by programs, so this is an option. Only a clear Disallow for our product
token counts; a robots.txt that cannot be had stops nothing. Each site is asked for it once a day at most,
across restarts too if there is a shelf to keep it on.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from protego import Protego

from monitor.feeds.asking import PRODUCT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LIMIT = 500_000
"""Bytes of a robots.txt that are read (RFC 9309 section 2.5 wants 500 KiB, more or less)."""

DAY = timedelta(days=1)
_SITES = 1000  # whose rules are kept in memory


@dataclass(frozen=True, slots=True)
class Kept:
    """A site's robots.txt as it was at a time; empty if it has none or could not give it."""

    origin: str  # scheme, host and port
    at: datetime
    text: str


class Shelf(Protocol):
    """Where robots.txt files outlive the process."""

    async def recall(self, origin: str) -> Kept | None:
        """What was kept last of a site."""

    async def keep(self, kept: Kept) -> None:
        """Keep it, in place of what was kept of the same site."""


class NoShelf:
    """For those who keep nothing."""

    async def recall(self, origin: str) -> Kept | None:  # noqa: ARG002 - the port's signature
        """Nothing."""
        return None

    async def keep(self, kept: Kept) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True)
class _Rules:
    at: datetime
    parsed: Protego


class Robots:
    """Answers whether a URL may be fetched. `clock` gives now."""

    def __init__(self, clock: Callable[[], datetime], shelf: Shelf | None = None) -> None:
        self._clock = clock
        self._shelf: Shelf = shelf or NoShelf()
        self._rules: OrderedDict[str, _Rules] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def objection(self, url: str, read: Callable[[str], Awaitable[str]]) -> str | None:
        """Why the URL should not be fetched, in words for people; None if it may be.

        `read` fetches a robots.txt by its address and gives its text, empty if there is none to be had.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
        # Feeds of one site ask one after the other, so that only the first of them fetches the file.
        lock = self._asking.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                rules = await self._rules_of(origin, read)
        finally:
            if not lock.locked() and self._asking.get(origin) is lock:
                del self._asking[origin]
        if rules.parsed.can_fetch(url, PRODUCT):
            return None
        return (
            f"robots.txt of {parts.hostname} asks us not to fetch it; "
            "take the feed out of rules.yaml, or ask its publisher"
        )

    async def _rules_of(self, origin: str, read: Callable[[str], Awaitable[str]]) -> _Rules:
        now = self._clock()
        rules = self._rules.get(origin)
        if rules is None or now - rules.at >= DAY:
            kept = await self._shelf.recall(origin)
            if kept is None or now - kept.at >= DAY:
                kept = Kept(origin, now, await read(f"{origin}/robots.txt"))
                await self._shelf.keep(kept)
            rules = self._rules[origin] = _Rules(kept.at, Protego.parse(kept.text))
        self._rules.move_to_end(origin)
        while len(self._rules) > _SITES:
            self._rules.popitem(last=False)
        return rules
