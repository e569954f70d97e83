"""A compiled query: parts that look into a story and say what they found, or None."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from monitor.core.language import HISTORY_FIELDS
from monitor.core.match.plan import Became, Everything, Plan
from monitor.core.match.planning import all_of, any_of, some_of
from monitor.core.match.spans import TEXT, Find, Finds, Span, evidence
from monitor.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from monitor.core.match.reading import Reading
    from monitor.core.match.terms import Looker
    from monitor.core.text import Words

Clued = tuple[tuple[tuple[str, ...], ...], str, "Looker"]
"""Sets of marks of each of which a text must have one; a term as it was written; what finds it."""


class Part(Protocol):
    """Any part of a query."""

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether the part is true in these fields."""

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """What makes the part true in these fields; None if it is not true."""

    def plan(self) -> Plan:
        """What the index must hold for the part to be true in title, summary or text."""


class Placed(Part, Protocol):
    """A part that has places, and so can stand beside NEAR."""

    def spans(self, reading: Reading, field: str) -> list[Span]:
        """All its places in one field, in order of their begin."""


class _Clues(NamedTuple):
    """What the marks of a text tell of a leaf's terms."""

    certain: tuple[str, ...]  # one of these marks, and a term is there
    open: tuple[Clued, ...]  # terms that may be there all the same
    every: tuple[Clued, ...]

    @classmethod
    def of(cls, lookers: Iterable[tuple[str, Looker]]) -> _Clues:
        """The clues to these terms."""
        every = [(looker.clues, term, looker) for term, looker in lookers]
        certain = [mark for _, _, looker in every for mark in looker.certain]
        return cls(tuple(certain), tuple([one for one in every if one[2].open]), tuple(every))


class Leaf:
    """A term, or all terms of an entity."""

    __slots__ = ("_clues", "clause", "lookers")

    def __init__(self, clause: str, lookers: tuple[tuple[str, Looker], ...]) -> None:
        """`lookers` come each with the term as it was written."""
        self.clause = clause
        self.lookers = lookers
        self._clues: _Clues | None = None  # made when it is first asked for: most rules never wake

    @property
    def clues(self) -> _Clues:
        """What marks tell of it."""
        if self._clues is None:
            self._clues = _Clues.of(self.lookers)
        return self._clues

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether any term is there."""
        marks = reading.marks
        if marks is None or fields is not TEXT:
            return any([spots(looker, reading, fields) for _, looker in self.lookers])
        clues = self._clues or self.clues
        if not marks.isdisjoint(clues.certain):
            return True
        return any([_has(marks, needs) and spots(looker, reading, TEXT) for needs, _, looker in clues.open])

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """Every place of every term."""
        marks = reading.marks if fields is TEXT else None
        found: list[Find] = []
        for needs, term, looker in (self._clues or self.clues).every:
            if marks is not None and not _has(marks, needs):
                continue
            for field, start, end in spots(looker, reading, fields):
                surface = reading.words(field).original[start:end]
                found.append(Find(self.clause, term, field, start, end, surface))
        return tuple(found) or None

    def shown(self, reading: Reading) -> tuple[Find, ...]:
        """What it finds in title, summary and text, in reading order; remembered, since rules share leaves."""
        known = reading.shown.get(self)
        if known is None:
            found = self.finds(reading, TEXT)
            known = reading.shown[self] = evidence(found) if found else ()
        return known

    def spans(self, reading: Reading, field: str) -> list[Span]:
        """Every place of every term in one field; remembered, since rules share leaves."""
        words = reading.words(field)
        if not words.chunks:
            return []
        memo = (self, field)
        known = reading.found.get(memo)
        if known is None:
            known = reading.found[memo] = [
                Span(start, end, first, last, self._find(field, words, term, start, end))
                for term, looker in self.lookers
                for first, last, start, end in looker.found(words)
            ]
            if len(known) > 1:
                known.sort()
        return known

    def _find(self, field: str, words: Words, term: str, start: int, end: int) -> Find:
        begin, stop = words.span(start, end)
        return Find(self.clause, term, field, begin, stop, words.original[begin:stop])

    def plan(self) -> Plan:
        """Any of the terms."""
        return any_of(looker.plan() for _, looker in self.lookers)


def _has(marks: AbstractSet[str], needs: tuple[tuple[str, ...], ...]) -> bool:
    """Whether the marks of a text have one of each set."""
    for need in needs:  # noqa: SIM110 - asked for every term of every hit: no generator
        if marks.isdisjoint(need):
            return False
    return True


def spots(looker: Looker, reading: Reading, fields: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Field, start and end of all places of a term; remembered, since it is asked for again as evidence."""
    if fields is TEXT:
        known = reading.spots.get(id(looker))
        if known is not None:
            return known
    found: list[tuple[str, int, int]] = []
    for field in fields:
        words = reading.words(field)
        if words.chunks:
            for start, end in looker.spots(words):
                found.append((field, start, end))
    if fields is TEXT:
        reading.spots[id(looker)] = found
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A term compared with a value of the story: a tag, its tier, its language; or found in its link."""

    field: str
    clause: str
    term: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, field: str, clause: str, text: str, *, exact: bool) -> Value:
        """The part for `field:text`."""
        flags = re.NOFLAG if exact else re.IGNORECASE
        pattern = re.escape(fold(text).text)
        return cls(
            field, clause, text, re.compile(pattern if field == "url" else rf"\s*{pattern}\s*\Z", flags)
        )

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether a value fits."""
        return self.finds(reading, fields) is not None

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """The first value that fits; `fields` are those of words and do not matter here."""
        del fields
        for value in reading.values(self.field):
            found = self.pattern.search(value) if self.field == "url" else self.pattern.match(value)
            if found:
                return (Find(self.clause, self.term, self.field, found.start(), found.end(), found.group()),)
        return None

    def plan(self) -> Plan:
        """What became of a story, where that is asked for; the index holds no other values."""
        return Became(self.field, self.term) if self.field in HISTORY_FIELDS else Everything()


@dataclass(frozen=True, slots=True, eq=False)
class All:
    """Every part."""

    parts: tuple[Part, ...]

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether every part is true."""
        for part in self.parts:  # noqa: SIM110 - the innermost loop of matching: no generator
            if not part.holds(reading, fields):
                return False
        return True

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """Finds of all parts together."""
        out: list[Find] = []
        for part in self.parts:
            found = part.finds(reading, fields)
            if found is None:
                return None
            out += found
        return tuple(out)

    def plan(self) -> Plan:
        """Every part's."""
        return all_of(part.plan() for part in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Some:
    """At least `count` of the parts; one of them is OR."""

    count: int
    parts: tuple[Part, ...]

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether enough parts are true."""
        missing = self.count
        for part in self.parts:
            missing -= part.holds(reading, fields)
            if not missing:
                return True
        return False

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """Finds of all parts that are true, if they are enough."""
        found = [one for part in self.parts if (one := part.finds(reading, fields)) is not None]
        return tuple(one for finds in found for one in finds) if len(found) >= self.count else None

    def plan(self) -> Plan:
        """As far as the index can tell."""
        return some_of(self.count, [part.plan() for part in self.parts])


@dataclass(frozen=True, slots=True, eq=False)
class AnyPlaced:
    """At least one of the parts, all of which have places."""

    parts: tuple[Placed, ...]

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether a part is true."""
        for part in self.parts:  # noqa: SIM110 - as in `All`
            if part.holds(reading, fields):
                return True
        return False

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """Finds of all parts that are true."""
        return Some(1, self.parts).finds(reading, fields)

    def spans(self, reading: Reading, field: str) -> list[Span]:
        """Places of all parts, each once."""
        places: dict[tuple[int, int], Span] = {}
        for part in self.parts:
            for span in part.spans(reading, field):
                places.setdefault((span.start, span.end), span)
        return [places[place] for place in sorted(places)]

    def plan(self) -> Plan:
        """Any part's."""
        return any_of(part.plan() for part in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Lacks:
    """Not the part."""

    part: Part

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether the part is not true."""
        return not self.part.holds(reading, fields)

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """Nothing, which makes it true; None if the part was found."""
        return () if self.part.finds(reading, fields) is None else None

    def plan(self) -> Plan:
        """What a story lacks, the index cannot hold."""
        return Everything()


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """The part in other fields than those around it."""

    fields: tuple[str, ...]
    part: Part
    indexed: bool  # whether the index holds these fields

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether the part is true in its own fields."""
        del fields
        return self.part.holds(reading, self.fields)

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """Finds in the fields of this part."""
        del fields
        return self.part.finds(reading, self.fields)

    def plan(self) -> Plan:
        """The part's, where the index knows the fields."""
        return self.part.plan() if self.indexed else Everything()
