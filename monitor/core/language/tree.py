"""What a query means, as a tree. Nodes know where they stand, and are equal if they mean the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How a term's text is looked for."""

    FORMS = "forms"  # adjacent words, each in any of its forms
    EXACT = "exact"  # the very surface, case-sensitive
    PREFIX = "prefix"  # like FORMS, the last word may go on
    INFIX = "infix"  # anywhere in a word; Hangul and Han only
    FUZZY = "fuzzy"  # like FORMS, long words also within one edit


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase."""

    text: str  # white space tidied, without quotes and marks
    kind: Kind = Kind.FORMS
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """`@name` or `@name.lang`: any term of an entity of the rules file, all languages or one."""

    name: str
    lang: str | None = None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """`/.../`: a regular expression in the syntax of RE2, as it stands between the slashes."""

    text: str  # a slash inside is written as \/
    ignore_case: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """Every part; at least two."""

    parts: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part; at least two."""

    parts: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Anything but the part, which is no Not."""

    part: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Both within so many words of each other in one field; in the same sentence where `within` is None."""

    left: Node
    right: Node
    within: int | None = 8
    ordered: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the parts; `1 <= count <= len(parts)`, at least two parts."""

    count: int
    parts: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class In:
    """The part, looked for in one field of the story."""

    name: str  # one of FIELDS
    part: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


Node = Term | Ref | Pattern | And | Or | Not | Near | AtLeast | In


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood: as it was written, and what it means."""

    source: str
    tree: Node


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below one."""
    match node:
        case And() | Or() | AtLeast():
            return node.parts
        case Not() | In():
            return (node.part,)
        case Near():
            return (node.left, node.right)
        case _:
            return ()


def walk(node: Node) -> tuple[Node, ...]:
    """The node and all below it, in the order in which they were written."""
    return (node, *(below for child in children(node) for below in walk(child)))
