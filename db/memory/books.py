"""Rules files that were in force, in memory."""

from __future__ import annotations

from datetime import datetime

from monitor.core.model import KeptBook


class Books:
    """The part of the store that keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self._books: list[tuple[KeptBook, str]] = []

    def keep_book(self, version: str, text: str, by: str, now: datetime, note: str = "") -> bool:
        """See `Store.keep_book`."""
        if self._books and self._books[-1][0].version == version:
            return False
        self._books.append((KeptBook(version, now, by, note), text))
        return True

    def books(self, limit: int) -> tuple[KeptBook, ...]:
        """See `Store.books`."""
        return tuple(book for book, _ in reversed(self._books))[: max(limit, 0)]

    def book_text(self, version: str) -> str | None:
        """See `Store.book_text`."""
        return next((text for book, text in self._books if book.version == version), None)
