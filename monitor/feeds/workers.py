"""Runs functions in worker processes that can be killed. The only home of pebble.

What a stranger wrote (a feed's page, an article) can keep a reader of it busy for an hour with a hundred
kilobytes (measured). So a job has a deadline, a bound on CPU time and one on memory; where it breaks one, the
worker ends and the job is lost, nothing else: those that wait go on with a new worker. Each worker is a pool
of its own, so that one that dies in the middle of an answer holds up no other. A job that is not done in
seconds begins anew at a place beside the others, where there is one at a time: a hundred hostile pages at
once hold up each other, not everybody's news.

Workers are started fresh (`spawn`): this costs a fifth of a second, and an idle Tocsin then keeps nothing
of them but Python's small resource tracker, where a fork server would stay with all it has imported.
"""

from __future__ import annotations

import asyncio
import math
import multiprocessing
import resource
import signal
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from monitor.feeds.places import Places

P = ParamSpec("P")
T = TypeVar("T")

_SWOLLEN = 250_000  # kilobytes at its largest beyond which a worker is not kept
_SLOW = 20  # slow jobs that may be kept waiting: each holds its page in memory
_START = 20.0  # seconds that a worker may take to start, on top of the deadline


@dataclass(frozen=True, slots=True)
class Lost:
    """A job without a result, and why, in words that lack their subject."""

    reason: str

    def told(self, what: str) -> str:
        """The whole sentence for people, about the page, the article."""
        return f"{what} {self.reason}" if self is not _CLOSING else self.reason


_CLOSING = Lost("Tocsin is closing down")


class Workers:
    """Killable processes for what may be slow, hungry or deadly. Started when jobs come, ended when idle.

    At most `workers` jobs run at a time (see `Places`), and one of those that took longer than `patience`
    (seconds) there. `deadline` (seconds) bounds the work on one job, not its wait for a worker, and `cpu`
    (seconds) the CPU time that it may burn; `memory` (bytes) all that its process may hold. A worker is
    replaced after `jobs` jobs, so that memory does not creep, and ended after `idle` seconds without one. The
    main program must be importable without effects (`if __name__ == "__main__":`): every worker imports it.
    """

    def __init__(
        self,
        *,
        workers: int = 2,
        deadline: float = 20.0,
        cpu: float = 15.0,
        patience: float = 2.0,
        idle: float = 30.0,
        jobs: int = 1000,
        memory: int = 512_000_000,
    ) -> None:
        self._cpu = cpu
        self._deadline = deadline
        self._patience = patience
        self._idle = idle
        self._jobs = jobs
        self._memory = memory
        self._places = Places(workers)
        self._aside = Places(1)
        self._slow = 0  # jobs that are there, or wait for it
        self._free: list[ProcessPool] = []
        self._busy: dict[ProcessPool, asyncio.Future[_Answer]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._curfew: asyncio.TimerHandle | None = None
        self._closed = False

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T | Lost:
        """What `work` returns in a worker, or why there is nothing. Cancelling it ends the worker.

        `work` is a function of a module, known there by its name, and may be begun twice. Whatever it raises
        makes it lost. What goes in and comes out must be picklable: else what pickle raises is raised here.
        """
        job = (work, args, kwargs, self._cpu)
        if self._patience < self._deadline:
            answer = await self._turn(self._places, job, self._patience)
            if answer is _OVERDUE:
                answer = await self._again(job)
        else:
            answer = await self._turn(self._places, job, self._deadline)
        if answer is _OVERDUE:
            answer = Lost(f"took longer than {self._deadline:g} s to read")
        return cast("T | Lost", answer)

    async def close(self) -> None:
        """End all workers; jobs at work or waiting are lost."""
        self._closed = True
        self._lift_curfew()
        self._end_free()
        for future in tuple(self._busy.values()):
            future.cancel()
        await asyncio.sleep(0)  # lets the calls notice, and end their workers
        while self._ending:
            await asyncio.wait(self._ending)

    async def _again(self, job: _Job) -> object:
        """The answer to a job that was too slow for the places of all, from the one beside them."""
        if self._slow >= _SLOW:
            return _CROWDED
        self._slow += 1
        try:
            return await self._turn(self._aside, job, self._deadline - self._patience)
        finally:
            self._slow -= 1

    async def _turn(self, places: Places, job: _Job, seconds: float) -> object:
        """The answer to a job that waits for a place and may then take so many seconds."""
        async with places:
            if self._closed:
                return _CLOSING
            self._lift_curfew()
            pool = self._free.pop() if self._free else self._new()
            fit = False
            try:
                answer, fit = await self._answer(pool, job, seconds)
            finally:
                self._busy.pop(pool, None)
                if fit and not self._closed:
                    self._free.append(pool)
                else:
                    self._end(pool)
                if self._free and not self._busy:
                    self._curfew = asyncio.get_running_loop().call_later(self._idle, self._rest)
            return answer

    async def _answer(self, pool: ProcessPool, job: _Job, seconds: float) -> _Answer:
        """The answer, and whether the worker may be used again."""
        limit = asyncio.timeout(seconds + _START)
        try:
            future = pool.schedule(_work, args=job, timeout=seconds)
            self._busy[pool] = asyncio.wrap_future(future)
            async with limit:
                return await self._busy[pool]
        except TimeoutError:
            # Pebble has replaced the worker by now, unless it never came to life.
            return _OVERDUE, not limit.expired()
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGXCPU:
                return Lost(f"took more than {self._cpu:g} s of computing to read"), False
            return _BROKEN, False
        except (BrokenProcessPool, RuntimeError):  # RuntimeError: pebble of a pool that broke before
            return _BROKEN, False
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self._closed or (task is not None and task.cancelling()):
                raise
            return _CLOSING, False

    def _new(self) -> ProcessPool:
        return ProcessPool(
            max_workers=1,
            max_tasks=self._jobs,
            initializer=_prepare,
            initargs=(self._memory,),
            context=multiprocessing.get_context("spawn"),
        )

    def _rest(self) -> None:
        """Nobody has had a job for long."""
        self._end_free()
        self._places.close()

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


_Answer = tuple[object, bool]
_Job = tuple[Callable[..., object], tuple[Any, ...], dict[str, Any], float]
_BROKEN = Lost("broke the program that reads it, or took too much memory")
_CROWDED = Lost("takes long to read, and too many others do so now")
_OVERDUE = object()


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call] # pebble has types, but not here
    pool.join()


def _prepare(memory: int) -> None:
    """In a new worker: die at once when told to, leave no core file, and keep to the bound on memory."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS has no such bound
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _work(work: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any], cpu: float) -> _Answer:
    """In a worker: do the job, and say whether the worker is still fit for more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = used.ru_utime + used.ru_stime
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with suppress(ValueError, OSError):  # a tighter bound of the machine stays
        # Kept by the kernel: it holds as well when the main program has died and nobody looks at the clock.
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(spent + cpu), hard))
    try:
        answer = work(*args, **kwargs)
    except MemoryError:
        return Lost("takes too much memory to read"), False
    # The process border: libraries may raise anything on hostile input.
    except (Exception, SystemExit) as error:  # noqa: BLE001 - see above
        return Lost(f"cannot be read ({type(error).__name__})"), True
    return answer, _largest() < _SWOLLEN


def _largest() -> int:
    """Kilobytes of memory that this process had at its largest, where the system tells (Linux), else 0.

    Not `ru_maxrss`: there a process that was forked begins with its parent's.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0
