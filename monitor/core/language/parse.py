"""Reading a query: signs unified, bounds checked, parsed, built. Raises QueryError and nothing else."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, cast

from lark import UnexpectedCharacters, UnexpectedToken

from monitor.core.language.build import DEEPEST, Builder
from monitor.core.language.complaints import complain
from monitor.core.language.fields import Dialect
from monitor.core.language.grammar import parser
from monitor.core.language.refusal import cut, refuse
from monitor.core.language.terms import read_term
from monitor.core.language.tree import (
    And,
    AtLeast,
    In,
    Near,
    Node,
    Not,
    Pattern,
    Query,
    Ref,
    Term,
    children,
    walk,
)
from monitor.core.phrase import phrase

if TYPE_CHECKING:
    from monitor.core.language.build import Branch

LONGEST = 4000
"""Characters of the longest query."""

MOST_WORDS = 128
"""Words to look for in one query; entities count as one each."""

MOST_NEARS = 8
"""NEARs in one query."""

DEEPEST_NEAR = 4
"""NEARs inside one another; `a NEAR b NEAR c` are two."""

_EVEN = str.maketrans(
    dict.fromkeys("“”„‟«»″＂〝〞〟", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
    | dict(zip("（）：，＠＝＊～／", "():,@=*~/", strict=True))
)
"""Signs as phones and Korean keyboards write them, one character for one character."""

_PIECE = re.compile(
    r"""/(?:[^/\\\n]|\\.)+/[^\s()",]*   # a pattern, whatever stands in it
    |   "[^"]*"|url:[^\s()",=@*\-][^\s()",]*|[^\W\d_]+:|-(?=[^\s)])|[=*](?=")
    |   [^\s()",]+|.""",
    re.VERBOSE | re.DOTALL,
)
"""What the grammar takes for one piece, as far as it matters for what is inside a pattern and what is not."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(source: str, dialect: Dialect = Dialect.SEARCH) -> Query:
    """What a query means; raises QueryError with place and mend, whatever the input is."""
    even = _even(source)
    _balanced(source, even)
    builder = Builder(source, even, dialect)
    try:
        tree = parser().parse(even)
    except UnexpectedToken as unexpected:
        at = len(even.rstrip()) if unexpected.token.type == "$END" else unexpected.token.start_pos or 0
        raise complain(source, even, at, unexpected.token.type) from None
    except UnexpectedCharacters as unexpected:
        raise complain(source, even, cast("int", unexpected.pos_in_stream), "") from None
    node = builder.any(cast("Branch", tree.children[0]))
    _measured(source, node)
    _positive(source, node, dialect)
    return Query(source, node)


def parse_term(source: str) -> Term:
    """A term of an entity: its words as they stand, adjacent, with `=`, `*`, `~` and quotes, no operators.

    Raises QueryError.
    """
    even = _even(source)
    start = len(even) - len(even.lstrip())
    end = len(even.rstrip())
    written = even[start:end]
    inner = written.removeprefix("=").removeprefix("*").removesuffix("*").removesuffix("~")
    quoted = len(inner) > 1 and inner[0] == inner[-1] == '"'
    if '"' in (inner[1:-1] if quoted else inner):
        at = start + written.index('"')
        refuse(
            source,
            phrase("a quote inside a term"),
            at,
            at + 1,
            phrase("quote the whole term, or nothing of it"),
        )
    operator = re.search(r"(?<!\S)(?:AND|OR|NOT|O?NEAR(?:/\S*)?|[@(]\S*)(?!\S)", written)
    if operator and not quoted:
        refuse(
            source,
            phrase(
                "an entity's term is plain text: {group} has no meaning in it", group=cut(operator.group())
            ),
            start + operator.start(),
            start + operator.end(),
            phrase("list the terms one by one, or put the term in quotes"),
        )
    return read_term(source, start, end, written)


def _even(source: str) -> str:
    """The source with its signs unified; refuses what is too long, empty or no text."""
    if len(source) > LONGEST:
        refuse(
            source,
            phrase(
                "{source} characters are too many: a query has {longest} at most",
                source=len(source),
                longest=LONGEST,
            ),
            LONGEST,
            len(source),
        )
    if not source.strip():
        refuse(source, phrase("the query is empty"), 0, len(source), phrase("write the words to look for"))
    broken = _SURROGATE.search(source)
    if broken:
        refuse(
            source,
            phrase("half a character (a lone surrogate)"),
            broken.start(),
            broken.start() + 1,
            phrase("remove it"),
        )
    return source.translate(_EVEN)


def _balanced(source: str, even: str) -> None:
    """Refuse quotes and parentheses that do not close, and nesting that is too deep."""
    opened: list[int] = []
    for found in _PIECE.finditer(even):
        at, piece = found.start(), found.group()
        if piece == '"':
            refuse(
                source,
                phrase("this quote is never closed"),
                at,
                at + 1,
                phrase('close it with ", or remove it'),
            )
        if piece == "(":
            opened.append(at)
            if len(opened) > DEEPEST:
                message = phrase("nested too deeply: {deepest} levels is the most", deepest=DEEPEST)
                refuse(source, message, at, at + 1, phrase("use fewer parentheses"))
        if piece == ")":
            if not opened:
                message = phrase("this parenthesis closes nothing")
                refuse(source, message, at, at + 1, phrase("remove it, or open one before it"))
            opened.pop()
    if opened:
        refuse(
            source,
            phrase("this parenthesis is never closed"),
            opened[-1],
            opened[-1] + 1,
            phrase("close it with )"),
        )


def _measured(source: str, node: Node) -> None:
    """Refuse a query that would take too long to evaluate."""
    nodes = walk(node)
    terms = [one for one in nodes if isinstance(one, Term | Ref | Pattern)]
    words = accumulate(len(one.text.split()) if isinstance(one, Term) else 1 for one in terms)
    far = next((one for one, count in zip(terms, words, strict=True) if count > MOST_WORDS), None)
    if far:
        refuse(
            source,
            phrase("a query has {most_words} words at most", most_words=MOST_WORDS),
            far.start,
            far.end,
            phrase("list the words as an entity of the rules file, and write @name"),
        )
    nears = [one for one in nodes if isinstance(one, Near)]
    if len(nears) > MOST_NEARS or _depth(node) > DEEPEST_NEAR:
        refuse(
            source,
            phrase(
                "a query has {most_nears} NEARs at most, and {deepest_near} inside one another",
                most_nears=MOST_NEARS,
                deepest_near=DEEPEST_NEAR,
            ),
            nears[0].start,
            nears[0].end,
            phrase("put groups beside NEAR: (a OR b) NEAR/8 (c OR d)"),
        )


def _depth(node: Node) -> int:
    """How many NEARs are inside one another."""
    return isinstance(node, Near) + max(map(_depth, children(node)), default=0)


def _positive(source: str, node: Node, dialect: Dialect) -> None:
    """Refuse a query that a story can match by what it lacks, and a rule that it can match by its age."""
    lacking = _lacking(node, dialect)
    if isinstance(lacking, In):
        refuse(
            source,
            phrase("this would match by its age: some word must be there to look for"),
            lacking.start,
            lacking.end,
            phrase("add what you look for, for example: consulate within:24h"),
        )
    if lacking:
        refuse(
            source,
            phrase("this would match by what a story lacks: some word must be there to look for"),
            lacking.start,
            lacking.end,
            phrase("add what you look for, for example: consulate -film"),
        )


def _lacking(node: Node, dialect: Dialect) -> Node | None:
    """The part by which the node could match without anything found, or None."""
    lacking = [one for part in children(node) if (one := _lacking(part, dialect))]
    match node:
        case Not():
            return node
        case In(name="within") if dialect is Dialect.RULE:
            return node
        case And(parts=parts):
            return lacking[0] if len(lacking) == len(parts) else None
        case AtLeast(count=count):
            return lacking[0] if len(lacking) >= count else None
        case _:
            return lacking[0] if lacking else None
