"""The connection to a SQLite file: how it is set up, transactions, and errors that a person can mend.

The laws (measured in SQLite 3.40, see its documentation of WAL and of transactions): one connection writes
and checkpoints; every writing transaction begins IMMEDIATE, since one that reads first and writes then fails
at once when another commit came between; synchronous FULL, as a forgotten receipt is a second message;
foreign keys are off unless asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from sqlite_utils import Database

from db.rows import Row, Values
from monitor.core.errors import StoreDamaged, StoreError, StoreLocked

BUSY_SECONDS = 5.0
"""How long a statement waits for another connection, such as somebody's SQLite shell."""

WAL_BYTES = 64 * 1024 * 1024
"""A write-ahead log that grew beyond this is cut back at the next checkpoint."""

CHUNK = 500
"""How many values are bound to one statement; SQLite's own limit is 999 in its oldest builds."""

PRIMARY = 0xFF
"""The part of an extended result code that says what it is (https://www.sqlite.org/rescode.html)."""

RESTORE = (
    "Put a good copy of the file in its place with `python bot.py restore FILE`, "
    "or move it away to begin with an empty database."
)

MENDS: Mapping[int, tuple[type[StoreError], str]] = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: (
            StoreError,
            "no space left for {path}: make room on its disk. Nothing is half saved.",
        ),
        sqlite3.SQLITE_BUSY: (
            StoreLocked,
            "{path} is being written by another program, such as a SQLite shell: end its transaction.",
        ),
        sqlite3.SQLITE_READONLY: (
            StoreError,
            "{path} cannot be written: check the rights of the file and of its folder.",
        ),
        sqlite3.SQLITE_CANTOPEN: (
            StoreError,
            "{path} cannot be opened: check the rights of the file and of its folder.",
        ),
        sqlite3.SQLITE_IOERR: (
            StoreError,
            "the disk failed under {path} ({error}): check it, then start again.",
        ),
        sqlite3.SQLITE_CORRUPT: (StoreDamaged, f"{{path}} is damaged ({{error}}). {RESTORE}"),
        sqlite3.SQLITE_NOTADB: (StoreDamaged, f"{{path}} is not a SQLite database. {RESTORE}"),
    }
)
"""What a person can do, by result code of SQLite; every other error is a bug of ours."""


class Connection:
    """One connection to the database at `path`; belongs to the thread that made it.

    With `reader` it never writes, needs no lock and may be used beside a running bot; with `alone`, too, nobody
    else has the file open, and nothing is left beside it. Raises StoreError if the file cannot be opened,
    StoreDamaged if it fails SQLite's quick check (made by the writer only).
    """

    def __init__(self, path: Path, *, reader: bool = False, alone: bool = False) -> None:
        self.path = path
        with self.border():
            self._link = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={'ro' if reader else 'rw'}{'&immutable=1' * alone}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
            )
            try:
                self._set_up(reader=reader)
            except BaseException:
                self._link.close()
                raise

    def _set_up(self, *, reader: bool) -> None:
        """Make the connection ours."""
        self._link.row_factory = sqlite3.Row
        self.database = Database(self._link, execute_plugins=False)
        self.run("pragma foreign_keys = on")
        if reader:
            self.run("pragma query_only = on")
            self.run("select 1 from sqlite_master")
            return
        found = [row["quick_check"] for row in self.all("pragma quick_check(3)")]
        if found != ["ok"]:
            message = f"{self.path} is damaged ({'; '.join(found)}). {RESTORE}"
            raise StoreDamaged(message)
        self.run("pragma journal_mode = wal")
        self.run("pragma synchronous = full")
        self.run(f"pragma journal_size_limit = {WAL_BYTES}")

    def all(self, sql: str, values: Sequence[str | int | None] = ()) -> list[Row]:
        """All rows of an answer."""
        rows: list[Row] = self.database.execute(sql, values).fetchall()
        return rows

    def each(self, sql: str) -> Iterator[Row]:
        """The rows of a long answer, one after the other: read them all before the transaction ends."""
        rows: Iterator[Row] = self.database.execute(sql)
        return rows

    def first(self, sql: str, values: Sequence[str | int | None] = ()) -> Row | None:
        """The first row of an answer, or None."""
        row: Row | None = self.database.execute(sql, values).fetchone()
        return row

    def number(self, sql: str, values: Sequence[str | int | None] = ()) -> int:
        """The one number that a query counts."""
        found: int = self.database.execute(sql, values).fetchone()[0]
        return found

    def run(self, sql: str, values: Sequence[str | int | None] = ()) -> int:
        """Run one statement; how many rows it changed."""
        return self.database.execute(sql, values).rowcount

    def add(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for many rows."""
        self.database.conn.executemany(sql, rows)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction that writes: whole, or not at all."""
        with self._transaction("begin immediate"):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One transaction that reads: all its answers are of one moment."""
        with self._transaction("begin"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self.border():
            self.database.execute(begin)
            try:
                yield
                self.database.commit()
            except BaseException:
                self.database.rollback()
                raise

    @contextmanager
    def border(self) -> Iterator[None]:
        """SQLite's errors that a person can mend become StoreError; bugs stay what they are."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            known = explained(error, self.path)
            if known is None:
                raise
            raise known from error

    def close(self) -> None:
        """Close it; doing so twice is harmless. The writer also empties the write-ahead log."""
        self._link.close()


def explained(error: sqlite3.DatabaseError, path: Path) -> StoreError | None:
    """What a person can do about an error of SQLite at a path, or None if it is a bug."""
    found = MENDS.get(getattr(error, "sqlite_errorcode", 0) & PRIMARY)
    if found is None:
        return None
    kind, message = found
    return kind(message.format(path=path, error=error))


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """The values in portions that fit into one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def marks(values: Sequence[object]) -> str:
    """A question mark for each value, for an `in (...)`."""
    return ", ".join("?" * len(values))
