"""Why a rule hits a story, or why it does not: clause by clause, decided by the matcher itself.

Every clause of the rule becomes a query of its own, so that nothing here can disagree with what raises alerts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING

from monitor.core.language import And, AtLeast, In, Near, Node, Not, Or, Query, children, show
from monitor.core.match.compiling import Workshop
from monitor.core.match.index import WakeIndex
from monitor.core.match.matcher import Finder
from monitor.core.match.planning import any_of, some_of
from monitor.core.match.reading import Reading
from monitor.core.match.spans import TEXT, evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from monitor.core.match.plan import Plan
    from monitor.core.match.spans import Finds
    from monitor.core.model import Entity, Evidence, Rule, RuleId, Story

FARTHEST = 1 << 14
"""Words within which two sides of a NEAR are looked for to say how far apart they are."""


class Shape(StrEnum):
    """What makes a clause true."""

    ONE = "one"  # it is found, or a value fits: a term, an entity, a field
    ALL = "all"  # every part is true
    ANY = "any"  # one part is true
    SOME = "some"  # `needed` parts are true
    NOT = "not"  # its part is not true
    NEAR = "near"  # both parts are there, and near enough


_SHAPES: Mapping[type[Node], Shape] = MappingProxyType(
    {And: Shape.ALL, Or: Shape.ANY, AtLeast: Shape.SOME, Not: Shape.NOT, Near: Shape.NEAR}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One clause over one story, with the clauses inside it.

    `evidence` is where it was found; for a NOT that is not true, what was found though it must not be there.
    `short` is how many single clauses fail at the least: 0 if it is true; `found` how many are there that the
    rule asks for, along the alternative that comes closest.
    """

    clause: str  # printed in the query language
    shape: Shape
    holds: bool
    evidence: tuple[Evidence, ...]
    short: int
    found: int
    parts: tuple[Step, ...] = ()
    needed: int = 1  # parts that have to be true
    within: int | None = None  # of a NEAR: words asked for; None for the same sentence
    ordered: bool = False  # of a NEAR
    apart: int | None = None  # of a NEAR whose sides are too far apart: in words; None if never in one field

    @property
    def path(self) -> tuple[Step, ...]:
        """From here down to the first clause that fails; empty if this one holds.

        Of alternatives that all fail, the one that comes closest is followed.
        """
        if self.holds:
            return ()
        failed = [part for part in self.parts if not part.holds]
        if self.shape in (Shape.ONE, Shape.NOT) or not failed:
            return (self,)
        choice = self.shape in (Shape.ANY, Shape.SOME)
        return (self, *(min(failed, key=_closeness) if choice else failed[0]).path)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule over one story."""

    rule: RuleId
    hit: bool
    match: Step
    unless: Step | None

    @property
    def suppressed(self) -> bool:
        """It would have hit, but for its `unless`."""
        return self.match.holds and not self.hit

    @property
    def path(self) -> tuple[Step, ...]:
        """From the whole `match` down to the first clause that fails; empty if it holds."""
        return self.match.path

    @property
    def failing(self) -> Step | None:
        """The first clause of `match` that fails; None if it holds."""
        path = self.path
        return path[-1] if path else None

    @property
    def blocker(self) -> Step | None:
        """What keeps the rule from hitting: the first clause that fails, or the `unless`; None for a hit."""
        return None if self.hit else self.failing or self.unless


class Explainer:
    """One rule, compiled clause by clause; for any number of stories."""

    def __init__(self, rule: Rule, entities: Mapping[str, Entity]) -> None:
        """Raises QueryError for an entity that does not exist or cannot be used."""
        self._rule = _Compiler(entities).rule(rule)

    def explain(self, story: Story, now: datetime | None = None) -> Explanation:
        """Every clause, true or not; `now` is what `within:` counts from, as for `Matcher.hits`."""
        return self._rule.explained(Reading(story, now))


class Nearly:
    """Rules, compiled to find the stories that they miss by one clause."""

    def __init__(self, rules: Iterable[Rule], entities: Mapping[str, Entity]) -> None:
        """Raises QueryError for an entity that does not exist or cannot be used."""
        compiler = _Compiler(entities)
        self._rules = tuple(compiler.rule(rule) for rule in rules)
        self._index = compiler.index

    @property
    def plan(self) -> Plan | None:
        """What the store must hold of a story that `of` could tell of; None if there can be none such."""
        plans = [plan for rule in self._rules for plan in rule.near_plans()]
        return any_of(plans) if plans else None

    def of(self, story: Story, now: datetime | None = None) -> tuple[Explanation, ...]:
        """Why rules do not hit that exactly one clause, or `unless` alone, keeps from it; in the order given.

        Something that the rule asks for must be there: who lacks the only word of a rule is not near it.
        """
        reading = Reading(story, now)
        awake = frozenset(self._index.awake(*[reading.words(name) for name in TEXT]))
        return tuple(rule.explained(reading) for rule in self._rules if rule.nearly_hits(reading, awake))


def explain(
    rule: Rule, entities: Mapping[str, Entity], story: Story, now: datetime | None = None
) -> Explanation:
    """Why the rule hits the story, or why it does not. Raises QueryError for an unknown entity."""
    return Explainer(rule, entities).explain(story, now)


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """A rule with its clauses."""

    id: RuleId
    match: _Clause
    unless: _Clause | None

    def explained(self, reading: Reading) -> Explanation:
        match = self.match.look(reading).step(reading)
        unless = self.unless.look(reading).step(reading) if self.unless is not None else None
        return Explanation(self.id, match.holds and (unless is None or not unless.holds), match, unless)

    def nearly_hits(self, reading: Reading, awake: AbstractSet[int]) -> bool:
        seen = self.match.look(reading, awake)
        if not seen.found or seen.short > 1:
            return False
        against = self.unless is not None and self.unless.look(reading, awake).holds
        return seen.short + against == 1

    def near_plans(self) -> Iterator[Plan]:
        """What holds of a story that it nearly hits, one or the other."""
        near = _near_plan(self.match)
        if near is not None:
            yield near
        if self.unless is not None:
            yield self.match.finder.plan


@dataclass(frozen=True, slots=True, eq=False)
class _Clause:
    """A clause with its own finder."""

    number: int  # in the index
    text: str
    shape: Shape
    finder: Finder
    parts: tuple[_Clause, ...] = ()
    needed: int = 1
    near: Near | None = None
    apart: Callable[[Reading], int | None] | None = None

    def look(self, reading: Reading, awake: AbstractSet[int] | None = None) -> _Seen:
        """What is true of the story. Only the clauses in `awake` can be, or any if it is None.

        With `awake`, what is more than one clause short is not looked into further.
        """
        finds = self.finder.finds(reading) if awake is None or self.number in awake else None
        if finds is not None:
            return _Seen(self, finds, (), 0, len({find.clause for find in finds}))
        parts = self._below(reading, awake)
        match self.shape:
            case Shape.ONE | Shape.NOT:
                return _Seen(self, None, parts, 1, 0)
            case Shape.NEAR:
                short, found = _sum(parts)
                return _Seen(self, None, parts, max(short, 1), found)
            case _:
                short, found = _sum(sorted(parts, key=_closeness)[: self.needed])
                return _Seen(self, None, parts, short, found)

    def _below(self, reading: Reading, awake: AbstractSet[int] | None) -> tuple[_Seen, ...]:
        hasty = awake is not None and self.shape in (Shape.ALL, Shape.NEAR)
        parts: list[_Seen] = []
        for part in self.parts:
            parts.append(part.look(reading, awake))
            if hasty and sum(seen.short for seen in parts) > 1:
                break
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A clause over one story, before it is put into a step for people."""

    clause: _Clause
    finds: Finds | None
    parts: tuple[_Seen, ...]  # empty if it holds
    short: int
    found: int

    @property
    def holds(self) -> bool:
        return self.finds is not None

    def step(self, reading: Reading) -> Step:
        clause = self.clause
        parts = tuple(part.look(reading) for part in clause.parts) if self.holds else self.parts
        steps = tuple(part.step(reading) for part in parts)
        finds = evidence(self.finds or ())
        if clause.shape is Shape.NOT and not self.holds:
            finds = steps[0].evidence
        near = clause.near
        apart = None
        if clause.apart is not None and not self.holds and all(part.holds for part in parts):
            apart = clause.apart(reading)
        return Step(
            clause.text,
            clause.shape,
            self.holds,
            finds,
            self.short,
            self.found,
            steps,
            clause.needed,
            near.within if near else None,
            near.ordered if near else False,
            apart,
        )


def _near_plan(clause: _Clause) -> Plan | None:
    """What holds of a story that the clause misses by one, and that has something of it; None if none can."""
    plans = [part.finder.plan for part in clause.parts]
    match clause.shape:
        case Shape.ONE | Shape.NOT:
            return None
        case Shape.NEAR:
            return any_of(plans)
        case _ if clause.needed > 1:
            return some_of(clause.needed - 1, plans)
        case _:
            near = [plan for plan in map(_near_plan, clause.parts) if plan is not None]
            return any_of(near) if near else None


def _closeness(one: _Seen | Step) -> tuple[int, int]:
    return one.short, -one.found


def _sum(parts: Sequence[_Seen]) -> tuple[int, int]:
    return sum(part.short for part in parts), sum(part.found for part in parts)


class _Compiler:
    """Compiles rules clause by clause; what they share is built once."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self.index = WakeIndex()
        self._shop = Workshop(entities)
        self._numbers = count()

    def rule(self, rule: Rule) -> _Rule:
        unless = self._clause(rule.unless.tree, None) if rule.unless else None
        return _Rule(rule.id, self._clause(rule.match.tree, None), unless)

    def _clause(self, node: Node, field: str | None) -> _Clause:
        """A node as a clause of its own, looked for in the field that stands around it."""
        if isinstance(node, In) and children(node.part):
            return self._clause(node.part, node.name)
        scoped = In(field, node) if field is not None else node
        finder = _finder(scoped, self._shop)
        below = () if isinstance(node, In) else children(node)
        parts = tuple(self._clause(part, field) for part in below)
        near = node if isinstance(node, Near) else None
        made = _Clause(
            next(self._numbers),
            show(scoped),
            _SHAPES.get(type(node), Shape.ONE),
            finder,
            parts,
            node.count if isinstance(node, AtLeast) else len(parts) if isinstance(node, And | Near) else 1,
            near,
            _Distance(near, self._shop, field) if near is not None else None,
        )
        self.index.add(made.number, finder.plan)
        return made


def _finder(node: Node, shop: Workshop) -> Finder:
    return Finder(shop.part(Query(show(node), node)))


class _Distance:
    """Says how far apart the sides of a NEAR are in a story, in either order."""

    def __init__(self, near: Near, shop: Workshop, field: str | None) -> None:
        self._near = near
        self._shop = shop
        self._field = field
        self._finders: dict[int, Finder] = {}

    def __call__(self, reading: Reading) -> int | None:
        """Fewest words from one to the other; None if they are never in one field, or very far."""
        if not self._found(reading, FARTHEST):
            return None
        low, high = 0, FARTHEST  # not found within low, found within high
        while high - low > 1:
            middle = (low + high) // 2
            if self._found(reading, middle):
                high = middle
            else:
                low = middle
        return high

    def _found(self, reading: Reading, within: int) -> bool:
        finder = self._finders.get(within)
        if finder is None:
            node: Node = Near(self._near.left, self._near.right, within)
            scoped = In(self._field, node) if self._field is not None else node
            finder = self._finders[within] = _finder(scoped, self._shop)
        return finder.finds(reading) is not None
