"""Parses pages in worker processes that can be killed. The only home of pebble.

A feed's page is a stranger's: a hundred kilobytes can keep a parser busy for an hour (measured). So a
worker has a deadline, a bound on CPU time and one on memory; where it breaks one, the worker ends and the
feed fails, nothing else. Each worker is a pool of its own, so that one that dies in the middle of an answer
holds up no other.

Workers are started fresh (`spawn`): this costs a fifth of a second, and an idle Tocsin then keeps nothing
of them but Python's small resource tracker, where a fork server would stay with all it has imported.
"""

from __future__ import annotations

import asyncio
import math
import multiprocessing
import resource
import signal
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from monitor.core.model import Failed
from monitor.feeds.parse import parse

if TYPE_CHECKING:
    from monitor.core.model import Batch, Feed, Page

_GROWN = 200_000  # kilobytes by which one page may swell a worker that is kept
_START = 20.0  # seconds that a worker may take to start, on top of the deadline


class ParserPool:
    """Implements `ports.Parse`. Starts workers when pages come, ends them when none came for a while.

    `workers` parse at a time. `deadline` (seconds) bounds one page, not its wait for a worker. A worker is
    replaced after `pages` pages, so that memory does not creep, and ended after `idle` seconds without one.
    The main program must be importable without effects (`if __name__ == "__main__":`): every worker imports
    it.
    """

    def __init__(
        self,
        *,
        workers: int = 2,
        deadline: float = 20.0,
        idle: float = 30.0,
        pages: int = 1000,
        memory: int = 1_000_000_000,
    ) -> None:
        self._deadline = deadline
        self._idle = idle
        self._pages = pages
        self._memory = memory
        self._places = asyncio.Semaphore(workers)
        self._free: list[ProcessPool] = []
        self._busy: dict[ProcessPool, asyncio.Future[_Answer]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._curfew: asyncio.TimerHandle | None = None
        self._closed = False

    async def __call__(self, feed: Feed, page: Page) -> Batch | Failed:
        """The batch of the page, or why there is none. Cancelling it ends the worker."""
        async with self._places:
            if self._closed:
                return Failed(feed.url, _CLOSING)
            self._lift_curfew()
            pool = self._free.pop() if self._free else self._new()
            fit = False
            try:
                answer, fit = await self._run(pool, feed, page)
            finally:
                self._busy.pop(pool, None)
                if fit and not self._closed:
                    self._free.append(pool)
                else:
                    self._end(pool)
                if self._free and not self._busy:
                    self._curfew = asyncio.get_running_loop().call_later(self._idle, self._end_free)
        return answer

    async def close(self) -> None:
        """End all workers; pages at work fail."""
        self._closed = True
        self._lift_curfew()
        self._end_free()
        for future in tuple(self._busy.values()):
            future.cancel()
        await asyncio.sleep(0)  # lets the calls notice, and end their workers
        while self._ending:
            await asyncio.wait(self._ending)

    async def _run(self, pool: ProcessPool, feed: Feed, page: Page) -> _Answer:
        """The answer, and whether the worker may be used again."""
        limit = asyncio.timeout(self._deadline + _START)
        try:
            job = pool.schedule(_job, args=(feed, page, self._deadline), timeout=self._deadline)
            self._busy[pool] = asyncio.wrap_future(job)
            async with limit:
                return await self._busy[pool]
        except TimeoutError:
            # Pebble has replaced the worker by now, unless it never came to life.
            return Failed(
                feed.url, f"the page took longer than {self._deadline:g} s to read"
            ), not limit.expired()
        except (
            ProcessExpired,
            BrokenProcessPool,
            RuntimeError,
        ):  # RuntimeError: pebble of a pool that broke before
            return Failed(
                feed.url, "the page broke the program that reads it, or took too much memory"
            ), False
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self._closed or (task is not None and task.cancelling()):
                raise
            return Failed(feed.url, _CLOSING), False

    def _new(self) -> ProcessPool:
        return ProcessPool(
            max_workers=1,
            max_tasks=self._pages,
            initializer=_prepare,
            initargs=(self._memory,),
            context=multiprocessing.get_context("spawn"),
        )

    def _end_free(self) -> None:
        pools, self._free = self._free, []
        for pool in pools:
            self._end(pool)

    def _end(self, pool: ProcessPool) -> None:
        """Stop a pool without waiting: pebble's threads take a tenth of a second to notice."""
        task = asyncio.create_task(asyncio.to_thread(_stop, pool))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _lift_curfew(self) -> None:
        if self._curfew is not None:
            self._curfew.cancel()
            self._curfew = None


_Answer = tuple["Batch | Failed", bool]
_CLOSING = "Tocsin is closing down"


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call] # pebble has types, but not here
    pool.join()


def _prepare(memory: int) -> None:
    """In a new worker: die at once when told to, leave no core file, and keep to the bound on memory."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS has no such bound
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _job(feed: Feed, page: Page, deadline: float) -> _Answer:
    """In a worker: parse, and say whether the worker is still fit for more."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    spent = before.ru_utime + before.ru_stime
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with suppress(ValueError, OSError):  # a tighter bound of the machine stays
        # Should the main program die, nobody would be left to keep the deadline.
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(spent + deadline) + 1, hard))
    try:
        answer = parse(feed, page.body, page.content_type, page.url)
    except MemoryError:
        return Failed(feed.url, "the page takes too much memory to read"), False
    except Exception as error:  # noqa: BLE001 - the process border: feedparser may raise anything on hostile pages
        return Failed(feed.url, f"the page cannot be read ({type(error).__name__})"), True
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before.ru_maxrss
    return answer, grown < _GROWN
