"""The matcher: what a query finds in a story, and which rules a story hits."""

from __future__ import annotations

from copy import copy
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from monitor.core.match.compiling import Workshop
from monitor.core.match.index import Memo, WakeIndex
from monitor.core.match.reading import Reading
from monitor.core.match.spans import TEXT, evidence
from monitor.core.match.verdict import Verdict
from monitor.core.model import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.core.language import Query
    from monitor.core.match.history import History
    from monitor.core.match.parts import Part
    from monitor.core.match.plan import Plan
    from monitor.core.match.spans import Finds
    from monitor.core.model import Entity, Evidence, Rule, RuleBook, RuleId, Story


_PLACE = attrgetter("place")


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

    def matches(self, story: Story, now: datetime | None = None, history: History | None = None) -> bool:
        """Whether the story matches: as `evidence`, quicker."""
        return self._part.holds(Reading(story, now, history), TEXT)

    def finds(self, reading: Reading) -> Finds | None:
        """The same over a story that others look at too; in no order."""
        return self._part.finds(reading, TEXT)


class _Compiled:
    """A rule with its parts, and where it stands among the hits of a story."""

    __slots__ = ("_verdict", "match", "place", "rule", "unless")

    def __init__(self, rule: Rule, match: Part, unless: Part | None, place: int) -> None:
        self.rule = rule
        self.match = match
        self.unless = unless
        self.place = place
        self._verdict: Verdict | None = None  # made when the rule wakes: most never do

    @property
    def verdict(self) -> Verdict:
        """What marks tell of it."""
        if self._verdict is None:
            self._verdict = Verdict(self.match, self.unless)
        return self._verdict

    def hit(self, reading: Reading) -> Hit:
        """The hit in a story that it hits, with its evidence."""
        leaves = self.verdict.leaves
        if leaves is None:
            shown = evidence(self.match.finds(reading, TEXT) or ())
        elif len(leaves) == 1:
            shown = leaves[0].shown(reading)
        else:
            found = [one for leaf in leaves if (one := leaf.shown(reading))]
            shown = found[0] if len(found) == 1 else evidence(chain.from_iterable(found))
        return Hit(self.rule.id, self.rule.level, shown)


class _Seen(NamedTuple):
    """What a chunk of text tells."""

    wakes: bool  # whether any rule
    sure: tuple[_Compiled, ...]  # rules that hit a story with it whatever else the story holds
    maybe: tuple[_Compiled, ...]  # other rules that it wakes
    marks: tuple[str, ...]  # of those that rules look for


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
            self._rules.append(self._compiled(rule, number, number))
            self._numbers[rule.id] = number
        self._ready()

    def with_rule(self, rule: Rule) -> Matcher:
        """The matcher with one more rule behind the others, or with one changed in its old place.

        Takes no time for the rules that are there. Raises QueryError for a rule that cannot be used.
        """
        made = copy(self)
        made._later = self._later.copy()  # noqa: SLF001 - its own kind
        made._index = self._index.copy()  # noqa: SLF001
        made._put(rule)  # noqa: SLF001
        made._ready()  # noqa: SLF001
        return made

    def without(self, rule: RuleId) -> Matcher:
        """The matcher without one rule; the same if it has none of that id. What it was woken by still wakes."""
        old = self._number_of(rule)
        if old is None:
            return self
        made = copy(self)
        made._later = {**self._later, old: None}  # noqa: SLF001 - its own kind
        made._ready()  # noqa: SLF001
        return made

    def hits(self, story: Story, now: datetime | None = None) -> tuple[Hit, ...]:
        """Rules that the story hits, in the book's order, each with its evidence.

        `now` is what `within:` counts from, by default the story's own date.
        """
        reading = Reading(story, now)
        return tuple([one.hit(reading) for one in self._fired(reading)])

    def fired(self, story: Story, now: datetime | None = None) -> tuple[RuleId, ...]:
        """The same without evidence, quicker."""
        return tuple([one.rule.id for one in self._fired(Reading(story, now))])

    def _fired(self, reading: Reading) -> list[_Compiled]:
        """Rules that the story hits, in the book's order."""
        look = self._seen.__getitem__
        texts = [words for name in TEXT if (words := reading.words(name)).chunks]
        seen = [list(map(look, words.chunks)) for words in texts]
        told = list(filter(None, chain.from_iterable(seen)))
        woken = [one for one in told if one[0]]
        if not woken and not self._constant:
            return []
        marks = reading.marks = set().union(*[one[3] for one in told])
        for words, each in zip(texts, seen, strict=True):
            words.note(self._index, each)
        out = set().union(*[one[1] for one in woken])
        maybe = self._constant.union(*[one[2] for one in woken]) - out
        out.update([one for one in maybe if one.verdict.fires(reading, marks)])
        return sorted(out, key=_PLACE)

    def _ready(self) -> None:
        """Get ready for stories, with all rules that there are."""
        self._constant = frozenset(self._at(self._index.constant))
        self._seen = Memo(self._look)

    def _look(self, chunk: str) -> _Seen | None:
        """What a chunk of text tells; None if it tells nothing."""
        seen = self._index.memo[chunk]
        if seen is None:
            return None
        rules = self._at(seen[0])
        told: tuple[list[_Compiled], list[_Compiled]] = ([], [])
        for one in rules:
            told[one.verdict.sure.isdisjoint(seen[1])].append(one)
        sure, maybe = map(tuple, told)
        return _Seen(bool(rules), sure, maybe, seen[1])

    def _at(self, numbers: Sequence[int]) -> list[_Compiled]:
        """Rules by number, without those that were replaced."""
        found = [self._later[at] if at in self._later else self._rules[at] for at in numbers]
        return [one for one in found if one is not None]

    def _compiled(self, rule: Rule, number: int, place: int) -> _Compiled:
        """Compile a rule, and have it woken as `number`."""
        self._shop.used.clear()
        unless = self._shop.part(rule.unless) if rule.unless else None
        made = _Compiled(rule, self._shop.part(rule.match), unless, place)
        for looker in self._shop.used:
            self._index.watch(looker.marks, looker.runs)
        self._index.add(number, made.match.plan())
        return made

    def _put(self, rule: Rule) -> None:
        """Add a later rule. What it replaces still wakes, and is passed over."""
        old = self._number_of(rule.id)
        place = None
        if old is not None:
            place = (self._later.get(old) or self._rules[old]).place
            self._later[old] = None
        number = len(self._rules) + len(self._later)
        self._later[number] = self._compiled(rule, number, number if place is None else place)

    def _number_of(self, rule: RuleId) -> int | None:
        """The number under which a rule stands, or stood."""
        later = (at for at, one in self._later.items() if one is not None and one.rule.id == rule)
        return next(later, self._numbers.get(rule))


def compile_book(book: RuleBook) -> Matcher:
    """The matcher for a book; raises QueryError for the first rule or entity that cannot be used."""
    return Matcher(book)


def compile_query(query: Query, entities: Mapping[str, Entity]) -> Finder:
    """The finder for one query; raises QueryError for an entity that is unknown or has an unusable term."""
    return Finder(Workshop(entities).part(query))
