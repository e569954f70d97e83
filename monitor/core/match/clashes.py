"""Parts of a query that speak against each other, and parts that are said twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from monitor.core.language import (
    And,
    AtLeast,
    In,
    Kind,
    Near,
    Node,
    Not,
    Or,
    Ref,
    Term,
    children,
    day_of,
    show,
    walk,
)
from monitor.core.match.terms import looker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_SINGLE = ("lang", "tier")
"""Fields of which a story has one value at most."""

_TITLE = ("title", "text")


class Oddity(NamedTuple):
    """A node, what is odd about it, and what one could do."""

    node: Node
    message: str
    hint: str


Fact = tuple[str, object]
"""What is true of a story: the field it is true in ("" for title, summary and text), and of what."""


def clashes(node: Node, known: frozenset[Fact] = frozenset()) -> Iterator[Oddity]:
    """Parts that exclude what must be there, of a node that is only asked where all of `known` is true."""
    if isinstance(node, And):
        known |= _facts(node)
        yield from _valued_twice(node)
        yield from _never_dated(node)
        for part in node.parts:
            if isinstance(part, Not) and _follows(part.part, known):
                yield Oddity(
                    part,
                    f"{show(part)} excludes what the query asks for: this can never match",
                    "remove one of the two",
                )
    parts = node.parts if isinstance(node, And | Or | AtLeast) else ()
    for part in parts:
        yield from clashes(part, known)


def doubles(node: Node) -> Iterator[Oddity]:
    """Parts of a group that find just what a part before them finds."""
    for group in walk(node):
        seen: set[Fact | Node] = set()
        for part in group.parts if isinstance(group, And | Or | AtLeast) else ():
            same = _same("", part) or part
            if same in seen:
                yield Oddity(part, f"{show(part)} finds what stands here already", "remove it")
            seen.add(same)


def _same(field: str, node: Node) -> Fact | None:
    """What a term or an entity looks for; None for other nodes."""
    return _sought(field, node) if isinstance(node, Term | Ref) else None


def _sought(field: str, node: Term | Ref) -> Fact:
    """What it looks for: `US` and `U.S.` are the same."""
    if isinstance(node, Term) and node.kind is not Kind.FUZZY:
        return field, looker(node.text, node.kind)
    return field, node


def _facts(node: Node, field: str = "") -> frozenset[Fact]:
    """What is true of every story for which the node is true, looked for in a field."""
    if isinstance(node, Term | Ref):
        return frozenset(_wider(field, node))
    if isinstance(node, In):
        return _facts(node.part, node.name)
    sets = [_facts(part, field) for part in children(node)]
    if isinstance(node, And | Near) or (isinstance(node, AtLeast) and node.count == len(node.parts)):
        return frozenset().union(*sets)
    return sets[0].intersection(*sets[1:]) if isinstance(node, Or) else frozenset()


def _wider(field: str, node: Term | Ref) -> Iterator[Fact]:
    """A term that is there, and what follows from it."""
    nodes: list[Term | Ref] = [node]
    if isinstance(node, Ref) and node.lang is not None:
        nodes.append(Ref(node.name))
    if isinstance(node, Term) and node.kind is Kind.EXACT:
        nodes.append(Term(node.text))
    fields = (field, "") if field in _TITLE else (field,)
    yield from (_sought(name, one) for one in nodes for name in fields)


def _follows(node: Node, known: frozenset[Fact], field: str = "") -> bool:
    """Whether a node must be true where all of `known` is."""
    match node:
        case Or(parts=parts):
            return any(_follows(part, known, field) for part in parts)
        case And(parts=parts):
            return all(_follows(part, known, field) for part in parts)
        case In(name=name, part=part):
            return _follows(part, known, "" if name == "text" else name)
        case _:
            return _same(field, node) in known


def _valued_twice(node: And) -> Iterator[Oddity]:
    """Fields with one value that are asked for two."""
    asked: dict[str, str] = {}
    for part in node.parts:
        if isinstance(part, In) and part.name in _SINGLE and isinstance(part.part, Term):
            value = part.part.text.casefold()
            if asked.setdefault(part.name, value) != value:
                yield Oddity(
                    part,
                    f"a story has one {part.name}: this can never match",
                    f"write {part.name}:({asked[part.name]} OR {value})",
                )


def _never_dated(node: And) -> Iterator[Oddity]:
    """Days that are over before they begin."""
    begin = max((day for _, day in _days(node, "after")), default=None)
    for part, end in _days(node, "before"):
        if begin is not None and end <= begin:
            yield Oddity(
                part, f"{show(part)} ends before it begins: this can never match", "exchange the days"
            )


def _days(node: And, name: str) -> list[tuple[In, datetime]]:
    """The parts that are bounds of this name, with their days."""
    return [
        (part, day)
        for part in node.parts
        if isinstance(part, In) and part.name == name and isinstance(part.part, Term)
        if (day := day_of(part.part.text))
    ]
