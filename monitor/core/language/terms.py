"""Words and phrases of a query: their marks (`=`, `*`, `~`), and whether they can be looked for at all."""

from __future__ import annotations

from monitor.core.language.refusal import cut, refuse
from monitor.core.language.tree import Kind, Term
from monitor.core.phrase import phrase
from monitor.core.text import Script, Shape, Words

SHORTEST_PREFIX = 3
"""Letters that must stand before the `*` of `pre*`."""

SHORTEST_BLOCK_PREFIX = 2
"""Syllables of Hangul or characters of Han, each of which is worth two letters or more."""

SHORTEST_FUZZY = 6
"""Letters of the shortest word that `~` finds within one edit."""

_BLOCKS = (Script.HANGUL, Script.HAN)
_EDITED = (Script.LATIN, Script.CYRILLIC)


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
            phrase("a * stands at the end of a word, or in front of Hangul or Han"),
            at,
            at + 1,
            phrase("write pre* for words that begin so; quotes take a * as it stands"),
        )
    elif bare.startswith("/"):
        at = start + written.index("/")
        refuse(
            source,
            phrase("this / begins a pattern that never ends"),
            at,
            at + 1,
            phrase("close it with /, or put the word in quotes to look for it as it stands"),
        )
    term = Term(" ".join(bare.split()), kind, start, end)
    check_term(source, term)
    return term


def _marks(source: str, start: int, end: int, written: str) -> tuple[str, Kind]:
    """What is left without the marks, and what they say."""
    exact = written.startswith("=")
    bare = written.removeprefix("=")
    infix = bare.startswith("*")
    bare = bare.removeprefix("*")
    prefix = bare.endswith("*")
    bare = bare.removesuffix("*")
    fuzzy = bare.endswith("~")
    bare = bare.removesuffix("~")
    if bare.endswith(("~", "*")) or (fuzzy and (exact or infix or prefix)):
        refuse(
            source,
            phrase("~ stands alone, at the end of a word"),
            start,
            end,
            phrase("remove the other marks, or the ~"),
        )
    if exact and (infix or prefix):
        refuse(
            source,
            phrase("= asks for the very word, * for words that go on: only one of them can stand"),
            start,
            end,
            phrase("remove the = or the *"),
        )
    kinds = ((exact, Kind.EXACT), (infix, Kind.INFIX), (prefix, Kind.PREFIX), (fuzzy, Kind.FUZZY))
    return bare, next((kind for marked, kind in kinds if marked), Kind.FORMS)


def is_long(shape: Shape) -> bool:
    """Whether `~` finds the word within one edit too: Latin or Cyrillic, long enough."""
    return shape.script in _EDITED and len(shape.text) >= SHORTEST_FUZZY and shape.text.isalpha()


def check_term(source: str, term: Term) -> None:
    """Raise QueryError if nothing could ever be found, or nearly everything would."""
    words = Words(term.text).all
    problem = hint = ""
    if not words:
        problem = phrase("there is no letter or digit to look for in {source}", source=_shown(source, term))
    elif term.kind is Kind.INFIX and (len(words) > 1 or words[0].shape.script not in _BLOCKS):
        problem = phrase("*… finds a term anywhere in a word, for one word of Hangul or Han only")
        hint = phrase("other scripts have word*, which finds what begins so")
    elif term.kind is Kind.INFIX and words[0].shape.script is Script.HANGUL and len(words[0].shape.text) == 1:
        problem = phrase("*… needs two syllables or more")
    elif term.kind is Kind.PREFIX:
        last = words[-1].shape
        least = SHORTEST_BLOCK_PREFIX if last.script in _BLOCKS else SHORTEST_PREFIX
        if len(last.text) < least:
            problem = phrase("a prefix needs {least} letters or more before its *", least=least)
            hint = phrase("write more of the word, or the word itself without *")
    elif term.kind is Kind.FUZZY and not any(is_long(word.shape) for word in words):
        problem = phrase(
            "~ needs a word of {shortest_fuzzy} Latin or Cyrillic letters or more",
            shortest_fuzzy=SHORTEST_FUZZY,
        )
        hint = phrase("remove the ~, or list the other spellings with OR")
    if problem:
        refuse(source, problem, term.start, term.end, hint)


def _shown(source: str, term: Term) -> str:
    return cut(source[term.start : term.end]) or "an empty term"
