"""A few rounds of the torture; `python -m benchmarks torture` runs them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.torture.run import KINDS, answered_badly, killed, refused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.torture.score import Score


def judge(score: Score) -> None:
    assert score.lost == []
    assert score.unmarked == []
    assert score.doubled_once == []
    assert score.broken == []
    assert score.rejected == []
    assert score.doubled <= score.excused


@pytest.mark.parametrize("seed", [20261124])
async def test_killed_at_random_instants_nothing_is_lost(tmp_path: Path, seed: int) -> None:
    score = await killed(tmp_path, seed, rounds=3, chats=3)
    assert score.rounds == 3
    assert score.wanted == 9
    judge(score)


async def test_answered_badly_every_alert_arrives_or_is_listed(tmp_path: Path) -> None:
    quick = [kind for kind in KINDS if not kind.startswith("no answer")]  # which takes half a minute
    score = await answered_badly(tmp_path, 1, chats=1, each=1, kinds=quick)
    assert (score.arrived, score.given_up) == (
        7,
        1,
    )  # the one that was dropped unseen, and may be sent once only
    assert score.doubled == 3
    judge(score)


async def test_a_second_bot_on_the_same_database_is_refused(tmp_path: Path) -> None:
    assert await refused(tmp_path)
