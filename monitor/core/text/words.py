"""Words of a text, with the places where they stand in the original.

A word is a run of letters and digits. A hyphen parts words; an apostrophe does not; `U.S.` is one word. Where
Hangul, Han and other scripts meet without a space, the word is cut into pieces that share one place.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from monitor.core.text.folding import Folded, fold
from monitor.core.text.scripts import HAN, HANGUL, LETTER, Script
from monitor.core.text.sentences import sentences
from monitor.core.text.shapes import SHAPES, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

_PATTERN = re.compile(
    rf"[A-Za-z](?:\.[A-Za-z])+(?!{LETTER})\.?(?:'[sS](?!{LETTER}))?"  # U.S., U.S, U.S.'s
    rf"|\d+(?:[.,]\d+)+"  # 1,000 and 3.5
    rf"|{LETTER}+(?:'{LETTER}+)*"  # consulate, consulate's, O'Brien, G20
    rf"|[{HANGUL}]+|[{HAN}]+"
)


class Word(NamedTuple):
    """A word, or the piece of one that is written in one script; offsets count in the folded text."""

    start: int
    end: int
    place: int  # counts words from the field's begin; pieces of one word share it
    shape: Shape


class Words:
    """All words of one text, analysed on demand."""

    def __init__(self, text: str) -> None:
        self.original = text

    @cached_property
    def folded(self) -> Folded:
        """The text, folded."""
        return fold(self.original)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Tokens that stand for this text in the full-text index, without order."""
        return frozenset().union(*[shape.tokens for shape in shapes(self.folded.text)])

    @cached_property
    def all(self) -> tuple[Word, ...]:
        """Every word in order."""
        out: list[Word] = []
        text = self.folded.text
        place = -1
        before = -1
        for found in _PATTERN.finditer(text):
            start, end = found.span()
            if start != before or text[start - 1] == ".":
                place += 1
            before = end
            out.append(Word(start, end, place, SHAPES[found.group()]))
        return tuple(out)

    @cached_property
    def by_key(self) -> dict[str, list[int]]:
        """Key -> numbers of the words that have it, in order."""
        out: dict[str, list[int]] = {}
        for number, word in enumerate(self.all):
            for one in word.shape.keys:
                out.setdefault(one, []).append(number)
        return out

    @cached_property
    def by_script(self) -> dict[Script, list[int]]:
        """Script -> numbers of the words written in it, in order."""
        out: dict[Script, list[int]] = {}
        for number, word in enumerate(self.all):
            out.setdefault(word.shape.script, []).append(number)
        return out

    @cached_property
    def sentence(self) -> tuple[int, ...]:
        """For each word the number of its sentence, from 0."""
        return sentences(self.folded.text, [(word.start, word.end) for word in self.all])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a range of the folded text stands in the original."""
        return self.folded.span(start, end)


def shapes(folded: str) -> Iterable[Shape]:
    """Shapes of all words of a folded text, in order."""
    return map(SHAPES.__getitem__, _PATTERN.findall(folded))
