"""Trouble under the database: said in words that a person can act on, and nothing half saved."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.sqlite import SqliteStore
from db.sqlite.connection import Connection
from monitor.core.errors import StoreDamaged, StoreError, StoreLocked
from monitor.core.match.plan import Token
from tests.build import CHAT, FEED, NOW
from tests.contract.outcomes import kept, opened, outcome

BARE = sqlite3.OperationalError("bare")
"""An error without a code, as Python's own module raises some."""


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store that knows FEED."""
    store = SqliteStore.open(tmp_path / "a.db", NOW)
    store.sync_feeds([FEED], NOW)
    yield store
    store.close()


def test_a_full_disk_saves_nothing_half_and_work_goes_on_when_there_is_room(store: SqliteStore) -> None:
    link = store._link
    pages = link.number("pragma page_count")
    link.run(f"pragma max_page_count = {pages + 3}")
    before = store.status()
    large = outcome(*(kept(f"story {i}", text="word " * 500) for i in range(50)), owe=())
    with pytest.raises(StoreError, match=r"no space left for .*: make room"):
        store.save(large)
    assert store.status() == before
    assert not link.database.conn.in_transaction
    link.run(f"pragma max_page_count = {pages + 10_000}")
    store.save(large)
    assert store.status().stories == 50


def test_another_program_that_writes_is_waited_for_and_then_named(store: SqliteStore) -> None:
    store._link.run("pragma busy_timeout = 1")
    other = sqlite3.connect(store._link.path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreLocked, match="being written by another program"):
        store.beat("poll", NOW)
    assert store.status().beats == {}
    other.execute("rollback")
    store.beat("poll", NOW)
    other.close()


def test_a_writer_has_the_right_to_write_before_it_reads(store: SqliteStore) -> None:
    other = sqlite3.connect(store._link.path, isolation_level=None, timeout=0)
    with store._link.reading():
        other.execute("begin immediate")
        other.execute("rollback")
    with store._link.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("begin immediate")
    other.close()


def test_damage_found_while_working_is_said(store: SqliteStore) -> None:
    store.save(outcome(kept("a story")))
    with store._link.writing():
        store._link.run("delete from story_index_data where id > 10")
    with pytest.raises(StoreDamaged, match="is damaged"):
        list(store.candidates(Token("story")))


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        pytest.param(sqlite3.SQLITE_IOERR_FSYNC, StoreError, "the disk failed", id="failing disk"),
        pytest.param(
            sqlite3.SQLITE_CANTOPEN, StoreError, "cannot be opened: check the rights", id="no rights"
        ),
        pytest.param(
            sqlite3.SQLITE_READONLY_DIRECTORY, StoreError, "cannot be written", id="read-only folder"
        ),
    ],
)
def test_what_cannot_be_made_to_fail_here_is_explained_too(
    store: SqliteStore, code: int, kind: type[StoreError], words: str
) -> None:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    with pytest.raises(kind, match=words), store._link.border():
        raise error


def test_a_bug_stays_what_it_is(store: SqliteStore) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), store._link.writing():
        store._link.run("delete from no_table")
    orphan = "insert into hits (story_id, rule, level, evidence) values (9, 'r', 1, '[]')"
    with pytest.raises(sqlite3.IntegrityError), store._link.writing():
        store._link.run(orphan)
    with pytest.raises(sqlite3.OperationalError, match=r"^bare$"), store._link.border():
        raise BARE
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.status()


def test_an_error_between_two_statements_undoes_the_first(store: SqliteStore) -> None:
    def interrupted() -> None:
        with store._link.writing():
            store._link.run("insert into beats (heart, at) values ('poll', ?)", (NOW.isoformat(),))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.status().beats == {}
    store.save(opened(1, CHAT))
    assert store.status().owed == 1


def test_a_connection_to_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Connection(tmp_path / "missing.db", reader=True)
