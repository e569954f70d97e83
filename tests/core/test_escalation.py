"""How long an unacknowledged alert still waits, whatever the clock does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.escalation import LONGEST, SHORTEST, USUAL, remaining, sensible
from tests.build import NOW, minutes


@pytest.mark.parametrize(
    ("sent", "now", "left"),
    [
        pytest.param(0, 0, 900, id="just-sent"),
        pytest.param(0, 10, 300, id="two-thirds-are-over"),
        pytest.param(0, 15, 0, id="over"),
        pytest.param(0, 60 * 24 * 30, 0, id="a-month-later"),
        pytest.param(60 * 24, 0, 900, id="the-clock-was-set-back-a-day"),
    ],
)
def test_what_is_left(sent: float, now: float, left: float) -> None:
    assert remaining(minutes(sent), 900, minutes(now)) == left


@given(st.integers(-(10**7), 10**7), st.integers(60, 86_400))
def test_nothing_waits_longer_than_was_asked_for(jump: int, after: int) -> None:
    assert 0 <= remaining(NOW, after, NOW + timedelta(seconds=jump)) <= after


@pytest.mark.parametrize(
    ("after", "good"),
    [
        pytest.param(USUAL, True, id="usual"),
        pytest.param(SHORTEST, True, id="shortest"),
        pytest.param(LONGEST, True, id="longest"),
        pytest.param(SHORTEST - timedelta(seconds=1), False, id="too-short"),
        pytest.param(LONGEST + timedelta(seconds=1), False, id="too-long"),
    ],
)
def test_how_long_somebody_may_wait(after: timedelta, good: bool) -> None:
    assert sensible(after) is good
