"""The store: `open_store` for the one process that owns it, `open_reader` for a look beside it.

`Copies` makes copies of it and keeps the newest; `restore_store` puts one back.

Where it is, DATABASE says: a path, `sqlite:///path`, or `memory:` for a store that ends with the process. The
default is a file in `db/data/`, the one folder of this package that holds no code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db.memory import MemoryStore
from db.sqlite import SqliteStore, backup
from monitor.core.errors import StoreDamaged, StoreError
from monitor.core.model import Copy, Restored

MEMORY = "memory:"


@dataclass(frozen=True, slots=True)
class Copies:
    """The `Copies` port: the newest `keep` copies of the store `url` in a folder whose disk keeps `leave` bytes free.

    Each call uses a connection of its own, beside the owner of the store, in any thread.
    """

    url: str
    folder: Path
    keep: int
    leave: int = 0

    def make(self, now: datetime) -> Copy:
        """See `Copies.make`."""
        return backup.rotate(self._there(), self.folder, now, self.keep, leave=self.leave)

    def make_at(self, file: Path, now: datetime) -> Copy:
        """Copy the store to a new file of somebody's choice; raises as `make` does."""
        return backup.copy(self._there(), file, now)

    def newest(self, until: datetime) -> datetime | None:
        """See `Copies.newest`."""
        if self.url == MEMORY:
            return None
        times = map(backup.made_at, backup.copies(_path(self.url), self.folder))
        return next((made for made in times if made <= until), None)

    def _there(self) -> Path:
        """The file to copy; raises StoreError if there is none yet."""
        path = _path(self.url)
        if not path.is_file():
            message = f"no database yet at {path}: there is nothing to copy."
            raise StoreError(message)
        return path


def open_store(url: str, *, now: datetime, copies: Path | None = None) -> MemoryStore | SqliteStore:
    """Own the store that `url` names; a missing SQLite file and its folder are made.

    Call it in the thread that will use it. Raises StoreLocked if another process owns it, StoreNewer,
    StoreDamaged, which names the newest copy in the folder `copies`, or StoreError with the mend.
    """
    if url == MEMORY:
        return MemoryStore()
    path = _path(url)
    try:
        return SqliteStore.open(path, now)
    except StoreDamaged as damage:
        newest = backup.copies(path, copies)[:1] if copies is not None else []
        if not newest:
            raise
        message = f"{damage} The newest backup: `python bot.py restore {newest[0]}`."
        raise StoreDamaged(message) from damage


def open_reader(url: str) -> SqliteStore:
    """Read the store that `url` names, beside a running bot or without one; never writes, takes no lock.

    Raises StoreError if there is none yet, or if it cannot be read.
    """
    if url == MEMORY:
        message = "a store in memory cannot be read from outside: name a file in DATABASE."
        raise StoreError(message)
    return SqliteStore.read(_path(url))


def restore_store(url: str, file: Path, *, now: datetime) -> Restored:
    """Make a copy the store that `url` names, and keep beside it what was there.

    Raises StoreLocked while somebody owns the store, StoreDamaged if the copy is not whole, StoreNewer, StoreError.
    """
    return backup.restore(file, _path(url), now)


def _path(url: str) -> Path:
    """The file that `url` names, links followed, so that one file has one name.

    Raises StoreError, which never shows the URL: it may hold a password.
    """
    kind = re.match(r"([a-z][a-z0-9+.-]+)://", url, re.IGNORECASE)
    if kind is None:
        written = url
    elif kind[1].lower() == "sqlite":
        written = url[len("sqlite:///") :]
    elif kind[1].lower().startswith("postgres"):
        message = (
            "PostgreSQL is not available in this version: name a file in DATABASE, such as db/data/tocsin.db."
        )
        raise StoreError(message)
    else:
        message = f"no store of the kind {kind[1]}: name a file in DATABASE, such as db/data/tocsin.db."
        raise StoreError(message)
    if written in ("", MEMORY, ":memory:"):
        message = (
            "DATABASE names no file: write a path such as db/data/tocsin.db, or memory: to keep nothing."
        )
        raise StoreError(message)
    return Path(written).resolve()
