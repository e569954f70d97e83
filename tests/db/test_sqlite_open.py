"""Opening a database: where it lies, who owns it, whose it is."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database

from db import open_reader, open_store
from db.memory import MemoryStore
from db.migrations import migrations
from db.sqlite import SqliteStore
from monitor.core.errors import StoreDamaged, StoreError, StoreNewer
from tests.build import CHAT, FEED, NOW, URL, minutes
from tests.contract.outcomes import opened, outcome

ROOT = Path(__file__).parents[2]
OPENERS = [
    pytest.param(lambda url: open_store(url, now=NOW), id="store"),
    pytest.param(open_reader, id="reader"),
]
Opener = Callable[[str], object]


@pytest.fixture(name="path")
def fixture_path(tmp_path: Path) -> Path:
    """Where a database may be made, in a folder that is not there yet."""
    return tmp_path / "data" / "tocsin.db"


def make(path: Path) -> None:
    """A database with one card, closed again."""
    store = open_store(str(path), now=NOW)
    store.sync_feeds([FEED], NOW)
    store.save(opened(1, CHAT))
    store.close()


def test_the_folder_and_the_files_are_made_for_us_alone(path: Path) -> None:
    store = open_store(str(path), now=NOW)
    store.sync_feeds([FEED], NOW)
    files = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    store.close()
    assert files == dict.fromkeys(("tocsin.db", "tocsin.db-wal", "tocsin.db-shm", "tocsin.db.lock"), 384)


def test_closing_leaves_one_whole_file_and_may_be_done_twice(path: Path) -> None:
    store = open_store(str(path), now=NOW)
    store.close()
    store.close()
    assert sorted(each.name for each in path.parent.iterdir()) == ["tocsin.db", "tocsin.db.lock"]


def test_what_was_saved_is_there_after_opening_again(path: Path) -> None:
    make(path)
    store = open_store(str(path), now=minutes(5))
    assert store.facts_for(URL, [], NOW).next_card == 2
    assert [each.delivery.card for each in store.claim(minutes(5), 60, 10)] == [1]
    store.close()


@pytest.mark.parametrize("form", ["{path}", "sqlite:///{path}", "SQLite:///{path}"])
def test_a_path_and_a_url_name_the_same_file(path: Path, form: str) -> None:
    make(path)
    reader = open_reader(form.format(path=path))
    assert reader.status().stories == 1
    reader.close()


def test_a_relative_path_is_of_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make(Path("here.db"))
    make(Path("%20 and#?.db"))
    reader = open_reader("sqlite:///here.db")
    reader.close()
    assert (tmp_path / "%20 and#?.db").stat().st_size > 0


def test_memory_keeps_nothing_and_cannot_be_read_from_outside() -> None:
    assert isinstance(open_store("memory:", now=NOW), MemoryStore)
    with pytest.raises(StoreError, match="memory"):
        open_reader("memory:")


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param(
            "postgresql://user:s3cret@host/db", "PostgreSQL is not available in this version", id="postgresql"
        ),
        pytest.param("postgres://user:s3cret@host/db", "PostgreSQL is not available", id="postgres"),
        pytest.param("mysql+x://user:s3cret@host/db", r"no store of the kind mysql\+x", id="another kind"),
        pytest.param("sqlite://", "names no file", id="sqlite without a path"),
        pytest.param("sqlite:///:memory:", "names no file", id="memory in the way of others"),
        pytest.param("", "names no file", id="empty"),
    ],
)
def test_a_url_that_cannot_be_used_names_the_mend_and_no_secret(opener: Opener, url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as error:
        opener(url)
    assert "DATABASE" in str(error.value)
    assert "s3cret" not in str(error.value)


def test_a_reader_says_when_there_is_no_database_yet(path: Path) -> None:
    with pytest.raises(
        StoreError, match=r"no database yet at .*tocsin\.db: start the bot or run `python bot\.py once`"
    ):
        open_reader(str(path))
    assert not path.parent.exists()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Is a directory"):
        open_store(str(tmp_path), now=NOW)
    with pytest.raises(StoreError, match="no database yet"):
        open_reader(str(tmp_path))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot use .*a\.db: .*file"):
        open_store(str(tmp_path / "file" / "a.db"), now=NOW)


def test_the_laws_of_the_connection(path: Path) -> None:
    store = SqliteStore.open(path, NOW)
    link = store._link

    def pragma(name: str) -> object:
        row = link.first(f"pragma {name}")
        assert row is not None
        return row[name if name != "busy_timeout" else "timeout"]

    assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)
    assert pragma("busy_timeout") == 5000
    store.close()


def test_a_reader_sees_what_the_owner_commits(path: Path) -> None:
    store = open_store(str(path), now=NOW)
    reader = open_reader(str(path))
    assert reader.status().stories == 0
    store.sync_feeds([FEED], NOW)
    store.save(opened(1, CHAT))
    assert reader.status() == store.status()
    assert reader.cards(1) == store.cards(1)
    store.close()
    assert reader.status().stories == 1
    reader.close()


@pytest.mark.parametrize(
    "owned", [pytest.param(True, id="beside the owner"), pytest.param(False, id="alone")]
)
def test_a_reader_never_writes(path: Path, owned: bool) -> None:
    make(path)
    store = open_store(str(path), now=NOW) if owned else None
    before = path.read_bytes()
    reader = open_reader(str(path))
    for write in (
        lambda: reader.beat("poll", NOW),
        lambda: reader.save(outcome()),
        lambda: reader.claim(NOW, 60, 1),
        lambda: reader.recover(NOW),
        lambda: reader.resume(CHAT),
    ):
        with pytest.raises(StoreError, match="cannot be written"):
            write()
    assert len(list(reader.cards(5))) == 1
    reader.close()
    assert path.read_bytes() == before
    if store is not None:
        store.close()


def test_a_reader_takes_no_lock(path: Path) -> None:
    make(path)
    (path.parent / "tocsin.db.lock").unlink()
    reader = open_reader(str(path))
    assert not (path.parent / "tocsin.db.lock").exists()
    open_store(str(path), now=NOW).close()
    reader.close()


@pytest.mark.parametrize("opener", OPENERS)
def test_a_database_of_a_newer_version_is_left_alone(path: Path, opener: Opener) -> None:
    make(path)
    with Database(path) as database:
        database.table("_sqlite_migrations").insert(
            {"migration_set": "tocsin", "name": "9999_more", "applied_at": ""}
        )
    before = path.read_bytes()
    with pytest.raises(StoreNewer, match=r"newer Tocsin \(unknown step 9999_more\): update this one"):
        opener(str(path))
    assert path.read_bytes() == before
    with pytest.raises(StoreNewer):
        opener(str(path))


@pytest.mark.parametrize("opener", OPENERS)
def test_a_database_of_another_program_is_left_alone(path: Path, opener: Opener) -> None:
    path.parent.mkdir()
    with Database(path) as database:
        database.table("cards").insert({"number": 1})
    with pytest.raises(StoreError, match="not Tocsin's"):
        opener(str(path))
    with Database(path) as database:
        assert database.table_names() == ["cards"]


def test_a_reader_does_not_bring_an_old_database_up_to_date(path: Path) -> None:
    path.parent.mkdir()
    with Database(path) as database:
        migrations.apply(database, stop_before="0003_people_and_deliveries")
    with pytest.raises(StoreError, match="older Tocsin: start the bot once"):
        open_reader(str(path))
    store = open_store(str(path), now=NOW)
    assert store.status().subscriptions == 0
    store.close()


@pytest.mark.parametrize("opener", OPENERS)
def test_a_file_that_is_no_database_is_said_to_be_none(path: Path, opener: Opener) -> None:
    path.parent.mkdir()
    path.write_text("feeds: []\n" * 500)
    for _ in range(2):
        with pytest.raises(
            StoreDamaged, match=r"is not a SQLite database\. Put a good copy of the file in its place"
        ):
            opener(str(path))
    assert path.read_text() == "feeds: []\n" * 500


def share_a_page(path: Path) -> None:
    """Two tables claim one page, as after two writers of one write-ahead log."""
    link = sqlite3.connect(path)
    link.execute("pragma writable_schema = on")
    link.execute(
        "update sqlite_master set rootpage = (select rootpage from sqlite_master where name = 'cards') "
        "where name = 'beats'"
    )
    link.commit()
    link.close()


def spoil_the_schema(path: Path) -> None:
    """The first page is overwritten behind the file's header."""
    content = bytearray(path.read_bytes())
    content[100:164] = b"\xff" * 64
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(
            share_a_page, "is damaged .*2nd reference to page.* Put a good copy", id="found by the check"
        ),
        pytest.param(
            spoil_the_schema, "is damaged .*malformed.* Put a good copy", id="too bad to be checked"
        ),
    ],
)
def test_a_damaged_database_is_refused(path: Path, spoil: Callable[[Path], None], words: str) -> None:
    make(path)
    spoil(path)
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreDamaged, match=re.compile(words, re.DOTALL)):
            open_store(str(path), now=NOW)
    assert path.read_bytes() == before


def test_an_empty_file_is_a_new_database(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with pytest.raises(StoreError, match="not Tocsin's"):
        open_reader(str(path))
    open_store(str(path), now=NOW).close()
    open_reader(str(path)).close()


def test_a_store_belongs_to_its_thread(path: Path) -> None:
    store = open_store(str(path), now=NOW)
    with pytest.raises(sqlite3.ProgrammingError):
        in_thread(store.status)
    store.close()


def in_thread(work: Callable[[], object]) -> None:
    """Run `work` in another thread; raises what it raised."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def test_the_command_line_of_sqlite_utils_reads_it(path: Path) -> None:
    make(path)
    command = [
        sys.executable,
        "-m",
        "sqlite_utils",
        "query",
        str(path),
        "select number, opened_at from cards",
    ]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(shown) == [{"number": 1, "opened_at": "2026-09-27T10:00:00.000000+00:00"}]
