"""One word of a term: which words of a text it accepts, by script."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.core.match.fuzzy import Fuzzy
from monitor.core.match.plan import AnyOf, Everything, Plan, Run, Token, run_mark
from monitor.core.match.planning import all_of, any_of
from monitor.core.text import CHUNKS, Script, bigrams, indexable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.core.text import Word, Words

ANYWHERE = 3
"""Syllables from which a Hangul term is found anywhere in a word; with one less it must begin the word."""

Place = tuple[int, int, int]
"""Number of a word, start and end of the find in the folded text."""


@dataclass(frozen=True, slots=True)
class Form:
    """A word in any of its forms: Latin, Cyrillic, numbers, and whole words of any other script."""

    keys: tuple[str, ...]
    name: bool = field(default=False, compare=False)  # the term writes it with a capital

    @property
    def clue(self) -> tuple[str, ...]:
        """Marks: a text has one of them if and only if it has such a word."""
        return self.keys

    def spots(self, words: Words) -> list[tuple[int, int]]:
        """Where it stands in the original text."""
        chunks = words.chunks_having(self.keys)
        if not chunks:
            return []
        return [
            words.spot(at, start, end)
            for at in chunks
            for start, end, _, shape in CHUNKS[words.chunks[at]].words
            if shares(self.keys, shape.keys)
        ]

    def chunks(self, words: Words) -> Sequence[int]:
        """Numbers of the chunks, at least all those with such a word."""
        return words.chunks_having(self.keys)

    def places(self, words: Words) -> Iterator[Place]:
        """All words that it accepts, in order for one key."""
        for number in words.having(self.keys):
            word = words[number]
            yield number, word.start, word.end

    def at(self, word: Word) -> tuple[int, int] | None:
        """Where in the word it is found."""
        return (word.start, word.end) if shares(self.keys, word.shape.keys) else None

    def inside(self, word: Word) -> Iterator[tuple[int, int]]:
        """The whole of a word that it accepts."""
        yield word.start, word.end

    def plan(self) -> Plan:
        """What the index must hold."""
        if not all([key.isalnum() and indexable(key) for key in self.keys]):
            return any_of([_whole(key) for key in self.keys])
        tokens = tuple([Token(key, name=self.name) for key in self.keys])
        return AnyOf(tokens) if len(tokens) > 1 else tokens[0]


@dataclass(frozen=True, slots=True)
class Beginning:
    """A word that begins so, of a script with spaces."""

    text: str
    scripts: tuple[Script, ...] = (Script.LATIN, Script.CYRILLIC, Script.NUMBER, Script.OTHER)

    @property
    def clue(self) -> tuple[str, ...]:
        """No mark tells of it."""
        return ()

    def places(self, words: Words) -> Iterator[Place]:
        """All words that it accepts."""
        for script in self.scripts:
            for number in words.by_script.get(script, ()):
                found = self.at(words.all[number])
                if found:
                    yield number, *found

    def at(self, word: Word) -> tuple[int, int] | None:
        """Where in the word it is found."""
        return (word.start, word.end) if word.shape.text.startswith(self.text) else None

    def plan(self) -> Plan:
        """What the index must hold."""
        *whole, last = _parts(self.text)
        if not indexable("".join((*whole, last))):
            return Everything()
        return all_of([*[Token(one) for one in whole], Token(last, prefix=True)])


@dataclass(frozen=True, slots=True)
class Block:
    """Hangul or Han, which stand in a word beside endings and other words."""

    text: str
    script: Script
    begins: bool = False  # it must stand at the run's begin
    ends: bool = False  # it must stand at the run's end

    @property
    def clue(self) -> tuple[str, ...]:
        """The mark that a text has if and only if it has such a word; none where the index knows no such mark."""
        if self.script is not Script.HANGUL or len(self.text) == 1:
            return ()
        return (self.mark,) if indexable(self.text) or isinstance(self.plan(), Run) else ()

    @property
    def mark(self) -> str:
        """What it asks for, as the index marks it: see `Run`."""
        return run_mark(self.text, self.begins, self.ends)

    def chunks(self, words: Words) -> Sequence[int]:
        """Numbers of the chunks, at least all those that hold it."""
        return words.chunks_holding(self.text, self.mark)

    def spots(self, words: Words) -> list[tuple[int, int]]:
        """Where it stands in the original text."""
        return [
            words.spot(at, start + found, start + found + len(self.text))
            for at in self.chunks(words)
            for start, _, _, shape in CHUNKS[words.chunks[at]].words
            if shape.script is self.script
            for found in self._inside(shape.text)
        ]

    def inside(self, word: Word) -> Iterator[tuple[int, int]]:
        """All its places in a word that holds it."""
        for at in self._inside(word.shape.text):
            yield word.start + at, word.start + at + len(self.text)

    def places(self, words: Words) -> Iterator[Place]:
        """All places, several in one word where it repeats."""
        for number in words.holding(self.text, self.mark):
            word = words[number]
            if word.shape.script is self.script:
                for at in self._inside(word.shape.text):
                    yield number, word.start + at, word.start + at + len(self.text)

    def _inside(self, text: str) -> Iterator[int]:
        """Where a word's text holds it."""
        if self.begins or self.ends:
            at = len(text) - len(self.text) if self.ends else 0
            if at >= 0 and text.startswith(self.text, at) and not (self.begins and at):
                yield at
            return
        at = text.find(self.text)
        while at >= 0:
            yield at
            at = text.find(self.text, at + len(self.text))

    def at(self, word: Word) -> tuple[int, int] | None:
        """Where in the word it is found first."""
        if word.shape.script is not self.script:
            return None
        at = next(self._inside(word.shape.text), None)
        return None if at is None else (word.start + at, word.start + at + len(self.text))

    def plan(self) -> Plan:
        """What the index must hold."""
        if self.script is Script.HAN:
            return all_of([_token(one) for one in self.text])
        if len(self.text) > 1:
            pairs = tuple([Token(one) for one in bigrams(self.text) if indexable(one)])
            return Run(pairs, self.text, self.begins, self.ends) if pairs else Everything()
        return Token(self.text, prefix=not self.ends) if indexable(self.text) else Everything()


Piece = Form | Beginning | Block | Fuzzy


def shares(keys: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two words have a key in common."""
    for key in keys:  # noqa: SIM110 - the innermost loop: no generator
        if key in others:
            return True
    return False


def _whole(key: str) -> Plan:
    """The index holds a key: a number with separators in parts."""
    return _token(key) if key.isalnum() else all_of(map(_token, _parts(key)))


def _parts(text: str) -> list[str]:
    """The index holds a number with separators in parts."""
    return re.split("[.,]", text)


def _token(text: str) -> Plan:
    return Token(text) if indexable(text) else Everything()
