"""`backup` and `restore` on the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from db import open_reader, open_store
from tests.build import CHAT, NOW
from tests.cli.conftest import Desk
from tests.contract.outcomes import opened

DATABASE = "db/data/tocsin.db"


@pytest.fixture(name="full")
def fixture_full(desk: Desk) -> Desk:
    """A desk with a database."""
    desk.fill()
    return desk


def test_a_backup_goes_into_its_folder_and_old_ones_make_room(
    full: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_KEEP", "1")
    folder = full.folder / "db/data/backups"
    folder.mkdir()
    old = folder / "tocsin-20260101T000000Z.db"
    old.touch()
    answer = full.run("backup")
    assert answer.exit_code == 0, answer.output
    (made,) = folder.iterdir()
    first, second = answer.stdout.splitlines()
    assert re.fullmatch(
        rf"db/data/backups/{made.name}: \d+\.\d MB, 3 stories, 1 hits, 1 cards, checked",
        first.replace(f"{full.folder}/", ""),
    )
    assert second == f"made room: {old.relative_to(full.folder)}"


def test_a_backup_to_a_file_beside_a_running_bot(full: Desk) -> None:
    owner = open_store(str(full.folder / DATABASE), now=NOW)
    told = full.json("backup", "copy.db")
    owner.close()
    assert (told["file"], told["removed"]) == ("copy.db", [])
    assert told["bytes"] == (full.folder / "copy.db").stat().st_size
    assert (told["rows"]["stories"], told["rows"]["hits"], told["rows"]["cards"]) == (3, 1, 1)
    again = full.run("backup", "copy.db")
    assert again.exit_code == 1
    assert again.stderr == "Error: copy.db exists already: name another file for the copy.\n"


def test_restore_brings_a_copy_back_and_keeps_what_was_there(full: Desk) -> None:
    full.json("backup", "copy.db")
    answer = full.run("restore", "copy.db")
    assert answer.exit_code == 0, answer.output
    lines = answer.stdout.splitlines()
    assert re.fullmatch(r".*tocsin\.db is copy\.db again: \d+\.\d MB, 3 stories, .*, checked", lines[0])
    kept = Path(lines[-1].removeprefix("what stood there is kept in "))
    assert kept.name.startswith("tocsin.db.replaced-")
    for path in (kept, full.folder / DATABASE):
        reader = open_reader(str(path))
        assert reader.status().stories == 3
        reader.close()


def test_restore_tells_programs_what_it_did(full: Desk) -> None:
    full.json("backup", "copy.db")
    (full.folder / DATABASE).unlink()
    told = full.json("restore", "copy.db")
    assert (told["file"], told["replaced"], told["waiting"]) == ("copy.db", None, 0)
    assert told["database"].endswith(DATABASE)


def test_restore_is_refused_while_a_bot_runs_and_for_a_damaged_copy(full: Desk) -> None:
    full.json("backup", "copy.db")
    owner = open_store(str(full.folder / DATABASE), now=NOW)
    refused = full.run("restore", "copy.db")
    owner.close()
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "is in use by process" in refused.stderr
    (full.folder / "copy.db").write_text("no database " * 500)
    damaged = full.run("restore", "copy.db")
    assert (damaged.exit_code, damaged.stdout) == (1, "")
    assert "the copy copy.db is damaged" in damaged.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["backup"], 1, id="no database"),
        pytest.param(["restore", "missing.db"], 2, id="no such copy"),
        pytest.param(["restore"], 2, id="no copy named"),
    ],
)
def test_exit_codes_of_what_cannot_be_done(desk: Desk, arguments: list[str], code: int) -> None:
    answer = desk.run(*arguments)
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert answer.stderr


def test_a_damaged_database_names_the_newest_backup_and_the_command(full: Desk) -> None:
    made = full.json("backup")["file"]
    (full.folder / DATABASE).write_text("no database " * 500)
    answer = full.process("once")
    assert answer.returncode == 1
    assert f"The newest backup: `python bot.py restore {made}`." in answer.stderr.decode()
    assert full.run("restore", made).exit_code == 0


def test_waiting_alerts_are_told_of(full: Desk) -> None:
    store = open_store(str(full.folder / DATABASE), now=NOW)
    store.save(opened(2, CHAT))
    store.close()
    full.json("backup", "copy.db")
    assert "1 deliveries wait in it; they go out marked as repeats" in full.run("restore", "copy.db").stdout
