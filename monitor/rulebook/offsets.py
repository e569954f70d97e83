"""From a place in a value back to its place in the file.

A value is not always what stands in the file: quotes are doubled, lines folded, indentation taken away.
`places` replays that for every style of scalar and gives the file's offset of each character of the value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.rulebook.document import Scalar

_BREAK = re.compile(r"[ \t]*(\r\n|\r|\n)")
_SIMPLE_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip # any other escaped character stands for itself
_CODED_ESCAPES = {"x": 2, "u": 4, "U": 8}


def file_offset(scalar: Scalar, text: str, position: int) -> int:
    """The file's offset of the value's character at `position`, which may be the value's length (its end).

    Where the value cannot be followed back, the scalar's start.
    """
    found = places(scalar, text)
    if found is None:
        return scalar.start
    if position < len(found):
        return found[position]
    return found[-1] + 1 if found else scalar.start


def places(scalar: Scalar, text: str) -> list[int] | None:
    """The file's offset of each character of the value; None if they cannot be told."""
    if scalar.style in {"|", ">"}:
        value, found = _block(scalar, text)
    else:
        quote = scalar.style or ""
        value, found = _flow(text, scalar.start + len(quote), scalar.end - len(quote), quote)
    return found if value[: len(scalar.value)] == scalar.value else None


def _flow(text: str, at: int, end: int, quote: str) -> tuple[str, list[int]]:
    """Plain and quoted scalars: escapes, doubled quotes, folded line ends (YAML 1.2 sections 7.3, 6.5)."""
    value: list[str] = []
    found: list[int] = []
    while at < end:
        folded = _BREAK.match(text, at, end)
        if folded:
            breaks = 0
            step: re.Match[str] | None = folded
            first = at
            while step:
                breaks += 1
                at = step.end()
                step = _BREAK.match(text, at, end)
            while at < end and text[at] in " \t":
                at += 1
            value += [" "] if breaks == 1 else ["\n"] * (breaks - 1)
            found += [first] * max(breaks - 1, 1)
            continue
        if quote == '"' and text[at] == "\\":
            character, length = _escaped(text, at)
        else:
            character = text[at]
            length = 2 if quote == "'" and character == "'" else 1
        value.append(character)
        found += [at] * len(character)
        at += length
    return "".join(value), found


def _escaped(text: str, at: int) -> tuple[str, int]:
    """The character that a backslash at `at` stands for, and how many characters of the file write it."""
    kind = text[at + 1]
    digits = _CODED_ESCAPES.get(kind)
    if digits is not None:
        return chr(int(text[at + 2 : at + 2 + digits], 16)), 2 + digits
    broken = re.compile(r"\\(?:\r\n|\r|\n)[ \t]*").match(text, at)
    if broken:
        return "", broken.end() - at
    return _SIMPLE_ESCAPES.get(kind, kind), 2


def _block(scalar: Scalar, text: str) -> tuple[str, list[int]]:
    """Literal and folded block scalars (YAML 1.2 section 8.1), with the indentation of their first line."""
    body = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?").match(text, scalar.start)
    at = body.end() if body else scalar.end
    each_line = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)").finditer(text, at, scalar.end)
    lines = [(line.start(), line[1]) for line in each_line]
    indent = max(_indent(line for _, line in lines) - _indent(scalar.value.split("\n")), 0)
    value: list[str] = []
    found: list[int] = []
    pending: list[int] = []  # line ends that wait for the next line to decide whether they fold
    before_is_deep = True
    for start, line in lines:
        content = line[indent:]
        is_deep = content[:1] in {" ", "\t"} or scalar.style == "|"
        if content:
            if pending and not before_is_deep and not is_deep:
                value += [" "] if len(pending) == 1 else ["\n"] * (len(pending) - 1)
                found += pending[: max(len(pending) - 1, 1)]
            else:
                value += ["\n"] * len(pending)
                found += pending
            pending = []
            value += content
            found += range(start + indent, start + indent + len(content))
            before_is_deep = is_deep
        pending.append(start + len(line))
    value += ["\n"] * len(pending)
    found += pending
    return "".join(value), found


def _indent(lines: Iterable[str]) -> int:
    """Spaces before the first line that is not blank; of `>2`, a value keeps those beyond two."""
    return next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")), 0)


__all__ = ["file_offset", "places"]
