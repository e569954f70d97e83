"""What the grammar could not read, in words: what is wrong, where, and how to mend it."""

from __future__ import annotations

import re

from monitor.core.errors import QueryError
from monitor.core.language.refusal import cut
from monitor.core.phrase import phrase

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
            phrase("{last} has nothing on its right side", last=cut(last)),
            query=source,
            position=before.start(),
            end=before.end(),
            hint=_right(last),
        )
    message, hint = _message(kind, last, even[at:end])
    return QueryError(message, query=source, position=at, end=end, hint=hint)


def _right(last: str) -> str:
    if last == "-":
        return phrase("put the - right before the word that must not occur")
    return phrase("write what belongs there, or put {last} in quotes to look for the word", last=cut(last))


def _message(kind: str, last: str, found: str) -> tuple[str, str]:
    if kind in _BINARY:
        return (
            phrase("{found} has nothing on its left side", found=cut(found)),
            phrase("put {found} in quotes to look for the word", found=cut(found)),
        )
    if kind == "RPAR" and last == "(":
        return phrase("there is nothing between the parentheses"), phrase("write a term, or remove them")
    if kind == "COMMA" and not last:
        return phrase("a comma only stands between the parts of 2of(a, b, c)"), phrase(
            "remove it, or put the text in quotes"
        )
    if kind in {"RPAR", "COMMA"}:
        return phrase("a part is missing here"), phrase("write a term, or remove the comma")
    return (
        phrase("a {found} stands right before the word that must not occur", found=cut(found)),
        phrase("remove the space behind it, or the -"),
    )
