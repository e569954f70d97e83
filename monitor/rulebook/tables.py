"""Tables of names that come with Tocsin: tab-separated, a term in the query language between `|`.

A `-` before a term excepts it: hits of the other terms inside it do not count. A `!` drops a name of the table
that this one adds to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "ko", "ru")
"""Languages in which names are known."""

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Names:
    """What something is called, per language, and the terms in which that name means something else."""

    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excepted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table, by the names of its columns."""
    head, *lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    columns = head.split("\t")
    for line in lines:
        yield dict(zip(columns, line.split("\t"), strict=True))


def names_of(row: Mapping[str, str], more: Mapping[str, str]) -> Names:
    """The names in a row, with those of a row that adds to it."""
    terms: dict[str, tuple[str, ...]] = {}
    excepted: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        cells = [*row.get(language, "").split("|"), *more.get(language, "").split("|")]
        dropped = {cell[1:] for cell in cells if cell.startswith("!")}
        kept = [cell for cell in cells if cell and cell[0] not in "-!" and cell not in dropped]
        against = [cell[1:] for cell in cells if cell.startswith("-")]
        if kept:
            terms[language] = tuple(dict.fromkeys(kept))
        if against:
            excepted[language] = tuple(dict.fromkeys(against))
    return Names(terms, excepted)
