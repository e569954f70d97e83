"""Worker processes: they work, they are killed, and those that wait go on all the same."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from monitor.feeds.workers import Lost, Workers

CLOSING = "Tocsin is closing down"


def alive() -> set[int]:
    return {child.pid or 0 for child in multiprocessing.active_children()}


async def until_gone(gone: set[int]) -> None:
    for _ in range(4000):
        if not gone & alive():
            return
        await asyncio.sleep(0.005)
    pytest.fail(f"still alive: {gone & alive()}")


async def started(before: set[int]) -> int:
    for _ in range(4000):
        new = alive() - before
        if new:
            return new.pop()
        await asyncio.sleep(0.005)
    pytest.fail("no worker was started")


Make = Callable[..., Workers]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    made: list[Workers] = []

    def new(**options: Any) -> Workers:
        made.append(Workers(**{"workers": 1} | options))
        return made[-1]

    yield new
    for workers in made:
        await workers.close()


async def test_jobs_are_done_in_another_process_which_is_kept(make: Make) -> None:
    before = alive()
    workers = make()
    assert alive() == before  # nothing runs before the first job
    first = await workers.run(os.getpid)
    assert {first} == alive() - before
    assert await workers.run(sorted, [3, 1, 2], reverse=True) == [3, 2, 1]
    assert await workers.run(os.getpid) == first


@pytest.mark.parametrize(
    ("work", "args", "options", "told"),
    [
        pytest.param(time.sleep, (600,), {"deadline": 0.3}, "took longer than 0.3 s to read", id="wall clock"),
        pytest.param(sum, (range(10**15),), {"cpu": 0.2}, "took more than 0.2 s of computing to read", id="CPU"),
        pytest.param(bytearray, (300_000_000,), {"memory": 250_000_000}, "takes too much memory", id="memory"),
        pytest.param(signal.raise_signal, (signal.SIGKILL,), {}, "broke the program", id="killed"),
        pytest.param(signal.raise_signal, (signal.SIGSEGV,), {}, "broke the program", id="crashed"),
        pytest.param(os._exit, (0,), {"deadline": 0.3}, "took longer|broke the program", id="left in silence"),
        pytest.param(int, ("x",), {}, r"cannot be read \(ValueError\)", id="raised"),
        pytest.param(sys.exit, (), {}, r"cannot be read \(SystemExit\)", id="asked to end"),
        pytest.param(len, (open,), {}, r"cannot be read \(TypeError\)", id="the wrong arguments"),
    ],
)  # fmt: skip
async def test_a_job_that_breaks_a_bound_is_lost_in_words_and_the_waiting_ones_are_done(
    make: Make, work: Callable[..., object], args: tuple[object, ...], options: dict[str, Any], told: str
) -> None:
    workers = make(**options)
    lost, *others = await asyncio.gather(
        workers.run(work, *args), *(workers.run(divmod, number, 7) for number in range(10))
    )
    assert isinstance(lost, Lost)
    with pytest.raises(AssertionError, match=told):
        raise AssertionError(lost.told("the page"))
    assert others == [divmod(number, 7) for number in range(10)]


async def test_slow_jobs_hold_up_each_other_and_nobody_else(make: Make) -> None:
    workers = make(patience=0.1)
    slow = [asyncio.create_task(workers.run(time.sleep, 600)) for _ in range(3)]
    await asyncio.sleep(0)  # they are first
    assert [await workers.run(abs, -number) for number in range(20)] == [*range(20)]
    assert not any(job.done() for job in slow)


async def test_only_so_many_slow_jobs_are_kept_waiting(make: Make) -> None:
    workers = make(workers=4, patience=0.05)
    slow = [asyncio.create_task(workers.run(time.sleep, 600)) for _ in range(22)]
    turned_away = [await job for job in itertools.islice(asyncio.as_completed(slow), 2)]
    assert turned_away == [Lost("takes long to read, and too many others do so now")] * 2
    assert sum(job.done() for job in slow) == 2


async def test_what_is_slow_is_done_all_the_same(make: Make) -> None:
    assert await make(patience=0.1).run(time.sleep, 0.3) is None


async def test_what_is_slow_beside_the_others_has_its_deadline_there(make: Make) -> None:
    workers = make(patience=0.1, deadline=0.4)
    answers = await asyncio.gather(*(workers.run(time.sleep, 600) for _ in range(2)), workers.run(abs, -1))
    assert answers == [*[Lost("took longer than 0.4 s to read")] * 2, 1]


async def test_what_cannot_travel_is_our_own_mistake_and_said_so(make: Make) -> None:
    workers = make()
    with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
        await workers.run(lambda: 1)
    with pytest.raises(TypeError, match="cannot pickle"):
        await workers.run(open, os.devnull)
    assert await workers.run(abs, -1) == 1


async def test_the_subject_stands_before_the_reason() -> None:
    assert Lost("cannot be read (KeyError)").told("the article") == "the article cannot be read (KeyError)"


async def test_a_worker_killed_from_outside_loses_its_own_job_only(make: Make) -> None:
    before = alive()
    workers = make(workers=2)
    doomed = asyncio.create_task(workers.run(time.sleep, 600))
    os.kill(await started(before), signal.SIGKILL)
    assert await asyncio.gather(*(workers.run(abs, -number) for number in range(20))) == [*range(20)]
    answer = await doomed
    assert isinstance(answer, Lost)
    assert "broke the program" in answer.reason


async def test_a_worker_is_replaced_after_its_share_of_jobs(make: Make) -> None:
    workers = make(jobs=2)
    seen = [await workers.run(os.getpid) for _ in range(4)]
    assert seen[0] == seen[1] != seen[2] == seen[3]


async def test_a_worker_that_has_swollen_is_replaced(make: Make) -> None:
    workers = make()
    first = await workers.run(os.getpid)
    assert await workers.run(any, map(b"x".__mul__, [30_000_000])) is True
    assert await workers.run(os.getpid) == first  # a little is borne
    assert await workers.run(any, map(b"x".__mul__, [300_000_000])) is True
    assert await workers.run(os.getpid) != first


async def test_a_worker_that_swells_little_by_little_is_replaced(make: Make) -> None:
    workers = make()
    keep = "import os; os.kept = (*getattr(os, 'kept', ()), b'x' * 80_000_000)"
    used = []
    for _ in range(3):
        used.append(await workers.run(os.getpid))
        await workers.run(exec, keep)
    assert used[0] == used[1] == used[2]
    assert await workers.run(os.getpid) != used[0]


async def test_idle_workers_are_given_back_and_come_again(make: Make) -> None:
    before = alive()
    workers = make(idle=0.01)
    first = await workers.run(os.getpid)
    await until_gone(alive() - before)
    assert await workers.run(os.getpid) != first


async def test_cancelling_a_job_ends_its_worker(make: Make) -> None:
    before = alive()
    workers = make()
    task = asyncio.create_task(workers.run(time.sleep, 600))
    worker = await started(before)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_gone({worker})
    assert await workers.run(abs, -1) == 1


async def test_closing_ends_jobs_at_work_and_takes_no_more(make: Make) -> None:
    before = alive()
    workers = make()
    task = asyncio.create_task(workers.run(time.sleep, 600))
    waiting = asyncio.create_task(workers.run(abs, -1))
    await started(before)
    await workers.close()
    answers = [await task, await waiting, await workers.run(abs, -1)]
    assert [answer.told("the page") for answer in answers if isinstance(answer, Lost)] == [CLOSING] * 3
    assert alive() <= before
