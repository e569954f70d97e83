"""What the marks of a story tell of a rule: most rules are decided by them, and few have to look into the text.

A rule is taken apart into clauses, of each of which a story must have one term. What is not such a clause is left
to ask the parts themselves, after everything that is quick to tell has been told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from monitor.core.match.guards import Guarded
from monitor.core.match.near import Pair
from monitor.core.match.parts import All, AnyPlaced, Inside, Lacks, Leaf, Some, spots
from monitor.core.match.spans import TEXT

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from monitor.core.match.parts import Clued, Part
    from monitor.core.match.reading import Reading


class Clause(NamedTuple):
    """Terms of which one must be there."""

    certain: tuple[str, ...]  # a story with one of these marks has one
    open: tuple[Clued, ...]  # terms that may be there all the same

    def holds(self, reading: Reading, marks: AbstractSet[str]) -> bool:
        """Whether the story, which has these marks, has one of the terms."""
        if not marks.isdisjoint(self.certain):
            return True
        for needs, _, looker in self.open:
            for need in needs:
                if marks.isdisjoint(need):
                    break
            else:
                if spots(looker, reading, TEXT):
                    return True
        return False


class Verdict:
    """A rule taken apart, the quick questions first."""

    __slots__ = ("leaves", "must", "never", "rest", "verified")

    def __init__(self, match: Part, unless: Part | None) -> None:
        """Take a rule's parts apart."""
        self.must: list[Clause] = []  # of each the story must look as if it had one
        self.verified: list[Clause] = []  # of each it must have one indeed, where marks are not certain
        self.never: list[Clause] = []
        self.rest: list[Part] = []  # parts that must hold beside
        self.leaves = _leaves(match)
        """All that gives evidence, each on its own; None if what they find depends on one another."""
        for part in match.parts if isinstance(match, All) else (match,):
            self._take(part)
        if unless is not None:
            self._refuse(unless)

    @property
    def sure(self) -> frozenset[str]:
        """A story that has one of these marks is hit whatever else it has."""
        alone = len(self.must) == 1 and not self.never and not self.rest
        return frozenset(self.must[0].certain if alone else ())

    def fires(self, reading: Reading, marks: AbstractSet[str]) -> bool:
        """Whether the rule hits the story, which has these marks."""
        for certain, opened in self.must:  # the innermost loop of matching: it makes no call
            if marks.isdisjoint(certain):
                for needs, _, _ in opened:
                    for need in needs:
                        if marks.isdisjoint(need):
                            break
                    else:
                        break
                else:
                    return False
        return self._holds(reading, marks) if self.verified or self.never or self.rest else True

    def _holds(self, reading: Reading, marks: AbstractSet[str]) -> bool:
        for clause in self.never:
            if clause.holds(reading, marks):
                return False
        for clause in self.verified:
            if not clause.holds(reading, marks):
                return False
        for part in self.rest:  # noqa: SIM110 - as above
            if not part.holds(reading, TEXT):
                return False
        return True

    def _take(self, part: Part) -> None:
        """A part that must hold."""
        clause = _clause(part)
        if clause is not None:
            self.must.append(clause)
            if clause.open:
                self.verified.append(clause)
        elif isinstance(part, Lacks):
            self._refuse(part.part)
        else:
            self.must += _hints(part)
            self.rest.append(part)

    def _refuse(self, part: Part) -> None:
        """A part that must not hold."""
        clause = _clause(part)
        if clause is not None:
            self.never.append(clause)
        else:
            self.rest.append(Lacks(part))


def _clause(part: Part) -> Clause | None:
    """A part as a clause, if it is nothing else."""
    if isinstance(part, Leaf):
        return Clause(part.clues.certain, part.clues.open)
    if isinstance(part, AnyPlaced) or (isinstance(part, Some) and part.count == 1):
        return _either([_clause(one) for one in part.parts])
    return None


def _either(clauses: list[Clause | None]) -> Clause | None:
    """The terms of all clauses, if all parts are one."""
    known = [clause for clause in clauses if clause is not None]
    if len(known) < len(clauses):
        return None
    return Clause(
        tuple(dict.fromkeys([mark for clause in known for mark in clause.certain])),
        tuple([one for clause in known for one in clause.open]),
    )


def _hints(part: Part) -> list[Clause]:
    """Clauses that must be possible where a part holds."""
    if isinstance(part, Pair):
        return [*_hints(part.left), *_hints(part.right)]
    if isinstance(part, Guarded):
        return _hints(part.part)
    if isinstance(part, Inside):
        return _hints(part.part) if part.indexed else []
    if isinstance(part, All):
        return [hint for one in part.parts for hint in _hints(one)]
    if isinstance(part, AnyPlaced) or (isinstance(part, Some) and part.count == 1):
        found = [_hints(one) for one in part.parts]
        clause = _either([hints[0] if hints else None for hints in found])
    else:
        clause = _clause(part)
    return [] if clause is None else [clause]


def _leaves(part: Part) -> tuple[Leaf, ...] | None:
    """The leaves that give the part's evidence, if it is what each of them finds."""
    if isinstance(part, Leaf):
        return (part,)
    if isinstance(part, Lacks):
        return ()
    if not isinstance(part, All | AnyPlaced) and not (
        isinstance(part, Some) and all([isinstance(one, Leaf) for one in part.parts])
    ):
        return None
    out: list[Leaf] = []
    for one in part.parts:
        found = _leaves(one)
        if found is None:
            return None
        out += found
    return tuple(out)
