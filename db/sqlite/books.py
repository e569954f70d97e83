"""Rules files that were in force, in SQLite. Transactions are the caller's."""

from __future__ import annotations

from db.rows import book_of, to_text
from db.sqlite.connection import Connection
from monitor.core.model import KeptBook


def keep(link: Connection, book: KeptBook, text: str) -> bool:
    """Keep one; False if the newest has the same version already."""
    newest = newest_first(link, 1)
    if newest and newest[0].version == book.version:
        return False
    link.run(
        "insert into rulebooks (version, loaded_at, source, changed_by, note) values (?, ?, ?, ?, ?)",
        (book.version, to_text(book.loaded_at), text, book.by, book.note),
    )
    return True


def newest_first(link: Connection, limit: int) -> tuple[KeptBook, ...]:
    """The last ones kept."""
    rows = link.all(
        "select version, loaded_at, changed_by, note from rulebooks order by id desc limit ?",
        (max(limit, 0),),
    )
    return tuple(map(book_of, rows))


def text(link: Connection, version: str) -> str | None:
    """The file of a version, or None."""
    row = link.first("select source from rulebooks where version = ? limit 1", (version,))
    return None if row is None else str(row["source"])
