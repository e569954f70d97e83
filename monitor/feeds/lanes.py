"""Keeps conversations apart: one per site at a time, a pause between two, and only so many altogether.

A conversation that takes longer than our patience gives its lane free without ending, so that one silent page
holds up the others of its site for seconds, not until its own deadline. Only a few such stragglers are
left to talk beside the lane: a site that answers nothing must not collect connections of ours.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.feeds.guard import literal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STRAGGLERS = 2
"""Conversations with one site that may go on beside the one that holds its lane."""


def site_of(url: str) -> str:
    """Whose patience a request costs: the host, however it is written, with `www.` or without."""
    return _site((urlsplit(url).hostname or "").rstrip("."))


@lru_cache(maxsize=2048)
def _site(host: str) -> str:
    address = literal(host)
    return host.removeprefix("www.") if address is None else str(address)


class Lanes:
    """Whoever wants to talk to a site waits here until nobody else does.

    Waiting costs no overall place, so a slow site with many feeds holds up only itself. `limit` bounds the
    conversations at a time, stragglers apart. `gap` is the pause (seconds) between the end of a conversation
    and the next with the same site, `patience` how long one may keep its lane and its place. Nothing is kept
    of a site that nobody waits for, once its pause is over.
    """

    def __init__(self, limit: int, *, gap: float = 0.0, patience: float = 5.0) -> None:
        self._overall = asyncio.Semaphore(limit)
        self._gap = gap
        self._patience = patience
        self._sites: dict[str, _Site] = {}

    def __len__(self) -> int:
        """How many sites are remembered."""
        return len(self._sites)

    @asynccontextmanager
    async def lane(self, name: str) -> AsyncIterator[None]:
        """Hold the site's lane; never take a second one inside it, or two may wait for each other."""
        loop = asyncio.get_running_loop()
        site = self._sites.get(name)
        if site is None:
            site = self._sites[name] = _Site(self._overall)
        site.users += 1
        try:
            await site.lock.acquire()
            try:
                if site.free_at > loop.time():
                    await asyncio.sleep(site.free_at - loop.time())
                await self._overall.acquire()
            except BaseException:
                site.lock.release()
                raise
            talk = _Talk()
            timer = loop.call_later(self._patience, site.pass_on, talk)
            try:
                yield
            finally:
                timer.cancel()
                site.free_at = loop.time() + self._gap
                site.end(talk)
        finally:
            site.users -= 1
            if not site.users:
                self._leave(name, site, loop)

    def _leave(self, name: str, site: _Site, loop: asyncio.AbstractEventLoop) -> None:
        """Forget the site when its pause is over, if nobody has come by then."""

        def forget() -> None:
            if not site.users and loop.time() >= site.free_at and self._sites.get(name) is site:
                del self._sites[name]

        if site.free_at > loop.time():
            loop.call_at(site.free_at, forget)
        else:
            forget()


class _Talk:
    """One conversation: whether it still holds its lane."""

    __slots__ = ("holds",)

    def __init__(self) -> None:
        self.holds = True


class _Site:
    """The lane of one site, and who talks beside it."""

    __slots__ = ("free_at", "lock", "overall", "overdue", "stragglers", "users")

    def __init__(self, overall: asyncio.Semaphore) -> None:
        self.lock = asyncio.Lock()
        self.overall = overall
        self.users = 0  # who talks or waits
        self.free_at = 0.0  # the loop's time from which the next request may leave
        self.stragglers = 0
        self.overdue: _Talk | None = None  # holds the lane longer than it should: too many stragglers

    def pass_on(self, talk: _Talk) -> None:
        """The conversation took too long: the next one may begin, unless too many go on already."""
        if self.stragglers >= STRAGGLERS:
            self.overdue = talk
            return
        self.stragglers += 1
        talk.holds = False
        self.lock.release()
        self.overall.release()

    def end(self, talk: _Talk) -> None:
        """The conversation is over."""
        if talk.holds:
            self.overdue = None
            self.lock.release()
            self.overall.release()
            return
        self.stragglers -= 1
        overdue, self.overdue = self.overdue, None
        if overdue is not None:
            self.pass_on(overdue)
