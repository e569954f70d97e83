"""The one way to refuse a query."""

from __future__ import annotations

from typing import NoReturn

from monitor.core.errors import QueryError


def refuse(source: str, message: str, start: int, end: int, hint: str = "") -> NoReturn:
    """Raise a QueryError about `source[start:end]`."""
    raise QueryError(message, query=source, position=start, end=end, hint=hint)
