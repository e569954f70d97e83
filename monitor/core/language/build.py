"""From lark's tree to ours, with the checks that a grammar cannot make."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NoReturn, cast

from lark import Token, Tree

from monitor.core.language.fields import (
    DATE_FIELDS,
    FIELDS,
    HISTORY_FIELDS,
    WORD_FIELDS,
    Dialect,
    value_problem,
)
from monitor.core.language.refusal import cut, refuse
from monitor.core.language.terms import check_term, read_term
from monitor.core.language.tree import And, AtLeast, In, Kind, Near, Node, Not, Or, Pattern, Ref, Term, walk
from monitor.core.phrase import phrase

DEEPEST = 40
"""How deep a query may nest."""

FARTHEST = 50
"""Most words for NEAR."""

USUAL_DISTANCE = 8

LONGEST_PATTERN = 512
"""Characters of the longest pattern."""

LONGEST_HINT = 200
"""Characters of a query that is shown in both its readings."""

_ENTITY = re.compile(r"@([^\W\d]\w*(?:-\w+)*)(?:\.([A-Za-z]{2,8}))?")
_DISTANCE = re.compile(r"[1-9]\d?|s")

Branch = Tree[Token]


class Builder:
    """Builds the nodes of one query: `source` as written, `even` with its signs unified, one for one."""

    def __init__(self, source: str, even: str, dialect: Dialect) -> None:
        self.source = source
        self.even = even
        self.dialect = dialect

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
                phrase(
                    "{operator}: the distance is 1 to {farthest} words, or s for the same sentence",
                    operator=cut(operator),
                    farthest=FARTHEST,
                ),
                at,
                end,
                hint=phrase("for example {name}/{usual_distance}", name=name, usual_distance=USUAL_DISTANCE),
            )
        for node in (*walk(left), *walk(right)):
            if isinstance(node, Not):
                self.refuse(
                    phrase("NOT has no place inside {name}", name=name),
                    node.start,
                    node.end,
                    hint=phrase("exclude outside of it: (a {name} b) -c", name=name),
                )
            if isinstance(node, In):
                self.refuse(
                    phrase("a field has no place inside {name}", name=name),
                    node.start,
                    node.end,
                    hint=phrase(
                        "put the field before the whole: {field}:(a {name} b)", field=node.name, name=name
                    ),
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
                self.refuse(
                    phrase("{token} is not the name of an entity", token=cut(token)),
                    at,
                    end,
                    hint=phrase("write @name or @name.ko"),
                )
            return Ref(named[1], named[2] and named[2].lower(), at, end)
        if token.type == "ADDRESS":
            address = Term(token[4:], Kind.FORMS, at + 4, end)
            check_term(self.source, address)
            return In("url", address, at, end)
        if token.type == "PATTERN":
            return self._pattern(token)
        return read_term(self.source, at, end, str(token))

    def _pattern(self, token: Token) -> Pattern:
        at, end = _place(token)
        text, _, flags = token[1:].rpartition("/")
        if self.dialect is Dialect.SEARCH:
            self.refuse(
                phrase("patterns (/.../) are for those who may edit the rules"),
                at,
                end,
                hint=phrase("put the text in quotes to look for it as it stands"),
            )
        if flags not in ("", "i"):
            self.refuse(
                phrase("{flags} is no flag of a pattern", flags=cut(flags)),
                end - len(flags),
                end,
                hint=phrase(
                    "only i (capitals do not matter) can follow it; write \\/ for a / inside; "
                    "quotes look for the text as it stands"
                ),
            )
        if len(text) > LONGEST_PATTERN:
            self.refuse(
                phrase(
                    "{text} characters are too many: a pattern has {longest_pattern} at most",
                    text=len(text),
                    longest_pattern=LONGEST_PATTERN,
                ),
                at,
                end,
                hint=phrase("say it in several patterns"),
            )
        return Pattern(text, flags == "i", at, end)

    def _at_least(self, tree: Branch, depth: int) -> Node:
        at, end = _place(tree)
        written = str(tree.children[0])
        parts = tuple(self.any(one, depth) for one in tree.children if isinstance(one, Tree))
        digits = written.removesuffix("of")
        count = int(digits) if len(digits) < len("1000") else len(self.source)
        if not 1 <= count <= len(parts) or len(parts) == 1:
            self.refuse(
                phrase("{written}(…) has {parts} part to choose from", written=cut(written), parts=1)
                if len(parts) == 1
                else phrase(
                    "{written}(…) has {parts} parts to choose from", written=cut(written), parts=len(parts)
                ),
                at,
                end,
                hint=phrase("name at least two parts and as many as you ask for: 2of(a, b, c)"),
            )
        return AtLeast(count, parts, at, end)

    def _negated(self, tree: Branch, depth: int) -> Node:
        at, end = _place(tree)
        self._bound(depth, at, end)
        part = self._unary(tree.children[1], depth)
        if isinstance(part, Not):
            self.refuse(phrase("negated twice"), at, end, hint=phrase("remove both"))
        return Not(part, at, end)

    def _scoped(self, tree: Branch, depth: int) -> Node:
        at, end = _place(tree)
        self._bound(depth, at, end)
        written = cast("Token", tree.children[0])
        name = written[:-1].lower()
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, n=1, cutoff=0.7)
            known = ", ".join(f"{one}:" for one in FIELDS)
            hint = (
                phrase(
                    "did you mean {field}:? Fields are {known}; quotes keep a colon",
                    field=near[0],
                    known=known,
                )
                if near
                else phrase("Fields are {known}; quotes keep a colon", known=known)
            )
            self.refuse(phrase("unknown field {written}", written=cut(written)), *_place(written), hint=hint)
        self._allowed(name, written)
        part = self._unary(tree.children[1], depth)
        for node in walk(part):
            if isinstance(node, In):
                self.refuse(
                    phrase("a field inside a field"), node.start, node.end, hint=phrase("keep one of them")
                )
            self._fits(name, node)
        return In(name, part, at, end)

    def _allowed(self, name: str, written: Token) -> None:
        """Refuse a field that a rule cannot ask."""
        if self.dialect is not Dialect.RULE:
            return
        if name in HISTORY_FIELDS:
            self.refuse(
                phrase("{name}: asks what became of a story: it has no place in a rule", name=name),
                *_place(written),
                hint=phrase("it can stand in a search"),
            )
        if name in DATE_FIELDS and name != "within":
            self.refuse(
                phrase("{name}: has no place in a rule, which looks at stories as they come", name=name),
                *_place(written),
                hint=phrase("a rule can ask for fresh stories: within:24h"),
            )

    def _fits(self, name: str, node: Node) -> None:
        """Refuse what cannot be the value of a field, or a part of it."""
        if name in WORD_FIELDS:
            return
        if name in DATE_FIELDS and not (isinstance(node, Term) and node.kind is Kind.FORMS):
            self.refuse(
                phrase("{name}: takes one value", name=name),
                node.start,
                node.end,
                hint=phrase("put the field before each: (after:2026-09-01 before:2026-10-01)"),
            )
        plain = isinstance(node, And | Or | Not) or (isinstance(node, Term) and node.kind in _WHOLE)
        if not plain:
            self.refuse(
                phrase("{name}: is compared as a whole", name=name),
                node.start,
                node.end,
                hint=phrase(
                    "only plain values, OR, NOT and parentheses can follow: {name}:(a OR b)", name=name
                ),
            )
        problem = value_problem(name, node.text) if isinstance(node, Term) else None
        if problem:
            self.refuse(problem[0], node.start, node.end, hint=problem[1])

    def _bound(self, depth: int, at: int, end: int) -> None:
        if depth > DEEPEST:
            self.refuse(
                phrase("nested too deeply: {deepest} levels is the most", deepest=DEEPEST),
                at,
                end,
                hint=phrase("say it in fewer levels"),
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
            phrase("AND and OR side by side can be read in two ways"),
            *_place(first),
            hint=phrase("write {loose} or {tight}", loose=loose, tight=tight)
            if len(loose) < LONGEST_HINT
            else phrase("put what belongs together in parentheses"),
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
