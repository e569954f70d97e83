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

    @property
    def book(self) -> RuleBook:
        """The last good rules, with the demo's feeds."""
        return replace(super().book, feeds=self._feeds)
