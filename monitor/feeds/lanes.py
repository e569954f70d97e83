"""Keeps conversations apart: one per host at a time, and only so many altogether."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Lanes:
    """Whoever wants to talk to a host waits here until nobody else does.

    Waiting costs no overall place, so a slow host with many feeds holds up only itself. Nothing is kept of
    a host that nobody waits for.
    """

    def __init__(self, limit: int) -> None:
        self._overall = asyncio.Semaphore(limit)
        self._hosts: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}

    @asynccontextmanager
    async def lane(self, host: str) -> AsyncIterator[None]:
        """Hold the host's only lane; never take a second one inside it, or two may wait for each other."""
        lock = self._hosts.setdefault(host, asyncio.Lock())
        self._waiting[host] = self._waiting.get(host, 0) + 1
        try:
            async with lock, self._overall:
                yield
        finally:
            self._waiting[host] -= 1
            if not self._waiting[host]:
                del self._waiting[host], self._hosts[host]
