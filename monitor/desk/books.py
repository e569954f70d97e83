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


def keep(store: Store, book: RuleBook, text: str, now: datetime, by: str = BY_FILE) -> bool:
    """Keep the rules file that came into force, with a note of what it changed; False if it is the newest kept.

    `book` is what `text` says. Raises StoreError.
    """
    newest = store.books(1)
    if newest and newest[0].version == book.version:
        return False
    told = _told(store.book_text(newest[0].version), book) if newest else "the first one kept"
    back = "" if store.book_text(book.version) is None else "put back: "
    return store.keep_book(book.version, text, by, now, back + told)


def _told(before: str | None, book: RuleBook) -> str:
    """What changed; nothing is said about a file that this version of Tocsin would not take."""
    try:
        return changes(read(before or "", "rules"), book)
    except RulesError:
        return "the one before cannot be read any more"
