"""How many jobs may be at work at a time: one, and more only for a crowd, or where somebody waited long.

A worker costs a third of a second of computing to start and its memory to keep. One reads a few hundred pages a
second, so that most of the time a second one would cost more than it does.
"""

from __future__ import annotations

import asyncio
from typing import Self

CROWD = 100
"""Jobs that wait: about as many as one worker does while another one starts."""

WAIT = 1.0
"""Seconds after which a job has waited long."""


class Places:
    """An asynchronous context: inside it a job has a place. `most` places are opened at most."""

    def __init__(self, most: int, *, crowd: int = CROWD, wait: float = WAIT) -> None:
        self._most = most
        self._crowd = crowd
        self._wait = wait
        self._waiting = 0
        self.close()

    async def __aenter__(self) -> Self:
        self._waiting += 1
        try:
            while self._open < self._most and self._gate.locked():
                if self._waiting <= self._crowd and await self._got_one():
                    return self
                if self._open < self._most:
                    self._open += 1
                    self._gate.release()
            await self._gate.acquire()
        finally:
            self._waiting -= 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self._gate.release()

    def close(self) -> None:
        """Back to one place; only while nobody is inside or waits."""
        self._open = 1
        self._gate = asyncio.Semaphore(1)

    async def _got_one(self) -> bool:
        """Whether a place came free in time."""
        try:
            async with asyncio.timeout(self._wait):
                await self._gate.acquire()
        except TimeoutError:
            return False
        return True
