"""Copies of a database: whole or not at all, made beside its owner, and put back without losing what was there."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from db import Copies, open_reader, open_store, restore_store
from db.migrations import migrations
from db.sqlite import SqliteStore, backup
from db.sqlite.connection import Connection
from monitor.core.errors import StoreDamaged, StoreError, StoreLocked, StoreNewer
from monitor.core.model import Copy
from tests.build import CHAT, FEED, NOW, minutes
from tests.contract.outcomes import LEASE, kept, opened, outcome


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with one card that is owed to CHAT."""
    store = SqliteStore.open(tmp_path / "data" / "tocsin.db", NOW)
    store.sync_feeds([FEED], NOW)
    store.save(opened(1, CHAT))
    yield store
    store.close()


@pytest.fixture(name="path")
def fixture_path(store: SqliteStore) -> Path:
    """Where it lies."""
    return store._link.path


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    """A folder for copies, which is not there yet."""
    return tmp_path / "copies"


def make(path: Path, folder: Path, at: datetime = NOW, keep: int = 3) -> Copy:
    return Copies(str(path), folder, keep).make(at)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def spoil(path: Path) -> None:
    """Overwrite what stands behind the first page."""
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 6] = os.urandom(4096 * 5)
    path.write_bytes(content)


def share_a_page(path: Path) -> None:
    """Two tables claim one page."""
    link = sqlite3.connect(path)
    link.execute("pragma writable_schema = on")
    link.execute(
        "update sqlite_master set rootpage = (select rootpage from sqlite_master where name = 'cards') "
        "where name = 'beats'"
    )
    link.commit()
    link.close()


def test_a_copy_made_beside_the_owner_holds_what_was_committed(
    store: SqliteStore, path: Path, folder: Path
) -> None:
    made = make(path, folder)
    assert made.file == str(folder / "tocsin-20260927T100000Z.db")
    assert (made.size, made.older) == (Path(made.file).stat().st_size, ())
    assert dict(made.rows) == {
        "cards": 1,
        "hits": 1,
        "rulebooks": 0,
        "feeds": 1,
        "stories": 1,
        "outbox": 1,
        "subscriptions": 0,
    }
    reader = open_reader(made.file)
    assert reader.status() == store.status()
    assert reader.cards(5) == store.cards(5)
    reader.close()


def test_a_copy_is_one_file_for_us_alone_and_nothing_unfinished_is_left(path: Path, folder: Path) -> None:
    made = make(path, folder)
    assert names(folder) == [Path(made.file).name]
    assert stat.S_IMODE(Path(made.file).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_newest_stay_and_files_of_others_too(path: Path, folder: Path) -> None:
    folder.mkdir()
    others = ["other-20260101T000000Z.db", "tocsin-20260101T000000Z.db.txt", "tocsin-notes.db"]
    for name in others:
        (folder / name).touch()
    made = [make(path, folder, minutes(at), keep=2) for at in range(4)]
    assert [each.older for each in made] == [(), (), (made[0].file,), (made[1].file,)]
    assert names(folder) == sorted([*others, *(Path(each.file).name for each in made[2:])])


def test_a_copy_made_after_the_clock_was_set_back_is_not_the_one_that_goes(path: Path, folder: Path) -> None:
    ahead = [make(path, folder, minutes(at), keep=2) for at in (1_000, 1_001)]
    back = make(path, folder, NOW, keep=2)
    assert back.older == (ahead[0].file,)
    assert Path(back.file).exists()


def test_the_newest_is_told_by_its_name(path: Path, folder: Path) -> None:
    copies = Copies(str(path), folder, 3)
    assert copies.newest(NOW) is None
    for at in (0, 60, 5_000):
        copies.make(minutes(at))
    assert copies.newest(minutes(70)) == minutes(60)
    assert copies.newest(minutes(-1)) is None
    assert Copies("memory:", folder, 3).newest(NOW) is None


def test_a_file_that_is_there_is_never_overwritten(path: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "mine.db").write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        Copies(str(path), folder, 3).make_at(folder / "mine.db", NOW)
    assert (folder / "mine.db").read_text() == "precious"


def test_there_is_nothing_to_copy_before_the_first_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database yet"):
        make(tmp_path / "none.db", tmp_path / "copies")
    assert not (tmp_path / "none.db").exists()


def test_a_damaged_database_gives_no_copy_and_no_old_one_goes(path: Path, folder: Path) -> None:
    good = make(path, folder, keep=1)
    SqliteStore.read(path).close()
    share_a_page(path)
    with pytest.raises(StoreError, match="damaged"):
        make(path, folder, minutes(1), keep=1)
    assert names(folder) == [Path(good.file).name]


@pytest.mark.parametrize(
    ("copied", "whole"),
    [
        pytest.param(4, False, id="fewer than before"),
        pytest.param(5, True, id="as before"),
        pytest.param(6, True, id="some came meanwhile"),
        pytest.param(7, False, id="more than there are"),
    ],
)
def test_a_copy_holds_what_was_there_before_it_was_begun(copied: int, whole: bool) -> None:
    def counted(hits: int) -> dict[str, int]:
        return {"cards": 1, "hits": hits, "rulebooks": 1}

    if whole:
        backup.compare(counted(5), counted(copied), counted(6))
        return
    with pytest.raises(
        StoreDamaged, match=f"not whole: {copied} hits, where there were 5 before and 6 after"
    ):
        backup.compare(counted(5), counted(copied), counted(6))


def test_there_must_be_room_for_a_copy(path: Path, folder: Path) -> None:
    with pytest.raises(StoreError, match=r"no room for a copy in .*copies: it needs 0\.\d MB"):
        Copies(str(path), folder, 3, leave=10**18).make(NOW)
    assert names(folder) == []


def test_a_disk_that_fills_up_meanwhile_is_named_and_nothing_is_left(path: Path, folder: Path) -> None:
    folder.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
        with pytest.raises(StoreError, match=r"the disk failed under .*copies"):
            make(path, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert names(folder) == []


def test_a_folder_that_cannot_be_used_is_named(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot use .*file"):
        make(path, tmp_path / "file" / "copies")


def test_what_a_dead_process_left_is_removed_and_what_a_living_one_makes_is_not(
    path: Path, folder: Path
) -> None:
    folder.mkdir()
    for name, age in ((".tocsin-1.db.a.part", 7), (".tocsin-1.db.b.part", 5)):
        (folder / name).touch()
        then = (NOW - timedelta(hours=age)).timestamp()
        os.utime(folder / name, (then, then))
    make(path, folder)
    assert names(folder) == [".tocsin-1.db.b.part", "tocsin-20260927T100000Z.db"]


def test_copies_made_beside_a_busy_writer_are_each_of_one_moment(
    store: SqliteStore, path: Path, folder: Path
) -> None:
    made: list[Copy] = []

    def copying() -> None:
        made.extend(make(path, folder, minutes(at), keep=9) for at in range(5))

    thread = threading.Thread(target=copying)
    thread.start()
    number = 1
    while thread.is_alive() and number < 5_000:
        number += 1
        store.save(opened(number, CHAT))
    thread.join()
    assert len(made) == 5
    for each in made:
        assert each.rows["cards"] == each.rows["hits"] == each.rows["outbox"] == each.rows["stories"]


def test_a_copy_put_back_is_the_database_again_and_what_was_there_is_kept(
    store: SqliteStore, path: Path, folder: Path
) -> None:
    made = make(path, folder)
    store.save(opened(2, CHAT))
    store.close()
    done = restore_store(str(path), Path(made.file), now=minutes(5))
    assert done.database == str(path)
    assert done.replaced == f"{path}.replaced-20260927T100500Z"
    assert (done.copy.file, dict(done.copy.rows)) == (made.file, dict(made.rows))
    again = SqliteStore.open(path, NOW)
    assert again.status().cards == 1
    again.close()
    old = open_reader(done.replaced)
    assert old.status().cards == 2
    old.close()
    assert Path(made.file).exists()


def test_what_a_copy_still_owes_goes_out_with_the_repeat_mark(
    store: SqliteStore, path: Path, folder: Path
) -> None:
    made = make(path, folder)
    store.close()
    assert restore_store(str(path), Path(made.file), now=NOW).waiting == 1
    again = SqliteStore.open(path, NOW)
    assert [each.delivery.repeat for each in again.claim(NOW, LEASE, 5)] == [True]
    again.close()


def test_restoring_is_refused_while_a_bot_owns_the_database(
    store: SqliteStore, path: Path, folder: Path
) -> None:
    made = make(path, folder)
    with pytest.raises(StoreLocked, match=f"in use by process {os.getpid()}"):
        restore_store(str(path), Path(made.file), now=NOW)
    store.save(opened(2, CHAT))
    assert store.status().cards == 2


def newer(path: Path) -> None:
    with Database(path) as database:
        database.table("_sqlite_migrations").insert(
            {"migration_set": "tocsin", "name": "9999_more", "applied_at": ""}
        )


def foreign(path: Path) -> None:
    path.unlink()
    with Database(path) as database:
        database.table("cards").insert({"number": 1})


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        pytest.param(share_a_page, StoreDamaged, "the copy .* is damaged .*2nd reference", id="damaged"),
        pytest.param(spoil, StoreDamaged, "the copy .* is damaged", id="overwritten"),
        pytest.param(
            lambda path: path.write_text("feeds\n" * 900), StoreDamaged, "not a database", id="no database"
        ),
        pytest.param(newer, StoreNewer, "newer Tocsin", id="of a newer version"),
        pytest.param(foreign, StoreError, "not Tocsin's", id="of another program"),
        pytest.param(lambda path: path.unlink(), StoreError, "there is no copy at", id="gone"),
    ],
)
def test_a_copy_that_is_no_good_changes_nothing(
    store: SqliteStore, folder: Path, change: Callable[[Path], None], kind: type, words: str
) -> None:
    path = store._link.path
    made = Path(make(path, folder).file)
    store.close()
    change(made)
    before = path.read_bytes()
    with pytest.raises(kind, match=words):
        restore_store(str(path), made, now=NOW)
    assert path.read_bytes() == before
    assert names(path.parent) == ["tocsin.db", "tocsin.db.lock"]
    SqliteStore.open(path, NOW).close()


def test_the_database_itself_is_no_copy(store: SqliteStore, path: Path) -> None:
    store.close()
    with pytest.raises(StoreError, match="is the database itself"):
        restore_store(str(path), path, now=NOW)


def test_a_damaged_database_is_replaced_and_its_log_stays_with_it(
    store: SqliteStore, path: Path, folder: Path
) -> None:
    made = make(path, folder)
    store.close()
    spoil(path)
    log = path.with_name("tocsin.db-wal")
    log.write_bytes(b"a log")
    path.with_name("tocsin.db-shm").touch()
    kept = [restore_store(str(path), Path(made.file), now=NOW).replaced for _ in range(2)]
    assert kept == [f"{path}.replaced-20260927T100000Z", f"{path}.replaced-20260927T100000Z-2"]
    assert Path(f"{kept[0]}-wal").read_bytes() == b"a log"
    assert not log.exists()
    SqliteStore.open(path, NOW).close()


def test_where_there_was_no_database_one_is_made(path: Path, folder: Path, tmp_path: Path) -> None:
    made = make(path, folder)
    new = tmp_path / "new" / "tocsin.db"
    done = restore_store(str(new), Path(made.file), now=NOW)
    assert done.replaced is None
    again = SqliteStore.open(new, NOW)
    assert again.status().cards == 1
    again.close()


def test_a_database_copied_by_hand_with_its_log_is_taken_whole(
    store: SqliteStore, path: Path, folder: Path, tmp_path: Path
) -> None:
    folder.mkdir()
    for end in ("", "-wal"):
        (folder / f"hand.db{end}").write_bytes(path.with_name(f"tocsin.db{end}").read_bytes())
    new = tmp_path / "new.db"
    done = restore_store(str(new), folder / "hand.db", now=NOW)
    assert done.copy.rows["cards"] == store.status().cards == 1


def test_a_copy_of_an_older_version_is_taken_and_brought_up_to_date_by_the_bot(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with Database(old) as database:
        migrations.apply(database, stop_before="0003_people_and_deliveries")
    done = restore_store(str(tmp_path / "tocsin.db"), old, now=NOW)
    assert (done.waiting, done.copy.rows["outbox"]) == (0, 0)
    store = open_store(str(tmp_path / "tocsin.db"), now=NOW)
    assert store.status().owed == 0
    store.close()


def test_a_damaged_database_is_refused_with_the_newest_copy_named(
    store: SqliteStore, path: Path, folder: Path
) -> None:
    store.save(outcome(kept("another")))
    store.close()
    share_a_page(path)
    with pytest.raises(
        StoreDamaged, match=r"restore FILE`, or move it away to begin with an empty database\.$"
    ):
        open_store(str(path), now=NOW, copies=folder)
    folder.mkdir()
    for name in ("tocsin-20260926T100000Z.db", "tocsin-20260927T100000Z.db"):
        (folder / name).touch()
    with pytest.raises(
        StoreDamaged, match=r"`python bot\.py restore .*copies/tocsin-20260927T100000Z\.db`\.$"
    ):
        open_store(str(path), now=NOW, copies=folder)


def test_a_bug_while_copying_stays_what_it_is(path: Path) -> None:
    with (
        closing(Connection(path, reader=True)) as link,
        pytest.raises(sqlite3.OperationalError, match="output file already exists"),
    ):
        backup._vacuum(link, path)
