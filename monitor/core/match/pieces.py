"""One word of a term: which words of a text it accepts, by script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.core.match.plan import Everything, Plan, Token
from monitor.core.match.planning import all_of, any_of
from monitor.core.text import Script, bigrams, indexable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.core.text import Word, Words

ANYWHERE = 3
"""Syllables from which a Hangul term is found anywhere in a word; with one less it must begin the word."""

Place = tuple[int, int, int]
"""Number of a word, start and end of the find in the folded text."""


@dataclass(frozen=True, slots=True)
class Form:
    """A word in any of its forms: Latin, Cyrillic, numbers, and whole words of any other script."""

    keys: tuple[str, ...]

    def places(self, words: Words) -> Iterator[Place]:
        """All words that it accepts, in order for one key."""
        numbers = {number for one in self.keys for number in words.by_key.get(one, ())}
        for number in sorted(numbers):
            yield number, words.all[number].start, words.all[number].end

    def at(self, word: Word) -> tuple[int, int] | None:
        """Where in the word it is found."""
        return (word.start, word.end) if not set(self.keys).isdisjoint(word.shape.keys) else None

    def plan(self) -> Plan:
        """What the index must hold."""
        return any_of(all_of(map(_token, _parts(one))) for one in self.keys)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A word that begins so, of a script with spaces."""

    text: str
    scripts: tuple[Script, ...] = (Script.LATIN, Script.CYRILLIC, Script.NUMBER, Script.OTHER)

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

    def places(self, words: Words) -> Iterator[Place]:
        """All places, several in one word where it repeats."""
        for number in words.by_script.get(self.script, ()):
            word = words.all[number]
            if self.begins or self.ends:
                found = self.at(word)
                if found:
                    yield number, *found
                continue
            at = word.shape.text.find(self.text)
            while at >= 0:
                yield number, word.start + at, word.start + at + len(self.text)
                at = word.shape.text.find(self.text, at + len(self.text))

    def at(self, word: Word) -> tuple[int, int] | None:
        """Where in the word it is found first."""
        text = word.shape.text
        if word.shape.script is not self.script:
            return None
        if self.ends:
            at = len(text) - len(self.text) if text.endswith(self.text) else -1
            if self.begins and at:
                return None
        elif self.begins:
            at = 0 if text.startswith(self.text) else -1
        else:
            at = text.find(self.text)
        return (word.start + at, word.start + at + len(self.text)) if at >= 0 else None

    def plan(self) -> Plan:
        """What the index must hold."""
        if self.script is Script.HAN:
            return all_of([_token(one) for one in self.text])
        if len(self.text) > 1:
            return all_of([_token(one) for one in bigrams(self.text)])
        return Token(self.text, prefix=not self.ends) if indexable(self.text) else Everything()


Piece = Form | Beginning | Block


def _parts(text: str) -> list[str]:
    """The index holds a number with separators in parts."""
    return re.split("[.,]", text)


def _token(text: str) -> Plan:
    return Token(text) if indexable(text) else Everything()
