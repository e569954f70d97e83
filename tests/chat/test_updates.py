"""A bot stands whatever an update may hold; the full run of this is `python -m benchmarks updates`."""

from __future__ import annotations

from random import Random

import pytest

from tests.botapi.inventing import Inventor
from tests.chat.bombardment import bombard


@pytest.mark.filterwarnings(
    "ignore::telegram.warnings.PTBDeprecationWarning"
)  # of a field that is none of ours
async def test_random_updates_break_nothing_and_change_nothing_without_authorisation() -> None:
    report = await bombard(300, seed=1)

    assert report.sent == 300
    assert report.errors == []
    assert report.unauthorised == []
    assert report.answers > 10  # else nothing was understood, and nothing was shown
    assert report.by_owner > 0


def test_they_are_the_same_for_the_same_seed() -> None:
    def invented(seed: int) -> list[object]:
        inventor = Inventor(Random(seed), people=(1,), chats=(1,), texts=("/start",))  # noqa: S311 - no secret
        return [inventor.update(number) for number in range(20)]

    assert invented(1) == invented(1) != invented(2)
