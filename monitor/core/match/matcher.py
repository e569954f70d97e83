"""The matcher: what a query finds in a story, and which rules a story hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.match.compiling import Workshop
from monitor.core.match.index import WakeIndex
from monitor.core.match.reading import Reading
from monitor.core.match.spans import TEXT, evidence
from monitor.core.model import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.core.language import Query
    from monitor.core.match.parts import Part
    from monitor.core.match.plan import Plan
    from monitor.core.match.spans import Finds
    from monitor.core.model import Entity, Evidence, Rule, RuleBook, Story


class Finder:
    """One compiled query."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self.plan: Plan = part.plan()

    def evidence(self, story: Story) -> tuple[Evidence, ...] | None:
        """Where the query matched, in reading order; None if the story does not match."""
        found = self.finds(Reading(story))
        return None if found is None else evidence(found)

    def finds(self, reading: Reading) -> Finds | None:
        """The same over a story that others look at too; in no order."""
        return self._part.finds(reading, TEXT)


class Matcher:
    """All rules of a book, compiled."""

    def __init__(self, book: RuleBook) -> None:
        shop = Workshop(book.entities)
        self._rules: list[tuple[Rule, Finder, Finder | None]] = []
        for rule in book.rules:
            finder = Finder(shop.part(rule.match))
            unless = Finder(shop.part(rule.unless)) if rule.unless else None
            self._rules.append((rule, finder, unless))
        self._index = WakeIndex(finder.plan for _, finder, _ in self._rules)

    def hits(self, story: Story) -> tuple[Hit, ...]:
        """Rules that the story hits, in the book's order, each with its evidence."""
        reading = Reading(story)
        out: list[Hit] = []
        for number in self._index.awake(reading.tokens):
            rule, finder, unless = self._rules[number]
            found = finder.finds(reading)
            if found is not None and (unless is None or unless.finds(reading) is None):
                out.append(Hit(rule.id, rule.level, evidence(found)))
        return tuple(out)


def compile_book(book: RuleBook) -> Matcher:
    """The matcher for a book; raises QueryError for the first rule or entity that cannot be used."""
    return Matcher(book)


def compile_query(query: Query, entities: Mapping[str, Entity]) -> Finder:
    """The finder for one query; raises QueryError for an entity that is unknown or has an unusable term."""
    return Finder(Workshop(entities).part(query))
