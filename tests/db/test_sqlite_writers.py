"""Only one connection of the process ever writes to a database: asserted by a trace of all that are opened."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db import Copies, open_reader
from db.sqlite import SqliteStore
from monitor.core.language import parse
from monitor.core.match import compile_query
from monitor.core.model import Sent
from tests.build import CHAT, FEED, NOW, minutes
from tests.contract.outcomes import LEASE, opened


class Ear:
    """Hears of every database that is opened, while it listens; an audit hook cannot be taken away again."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.listens = True

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.listens and event == "sqlite3.connect":
            self.opened.append(str(arguments[0]))


@pytest.fixture
def trace() -> Iterator[list[str]]:
    """Every database that is opened, as it is named to SQLite."""
    ear = Ear()
    sys.addaudithook(ear)
    yield ear.opened
    ear.listens = False


def test_one_connection_writes_and_checkpoints_all_others_only_read(tmp_path: Path, trace: list[str]) -> None:
    path = tmp_path / "traced.db"
    copies = Copies(str(path), tmp_path / "copies", keep=2)
    with closing(SqliteStore.open(path, NOW)) as store:
        store.sync_feeds([FEED], NOW)
        begun = len(trace)
        for number in range(1, 40):
            store.save(opened(number, CHAT, at=minutes(number)))
            for claimed in store.claim(minutes(number), LEASE, 5):
                store.settle(claimed.delivery.id, claimed.delivery.attempt, Sent("1"), minutes(number))
        list(store.candidates(compile_query(parse("story"), {}).plan))
        store.beat("poll", NOW)
        store.sweep(NOW, 0, 50)
        copies.make(NOW)
        with closing(open_reader(str(path))) as reader:
            assert reader.status().sent == 39
        later = trace[begun:]
    writers = [
        each for each in later if str(path) in each and "mode=ro" not in each and "immutable" not in each
    ]
    assert later
    assert writers == []
    assert len([each for each in trace[:begun] if str(path) in each and "mode=ro" not in each]) == 1


def test_what_a_reader_asks_for_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "traced.db"
    with closing(SqliteStore.open(path, NOW)) as store:
        store.sync_feeds([FEED], NOW)
        store.save(opened(1, CHAT))
        log = path.with_name("traced.db-wal")
        before = (path.read_bytes(), log.read_bytes())
        with closing(open_reader(str(path))) as reader:
            reader.status()
            reader.cards(5)
        assert (path.read_bytes(), log.read_bytes()) == before  # no checkpoint, either
