"""A full disk, a locked database, a read-only file system: said, endured, and nothing is lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.db.hardship import endure


@pytest.mark.parametrize(
    ("hardship", "words"),
    [
        pytest.param("disk full", "no space left for it: make room", id="disk full"),
        pytest.param("database locked", "it is being written by another program", id="locked"),
        pytest.param("read-only file system", "it cannot be written: check the rights", id="read-only"),
    ],
)
def test_a_hardship_is_said_and_when_it_ends_all_goes_on(tmp_path: Path, hardship: str, words: str) -> None:
    work = endure(tmp_path, hardship, 0.0, least=40, busy=0.001)
    assert work.refused
    assert all(said.startswith(words) for said in work.refused), work.refused
    assert (work.lost, work.unmarked, work.whole) == (0, 0, True)
    assert work.saved > 60
    assert work.marked <= 2  # the sends in flight when it began
