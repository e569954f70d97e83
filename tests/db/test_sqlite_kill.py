"""A process killed between any two statements of a save leaves all of it or nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from db.sqlite import SqliteStore
from monitor.core.match.plan import Everything, Token
from monitor.core.model import Sent
from tests.build import CHAT, FEED, NOW, URL, minutes, story
from tests.contract.outcomes import LEASE, opened, send

ROOT = Path(__file__).parents[2]

SAVE_AND_DIE = """
import os, signal, sys
from db import open_store
from tests.build import CHAT, NOW, minutes
from tests.contract.outcomes import kept, opened, outcome
from monitor.core.model import Sent

path, work, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = open_store(path, now=NOW)
count = 0

def die(sql):
    global count
    count += 1
    if count > last:
        os.kill(os.getpid(), signal.SIGKILL)

store._link.database.conn.set_trace_callback(die)
if work == "save":
    store.save(opened(2, CHAT, at=minutes(1)))
elif work == "claim":
    store.claim(minutes(1), 60, 10)
else:
    store.settle(1, 1, Sent("m1"), minutes(1))
print("done", count)
"""
"""SQLite calls back before each statement that it begins; the process dies at the one after `last`."""


def run(path: Path, work: str, last: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SAVE_AND_DIE, str(path), work, str(last)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(name="path")
def fixture_path(tmp_path: Path) -> Path:
    """A database in which one card is owed to CHAT."""
    path = tmp_path / "a.db"
    store = SqliteStore.open(path, NOW)
    store.sync_feeds([FEED], NOW)
    store.save(opened(1, CHAT))
    store.close()
    return path


def test_a_kill_between_two_statements_of_a_save_leaves_nothing_of_it(path: Path) -> None:
    whole = path.parent / "whole.db"
    whole.write_bytes(path.read_bytes())
    statements = int(run(whole, "save", 1000).stdout.removeprefix("done "))
    assert statements > 8
    for last in range(0, statements, statements // 8):
        assert run(path, "save", last).returncode == -signal.SIGKILL
        store = SqliteStore.open(path, NOW)
        facts = store.facts_for(URL, [story("story 1"), story("story 2")], minutes(-60))
        assert facts.known.keys() == {"story 1"}
        assert (facts.next_card, len(facts.cards)) == (2, 1)
        assert len(list(store.candidates(Token("story")))) == len(list(store.candidates(Everything()))) == 1
        assert (store.status().hits, store.status().owed) == (1, 1)
        assert store._link.all("pragma integrity_check")[0]["integrity_check"] == "ok"
        store.close()
    assert run(path, "save", 1000).returncode == 0
    store = SqliteStore.open(path, NOW)
    assert (store.status().stories, store.status().owed) == (2, 2)
    store.close()


def test_a_kill_in_a_claim_or_a_receipt_loses_nothing(path: Path) -> None:
    assert run(path, "claim", 3).returncode == -signal.SIGKILL
    store = SqliteStore.open(path, NOW)
    assert store.recover(NOW) == 0
    (claimed,) = store.claim(NOW, LEASE, 10)
    assert (claimed.delivery.attempt, claimed.delivery.repeat) == (1, False)
    store.close()
    assert run(path, "settle", 3).returncode == -signal.SIGKILL
    store = SqliteStore.open(path, NOW)
    assert store.recover(NOW) == 1
    send(store, Sent("m1"))
    assert (store.status().sent, store.status().owed) == (1, 0)
    store.close()
