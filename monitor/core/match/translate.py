r"""Patterns as people write them, for RE2: `\w` and `\b` of every script.

RE2's own `\w` and `\b` know ASCII only: `\bмир\b` would find nothing. `\w` becomes a class of all letters and
digits. RE2 has nothing that could stand for `\b`, so a text that is searched by a pattern with `\b` gets marks at
its word boundaries: `\b` asks for a mark, and whatever consumes a character passes over the marks before it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MARK = "\ufdd0"
"""Stands at word boundaries; Unicode promises that it is never a character, so a text needs no other use of it."""

MARKS = MARK * 4
"""Several at each boundary, so that each `\\b` that stands there finds one: in two groups, or of two places."""

_WORD = (
    "0-9A-Z_a-zªµºÀ-ÖØ-öø-\u02c1\u0300-\u0374\u0376-\u0481\u0483-\u0559\u0560-\u0588\u0591-\u05bd"
    "\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7-\u05f2\u0610-\u061a\u0620-\u0669\u066e-\u06d3\u06d5-\u0963"
    "\u0966-\u1fff\u2c00-\u2dff\u3005-\u3007\u3021-\u302f\u3031-\u3035\u303b-\u303c\u3041-\u30fa"
    "\u30fc-\u318e\u31a0-\u31bf\u3400-\u4dbf\u4e00-\ua48c\ua640-\ua69f\ua722-\ua827\ua840-\ua873"
    "\ua90a-\ua92d\ua960-\ua97c\uac00-\ud7ff\uf900-\ufaff\U00010000-\U0001cfff\U0001e000-\U0001e8ff"
    "\U00020000-\U0003fffd"
)
"""Letters, digits and their marks, as the inside of a class.

Unicode's own list has 700 ranges, which makes each `\\w` a program of 1,300 steps for RE2. This one is exact for
Latin, Cyrillic, Greek, Hangul, Han and kana, and counts some rare signs of other scripts in.
"""


def _outside(inside: str) -> str:
    """The inside of a class of everything that a class does not hold; of ranges in rising order."""
    out: list[str] = []
    begin = 0
    for low, high in re.findall("(.)(?:-(.))?", inside, re.DOTALL):
        if ord(low) > begin:
            out.append(f"\\x{{{begin:x}}}-\\x{{{ord(low) - 1:x}}}")
        begin = ord(high or low) + 1
    return "".join((*out, f"\\x{{{begin:x}}}-\\x{{10ffff}}"))


_NO_WORD = _outside(_WORD)

_ESCAPE = r"\\(?:[pP](?:\{\^?\w+\}|\w)|x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})|[0-7]{1,3}|.)"
_PIECE = re.compile(
    rf"""(?P<group>\((?:\?(?:P?<\w+>|(?P<flags>[A-Za-z-]*)[:)]))?|\)|\|)
    |   (?P<of>\[(?P<no>\^?)(?P<inside>\]?(?:\[:\^?\w+:\]|{_ESCAPE}|[^\]\\])*)\])
    |   (?P<repeat>[*+?]\??|\{{\d+(?:,\d*)?\}}\??)
    |   (?P<escape>{_ESCAPE})
    |   (?P<anchor>[\^$])
    |   (?P<dot>\.)
    |   (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ONE = r"(?:\\x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})|\\[^pPdDsSwW]|[^\\])"
_INSIDE = re.compile(
    rf"""(?P<lacks>\[:\^\w+:\]|\\[SDW]|\\P(?:\{{\w+\}}|\w)|\\p\{{\^\w+\}})(?P<dash>-?)
    |   \[:\w+:\]|(?P<low>{_ONE})-(?P<high>{_ONE})|{_ESCAPE}|.""",
    re.VERBOSE | re.DOTALL,
)
_LACKS = re.compile(r"\\(?:[SDW]|P(?:\{\w+\}|\w)|p\{\^\w+\})")
_BOUNDARY = re.compile(f"(?<![{_WORD}])(?=[{_WORD}])|(?<=[{_WORD}])(?![{_WORD}])")
_UNUSUAL = re.compile(f"[{MARK}\ud800-\udfff]")


class Refused(NamedTuple):
    """What a pattern holds that cannot stand in one, and what to write."""

    message: str
    hint: str = ""


def translated(pattern: str) -> tuple[str, bool] | Refused:
    """The pattern for RE2, and whether the text needs marks. The pattern itself must be one of RE2's."""
    pieces = list(_PIECE.finditer(pattern))
    for piece in pieces:
        refused = _refused(piece)
        if refused:
            return refused
    marked = any(piece["escape"] == r"\b" for piece in pieces)
    if not marked:
        return "".join(map(_plain, pieces)), False
    befores = (None, *pieces)
    return "".join(map(_passing, pieces, befores)), True


def marked(text: str) -> str:
    """The text with marks at its word boundaries."""
    return _BOUNDARY.sub(MARKS, even(text))


def even(text: str) -> str:
    """The text, as long as it was, without what would be taken for a mark or cannot be encoded."""
    return _UNUSUAL.sub("\ufffd", text)


def unmarked(text: str, place: int) -> int:
    """Where a place in a marked text stands in the text without marks."""
    return place - text.count(MARK, 0, place)


def _refused(piece: re.Match[str]) -> Refused | None:
    flags = (piece["flags"] or "").strip("im-")
    if flags:
        return Refused(
            f"(?{flags}) has no meaning in a pattern", r"flags are i and m; [\s\S] is any character"
        )
    if piece["escape"] in (r"\B", r"\C", r"\Q", r"\E"):
        return Refused(
            f"{piece['escape']} has no meaning in a pattern", r"write \b, . or the characters themselves"
        )
    return None


def _plain(piece: re.Match[str]) -> str:
    r"""A piece of a pattern without `\b`."""
    if piece["of"]:
        inside = "".join(_known(item[0]) for item in _INSIDE.finditer(piece["inside"]))
        return f"[{piece['no']}{inside}]"
    return {r"\w": f"[{_WORD}]", r"\W": f"[^{_WORD}]"}.get(piece["escape"], piece[0])


def _passing(piece: re.Match[str], before: re.Match[str] | None) -> str:
    r"""A piece of a pattern with `\b`: what consumes a character passes over marks, and takes none for its own."""
    if piece["group"] or piece["repeat"] or piece[0] in ("^", r"\A"):
        return piece[0]
    if piece[0] == r"\b":
        return "" if before is not None and before[0] == r"\b" else MARK
    if piece[0] in ("$", r"\z"):
        return f"{MARK}*{piece[0]}"
    if before is not None and _is_letter(before) and _is_letter(piece):
        return piece[0]  # no boundary lies between them
    consuming = _class(piece) if piece["of"] else [_single(piece)]
    return f"(?:{MARK}*(?:{'|'.join(consuming)}))"


def _is_letter(piece: re.Match[str]) -> bool:
    return bool(piece["other"]) and piece[0].isalnum()


def _single(piece: re.Match[str]) -> str:
    """What consumes one character, but no mark."""
    if piece["dot"]:
        return rf"[^\n{MARK}]"
    if piece["escape"] and _LACKS.fullmatch(piece[0]):
        return f"[^{_opposite(piece[0])}{MARK}]"
    return _plain(piece)


def _class(piece: re.Match[str]) -> list[str]:
    """The same for a class; what it takes from outside of something becomes a class of its own."""
    items = list(_INSIDE.finditer(piece["inside"]))
    if piece["no"]:
        return [f"[^{''.join(_known(item[0]) for item in items)}{MARK}]"]
    own = "".join(r"\-" * len(item["dash"]) if item["lacks"] else _split(item) for item in items)
    own = rf"\{own}" if own.startswith("^") else own
    out = [f"[^{_opposite(item['lacks'])}{MARK}]" for item in items if item["lacks"]]
    return [f"[{own}]", *out] if own else out


def _known(item: str) -> str:
    """An item of a class, with letters of every script."""
    return {r"\w": _WORD, r"\W": _NO_WORD}.get(item, item)


def _opposite(item: str) -> str:
    """What an item that takes everything outside of something leaves out."""
    if item == r"\W":
        return _WORD
    if item.startswith((r"\P", r"\p")):
        return r"\p" + item[2:].replace("^", "")
    return item.replace("^", "") if item.startswith("[") else item.lower()


def _split(item: re.Match[str]) -> str:
    """An item of a class; a range that holds the mark becomes the two beside it."""
    if item["low"] and _code(item["low"]) < ord(MARK) < _code(item["high"]):
        return rf"{item['low']}-\x{{fdcf}}\x{{fdd1}}-{item['high']}"
    return _known(item[0])


def _code(one: str) -> int:
    r"""The code point of one end of a range; of escapes other than `\x` only that it is low."""
    if one.startswith(r"\x"):
        return int(one[2:].strip("{}"), 16)
    return ord(one) if len(one) == 1 else 0
