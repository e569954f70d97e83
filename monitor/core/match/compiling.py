"""From a query's tree to parts that look into stories."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn, cast

from monitor.core.errors import QueryError
from monitor.core.language import (
    DATE_FIELDS,
    HISTORY_FIELDS,
    VALUE_FIELDS,
    And,
    AtLeast,
    In,
    Kind,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Query,
    Ref,
    Term,
    card_of,
    is_long,
    parse_term,
    show,
)
from monitor.core.match.dates import Dated
from monitor.core.match.fuzzy import Fuzzy, Known
from monitor.core.match.guards import Guarded
from monitor.core.match.near import Pair
from monitor.core.match.parts import All, AnyPlaced, Inside, Lacks, Leaf, Part, Some, Value
from monitor.core.match.patterns import Sought, pattern
from monitor.core.match.pieces import Form
from monitor.core.match.spans import TEXT
from monitor.core.match.terms import Looker, looker
from monitor.core.match.translate import Refused
from monitor.core.phrase import phrase
from monitor.core.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.core.match.parts import Placed
    from monitor.core.model import Entity

_MANY = 10
"""Parts of a group from which it is worth looking for terms that find the same."""

ANY_LANGUAGE = "*"
"""Language of an entity's terms that belong to every language."""

MOST_PAIRS = 12
"""Pairs into which the groups beside NEAR may be spread out."""

_WHOLE = frozenset({*VALUE_FIELDS, *HISTORY_FIELDS})
_FIELDS = {"title": ("title",), "text": TEXT, "source": ("source",), "author": ("author",)}


class Workshop:
    """Compiles queries over the same entities; what they share is built once."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self.entities = entities
        self.leaves: dict[Term | Ref, tuple[Placed, tuple[Looker, ...]]] = {}
        self.used: list[Looker] = []
        """Whatever finds a term, as it is used; for who wants to know, and takes it away."""
        self._known: Known | None = None

    def part(self, query: Query) -> Part:
        """The compiled query; raises QueryError for an entity that does not exist or cannot be used."""
        return _Bench(self, query).part(query.tree)

    def lookers(self, query: Query, ref: Ref) -> tuple[tuple[str, Looker], ...]:
        """Every term that an entity's name stands for."""
        entity = self.entities.get(ref.name)
        if entity is None:
            near = get_close_matches(ref.name, self.entities, n=1)
            known = ", ".join(f"@{name}" for name in sorted(self.entities))
            hint = (
                phrase("did you mean @{near}?", near=near[0])
                if near
                else phrase("known are {known}", known=known)
                if known
                else phrase("no entity is defined")
            )
            _refuse(query, ref, phrase("there is no entity @{name}", name=ref.name), hint)
        listed = dict(entity.terms)
        if ref.lang is not None and ref.lang not in listed:
            langs = ", ".join(sorted(listed))
            _refuse(
                query,
                ref,
                phrase("@{name} has no terms in {lang}", name=ref.name, lang=ref.lang),
                phrase("it has terms in {langs}", langs=langs),
            )
        chosen = [lang for lang in listed if ref.lang in (None, lang) or lang == ANY_LANGUAGE]
        terms = dict.fromkeys(term for lang in chosen for term in listed[lang])
        return tuple((term, self.looker(parse_term(term))) for term in terms)

    def looker(self, term: Term) -> Looker:
        """What finds a term; of a fuzzy one the long words within one edit, the others in their forms."""
        found = looker(term.text, term.kind)
        self.used.append(found)
        if term.kind is not Kind.FUZZY:
            return found
        if self._known is None:
            listed = (terms for entity in self.entities.values() for terms in entity.terms.values())
            self._known = Known(one for terms in listed for one in terms)
        (way,) = found.ways
        pieces = tuple(
            Fuzzy.of(piece.keys, word.shape, self._known)
            if isinstance(piece, Form) and is_long(word.shape)
            else piece
            for word, piece in zip(Words(term.text).all, way, strict=True)
        )
        self.used.append(Looker((pieces,)))
        return self.used[-1]


class _Bench:
    """Compiles one query."""

    def __init__(self, shop: Workshop, query: Query) -> None:
        self.shop = shop
        self.query = query
        self.pairs = 0

    def part(self, node: Node) -> Part:
        """The compiled node."""
        made: Part
        match node:
            case And(parts=parts):
                made = All(_distinct(map(self.part, parts)))
            case Or(parts=parts):
                made = self._either(_distinct(map(self.part, parts)))
            case AtLeast(count=count, parts=parts):
                made = Some(count, tuple(map(self.part, parts)))
            case Not(part=part):
                made = Lacks(self.part(part))
            case Near(left=left, right=right):
                made = self._near(self.part(left), self.part(right), node)
            case In():
                made = self._inside(node)
            case Pattern():
                made = self._pattern(node)
            case _:
                made = self._leaf(node)
        return made

    def _pattern(self, node: Pattern) -> Placed:
        made = pattern(show(node), node.text, ignore_case=node.ignore_case)
        if isinstance(made, Refused):
            _refuse(self.query, node, made.message, made.hint)
        return made

    def _either(self, parts: tuple[Part, ...]) -> Part:
        """OR; it has places if all its parts have."""
        placed = tuple(part for part in parts if isinstance(part, Leaf | Guarded | Sought | Pair | AnyPlaced))
        return AnyPlaced(placed) if len(placed) == len(parts) else Some(1, parts)

    def _leaf(self, node: Term | Ref) -> Placed:
        used = self.shop.used
        known = self.shop.leaves.get(node)
        if known is not None:
            used += known[1]
            return known[0]
        before = len(used)
        leaf = self._entity(node) if isinstance(node, Ref) else self._term(node)
        self.shop.leaves[node] = leaf, tuple(used[before:])
        return leaf

    def _term(self, term: Term) -> Leaf:
        clause = show(term)
        return Leaf(clause, ((clause, self.shop.looker(term)),))

    def _entity(self, ref: Ref) -> Placed:
        """All terms of an entity; those that it guards lose what lies inside an excepted term."""
        lookers = self.shop.lookers(self.query, ref)
        guards = self.shop.entities[ref.name].guards
        guarded = {term for guard in guards for term in guard.terms}
        parts: list[Placed] = []
        free = tuple(one for one in lookers if one[0] not in guarded)
        if free or not guards:
            parts.append(Leaf(show(ref), free))
        for guard in guards:
            own = tuple(one for one in lookers if one[0] in guard.terms)
            against = tuple((term, self.shop.looker(parse_term(term))) for term in guard.excepted)
            if own:
                parts.append(Guarded(Leaf(show(ref), own), Leaf(show(ref), against)))
        return parts[0] if len(parts) == 1 else AnyPlaced(tuple(parts))

    def _inside(self, node: In) -> Part:
        if node.name in _WHOLE:
            return self._value(node.name, node.part)
        if node.name in DATE_FIELDS:
            return Dated.of(node.name, show(node), cast("Term", node.part).text)
        fields = _FIELDS[node.name]
        return Inside(fields, self.part(node.part), indexed=fields[0] in TEXT)

    def _value(self, field: str, node: Node) -> Part:
        match node:
            case And(parts=parts):
                return All(tuple(self._value(field, part) for part in parts))
            case Or(parts=parts):
                return Some(1, tuple(self._value(field, part) for part in parts))
            case Not(part=part):
                return Lacks(self._value(field, part))
            case _:
                term = cast("Term", node)  # the language lets nothing else in here
                text = (card_of(term.text) or "") if field == "card" else term.text
                return Value.of(field, show(In(field, term)), text, exact=term.kind is Kind.EXACT)

    def _near(self, left: Part, right: Part, near: Near) -> Part:
        """NEAR between groups: every part of a group has to be near, as many as the group asks for."""
        match left, right:
            case (All(parts=parts), _):
                return All(tuple(self._near(part, right, near) for part in parts))
            case (_, All(parts=parts)):
                return All(tuple(self._near(left, part, near) for part in parts))
            case (Some(count=count, parts=parts), _):
                return Some(count, tuple(self._near(part, right, near) for part in parts))
            case (_, Some(count=count, parts=parts)):
                return Some(count, tuple(self._near(left, part, near) for part in parts))
        self.pairs += 1
        if self.pairs > MOST_PAIRS:
            _refuse(
                self.query,
                near,
                phrase("the groups beside NEAR make more than {most_pairs} pairs", most_pairs=MOST_PAIRS),
                phrase("put OR groups or entities beside NEAR, or say it with fewer words"),
            )
        return Pair(cast("Placed", left), cast("Placed", right), near.within, near.ordered)


def _distinct(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts, each once; of many also without terms that find just what one before them finds: `US`, `U.S.`."""
    listed = tuple(dict.fromkeys(parts))
    if len(listed) < _MANY:
        return listed
    out: dict[object, Part] = {}
    for part in listed:
        same = part.lookers[0][1] if isinstance(part, Leaf) and len(part.lookers) == 1 else part
        out.setdefault(same, part)
    return tuple(out.values())


def _refuse(query: Query, node: Node, message: str, hint: str) -> NoReturn:
    raise QueryError(message, query=query.source, position=node.start, end=node.end, hint=hint)
