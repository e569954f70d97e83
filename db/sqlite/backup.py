"""Copies of a database: made while its bot runs, read through before they count, and put back.

A copy is made by `VACUUM INTO` under a temporary name, in one step (in small steps the backup API never ends
beside a busy writer, measured), by a connection that only reads, so that it may be used beside the owner of the
database. A copy that has its final name was checked, row by row, and is on the disk.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.sqlite import schema
from db.sqlite.connection import Connection, explained
from db.sqlite.lock import Lock
from monitor.core.errors import StoreDamaged, StoreError
from monitor.core.model import Copy, Restored

STAMP = "%Y%m%dT%H%M%SZ"
"""How a copy's name tells when it was made, in UTC: names sort as they follow each other."""

PART = ".part"
"""The end of the name of a copy that is not finished."""

LEFT = timedelta(hours=6)
"""An unfinished copy that is older was left by a process that died."""

GROWING = ("cards", "hits", "rulebooks")
"""Tables from which nothing is ever removed: a copy holds at least what was there before it was begun."""

COUNTED = (*GROWING, "feeds", "stories", "outbox", "subscriptions")
"""Tables whose rows are told of a copy."""

WAITING = "state in ('owed', 'sending')"


def copy(database: Path, target: Path, now: datetime, *, leave: int = 0) -> Copy:
    """Copy `database` to `target`, which must not exist; `leave` bytes stay free on the disk.

    May run beside the owner of the database, in any thread. Raises StoreError, StoreDamaged if the database or
    the copy is.
    """
    if target.exists():
        message = f"{target} exists already: name another file for the copy."
        raise StoreError(message)
    with _disk(target):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _clear(target.parent, now)
    with closing(Connection(database, reader=True)) as source:
        schema.recognise(source)
        _room(source, target, leave)
        before = _counted(source, GROWING)
        with _unfinished(target) as part:
            _vacuum(source, part)
            rows = check(part)
            after = _counted(source, GROWING)
            compare(before, rows, after)
            _settle(part, target)
    return Copy(str(target), target.stat().st_size, rows)


def rotate(database: Path, folder: Path, now: datetime, keep: int, *, leave: int = 0) -> Copy:
    """Copy `database` into `folder` under a name that tells when, and keep the newest `keep` copies of it there.

    Older ones go only once the new one is whole. Raises as `copy` does.
    """
    stamp = now.astimezone(UTC).strftime(STAMP)
    made = copy(database, folder / f"{database.stem}-{stamp}.db", now, leave=leave)
    others = [each for each in copies(database, folder) if str(each) != made.file]
    gone = others[max(keep, 1) - 1 :]
    with _disk(folder):
        for each in gone:
            each.unlink(missing_ok=True)
    return Copy(made.file, made.size, made.rows, tuple(map(str, gone)))


def copies(database: Path, folder: Path) -> list[Path]:
    """The copies of `database` that `rotate` made in `folder`, newest first; none if it cannot be read."""
    named = re.compile(re.escape(database.stem) + r"-\d{8}T\d{6}Z\.db")
    with suppress(OSError):
        return sorted((each for each in folder.iterdir() if named.fullmatch(each.name)), reverse=True)
    return []


def made_at(file: Path) -> datetime:
    """When one of `copies` was made, by its name."""
    return datetime.strptime(file.stem[-16:], STAMP).replace(tzinfo=UTC)


def restore(file: Path, database: Path, now: datetime) -> Restored:
    """Make the copy at `file` the database, once it was read through; what was there is kept beside it.

    What the copy still owes may have been sent since it was made, so it goes out with the repeat mark. Raises
    StoreLocked while a bot owns the database, StoreDamaged if the copy is, StoreNewer, or StoreError.
    """
    if not file.is_file():
        message = f"there is no copy at {file}."
        raise StoreError(message)
    with _disk(database):
        if database.exists() and file.samefile(database):
            message = f"{file} is the database itself: name a copy of it."
            raise StoreError(message)
        database.parent.mkdir(parents=True, exist_ok=True)
        lock = Lock(database, now)
    try:
        check(file)
        with _unfinished(database) as part:
            with closing(_opened(file)) as source:
                _room(source, database, 0)
                _vacuum(source, part)
            waiting = _mark(part)
            rows = check(part)
            replaced = _aside(database, now)
            _settle(part, database)
    finally:
        lock.let_go()
    made = Copy(str(file), file.stat().st_size, rows)
    return Restored(made, str(database), None if replaced is None else str(replaced), waiting)


def check(file: Path) -> dict[str, int]:
    """Read a copy through; its rows by table, of `COUNTED`.

    Raises StoreDamaged if it is not whole, StoreNewer, or StoreError if it is not ours.
    """
    try:
        with closing(_opened(file)) as link, link.border():
            found = [row["integrity_check"] for row in link.all("pragma integrity_check(3)")]
            if found == ["ok"]:
                schema.recognise(link)
                return _counted(link, COUNTED)
            reason = " ".join("; ".join(found).split())  # on one line
    except StoreDamaged as damage:
        reason = str(damage.__cause__)
    message = f"the copy {file} is damaged ({reason}): take another one."
    raise StoreDamaged(message)


def compare(before: Mapping[str, int], copied: Mapping[str, int], after: Mapping[str, int]) -> None:
    """Raise StoreDamaged if a copy lacks rows of tables that only grow, counted before and after it was made."""
    for table in GROWING:
        if not before[table] <= copied[table] <= after[table]:
            message = (
                f"the copy is not whole: {copied[table]} {table}, where there were {before[table]} before and "
                f"{after[table]} after. It was removed."
            )
            raise StoreDamaged(message)


def _opened(file: Path) -> Connection:
    """A copy, to be read; without leaving files beside it unless it brought some."""
    return Connection(file, reader=True, alone=not file.with_name(file.name + "-wal").exists())


def _counted(link: Connection, tables: tuple[str, ...]) -> dict[str, int]:
    """How many rows the tables have; those that an older version did not know have none."""
    with link.reading():
        there = {row["name"] for row in link.all("select name from sqlite_master where type = 'table'")}
        return {
            table: link.number(f"select count(*) from {table}") if table in there else 0  # noqa: S608 - constants
            for table in tables
        }


def _vacuum(source: Connection, part: Path) -> None:
    """Copy a database into an empty file; the source can only be read, as its connection was opened so."""
    try:
        source.run("pragma query_only = off")  # SQLite counts VACUUM INTO as writing
        source.run("vacuum into ?", (str(part),))
    except sqlite3.DatabaseError as error:
        place = part.parent if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT else source.path
        known = explained(error, place)
        if known is None:
            raise
        raise known from error
    finally:
        source.run("pragma query_only = on")


def _mark(part: Path) -> int:
    """See that what a copy owes is sent as a repeat; how many deliveries that are."""
    with closing(Connection(part)) as link:
        if not link.all("select 1 from sqlite_master where name = 'outbox'"):
            return 0
        with link.writing():
            return link.run(f"update outbox set repeat = 1 where {WAITING}")  # noqa: S608 - a constant


def _room(source: Connection, target: Path, leave: int) -> None:
    """Raise StoreError if a copy would fill the disk."""
    pages = source.number("pragma page_count") - source.number("pragma freelist_count")
    needed = pages * source.number("pragma page_size")
    with _disk(target):
        free = shutil.disk_usage(target.parent).free
    if free < needed + leave:
        message = (
            f"no room for a copy in {target.parent}: it needs {_megabytes(needed)} and there are "
            f"{_megabytes(free)} free, of which {_megabytes(leave)} stay free. Make room, or name another folder."
        )
        raise StoreError(message)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A new empty file beside the target, for us alone; it is gone in the end unless it was given its name."""
    with _disk(target):
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=PART, dir=target.parent)
        os.close(number)
    try:
        yield Path(name)
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(name + end).unlink(missing_ok=True)


def _clear(folder: Path, now: datetime) -> None:
    """Remove what processes left that died while they made a copy."""
    for each in folder.glob(f".*.db.*{PART}"):
        if each.stat().st_mtime < (now - LEFT).timestamp():
            each.unlink(missing_ok=True)


def _settle(part: Path, target: Path) -> None:
    """Put a finished copy on the disk for good, then give it its name."""
    with _disk(target):
        _sync(part)
        part.replace(target)
        _sync(target.parent)


def _sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    if os.name == "nt" and path.is_dir():  # pragma: no cover - folders cannot be opened there
        return
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _aside(database: Path, now: datetime) -> Path | None:
    """Give the database that is replaced, with its write-ahead log, another name; None if there is none.

    The log goes first: beside another database it would be taken for the log of that one.
    """
    if not database.exists():
        return None
    stem = f"{database.name}.replaced-{now.astimezone(UTC).strftime(STAMP)}"
    kept = database.with_name(stem)
    count = 1
    while kept.exists():
        count += 1
        kept = database.with_name(f"{stem}-{count}")
    with _disk(database):
        log = database.with_name(database.name + "-wal")
        if log.exists():
            log.rename(kept.with_name(kept.name + "-wal"))
        database.with_name(database.name + "-shm").unlink(missing_ok=True)
        database.rename(kept)
    return kept


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """What the system refuses becomes StoreError."""
    try:
        yield
    except OSError as error:
        message = f"cannot use {path}: {error.strerror} ({error.filename}). Check the rights of the folder."
        raise StoreError(message) from error
