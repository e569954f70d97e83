"""The politeness card of the whole polling: a hundred points, through a kill -9 and a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.publisher.play import card
from tests.publisher.verdict import judged, printed, score

if TYPE_CHECKING:
    from pathlib import Path


async def test_every_publisher_is_treated_well(tmp_path: Path) -> None:
    # With fewer than one of the crowd a second on the mean, two by chance would count as a peak.
    marks = judged(await card(tmp_path, days=3.6, crowd=1_000, pause=0.03))
    assert score(marks) == 100, printed(marks)
