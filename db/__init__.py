"""The store: `open_store` for the one process that owns it, `open_reader` for a look beside it.

Where it is, DATABASE says: a path, `sqlite:///path`, or `memory:` for a store that ends with the process. The
default is a file in `db/data/`, the one folder of this package that holds no code.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from db.memory import MemoryStore
from db.sqlite import SqliteStore
from monitor.core.errors import StoreError

MEMORY = "memory:"


def open_store(url: str, *, now: datetime) -> MemoryStore | SqliteStore:
    """Own the store that `url` names; a missing SQLite file and its folder are made.

    Call it in the thread that will use it. Raises StoreLocked if another process owns it, StoreNewer,
    StoreDamaged, or StoreError with the mend.
    """
    if url == MEMORY:
        return MemoryStore()
    return SqliteStore.open(_path(url), now)


def open_reader(url: str) -> SqliteStore:
    """Read the store that `url` names, beside a running bot or without one; never writes, takes no lock.

    Raises StoreError if there is none yet, or if it cannot be read.
    """
    if url == MEMORY:
        message = "a store in memory cannot be read from outside: name a file in DATABASE."
        raise StoreError(message)
    return SqliteStore.read(_path(url))


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
