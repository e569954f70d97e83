"""The shipped rules, with the demo's feeds in the place of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.core.model import Feed, RuleBook
from monitor.rulebook import Library


class DemoLibrary(Library):
    """A Library whose book lists other feeds; its entities, rules and matcher are those of the file."""

    def __init__(self, path: Path, feeds: tuple[Feed, ...]) -> None:
        super().__init__(path)
        self._feeds = feeds
        self._shipped = frozenset(feed.url for feed in super().book.feeds)

    @property
    def book(self) -> RuleBook:
        """The last good rules, with the demo's feeds and those that were added since."""
        book = super().book
        added = (feed for feed in book.feeds if feed.url not in self._shipped)
        return replace(book, feeds=(*self._feeds, *added))
