"""What can go wrong for a reason that a person can mend.

One tree, one thing to catch::

    TocsinError
    ├── QueryError        a query (in a rule, a search, a mute) is not well formed: position and mend
    ├── RulesError        rules.yaml is missing or wrong: every mistake with file, line, column and mend
    ├── SettingsError     an environment variable is missing or wrong: its name and the mend
    └── StoreError        the database cannot be used
        ├── StoreLocked   another process owns it
        ├── StoreNewer    it was written by a newer Tocsin
        └── StoreDamaged  its integrity check failed

Expected outcomes (a feed that is down, a chat that blocked the bot, an unknown rule name) are values, not
exceptions; bugs stay what they are and are not caught.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_BEFORE = 72
"""Characters of a long line that are shown before a mistake, and behind it."""


class TocsinError(Exception):
    """Root of all errors that carry a message for the person who runs or asks Tocsin."""


class QueryError(TocsinError):
    """A query that cannot be understood.

    `position` and `end` are character offsets into `query`, `0 <= position <= end <= len(query)`; `hint` is the
    mend in one sentence, empty if the message says it all.
    """

    def __init__(
        self, message: str, *, query: str, position: int, end: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.query = query
        self.position = position
        self.end = position + 1 if end is None else end
        self.hint = hint


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake in a file that people edit: where it stands and how to mend it.

    `line` and `column` count from 1; 0 means that the place is the file as a whole.
    """

    line: int
    column: int
    message: str
    hint: str = ""


class RulesError(TocsinError):
    """A rules file that cannot be used, with every mistake that was found in it."""

    def __init__(self, path: str, mistakes: tuple[Mistake, ...], lines: tuple[str, ...] = ()) -> None:
        self.path = path
        self.mistakes = tuple(sorted(mistakes))
        self.lines = lines
        super().__init__(self.report())

    def report(self) -> str:
        """The whole message: a line `file:line:column: what` per mistake, the line itself, a caret, the mend."""
        out: list[str] = []
        for m in self.mistakes:
            place = f"{self.path}:{m.line}:{m.column}" if m.line else self.path
            out.append(f"{place}: {m.message}")
            if 0 < m.line <= len(self.lines):
                out += [f"    {shown}" for shown in pointed(self.lines[m.line - 1], m.column - 1)]
            if m.hint:
                out.append(f"    {m.hint}")
        return "\n".join(out)


def pointed(line: str, position: int) -> tuple[str, str]:
    """The line around a position, and a caret under it where the line is shown in a typewriter font.

    Hangul and Han take two columns there, combining marks none.
    """
    start = max(position - _BEFORE, 0)
    seen = "".join(c if c.isprintable() else " " for c in line)
    before = "…" * (start > 0) + seen[start:position]
    behind = seen[position : position + _BEFORE]
    cut = "…" * (position + _BEFORE < len(seen))
    columns = sum(
        2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in before
    )
    return f"{before}{behind}{cut}", " " * columns + "^"


class SettingsError(TocsinError):
    """A setting that cannot be used; the message names the variable and the mend, never a secret's value."""

    def __init__(self, variable: str, message: str) -> None:
        super().__init__(f"{variable}: {message}")
        self.variable = variable


class StoreError(TocsinError):
    """The database cannot be used; the message says why and what to do."""


class StoreLocked(StoreError):
    """Another process owns the database."""


class StoreNewer(StoreError):
    """The database was written by a newer version of Tocsin."""


class StoreDamaged(StoreError):
    """The database failed its integrity check."""
