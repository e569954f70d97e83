"""What is swept from SQLite leaves nothing behind: not in the index, not in other tables."""

from __future__ import annotations

from pathlib import Path

from db.promises import ON_A_PAGE
from db.sqlite import SqliteStore
from tests.build import FEED, NOW, minutes
from tests.contract.outcomes import kept, outcome


def test_the_index_and_all_tables_forget_what_went(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "a.db", NOW)
    store.sync_feeds([FEED], NOW)
    store.save(outcome(*(kept(f"consulate {n}", text="망명 перебежчик", doubt="no date") for n in range(20))))
    store.save(outcome(*(kept(f"later {n}") for n in range(ON_A_PAGE)), at=minutes(1)))
    link = store._link
    found = "select count(*) from story_index where tokens match ?"
    assert link.number(found, ("consulate",)) == 20
    assert store.sweep(minutes(1), 0, 100).removed == 20
    assert link.number(found, ("consulate",)) == 0
    assert link.number(found, ("later",)) == ON_A_PAGE
    assert link.number("select count(*) from story_notes") == 0
    assert link.all("pragma foreign_key_check") == []
    link.run("insert into story_index (story_index) values ('integrity-check')")
    assert [row["integrity_check"] for row in link.all("pragma integrity_check")] == ["ok"]
    store.close()
