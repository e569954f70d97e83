"""`Vladivostok~`: words within one edit of the one asked for, but for those that are known words themselves.

An edit is a letter too many, too few or another, or two neighbours in the wrong order (Damerau, CACM 7:3, 1964),
counted in folded letters. Words of six letters at least: of shorter ones too many have a neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from monitor.core.language import SHORTEST_FUZZY
from monitor.core.match.plan import Nearly, Plan, Token
from monitor.core.match.planning import any_of
from monitor.core.text import Script, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.core.text import Shape, Word

_SCRIPTS = (Script.LATIN, Script.CYRILLIC)

_PAIR = 2
"""Letters at either end of a word; one edit leaves those at one end as they were."""


def within_one_edit(one: str, other: str) -> bool:
    """Whether one edit at most makes the one word the other."""
    shorter = min(len(one), len(other))
    if max(len(one), len(other)) - shorter > 1:
        return False
    first = last = 0
    while first < shorter and one[first] == other[first]:
        first += 1
    while last < shorter - first and one[-1 - last] == other[-1 - last]:
        last += 1
    here, there = one[first : len(one) - last], other[first : len(other) - last]
    return max(len(here), len(there)) <= 1 or (len(here) == _PAIR and here == there[::-1])


def _near(one: str, other: str) -> bool:
    """`within_one_edit` for words of five letters or more, the cheap questions first."""
    if not -_PAIR < len(one) - len(other) < _PAIR:
        return False
    return (one[:_PAIR] == other[:_PAIR] or one[-_PAIR:] == other[-_PAIR:]) and within_one_edit(one, other)


def _stem(key: str) -> tuple[str, str]:
    """A key of a word's forms without the digit that says which forms they are, and the digit."""
    return (key[:-1], key[-1]) if key[-1].isdigit() else (key, "")


def _ends(words: Iterable[str]) -> set[str]:
    """How words begin and end; the ends carry a hyphen."""
    return {end for word in words for end in (word[:_PAIR], f"-{word[-_PAIR:]}")}


@lru_cache(maxsize=8)
def _by_end(words: Words) -> dict[str, list[int]]:
    """Numbers of the words of a text, and of their stems, by how they begin and end: once for all fuzzy terms."""
    out: dict[str, list[int]] = {}
    for number, shape in enumerate(words.shapes):
        if shape.script in _SCRIPTS and len(shape.text) >= SHORTEST_FUZZY - 1:
            for end in _ends((shape.text, *(stem for stem, _ in map(_stem, shape.keys)))):
                out.setdefault(end, []).append(number)
    return out


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word in any of its forms, or within one edit of it or of the stem of its forms."""

    keys: frozenset[str]  # of its forms
    text: str
    stems: frozenset[tuple[str, str]]  # of six letters or more
    others: frozenset[str]  # keys of words that are as near, and words of their own

    @classmethod
    def of(cls, keys: Iterable[str], shape: Shape, known: Known) -> Fuzzy:
        """The piece for a word, whose forms have one of these keys."""
        forms = frozenset(keys)
        stems = frozenset(stem for key in shape.keys if len((stem := _stem(key))[0]) >= SHORTEST_FUZZY)
        others = {
            key for other in known.near(shape) if forms.isdisjoint(other.keys) for key in other.keys
        } - forms
        return cls(forms, shape.text, stems, frozenset(others))

    @property
    def clue(self) -> tuple[str, ...]:
        """No mark tells of it."""
        return ()

    def places(self, words: Words) -> Iterator[tuple[int, int, int]]:
        """Number, start and end of all words that it accepts, in order."""
        numbers = set(words.having(self.keys))
        by_end = _by_end(words)
        for end in _ends((self.text, *(stem for stem, _ in self.stems))):
            near = [number for number in by_end.get(end, ()) if self._is_misspelt(words.shapes[number])]
            numbers.update(near)
        for number in sorted(numbers):
            word = words[number]
            yield number, word.start, word.end

    def at(self, word: Word) -> tuple[int, int] | None:
        """Where in the word it is found."""
        shape = word.shape
        fits = not self.keys.isdisjoint(shape.keys) or (shape.script in _SCRIPTS and self._is_misspelt(shape))
        return (word.start, word.end) if fits else None

    def _is_misspelt(self, shape: Shape) -> bool:
        near = _near(self.text, shape.text) or any(
            mark == own and _near(stem, other)
            for other, mark in map(_stem, shape.keys)
            for stem, own in self.stems
        )
        return near and self.others.isdisjoint(shape.keys)

    def plan(self) -> Plan:
        """One of its forms, or a word that shares one half with it."""
        tokens = [Token(key) for key in sorted(self.keys)]
        nearly = [_halves(stem, digit) for stem, digit in sorted({(self.text, ""), *self.stems})]
        return any_of([*tokens, *nearly])


def _halves(text: str, digit: str) -> Nearly:
    """One edit, be it of two neighbours, leaves the half before the middle letter or the one behind it as it is."""
    middle = len(text) // 2
    return Nearly(text[:middle], text[middle + 1 :] + digit)


class Known:
    """Words that the terms of the rules file name; to be one of them is no misspelling."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._by_end: dict[str, dict[str, Shape]] = {}
        for term in dict.fromkeys(terms):
            for shape in Words(term).shapes:
                if shape.script in _SCRIPTS:
                    for end in _ends((shape.text,)):
                        self._by_end.setdefault(end, {})[shape.text] = shape

    def near(self, shape: Shape) -> Iterator[Shape]:
        """Known words within one edit of a word."""
        for end in _ends((shape.text,)):
            for text, other in self._by_end.get(end, {}).items():
                if _near(shape.text, text):
                    yield other
