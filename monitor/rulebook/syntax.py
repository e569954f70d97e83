"""Words for YAML's syntax errors: what a person did, and the mend, instead of what a scanner expected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError

_LOOK_BACK = 2_000  # characters of a line that are enough to see what was meant

QUOTES = "Put the whole value in single quotes: '...'."


def explain(error: MarkedYAMLError, text: str) -> tuple[int, str, str]:
    """Where (an offset into the text), what and how to mend it."""
    problem = error.problem or ""
    index = error.problem_mark.index if error.problem_mark is not None else 0
    opened = error.context_mark.index if error.context_mark is not None else index
    for words in (_characters, _quoting, _brackets, _layout):
        found = words(problem, index, opened, text)
        if found is not None:
            return found
    return index, f"this is not YAML: {problem}", "Compare the indentation and quotes with the lines before."


_Found = tuple[int, str, str] | None


def _characters(problem: str, index: int, _opened: int, _text: str) -> _Found:
    character = re.match(r"found character '(.+)' that cannot start any token", problem)
    if character is None:
        return None
    if character[1] == "\\t":
        return index, "a tab stands where YAML wants spaces", "Indent with spaces only."
    return index, f"a value cannot begin with `{character[1]}` unless it is quoted", QUOTES


def _quoting(problem: str, index: int, opened: int, text: str) -> _Found:
    if problem in {"found unexpected end of stream", "found unexpected document separator"}:
        mark = text[opened : opened + 1]
        return (
            opened,
            f"the quote {mark} that opens here is never closed",
            f"Add a {mark} where the text ends.",
        )
    escape = re.match(r"found unknown escape character '(.+)'", problem)
    if escape:
        message = f"`\\{escape[1]}` means nothing inside double quotes"
        return index, message, "Use single quotes, in which a backslash is just a backslash."
    if problem.startswith("expected escape sequence"):
        return (
            index,
            "the escape after the backslash is not complete",
            "Use single quotes instead of double ones.",
        )
    line = text[max(text.rfind("\n", 0, index) + 1, index - _LOOK_BACK) : index]
    after_quote = re.search(r"(?:'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\")\s*$", line)
    if problem.startswith("expected <block end>, but found '<scalar>'") and after_quote:
        message = "text goes on after the closing quote"
        hint = "Put the whole value in one pair of quotes: '\"a b\" OR c'; inside '...' write ' twice."
        return index, message, hint
    return None


def _brackets(problem: str, index: int, opened: int, text: str) -> _Found:
    opening = text[opened : opened + 1]
    if problem.startswith("expected ',' or") and opening in {"[", "{"}:
        closing = "]" if opening == "[" else "}"
        if "stream end" in problem or "\n" in text[opened:index]:
            return (
                opened,
                f"the `{opening}` that opens here is not closed",
                f"Add a `{closing}` where it ends.",
            )
        message = (
            f"in the list that `{opening}` opens, a `,` or the closing `{closing}` is missing before this"
        )
        return index, message, "Separate entries by commas, and quote values that hold , : [ ] { or }."
    if problem.startswith("expected the node content") or re.search(r"but found '[\]\},]'", problem):
        character = text[index : index + 1]
        return index, f"`{character}` closes or separates nothing here", "Remove it, or quote the value."
    return None


_BLOCK_HINT = "Indent it exactly like its sisters: the keys of one entry stand below each other."
_PIPE = ("behind `|` or `>` stands more text", "Begin the text on the next line.")
_NO_FIT = ("the indentation of this line fits nothing above it", _BLOCK_HINT)
_LAYOUT = (
    (
        "sequence entries are not allowed here",
        "a list cannot begin behind a key",
        "Put the `-` on its own line.",
    ),
    ("expected chomping or indentation", *_PIPE),
    ("expected a comment or a line break", *_PIPE),
    ("expected <block end>", *_NO_FIT),
    ("expected '<document start>'", *_NO_FIT),
)


def _layout(problem: str, index: int, opened: int, text: str) -> _Found:
    if problem.startswith("could not find expected ':'"):
        return opened, "this line is neither `key: value` nor `- entry`", "Add the colon, or quote the text."
    if problem.startswith("mapping values are not allowed here"):
        before = text[max(text.rfind("\n", 0, index) + 1, index - _LOOK_BACK) : index]
        key = re.fullmatch(r"(\s*(?:- +)?)[\w-]+", before)
        if key is None:
            return index, "a second `: ` stands in this line, which YAML reads as a key of its own", QUOTES
        hint = "Indent it like the other keys of its entry, and look whether the line before has its colon."
        return index - len(before) + len(key[1]), "this key does not fit to the line before it", hint
    return next(((index, what, hint) for begin, what, hint in _LAYOUT if problem.startswith(begin)), None)


__all__ = ["explain"]
