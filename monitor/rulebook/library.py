"""The rules in force: the last good ones, whatever happens to the file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.core.errors import RulesError
from monitor.rulebook.reading import file_bytes, read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.core.match import Matcher
    from monitor.core.model import RuleBook
    from monitor.rulebook.build import Loaded

Stamp = tuple[int, int, int]
"""Modification time in nanoseconds, size, inode: what changes when an editor writes or replaces the file."""


@dataclass(frozen=True, slots=True)
class _State:
    """Everything that changes together: replaced as a whole, so that any thread sees one moment."""

    loaded: Loaded
    text: str
    seen: Stamp | None  # of the file at the last look; None if it was not there
    problem: str | None


class Library:
    """Keeps a rules file in force (schedule polls `changed` and calls `reload`).

    Any thread may read; `reload` is called by one thread at a time. Raises RulesError at once if the file
    cannot be used: there is nothing good to fall back on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        seen = _stamp(path)  # before reading: a change in between is seen as one
        self._state = _State(*_read(path), seen, None)

    @property
    def book(self) -> RuleBook:
        """The last good rules."""
        return self._state.loaded.book

    @property
    def text(self) -> str:
        """What stands in the file of the last good rules, byte for byte as UTF-8."""
        return self._state.text

    @property
    def matcher(self) -> Matcher:
        """The matcher compiled from `book`."""
        return self._state.loaded.matcher

    @property
    def both(self) -> tuple[RuleBook, Matcher]:
        """Book and matcher of the same moment, however often the rules are reloaded meanwhile."""
        loaded = self._state.loaded
        return loaded.book, loaded.matcher

    @property
    def problem(self) -> str | None:
        """Why the file as it is now is not in force, every mistake with its place; None if it is."""
        return self._state.problem

    def changed(self) -> bool:
        """Whether the file is another than at the last look. One stat: cheap enough for every tick."""
        return _stamp(self.path) != self._state.seen

    def reload(self) -> bool:
        """Read the file and put it in force; with any mistake keep what is, and say why in `problem`."""
        seen = _stamp(self.path)
        try:
            self._state = _State(*_read(self.path), seen, None)
        except RulesError as error:
            self._state = replace(self._state, seen=seen, problem=str(error))
            return False
        return True


def _read(path: Path) -> tuple[Loaded, str]:
    data = file_bytes(path)
    return read_bytes(data, str(path)), data.decode("utf-8")


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


__all__ = ["Library"]
