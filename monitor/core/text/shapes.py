"""What a word is, wherever it stands: folded form, keys of its forms, script, index tokens."""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from monitor.core.text.english import english_keys
from monitor.core.text.folding import key
from monitor.core.text.korean import bigrams
from monitor.core.text.russian import russian_keys
from monitor.core.text.scripts import Script, script_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MEMO_LIMIT = 200_000
"""Words remembered before the memo starts afresh: about 60 MB at most."""

_CATEGORY = unicodedata.ucd_3_2_0.category
_SURE = re.compile("[0-9a-zа-яё가-힣]+")
_POSSESSIVE = re.compile(r"'[sS]$")


class Shape(NamedTuple):
    """A word as it is compared. Words of one language are forms of one another if they share a key."""

    text: str  # folded, without possessive
    keys: tuple[str, ...]
    script: Script
    tokens: tuple[str, ...]  # that stand for it in the full-text index


class _Memo(dict[str, Shape]):
    """Shapes by surface: pure, so forgetting all of them changes nothing."""

    def __missing__(self, surface: str) -> Shape:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        made = self[surface] = _shape(surface)
        return made


SHAPES = _Memo()
"""Surface of a word, as `monitor.core.text.words` cuts it out of folded text -> its shape."""


def _shape(surface: str) -> Shape:
    bare = _POSSESSIVE.sub("", surface) if "'" in surface else surface
    script = script_of(bare)
    if script is Script.NUMBER:
        return Shape(bare, (bare,), script, _indexed(re.split("[.,]", bare)))
    if script is Script.HANGUL:
        return Shape(bare, (bare,), script, _indexed(bigrams(bare)))
    if script is Script.HAN:
        return Shape(bare, (bare,), script, _indexed(bare))
    text = key(bare)
    if text != bare:
        script = script_of(text)
    keys = _keys(text, script, capitalised=bare[0].isupper())
    return Shape(text, keys, script, _indexed(dict.fromkeys((text, *keys))))


def _keys(text: str, script: Script, *, capitalised: bool) -> tuple[str, ...]:
    if script is Script.LATIN and text.isalpha():
        return english_keys(text)
    if script is Script.CYRILLIC:
        return russian_keys(text, capitalised=capitalised)
    return (text,)


def indexable(token: str) -> bool:
    """Whether SQLite's unicode61 tokenizer keeps the token whole.

    It knows an older Unicode than Python does; so only what Unicode 3.2, which Python carries along, calls a
    letter or digit counts.
    """
    if token.isascii() or _SURE.fullmatch(token) is not None:
        return True
    return all([_CATEGORY(character)[0] in "LN" for character in token])


def _indexed(tokens: Iterable[str]) -> tuple[str, ...]:
    """The tokens as the index can hold them: up to the first character that it would cut at."""
    return tuple(kept for token in tokens if (kept := token if indexable(token) else _head(token)))


def _head(token: str) -> str:
    return "".join(takewhile(indexable, token))
