"""Small sizes of what `python -m benchmarks torture` runs within one process."""

from __future__ import annotations

import logging

import pytest

from monitor.chat.cards import REPEAT
from tests.botapi import Drop
from tests.botapi.faults import Fault, Refuse
from tests.torture.inside import calm, long_wait, split

PARTS = [f"part {number} of 5" for number in range(1, 6)]


async def test_without_faults_every_hit_arrives_once() -> None:
    tally = await calm(hits=150, chats=3, seed=1)
    assert (tally.wanted, tally.arrived, tally.marked) == (150, 150, 0)
    assert (tally.lost, tally.doubled) == ([], [])


@pytest.mark.parametrize(
    ("fault", "arrived", "dead"),
    [
        pytest.param(
            Drop(), [*PARTS[:2], f"{PARTS[2]} {REPEAT}", *PARTS[3:]], [], id="dropped: it comes later, marked"
        ),
        pytest.param(
            Drop(accepted=True),
            [*PARTS[:3], f"{PARTS[2]} {REPEAT}", *PARTS[3:]],
            [],
            id="arrived, then dropped: it comes again, marked",
        ),
        pytest.param(
            Refuse(400, "Bad Request: no"), [*PARTS[:2], *PARTS[3:]], ["digest 1 (3/5)"], id="refused: listed"
        ),
    ],
)
async def test_a_part_that_fails_takes_no_other_with_it(
    fault: Fault, arrived: list[str], dead: list[str]
) -> None:
    assert await split(fault) == (arrived, dead)


async def test_a_wait_of_half_a_day_survives_restarts(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "monitor")
    early, after = await long_wait(43_838)
    assert early == 0
    assert 43_838 <= after < 45_000
