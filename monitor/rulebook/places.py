"""Names of places: what `place: Vladivostok` stands for.

Towns are GeoNames' (`places.tsv`, CC BY 4.0); what it lacks, regions, rivers, other spellings, inflected
adjectives, is ours (`places-more.tsv`): a name given there takes the place of GeoNames' in that language.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from monitor.rulebook.tables import LANGUAGES, Names, names_of, rows


@dataclass(frozen=True, slots=True)
class Place:
    """A town, region or river."""

    number: str  # of GeoNames; empty for a place that it does not list
    name: str  # in English
    country: str  # two letters
    people: int  # who live there; 0 where nobody counted
    names: Names


def places(written: str) -> tuple[Place, ...]:
    """The places that a name in any of the languages, or a number, stands for; several share some names."""
    by_name, by_alias, by_number = _indexes()
    key = written.casefold()
    return by_number.get(key) or by_name.get(key) or by_alias.get(key, ())


def nearest(written: str) -> Place | None:
    """The place that somebody probably means by a misspelt name."""
    _, by_alias, _ = _indexes()
    near = get_close_matches(written.casefold(), by_alias, n=1, cutoff=0.7)
    return by_alias[near[0]][0] if near else None


@cache
def _all() -> tuple[Place, ...]:
    ours = {(row["name"], row["country"]): row for row in rows("places-more.tsv")}
    found: list[Place] = []
    seen: set[tuple[str, str]] = set()
    for row in rows("places.tsv"):
        key = (row["name"], row["country"])
        more = ours.get(key, {}) if key not in seen else {}
        seen.add(key)
        best = {language: more.get(language) or row[language] for language in LANGUAGES}
        found.append(Place(row["number"], *key, int(row["people"]), names_of(best, {})))
    found += [Place("", *key, 0, names_of(row, {})) for key, row in ours.items() if key not in seen]
    return tuple(found)


_Index = dict[str, tuple[Place, ...]]


@cache
def _indexes() -> tuple[_Index, _Index, _Index]:
    """Places by their English name, by any name, and by number; names in small letters."""
    by_name: _Index = {}
    by_alias: _Index = {}
    by_number: _Index = {}
    for place in _all():
        by_number[place.number] = (place,)
        by_name[place.name.casefold()] = (*by_name.get(place.name.casefold(), ()), place)
        aliases = [place.name, *(term for terms in place.names.terms.values() for term in terms)]
        for alias in dict.fromkeys(one.strip('="').casefold() for one in aliases):
            by_alias[alias] = (*by_alias.get(alias, ()), place)
    del by_number[""]
    return by_name, by_alias, by_number


__all__ = ["Place", "nearest", "places"]
