"""What is said of keeping the database safe: copies of it, and stories that were let go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the database that was read through and found whole."""

    file: str  # where it lies
    size: int  # bytes
    rows: Mapping[str, int]  # table -> how many rows, of those that people ask about
    older: tuple[str, ...] = ()  # copies that made room for it


@dataclass(frozen=True, slots=True)
class Restored:
    """A copy that became the database."""

    copy: Copy
    database: str  # the file that it became
    replaced: str | None = None  # where what was there lies now; None if there was nothing
    waiting: int = (
        0  # deliveries that it owes: they may have arrived since, so they go out with the repeat mark
    )


@dataclass(frozen=True, slots=True)
class Swept:
    """One portion of a walk through old stories."""

    removed: int
    last: int | None  # the id to go on after; None at the end
