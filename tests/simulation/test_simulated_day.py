"""A short day for a few feeds; `python -m benchmarks day` is the long one for two thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.day import Day
from tests.simulation.world import World


@pytest.mark.parametrize("seed", [pytest.param(seed, id=f"seed {seed}") for seed in (1, 2, 3)])
async def test_nothing_is_lost_and_nothing_is_new_twice(tmp_path: Path, seed: int) -> None:
    day = Day(World(30, seed), tmp_path / "a.db", hours=5, restart_every=1.1)
    report = await day.run()
    assert (report.lost, report.twice, report.alerts_twice, report.blamed) == ([], [], 0, 0)
    assert report.restarts == 4
    assert report.jumps == 6
    assert report.outages >= 3
    assert report.served > 500
    assert report.edits > 10


async def test_the_day_notices_a_poller_that_loses_stories(tmp_path: Path) -> None:
    day = Day(World(10, 1, faults=False), tmp_path / "a.db", hours=3)
    day.forgetful = True
    assert (await day.run()).lost


async def test_the_day_notices_a_poller_that_takes_old_stories_for_new() -> None:
    day = Day(World(10, 1, faults=False), None, hours=3)
    day.confused = True
    assert (await day.run()).twice
