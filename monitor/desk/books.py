"""The history of the rules: every file that was in force, with what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.authoring.changes import changes
from monitor.core.errors import RulesError
from monitor.rulebook import read

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.core.model import RuleBook
    from monitor.ports import Store

BY_FILE = "file"
"""Who changed it: somebody with an editor."""


FIRST = "the first one kept"


def keep(
    store: Store, book: RuleBook, text: str, now: datetime, by: str = BY_FILE, *, note: str | None = None
) -> bool:
    """Keep the rules file that came into force, with a note of what it changed; False if it is the newest kept.

    `book` is what `text` says; `note` what `told` said of it, if that was asked already. Raises StoreError.
    """
    newest = store.books(1)
    if newest and newest[0].version == book.version:
        return False
    if note is None:
        note = told(last(store), text)
    back = "" if store.book_text(book.version) is None else "put back: "
    return store.keep_book(book.version, text, by, now, back + note)


def last(store: Store) -> str | None:
    """The text of the newest file kept; None if there is none yet."""
    newest = store.books(1)
    return store.book_text(newest[0].version) if newest else None


def told(before: str | None, text: str) -> str:
    """What changed from one text to the next, which is in order; in any thread, as it takes a while.

    Nothing is said about a file that this version of Tocsin would not take.
    """
    if before is None:
        return FIRST
    try:
        return changes(read(before, "rules"), read(text, "rules"))
    except RulesError:
        return "the one before cannot be read any more"
