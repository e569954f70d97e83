"""From lark's tree to ours, with the checks that a grammar cannot make."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NoReturn, cast

from lark import Token, Tree

from monitor.core.language.refusal import refuse
from monitor.core.language.terms import read_term
from monitor.core.language.tree import And, AtLeast, In, Kind, Near, Node, Not, Or, Ref, Term, walk

FIELDS = ("title", "text", "source", "author", "tag", "tier", "lang", "url")
"""What may stand before a colon."""

WORD_FIELDS = frozenset({"title", "text", "source", "author"})
"""Fields that are searched word by word; the others are compared as a whole."""

DEEPEST = 40
"""How deep a query may nest."""

FARTHEST = 50
"""Most words for NEAR."""

USUAL_DISTANCE = 8

LONGEST_HINT = 200
"""Characters of a query that is shown in both its readings."""

_ENTITY = re.compile(r"@([^\W\d]\w*(?:-\w+)*)(?:\.([A-Za-z]{2,8}))?")
_DISTANCE = re.compile(r"[1-9]\d?|s")

Branch = Tree[Token]


class Builder:
    """Builds the nodes of one query: `source` as written, `even` with its signs unified, one for one."""

    def __init__(self, source: str, even: str) -> None:
        self.source = source
        self.even = even

    def any(self, tree: Branch, depth: int = 0) -> Node:
        """Alternatives; refuses AND and OR side by side."""
        alls = [child for child in tree.children if isinstance(child, Tree)]
        if len(alls) > 1 and any(len(_operands(one)) > 1 for one in alls):
            self._mixed(tree, alls)
        parts = tuple(self._all(one, depth) for one in alls)
        return parts[0] if len(parts) == 1 else Or(parts, *_place(tree))

    def _all(self, tree: Branch, depth: int) -> Node:
        parts = tuple(self._near(one, depth) for one in _operands(tree))
        return parts[0] if len(parts) == 1 else And(parts, *_place(tree))

    def _near(self, tree: Branch, depth: int) -> Node:
        first, *rest = tree.children
        self._bound(depth + len(rest) // 2, *_place(tree))
        node = self._unary(first, depth + len(rest) // 2)
        for operator, operand in zip(rest[::2], rest[1::2], strict=True):
            right = self._unary(operand, depth + 1)
            node = self._joined(node, cast("Token", operator), right)
        return node

    def _joined(self, left: Node, operator: Token, right: Node) -> Node:
        """Two operands of NEAR."""
        at, end = _place(operator)
        name, slash, distance = operator.partition("/")
        if slash and (not _DISTANCE.fullmatch(distance) or (distance != "s" and int(distance) > FARTHEST)):
            self.refuse(
                f"{operator}: the distance is 1 to {FARTHEST} words, or s for the same sentence",
                at,
                end,
                hint=f"for example {name}/{USUAL_DISTANCE}",
            )
        for node in (*walk(left), *walk(right)):
            if isinstance(node, Not):
                self.refuse(
                    f"NOT has no place inside {name}",
                    node.start,
                    node.end,
                    hint=f"exclude outside of it: (a {name} b) -c",
                )
            if isinstance(node, In):
                self.refuse(
                    f"a field has no place inside {name}",
                    node.start,
                    node.end,
                    hint=f"put the field before the whole: {node.name}:(a {name} b)",
                )
        within = None if distance == "s" else int(distance or USUAL_DISTANCE)
        return Near(left, right, within, name == "ONEAR", left.start, right.end)

    def _unary(self, item: Branch | Token, depth: int) -> Node:
        if isinstance(item, Token):
            return self._leaf(item)
        if item.data == "group":
            return self.any(cast("Branch", item.children[1]), depth + 1)
        if item.data == "at_least":
            return self._at_least(item, depth + 1)
        return self._negated(item, depth + 1) if item.data == "negated" else self._scoped(item, depth + 1)

    def _leaf(self, token: Token) -> Node:
        at, end = _place(token)
        if token.type == "ENTITY":
            named = _ENTITY.fullmatch(token)
            if named is None:
                self.refuse(f"{token} is not the name of an entity", at, end, hint="write @name or @name.ko")
            return Ref(named[1], named[2] and named[2].lower(), at, end)
        if token.type == "ADDRESS":
            return In("url", Term(token[4:], Kind.FORMS, at + 4, end), at, end)
        return read_term(self.source, at, end, str(token))

    def _at_least(self, tree: Branch, depth: int) -> Node:
        at, end = _place(tree)
        written = str(tree.children[0])
        parts = tuple(self.any(one, depth) for one in tree.children if isinstance(one, Tree))
        digits = written.removesuffix("of")
        count = int(digits) if len(digits) < len("1000") else len(self.source)
        if not 1 <= count <= len(parts) or len(parts) == 1:
            self.refuse(
                f"{written}(…) has {len(parts)} part{'s' * (len(parts) != 1)} to choose from",
                at,
                end,
                hint="name at least two parts and as many as you ask for: 2of(a, b, c)",
            )
        return AtLeast(count, parts, at, end)

    def _negated(self, tree: Branch, depth: int) -> Node:
        at, end = _place(tree)
        self._bound(depth, at, end)
        part = self._unary(tree.children[1], depth)
        if isinstance(part, Not):
            self.refuse("negated twice", at, end, hint="remove both")
        return Not(part, at, end)

    def _scoped(self, tree: Branch, depth: int) -> Node:
        at, end = _place(tree)
        self._bound(depth, at, end)
        written = cast("Token", tree.children[0])
        name = written[:-1].lower()
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, n=1, cutoff=0.7)
            known = ", ".join(f"{one}:" for one in FIELDS)
            self.refuse(
                f"unknown field {written}",
                *_place(written),
                hint=(f"did you mean {near[0]}:? " if near else "")
                + f"Fields are {known}; quotes keep a colon",
            )
        part = self._unary(tree.children[1], depth)
        for node in walk(part):
            if isinstance(node, In):
                self.refuse("a field inside a field", node.start, node.end, hint="keep one of them")
            plain = isinstance(node, And | Or | Not) or (isinstance(node, Term) and node.kind in _WHOLE)
            if name not in WORD_FIELDS and not plain:
                self.refuse(
                    f"{name}: is compared as a whole",
                    node.start,
                    node.end,
                    hint=f"only plain values, OR, NOT and parentheses can follow: {name}:(a OR b)",
                )
        return In(name, part, at, end)

    def _bound(self, depth: int, at: int, end: int) -> None:
        if depth > DEEPEST:
            self.refuse(
                f"nested too deeply: {DEEPEST} levels is the most", at, end, hint="say it in fewer levels"
            )

    def _mixed(self, tree: Branch, alls: list[Branch]) -> NoReturn:
        """AND and OR side by side: offer both readings."""
        written = [[self.even[slice(*_place(one))] for one in _operands(branch)] for branch in alls]
        loose = " OR ".join(_wrapped(" ".join(one), len(one)) for one in written)
        runs: list[list[str]] = []
        for operands in written:
            runs[-1:] = [[*runs[-1], operands[0]]] if runs else [[operands[0]]]
            runs += [[one] for one in operands[1:]]
        tight = " ".join(_wrapped(" OR ".join(run), len(run)) for run in runs)
        first = next(child for child in tree.children if isinstance(child, Token))
        self.refuse(
            "AND and OR side by side can be read in two ways",
            *_place(first),
            hint=f"write {loose} or {tight}"
            if len(loose) < LONGEST_HINT
            else "put what belongs together in parentheses",
        )

    def refuse(self, message: str, start: int, end: int, *, hint: str = "") -> NoReturn:
        """Raise a QueryError about a range of the source."""
        refuse(self.source, message, start, end, hint)


_WHOLE = (Kind.FORMS, Kind.EXACT)


def _operands(tree: Branch) -> list[Branch]:
    """Children without the operators between them."""
    return [child for child in tree.children if isinstance(child, Tree)]


def _place(item: Branch | Token) -> tuple[int, int]:
    """Where it stands in the source."""
    where = item if isinstance(item, Token) else item.meta
    return where.start_pos or 0, where.end_pos or 0


def _wrapped(text: str, parts: int) -> str:
    return f"({text})" if parts > 1 else text
