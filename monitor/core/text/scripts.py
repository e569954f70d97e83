"""Which script a piece of text is written in: it decides what counts as a form of a word."""

from __future__ import annotations

import re
from enum import StrEnum

HANGUL = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7a3\ud7b0-\ud7ff"
"""Hangul syllables and letters, as the inside of a regular expression's class."""

HAN = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
)
"""Han characters and Japanese kana, which too are written without spaces, as the inside of a class."""

LETTER = rf"[^\W_{HANGUL}{HAN}]"
"""A letter or digit of a script that puts spaces between words."""


class Script(StrEnum):
    """What decides the forms of a word."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"
    HANGUL = "hangul"
    HAN = "han"
    NUMBER = "number"
    OTHER = "other"  # another script, or several within one word: no forms


_CLASSES = (
    (Script.HANGUL, re.compile(f"[{HANGUL}]+")),
    (Script.HAN, re.compile(f"[{HAN}]+")),
    (
        Script.LATIN,
        re.compile(r"[0-9]*[A-Za-z\u00aa-\u024f\u1e00-\u1eff][0-9A-Za-z\u00aa-\u024f\u1e00-\u1eff]*"),
    ),
    (Script.CYRILLIC, re.compile(r"[\u0400-\u052f]+")),
    (Script.NUMBER, re.compile(r"\d+(?:[.,]\d+)*")),
)


def script_of(word: str) -> Script:
    """The one script of a word as `monitor.core.text.words` cuts it."""
    if word.isascii() and word.isalpha():
        return Script.LATIN  # the quick answer for most
    for script, pattern in _CLASSES:
        if pattern.fullmatch(word):
            return script
    return Script.OTHER
