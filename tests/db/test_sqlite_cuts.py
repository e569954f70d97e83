"""Power cuts at seeded writes; `python -m benchmarks storage` makes many more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.db.cutting import Disk, after, cuts, record


@pytest.mark.parametrize("seed", [1, 2])
def test_a_cut_at_any_write_loses_no_commit_and_repeats_nothing_unmarked(tmp_path: Path, seed: int) -> None:
    made = record(tmp_path, seed, cards=12)
    marked = 0
    for length, disk in cuts(made, seed, 60):
        found = after(made, length, disk, tmp_path)
        assert found.well, (disk.name, found)
        marked += found.marked
    assert marked > 0  # some cuts fell between a send and its receipt


def test_a_log_that_lost_a_commit_would_be_noticed(tmp_path: Path) -> None:
    made = record(tmp_path, 3, cards=6)
    found = after(made, len(made.log), Disk("all of it lost", made.base, b""), tmp_path)
    assert not found.well
    assert found.work < 0
