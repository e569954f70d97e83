"""The matcher: what a query finds in a story, and which rules a story hits."""

from __future__ import annotations

from copy import copy
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from monitor.core.match.compiling import Workshop
from monitor.core.match.index import WakeIndex
from monitor.core.match.reading import Reading
from monitor.core.match.spans import TEXT, evidence
from monitor.core.model import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.core.language import Query
    from monitor.core.match.history import History
    from monitor.core.match.parts import Part
    from monitor.core.match.plan import Plan
    from monitor.core.match.spans import Finds
    from monitor.core.model import Entity, Evidence, Rule, RuleBook, RuleId, Story


class Finder:
    """One compiled query."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self.plan: Plan = part.plan()

    def evidence(
        self, story: Story, now: datetime | None = None, history: History | None = None
    ) -> tuple[Evidence, ...] | None:
        """Where the query matched, in reading order; None if the story does not match.

        `now` is what `within:` counts from, by default the story's own date; `history` is what is stored of it.
        """
        found = self.finds(Reading(story, now, history))
        return None if found is None else evidence(found)

    def finds(self, reading: Reading) -> Finds | None:
        """The same over a story that others look at too; in no order."""
        return self._part.finds(reading, TEXT)


class _Compiled(NamedTuple):
    """A rule with its parts, and where it stands among the hits of a story."""

    rule: Rule
    match: Part
    unless: Part | None
    place: int


class Matcher:
    """All rules of a book, compiled. It never changes: `with_rule` gives another one that shares its parts."""

    def __init__(self, book: RuleBook) -> None:
        self._shop = Workshop(book.entities)
        self._rules: list[_Compiled] = []
        self._numbers: dict[RuleId, int] = {}
        self._later: dict[
            int, _Compiled | None
        ] = {}  # rules that came later by number; None for what they replace
        self._index = WakeIndex()
        for number, rule in enumerate(book.rules):
            made = self._compiled(rule, number)
            self._rules.append(made)
            self._numbers[rule.id] = number
            self._index.add(number, made.match.plan())

    def with_rule(self, rule: Rule) -> Matcher:
        """The matcher with one more rule behind the others, or with one changed in its old place.

        Takes no time for the rules that are there. Raises QueryError for a rule that cannot be used.
        """
        made = copy(self)
        made._later = self._later.copy()  # noqa: SLF001 - its own kind
        made._index = self._index.copy()  # noqa: SLF001
        made._put(rule)  # noqa: SLF001
        return made

    def hits(self, story: Story, now: datetime | None = None) -> tuple[Hit, ...]:
        """Rules that the story hits, in the book's order, each with its evidence.

        `now` is what `within:` counts from, by default the story's own date.
        """
        reading = Reading(story, now)
        out: list[tuple[int, Hit]] = []
        for number in self._index.awake(*[reading.words(name) for name in TEXT]):
            compiled = self._later[number] if number in self._later else self._rules[number]
            if compiled is None:
                continue
            rule, match, unless, place = compiled
            found = match.finds(reading, TEXT)
            if found is not None and (unless is None or unless.finds(reading, TEXT) is None):
                out.append((place, Hit(rule.id, rule.level, evidence(found))))
        return tuple([hit for _, hit in sorted(out, key=itemgetter(0))])

    def _compiled(self, rule: Rule, place: int) -> _Compiled:
        unless = self._shop.part(rule.unless) if rule.unless else None
        return _Compiled(rule, self._shop.part(rule.match), unless, place)

    def _put(self, rule: Rule) -> None:
        """Add a later rule. What it replaces still wakes, and is passed over."""
        old = next(
            (at for at, later in self._later.items() if later is not None and later.rule.id == rule.id),
            self._numbers.get(rule.id),
        )
        place = None
        if old is not None:
            place = (self._later.get(old) or self._rules[old]).place
            self._later[old] = None
        number = len(self._rules) + len(self._later)
        made = self._later[number] = self._compiled(rule, number if place is None else place)
        self._index.add(number, made.match.plan())


def compile_book(book: RuleBook) -> Matcher:
    """The matcher for a book; raises QueryError for the first rule or entity that cannot be used."""
    return Matcher(book)


def compile_query(query: Query, entities: Mapping[str, Entity]) -> Finder:
    """The finder for one query; raises QueryError for an entity that is unknown or has an unusable term."""
    return Finder(Workshop(entities).part(query))
