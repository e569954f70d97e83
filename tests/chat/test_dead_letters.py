"""What was given up, in /status: those who run Tocsin hear how it is sent again."""

from __future__ import annotations

from datetime import UTC

import pytest

from monitor.chat.reports import status
from monitor.core.model import StoreStatus
from monitor.desk.figures import status as figures
from tests.build import NOW, book


@pytest.mark.parametrize(
    ("dead", "detailed", "told"),
    [
        pytest.param(2, True, True, id="to an owner"),
        pytest.param(2, False, False, id="not to others"),
        pytest.param(0, True, False, id="nothing was given up"),
    ],
)
def test_status_says_how_dead_alerts_are_sent_again(dead: int, detailed: bool, told: bool) -> None:
    answer = figures(StoreStatus(dead_count=dead), book(), NOW, None, detailed=detailed)
    assert ("outbox requeue all" in status(answer, UTC, NOW).text) is told
