"""The schema: applied by the program or by hand, and documented column by column."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database

from db import open_reader, open_store
from db.migrations import migrations
from db.rows import to_text
from db.sqlite.schema import SETS
from monitor.core.model import Kind, Level, Outcome, Owed
from tests.build import CHAT, FEED, NOW
from tests.build import state as state_of

ROOT = Path(__file__).parents[2]


def sqlite_utils(*args: object) -> str:
    command = [sys.executable, "-m", "sqlite_utils", *map(str, args)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_command_line_of_sqlite_utils_makes_the_same_schema(tmp_path: Path) -> None:
    by_hand, by_us = tmp_path / "hand.db", tmp_path / "us.db"
    assert "0001_feeds_and_stories" in sqlite_utils("migrate", by_hand, "db/", "--list")
    sqlite_utils("migrate", by_hand, "db/")
    open_store(str(by_us), now=NOW).close()
    with Database(by_hand) as one, Database(by_us) as other:
        assert sorted(one.schema.split(";")) == sorted(other.schema.split(";"))
        for each in SETS:
            assert [step.name for step in each.applied(one)] == [step.name for step in each.applied(other)]
            assert each.pending(one) == []
    reader = open_reader(str(by_hand))
    assert reader.status().stories == 0
    reader.close()
    store = open_store(str(by_hand), now=NOW)
    assert store.status().stories == 0
    store.close()


def test_steps_are_numbered_without_a_gap(tmp_path: Path) -> None:
    open_store(str(tmp_path / "a.db"), now=NOW).close()
    for each in SETS:
        with Database(tmp_path / "a.db") as database:
            names = [step.name for step in each.applied(database)]
        assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_every_column_is_documented_in_the_schema(tmp_path: Path) -> None:
    open_store(str(tmp_path / "a.db"), now=NOW).close()
    with Database(tmp_path / "a.db") as database:
        not_ours = ("_", "story_index", "sqlite_")
        tables = {each.name: each for each in database.tables if not each.name.startswith(not_ours)}
        columns = {name: [column.name for column in table.columns] for name, table in tables.items()}
        schemas = {name: table.schema for name, table in tables.items()}
    assert {
        "feeds",
        "stories",
        "hits",
        "cards",
        "card_stories",
        "outbox",
        "subscriptions",
        "rulebooks",
    } < set(tables)
    for name, schema in schemas.items():
        assert (
            re.findall(r"^ +([a-z_]+) (?:integer|text)\b.* -- \w", schema, re.MULTILINE) == columns[name]
        ), name


def test_what_is_owed_stays_owed_when_the_outbox_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Database(path) as database:
        migrations.apply(database, stop_before="0011_digests")
        database.execute("insert into cards (number, level, opened_at) values (1, 2, ?)", [to_text(NOW)])
        for number, state in ((3, "sent"), (7, "owed"), (9, "dead")):
            database.execute(
                "insert into outbox (id, card, destination, kind, level, state, attempt, message, reason, owed_at) "
                "values (?, 1, ?, 'alert', 3, ?, 2, 'm', 'why', ?)",
                [number, f"telegram:{number}", state, to_text(NOW)],
            )
        database.execute("delete from outbox where id = 9")
    store = open_store(str(path), now=NOW)
    owed, sent = store.outbox(10)
    assert [(each.delivery.id, each.delivery.state.value) for each in (owed, sent)] == [
        (7, "owed"),
        (3, "sent"),
    ]
    assert (owed.delivery.level, owed.delivery.attempt, owed.delivery.reason) == (Level.FLASH, 2, "why")
    assert (owed.delivery.digest, owed.delivery.part, owed.delivery.parts) == (None, 1, 1)
    assert [each.delivery.id for each in store.claim(NOW, 60, 10)] == [7]
    store.sync_feeds([FEED], NOW)
    store.save(Outcome(state_of(), NOW, deliveries=(Owed(1, CHAT, Kind.ALERT, Level.ALERT),)))
    assert store.outbox(1)[0].delivery.id == 10  # no number comes twice
    store.close()


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6, 10])
def test_a_database_left_at_any_step_is_brought_up_to_date(tmp_path: Path, step: int) -> None:
    path = tmp_path / "a.db"
    steps = [each.name for each in migrations.pending(Database(memory=True))]
    with Database(path) as database:
        migrations.apply(database, stop_before=steps[step])
        assert len(migrations.pending(database)) == len(steps) - step
    open_store(str(path), now=NOW).close()
    with Database(path) as database:
        assert migrations.pending(database) == []
        assert not database.execute("pragma foreign_key_check").fetchall()
