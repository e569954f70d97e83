"""The settings of keeping the database safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.errors import SettingsError
from monitor.settings import Settings, load


def test_nothing_set_gives_daily_backups_beside_the_database() -> None:
    settings = load({"DATABASE": "/var/lib/tocsin/a.db"}, None)
    assert settings == Settings(
        database=Path("/var/lib/tocsin/a.db"), backup_dir=Path("/var/lib/tocsin/backups")
    )
    assert (settings.backup_every, settings.backup_keep) == (86_400.0, 3)
    assert (settings.free_space_floor, settings.keep_stories) == (200_000_000, None)


def test_they_are_read() -> None:
    settings = load(
        {
            "BACKUP_DIR": "/mnt/b",
            "BACKUP_EVERY": "6h",
            "BACKUP_KEEP": "14",
            "FREE_SPACE_FLOOR": "1gb",
            "KEEP_STORIES": "365",
        },
        None,
    )
    assert settings == Settings(
        backup_dir=Path("/mnt/b"),
        backup_every=21_600.0,
        backup_keep=14,
        free_space_floor=10**9,
        keep_stories=365,
    )


@pytest.mark.parametrize(
    ("written", "every"),
    [
        pytest.param("0", None, id="never"),
        pytest.param("30m", 1_800.0, id="minutes"),
        pytest.param("2d", 172_800.0, id="days"),
    ],
)
def test_how_often(written: str, every: float | None) -> None:
    assert load({"BACKUP_EVERY": written}, None).backup_every == every


@pytest.mark.parametrize(
    ("variable", "value", "mend"),
    [
        pytest.param("BACKUP_EVERY", "daily", "write one like 6h or 1d, or 0 for never", id="a word"),
        pytest.param("BACKUP_EVERY", "0h", "write one like 6h", id="no time at all"),
        pytest.param("BACKUP_EVERY", "30s", "write one like 6h", id="seconds"),
        pytest.param("BACKUP_KEEP", "0", "from 1 up; write one like 3", id="none kept"),
        pytest.param("BACKUP_KEEP", "all", "from 1 up", id="all kept"),
        pytest.param("KEEP_STORIES", "1y", "write one like 365", id="a year"),
        pytest.param("FREE_SPACE_FLOOR", "10%", "write one like 200M or 1G, or 0 for none", id="a share"),
        pytest.param("FREE_SPACE_FLOOR", "-1", "no size", id="less than nothing"),
    ],
)
def test_a_mistake_names_the_variable_and_the_mend(variable: str, value: str, mend: str) -> None:
    with pytest.raises(SettingsError, match=mend) as error:
        load({variable: value}, None)
    assert error.value.variable == variable


@pytest.mark.parametrize(
    ("written", "size"),
    [
        pytest.param("0", 0, id="none"),
        pytest.param("5000", 5_000, id="bytes"),
        pytest.param("2k", 2_000, id="k"),
    ],
)
def test_sizes(written: str, size: int) -> None:
    assert load({"FREE_SPACE_FLOOR": written}, None).free_space_floor == size
