"""The one way to refuse a query."""

from __future__ import annotations

from typing import NoReturn

from monitor.core.errors import QueryError

_LONGEST_SHOWN = 60
"""Characters of a query that a message repeats."""


def refuse(source: str, message: str, start: int, end: int, hint: str = "") -> NoReturn:
    """Raise a QueryError about `source[start:end]`."""
    raise QueryError(message, query=source, position=start, end=end, hint=hint)


def cut(text: str) -> str:
    """What somebody wrote, short enough for a message."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
