"""One process owns a database, and says who it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from db import open_store
from db.sqlite.lock import Lock, _let_go
from monitor.core.errors import StoreLocked
from tests.build import FEED, NOW, minutes

ROOT = Path(__file__).parents[2]


@pytest.fixture(name="path")
def fixture_path(tmp_path: Path) -> Path:
    """Where a database may be made, in a folder that is not there yet."""
    return tmp_path / "data" / "tocsin.db"


def python(code: str, *args: object) -> subprocess.Popen[str]:
    """A process of its own that runs `code`, and tells by a line that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process and let its pipes go."""
    process.kill()
    process.communicate()


def test_a_second_owner_is_told_who_the_first_is(path: Path) -> None:
    store = open_store(str(path), now=NOW)
    with pytest.raises(StoreLocked) as error:
        open_store(str(path), now=minutes(1))
    message = str(error.value)
    assert f"process {os.getpid()}, since {NOW.isoformat(timespec='microseconds')}" in message
    assert f"{path}.lock" in message
    assert "Stop that one first" in message
    store.sync_feeds([FEED], NOW)
    store.close()
    open_store(str(path), now=NOW).close()


def test_a_link_to_the_file_is_the_same_database(path: Path) -> None:
    store = open_store(str(path), now=NOW)
    (path.parent / "link.db").symlink_to(path)
    with pytest.raises(StoreLocked):
        open_store(str(path.parent / "link.db"), now=NOW)
    store.close()


def test_a_lock_held_by_a_process_that_did_not_say_who_it_is(path: Path) -> None:
    lock = Lock(path.parent.parent / "a.db", NOW)
    lock.path.write_text("")
    with pytest.raises(StoreLocked, match="in use by another process"):
        Lock(path.parent.parent / "a.db", NOW)
    lock.let_go()


OWN = """
import os, sys, time
from datetime import UTC, datetime
from db import open_store
store = open_store(sys.argv[1], now=datetime.now(UTC))
if len(sys.argv) == 2 or os.fork() == 0:
    print("ready", flush=True)
sys.stdin.read()
"""


def test_another_process_owns_it_until_it_dies(path: Path) -> None:
    other = python(OWN, path)
    try:
        with pytest.raises(StoreLocked, match=f"process {other.pid}"):
            open_store(str(path), now=NOW)
    finally:
        end(other)
    open_store(str(path), now=NOW).close()


def test_a_worker_forked_by_a_killed_owner_does_not_keep_the_lock(path: Path) -> None:
    other = python(OWN, path, "fork")
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    try:
        open_store(str(path), now=NOW).close()
    finally:
        other.communicate()


def test_a_forked_child_closes_what_it_inherited(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "a.db", NOW)
    _let_go(weakref.ref(lock))
    gone = weakref.ref(lock)
    lock = Lock(tmp_path / "a.db", NOW)
    lock.let_go()
    _let_go(gone)
    assert gone() is None
