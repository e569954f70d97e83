"""Looks host names up in threads of its own. The operating system's way to do it can hang and cannot be cancelled.

The event loop's own few threads serve everybody, and a domain whose name servers are dead holds one for half
a minute: a handful of them and nothing else gets a turn. Here lookups hold up only lookups, the same name is
looked up once for all who wait for it, and no thread keeps the process from ending.
"""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    Lookup = Callable[[str], Awaitable[Sequence[str]]]

THREADS = 32


class Lookups:
    """A `Lookup`: all addresses of a host, as the operating system knows them; raises OSError.

    Threads start as they are needed, `threads` at most, and are daemons: what hangs is left behind at the end.
    """

    def __init__(
        self,
        threads: int = THREADS,
        ask: Callable[[str], Sequence[str]] | None = None,
    ) -> None:
        self._most = threads
        self._ask = ask or ask_system
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting: dict[str, asyncio.Future[Sequence[str]]] = {}
        self._threads = 0
        self._busy = 0  # names that are looked up or wait for a thread

    async def __call__(self, host: str) -> Sequence[str]:
        """The addresses; whoever is cancelled leaves the lookup to the others who wait for it."""
        future = self._waiting.get(host)
        if future is None:
            future = self._begin(host)
        return await asyncio.shield(future)

    def close(self) -> None:
        """Let the threads go; what still hangs in one is nobody's any more."""
        for _ in range(self._threads):
            self._jobs.put(None)
        self._threads = 0

    def _begin(self, host: str) -> asyncio.Future[Sequence[str]]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Sequence[str]] = loop.create_future()
        self._waiting[host] = future

        def done(found: Sequence[str] | OSError) -> None:
            self._busy -= 1
            self._waiting.pop(host, None)
            if future.done():
                return
            if isinstance(found, OSError):
                future.set_exception(found)
                future.exception()  # nobody may be left who would hear of it
            else:
                future.set_result(found)

        self._busy += 1
        self._jobs.put((host, loop, done))
        if self._busy > self._threads and self._threads < self._most:
            self._threads += 1
            threading.Thread(target=_work, args=(self._jobs, self._ask), name="lookup", daemon=True).start()
        return future


def ask_system(host: str) -> Sequence[str]:
    """What the operating system says; blocks, perhaps for long. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


if TYPE_CHECKING:
    _Job = tuple[str, asyncio.AbstractEventLoop, Callable[[Sequence[str] | OSError], None]]


def _work(jobs: queue.SimpleQueue[_Job | None], ask: Callable[[str], Sequence[str]]) -> None:
    while (job := jobs.get()) is not None:
        host, loop, done = job
        answer: Sequence[str] | OSError
        try:
            answer = ask(host)
        except OSError as error:
            answer = error
        except (UnicodeError, ValueError) as error:  # names that no lookup takes: too long, a NUL
            answer = OSError(str(error))
        try:
            loop.call_soon_threadsafe(done, answer)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return
