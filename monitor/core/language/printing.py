"""A tree, written as a query that means the same."""

from __future__ import annotations

import re

from monitor.core.language.tree import And, AtLeast, In, Kind, Near, Node, Not, Or, Pattern, Ref, Term

_BARE = re.compile(
    r"(?!(?:AND|OR|NOT|O?NEAR(?:/[^\s()\",]*)?)$)(?![^\W\d_]+:)[^\s()\",=@*/\-][^\s()\",*]*(?<!~)",
)
"""Text that the grammar reads as one plain word."""

_OR, _AND, _NEAR, _UNARY = range(4)


def show(node: Node) -> str:
    """The query that parses to an equal tree."""
    return _show(node, _OR)


def _show(node: Node, least: int) -> str:
    """The node, in parentheses if it binds more loosely than `least`."""
    text, binding = _written(node)
    return f"({text})" if binding < least else text


def _written(node: Node) -> tuple[str, int]:
    """The node's text, and how tightly it binds."""
    match node:
        case Or(parts=parts):
            written = " OR ".join(_show(part, _NEAR) for part in parts), _OR
        case And(parts=parts):
            written = " ".join(_show(part, _NEAR) for part in parts), _AND
        case Near(left=left, right=right):
            written = f"{_show(left, _NEAR)} {_operator(node)} {_show(right, _UNARY)}", _NEAR
        case Not(part=part):
            written = f"-{_show(part, _UNARY)}", _UNARY
        case In(name=name, part=part):
            written = f"{name}:{_show(part, _UNARY)}", _UNARY
        case AtLeast(count=count, parts=parts):
            written = f"{count}of({', '.join(_show(part, _OR) for part in parts)})", _UNARY
        case Ref(name=name, lang=lang):
            written = f"@{name}.{lang}" if lang else f"@{name}", _UNARY
        case Pattern(text=text, ignore_case=ignore_case):
            written = f"/{text}/{'i' if ignore_case else ''}", _UNARY
        case _:
            written = _term(node), _UNARY
    return written


def _operator(node: Near) -> str:
    return ("ONEAR/" if node.ordered else "NEAR/") + ("s" if node.within is None else str(node.within))


def _term(term: Term) -> str:
    text = term.text if _BARE.fullmatch(term.text) else f'"{term.text}"'
    before = {Kind.EXACT: "=", Kind.INFIX: "*"}.get(term.kind, "")
    return before + text + {Kind.PREFIX: "*", Kind.FUZZY: "~"}.get(term.kind, "")
