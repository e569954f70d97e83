"""Names of countries: what `country: KP` stands for.

Names are those of the Unicode CLDR (`territories.tsv`); what the people are called, adjectives, abbreviations,
compounds of headlines and exceptions are ours (`countries.tsv`). Capitals and governments are not the country:
`Pyongyang` and `the Kremlin` are words of their own. See `data/README.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from monitor.rulebook.tables import Names, names_of, rows


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory of ISO 3166-1."""

    code: str
    name: str  # in English
    names: Names


def country(code: str) -> Country | None:
    """The country with two capital letters, if there is one."""
    row, more = (table.get(code) for table in _tables())
    if row is None:
        return None
    return Country(code, row["en"].partition("|")[0], names_of(row, more or {}))


def codes() -> tuple[str, ...]:
    """Every code, in order of the alphabet."""
    return tuple(_tables()[0])


def guess(written: str) -> Country | None:
    """The country that somebody probably means by a code in small letters, a name or a misspelt name."""
    by_name = _by_name()
    known = country(written.upper())
    if known is not None:
        return known
    near = get_close_matches(written.casefold(), by_name, n=1, cutoff=0.8)
    return country(by_name[near[0]]) if near else None


@cache
def _tables() -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    first, second = (
        {row["code"]: row for row in rows(name)} for name in ("territories.tsv", "countries.tsv")
    )
    return first, second


@cache
def _by_name() -> dict[str, str]:
    """Name in any language, in small letters -> code."""
    found: dict[str, str] = {}
    for code, row in _tables()[0].items():
        more = _tables()[1].get(code, {})
        for terms in names_of(row, more).terms.values():
            for term in terms:
                found.setdefault(term.strip('="').casefold(), code)
    return found


__all__ = ["Country", "codes", "country", "guess"]
