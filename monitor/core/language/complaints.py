"""What the grammar could not read, in words: what is wrong, where, and how to mend it."""

from __future__ import annotations

import re

from monitor.core.errors import QueryError
from monitor.core.language.refusal import cut

_LAST = re.compile(r"(?:(?<![^\s(),\"])(?:AND|OR|NOT|O?NEAR(?:/[^\s()\",]*)?)|-|[^\W\d_]+:|[(,])\Z")
_PIECE = re.compile(r"[^\s()\",]+|[()\",]|\Z")
_BINARY = frozenset({"AND", "OR", "NEAR"})


def complain(source: str, even: str, at: int, kind: str) -> QueryError:
    """The error for a token of the grammar's type `kind` that stands at `at` where none such may.

    `kind` is "$END" at the end of the query, "" for a sign that is no token: only a - without its word is none.
    """
    before = _LAST.search(even[:at].rstrip())
    last = before.group() if before else ""
    end = at + len(_PIECE.findall(even, at)[0])
    if before and last not in "(,":
        return QueryError(
            f"{cut(last)} has nothing on its right side",
            query=source,
            position=before.start(),
            end=before.end(),
            hint=_right(last),
        )
    message, hint = _message(kind, last, even[at:end])
    return QueryError(message, query=source, position=at, end=end, hint=hint)


def _right(last: str) -> str:
    if last == "-":
        return "put the - right before the word that must not occur"
    return f"write what belongs there, or put {cut(last)} in quotes to look for the word"


def _message(kind: str, last: str, found: str) -> tuple[str, str]:
    if kind in _BINARY:
        return (
            f"{cut(found)} has nothing on its left side",
            f"put {cut(found)} in quotes to look for the word",
        )
    if kind == "RPAR" and last == "(":
        return "there is nothing between the parentheses", "write a term, or remove them"
    if kind == "COMMA" and not last:
        return "a comma only stands between the parts of 2of(a, b, c)", "remove it, or put the text in quotes"
    if kind in {"RPAR", "COMMA"}:
        return "a part is missing here", "write a term, or remove the comma"
    return (
        f"a {cut(found)} stands right before the word that must not occur",
        "remove the space behind it, or the -",
    )
