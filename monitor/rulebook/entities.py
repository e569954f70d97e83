"""What the entities of a rules file stand for: their terms, with those of countries, places and other entities."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from monitor.core.language import Kind, is_long, parse_term
from monitor.core.model import Entity, Guard
from monitor.core.text import Words, north_korean_variants
from monitor.rulebook.countries import country
from monitor.rulebook.entity_values import ANY_LANGUAGE
from monitor.rulebook.places import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.rulebook.schema import EntityEntry
    from monitor.rulebook.tables import Names


Listed = dict[str, dict[str, None]]
"""Language -> terms, in the order in which they were found, each once."""

MOST_TERMS = 200_000
"""Terms of all entities together, those of included ones counted again."""

_KOREAN = frozenset({"ko", ANY_LANGUAGE})


class TooManyTerms(Exception):
    """The entities together have more terms than MOST_TERMS; `name` is the one that went too far."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def entities(entries: Mapping[str, EntityEntry]) -> dict[str, Entity]:
    """Every entity by its name. The entries' includes are known and go round in no circle.

    Raises TooManyTerms where entities that include each other would fill the memory.
    """
    found: dict[str, Entity] = {}
    left = MOST_TERMS
    for name in TopologicalSorter({name: entry.include for name, entry in entries.items()}).static_order():
        entry = entries[name]
        found[name] = _joined(name, [Entity(name, *_own(entry)), *(found[other] for other in entry.include)])
        left -= sum(map(len, found[name].terms.values()))
        if left < 0:
            raise TooManyTerms(name)
    return {name: found[name] for name in entries}


def _own(entry: EntityEntry) -> tuple[dict[str, tuple[str, ...]], tuple[Guard, ...]]:
    """The terms that an entry itself says, and what guards them."""
    listed: Listed = {}
    guards: list[Guard] = []
    _put(listed, entry.terms, entry)
    for names in _named(entry):
        of_names: Listed = {}
        _put(of_names, names.terms, entry)
        _put(listed, of_names, None)
        guards += [
            Guard(frozenset(of_names[language]), terms)
            for language, terms in names.excepted.items()
            if language in of_names
        ]
    terms = {language: tuple(each) for language, each in listed.items()}
    excepted = tuple(dict.fromkeys(term for each in entry.excepted.values() for term in each))
    if excepted:
        guards = _everywhere(guards, terms, excepted)
    return terms, tuple(guards)


def _named(entry: EntityEntry) -> Iterable[Names]:
    """The names of the countries and places of an entry, which the schema has found to exist."""
    for code in entry.country:
        known = country(code)
        if known is not None:
            yield known.names
    for written in entry.place:
        yield from (place.names for place in places(written))


def _put(listed: Listed, terms: Mapping[str, Iterable[str]], entry: EntityEntry | None) -> None:
    """Add terms, in the spellings for which an entry asks."""
    for language, each in terms.items():
        into = listed.setdefault(language, {})
        for term in each:
            spelt = [term]
            if entry is not None and entry.spelling is not None and language in _KOREAN:
                spelt += north_korean_variants(term)
            if entry is not None and entry.fuzzy:
                spelt = [loose(one) for one in spelt]
            into.update(dict.fromkeys(spelt))


def loose(term: str) -> str:
    """The term with `~`, if it has a word that is long enough to be misspelt and no other mark."""
    read = parse_term(term)
    can = read.kind is Kind.FORMS and any(is_long(word.shape) for word in Words(read.text).all)
    return f"{term}~" if can else term


def _everywhere(
    guards: list[Guard], terms: Mapping[str, tuple[str, ...]], excepted: tuple[str, ...]
) -> list[Guard]:
    """What an entry excepts guards all its terms, beside what guards some of them already."""
    left = {term for each in terms.values() for term in each}
    wider = [Guard(guard.terms, (*guard.excepted, *excepted)) for guard in guards]
    left.difference_update(*(guard.terms for guard in guards))
    return [*wider, Guard(frozenset(left), excepted)] if left else wider


def _joined(name: str, parts: Iterable[Entity]) -> Entity:
    """One entity of several; a term that one of them leaves unguarded is free."""
    listed: Listed = {}
    guards: list[Guard] = []
    free: set[str] = set()
    for part in parts:
        _put(listed, part.terms, None)
        guards += part.guards
        free |= {term for each in part.terms.values() for term in each}.difference(
            *(guard.terms for guard in part.guards)
        )
    kept = tuple(Guard(guard.terms - free, guard.excepted) for guard in guards if guard.terms - free)
    return Entity(name, {language: tuple(each) for language, each in listed.items()}, kept)


__all__ = ["MOST_TERMS", "TooManyTerms", "entities", "loose"]
