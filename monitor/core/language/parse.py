"""Reading a query: signs unified, bounds checked, parsed, built. Raises QueryError and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from lark import UnexpectedCharacters, UnexpectedToken

from monitor.core.language.build import DEEPEST, Builder
from monitor.core.language.complaints import complain
from monitor.core.language.grammar import parser
from monitor.core.language.refusal import refuse
from monitor.core.language.terms import read_term
from monitor.core.language.tree import And, AtLeast, In, Node, Not, Or, Query, Term

if TYPE_CHECKING:
    from monitor.core.language.build import Branch

LONGEST = 4000
"""Characters of the longest query."""

_EVEN = str.maketrans(
    dict.fromkeys("“”„‟«»″＂〝〞〟", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
    | dict(zip("（）：，＠＝＊～／", "():,@=*~/", strict=True))
)
"""Signs as phones and Korean keyboards write them, one character for one character."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(source: str) -> Query:
    """What a query means; raises QueryError with place and mend, whatever the input is."""
    even = _even(source)
    _balanced(source, even)
    builder = Builder(source, even)
    try:
        tree = parser().parse(even)
    except UnexpectedToken as unexpected:
        at = len(even.rstrip()) if unexpected.token.type == "$END" else unexpected.token.start_pos or 0
        raise complain(source, even, at, unexpected.token.type) from None
    except UnexpectedCharacters as unexpected:
        raise complain(source, even, cast("int", unexpected.pos_in_stream), "") from None
    node = builder.any(cast("Branch", tree.children[0]))
    _positive(source, node)
    return Query(source, node)


def parse_term(source: str) -> Term:
    """A term of an entity: its words as they stand, adjacent, with `=`, `*` and quotes, no operators.

    Raises QueryError.
    """
    even = _even(source)
    start = len(even) - len(even.lstrip())
    end = len(even.rstrip())
    written = even[start:end]
    inner = written.removeprefix("=").removeprefix("*").removesuffix("*")
    quoted = len(inner) > 1 and inner[0] == inner[-1] == '"'
    if '"' in (inner[1:-1] if quoted else inner):
        at = start + written.index('"')
        refuse(source, "a quote inside a term", at, at + 1, "quote the whole term, or nothing of it")
    operator = re.search(r"(?<!\S)(?:AND|OR|NOT|O?NEAR(?:/\S*)?|[@(]\S*)(?!\S)", written)
    if operator and not quoted:
        refuse(
            source,
            f"an entity's term is plain text: {operator.group()} has no meaning in it",
            start + operator.start(),
            start + operator.end(),
            "list the terms one by one, or put the term in quotes",
        )
    return read_term(source, start, end, written)


def _even(source: str) -> str:
    """The source with its signs unified; refuses what is too long, empty or no text."""
    if len(source) > LONGEST:
        refuse(
            source,
            f"{len(source)} characters are too many: a query has {LONGEST} at most",
            LONGEST,
            len(source),
        )
    if not source.strip():
        refuse(source, "the query is empty", 0, len(source), "write the words to look for")
    broken = _SURROGATE.search(source)
    if broken:
        refuse(source, "half a character (a lone surrogate)", broken.start(), broken.start() + 1, "remove it")
    return source.translate(_EVEN)


def _balanced(source: str, even: str) -> None:
    """Refuse quotes and parentheses that do not close, and nesting that is too deep."""
    opened: list[int] = []
    quote = -1
    for at, character in enumerate(even):
        if character == '"':
            quote = at if quote < 0 else -1
        elif quote >= 0:
            continue
        elif character == "(":
            opened.append(at)
            if len(opened) > DEEPEST:
                refuse(
                    source,
                    f"nested too deeply: {DEEPEST} levels is the most",
                    at,
                    at + 1,
                    "use fewer parentheses",
                )
        elif character == ")":
            if not opened:
                refuse(
                    source, "this parenthesis closes nothing", at, at + 1, "remove it, or open one before it"
                )
            opened.pop()
    if quote >= 0:
        refuse(source, "this quote is never closed", quote, quote + 1, 'close it with ", or remove it')
    if opened:
        refuse(source, "this parenthesis is never closed", opened[-1], opened[-1] + 1, "close it with )")


def _positive(source: str, node: Node) -> None:
    """Refuse a query that a story can match by what it lacks."""
    lacking = _lacking(node)
    if lacking:
        refuse(
            source,
            "this would match by what a story lacks: some word must be there to look for",
            lacking.start,
            lacking.end,
            "add what you look for, for example: consulate -film",
        )


def _lacking(node: Node) -> Node | None:
    """The part by which the node could match without anything found, or None."""
    match node:
        case Not():
            return node
        case And(parts=parts):
            found = [_lacking(part) for part in parts]
            return found[0] if all(found) else None
        case Or(parts=parts):
            return next((one for one in map(_lacking, parts) if one), None)
        case AtLeast(count=count, parts=parts):
            weak = [one for one in map(_lacking, parts) if one]
            return weak[0] if len(weak) >= count else None
        case In(part=part):
            return _lacking(part)
        case _:
            return None
