"""Ticks go on, whatever one of them does."""

import asyncio

import pytest

from monitor.core.errors import StoreError
from monitor.schedule import Schedule, Tick


@pytest.mark.parametrize(
    ("trouble", "logged"),
    [
        pytest.param(None, "", id="all is well"),
        pytest.param(
            StoreError("disk full"), "tick=quick failed: disk full", id="a store that cannot be used"
        ),
        pytest.param(ValueError("a bug"), "tick=quick broke", id="a bug"),
    ],
)
async def test_a_quick_tick_comes_again_and_again_until_it_is_told_to_stop(trouble, logged, caplog):
    times = 0
    third = asyncio.Event()

    async def work():
        nonlocal times
        times += 1
        if times == 3:
            third.set()
        if trouble is not None:
            raise trouble

    schedule = Schedule([Tick("quick", 0.001, work)])
    schedule.start()
    async with asyncio.timeout(10):
        await third.wait()
    schedule.stop()
    await asyncio.gather(*schedule._pulses)
    assert times <= 4
    assert logged in caplog.text


async def test_slow_ticks_are_jobs():
    schedule = Schedule(
        [Tick("slow", 3_600.0, lambda: asyncio.sleep(0)), Tick("quick", 0.5, lambda: asyncio.sleep(0))]
    )
    schedule.start()
    assert [job.id for job in schedule._scheduler.get_jobs()] == ["slow"]
    assert len(schedule._pulses) == 1
    schedule.stop()
    for pulse in schedule._pulses:
        pulse.cancel()
