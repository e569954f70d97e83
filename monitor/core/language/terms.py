"""Words and phrases of a query: their marks (`=`, `*`), and whether they can be looked for at all."""

from __future__ import annotations

from monitor.core.language.refusal import refuse
from monitor.core.language.tree import Kind, Term
from monitor.core.text import Script, Words

SHORTEST_PREFIX = 3
"""Letters that must stand before the `*` of `pre*`."""

SHORTEST_BLOCK_PREFIX = 2
"""Syllables of Hangul or characters of Han, each of which is worth two letters or more."""

_BLOCKS = (Script.HANGUL, Script.HAN)


def read_term(source: str, start: int, end: int, text: str | None = None) -> Term:
    """The term written at `source[start:end]`; raises QueryError if it cannot be looked for.

    `text` is what stands there with its quotes unified; by default the source itself.
    """
    written = source[start:end] if text is None else text
    bare, kind = _marks(source, start, end, written)
    if bare.startswith('"'):
        bare = bare[1:-1]
    elif "*" in bare:
        at = start + written.index(bare) + bare.index("*")
        refuse(
            source,
            "a * stands at the end of a word, or in front of Hangul or Han",
            at,
            at + 1,
            "write pre* for words that begin so; quotes take a * as it stands",
        )
    elif bare.endswith("~") or bare.startswith("/"):
        sign = bare[-1] if bare.endswith("~") else "/"
        at = start + (written.rindex("~") if sign == "~" else written.index("/"))
        refuse(
            source,
            f"{sign} has no meaning in a query",
            at,
            at + 1,
            "put the word in quotes to look for it as it stands",
        )
    term = Term(" ".join(bare.split()), kind, start, end)
    _check(source, term)
    return term


def _marks(source: str, start: int, end: int, written: str) -> tuple[str, Kind]:
    """What is left without the marks, and what they say."""
    exact = written.startswith("=")
    bare = written.removeprefix("=")
    infix = bare.startswith("*")
    bare = bare.removeprefix("*")
    prefix = bare.endswith("*")
    bare = bare.removesuffix("*")
    if exact and (infix or prefix):
        refuse(
            source,
            "= asks for the very word, * for words that go on: only one of them can stand",
            start,
            end,
            "remove the = or the *",
        )
    kind = Kind.EXACT if exact else Kind.INFIX if infix else Kind.PREFIX if prefix else Kind.FORMS
    return bare, kind


def _check(source: str, term: Term) -> None:
    """Raise QueryError if nothing could ever be found, or nearly everything would."""
    words = Words(term.text).all
    problem = hint = ""
    if not words:
        problem = f"there is no letter or digit to look for in {_shown(source, term)}"
    elif term.kind is Kind.INFIX and (len(words) > 1 or words[0].shape.script not in _BLOCKS):
        problem = "*… finds a term anywhere in a word, for one word of Hangul or Han only"
        hint = "other scripts have word*, which finds what begins so"
    elif term.kind is Kind.INFIX and words[0].shape.script is Script.HANGUL and len(words[0].shape.text) == 1:
        problem = "*… needs two syllables or more"
    elif term.kind is Kind.PREFIX:
        last = words[-1].shape
        least = SHORTEST_BLOCK_PREFIX if last.script in _BLOCKS else SHORTEST_PREFIX
        if len(last.text) < least:
            problem = f"a prefix needs {least} letters or more before its *"
            hint = "write more of the word, or the word itself without *"
    if problem:
        refuse(source, problem, term.start, term.end, hint)


def _shown(source: str, term: Term) -> str:
    return source[term.start : term.end] or "an empty term"
