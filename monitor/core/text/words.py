"""Words of a text, with the places where they stand in the original.

A word is a run of letters and digits. A hyphen parts words; an apostrophe does not; `U.S.` is one word. Where
Hangul, Han and other scripts meet without a space, the word is cut into pieces that share one place.

No word reaches over white space. So a text is read chunk by chunk, and what a chunk holds is remembered: news says
the same things again and again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from operator import add
from typing import TYPE_CHECKING, NamedTuple, Protocol

from monitor.core.text.folding import Folded, fold
from monitor.core.text.scripts import HAN, HANGUL, LETTER, Script
from monitor.core.text.sentences import sentences
from monitor.core.text.shapes import SHAPES, Shape

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

CHUNKS_LIMIT = 100_000
"""Chunks remembered before the memo starts afresh: about 40 MB at most."""

LONGEST_KEPT = 64
"""Characters of the longest chunk that is remembered; longer ones do not come again."""

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


class Chunk(NamedTuple):
    """A run of text without white space, analysed; offsets and places count from its begin."""

    text: str  # folded
    words: tuple[tuple[int, int, int, Shape], ...]  # start, end, place, shape
    places: int  # how many places its words take
    marks: tuple[str, ...]  # keys of all its words, and their tokens for the full-text index


class _Chunks(dict[str, Chunk]):
    """Chunks by their text as it stands: pure, so forgetting all of them changes nothing."""

    def __missing__(self, text: str) -> Chunk:
        made = _chunk(text)
        if len(text) <= LONGEST_KEPT:
            if len(self) >= CHUNKS_LIMIT:
                self.clear()
            self[text] = made
        return made


CHUNKS = _Chunks()
"""A run of text without white space -> what it holds. Folding looks over no white space either."""


def _chunk(text: str) -> Chunk:
    folded = text if text.isascii() and "`" not in text else fold(text).text
    out: list[tuple[int, int, int, Shape]] = []
    place = -1
    before = -1
    for found in _PATTERN.finditer(folded):
        start, end = found.span()
        if start != before or folded[start - 1] == ".":
            place += 1
        before = end
        out.append((start, end, place, SHAPES[found.group()]))
    if len(out) == 1 and set(out[0][3].keys) <= set(out[0][3].tokens):
        marks = out[0][3].tokens
    else:
        marks = tuple({mark: None for word in out for mark in (*word[3].keys, *word[3].tokens)})
    return Chunk(text if folded == text else folded, tuple(out), place + 1, marks)


CAPITAL = "^"
SMALL = "_"
"""Before a key: the word is written with a capital, or without."""


class Watch(Protocol):
    """Somebody who looks for marks in texts."""

    def watches(self, marks: Collection[str]) -> bool:
        """Whether all of these are looked for."""


Told = tuple[object, object, object, tuple[str, ...]]
"""What somebody made of a chunk; last the marks that it has, of those that are looked for."""


class Words:
    """All words of one text, analysed on demand, and no further than asked for."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.chunks = text.split()  # parted at white space
        self._told: Sequence[Told | None] = ()
        self._watch: Watch | None = None
        self._seen: dict[str, list[int]] | None = None
        self._offsets: list[int] | None = None

    @cached_property
    def held(self) -> list[Chunk]:
        """What each chunk holds."""
        return list(map(CHUNKS.__getitem__, self.chunks))

    @cached_property
    def folded(self) -> Folded:
        """The text, folded."""
        return fold(self.original)

    @cached_property
    def marks(self) -> frozenset[str]:
        """Keys of all words, and their tokens for the full-text index."""
        return frozenset().union(*[chunk.marks for chunk in self.held])

    @cached_property
    def shapes(self) -> list[Shape]:
        """Every word in order, without its place."""
        return [word[3] for chunk in self.held for word in chunk.words]

    @cached_property
    def all(self) -> tuple[Word, ...]:
        """Every word in order."""
        return tuple(
            [
                Word(at + start, at + end, first + place, shape)
                for at, first, chunk in zip(self._starts, self._places, self.held, strict=False)
                for start, end, place, shape in chunk.words
            ]
        )

    def __len__(self) -> int:
        """How many words there are."""
        return self._counts[-1]

    def __getitem__(self, number: int) -> Word:
        """One word by its number, from 0 or, below 0, from the end."""
        if "all" in self.__dict__:  # made already
            return self.all[number]
        number %= len(self)
        at = bisect_right(self._counts, number) - 1
        start, end, place, shape = self.held[at].words[number - self._counts[at]]
        return Word(self._starts[at] + start, self._starts[at] + end, self._places[at] + place, shape)

    def note(self, watch: Watch, told: Sequence[Told | None]) -> None:
        """Learn what each chunk tells to `watch`, who looks for marks."""
        self._watch = watch
        self._told = told
        self._seen = None

    @property
    def _places_of_marks(self) -> Mapping[str, list[int]]:
        """Mark that is watched -> numbers of the chunks that have it."""
        if self._seen is None:
            out: dict[str, list[int]] = {}
            for at, one in enumerate(self._told):
                for mark in one[-1] if one is not None else ():
                    if mark in out:
                        out[mark].append(at)
                    else:
                        out[mark] = [at]
            self._seen = out
        return self._seen

    def chunks_having(self, keys: Collection[str]) -> Sequence[int]:
        """Numbers of the chunks, at least all those with a word that has one of the keys."""
        if self._watch is not None and self._watch.watches(keys):
            seen = self._seen if self._seen is not None else self._places_of_marks
            found = [seen[key] for key in keys if key in seen]
            if not found:
                return ()
            return found[0] if len(found) == 1 else sorted(set().union(*found))
        if self.marks.isdisjoint(keys):
            return ()
        asked = frozenset(keys)
        return [at for at, chunk in enumerate(self.held) if not asked.isdisjoint(chunk.marks)]

    def chunks_holding(self, text: str, mark: str) -> Sequence[int]:
        """Numbers of the chunks, at least all those that hold a folded text in the way that `mark` says."""
        if self._watch is not None and self._watch.watches((mark,)):
            return self._places_of_marks.get(mark, ())
        return [at for at, chunk in enumerate(self.held) if text in chunk.text]

    def lacks(self, keys: Collection[str]) -> bool:
        """Whether surely no word has one of the keys."""
        return not self.chunks_having(keys)

    def having(self, keys: Collection[str]) -> list[int]:
        """Numbers of the words that have one of the keys, in order."""
        chunks = self.chunks_having(keys)
        if not chunks:
            return []
        asked = frozenset(keys)
        return [
            self._counts[at] + number
            for at in chunks
            for number, word in enumerate(self.held[at].words)
            if not asked.isdisjoint(word[3].keys)
        ]

    def holding(self, text: str, mark: str) -> list[int]:
        """Numbers of the words of the chunks that hold a text: one of them may hold it."""
        chunks = self.chunks_holding(text, mark)
        return [number for at in chunks for number in range(self._counts[at], self._counts[at + 1])]

    def around(self, at: int, before: int, after: int) -> list[tuple[int, Word]]:
        """The words of a chunk with as many before and behind it, each with the number of its chunk.

        Fewer where the text begins or ends. Offsets and places count from the begin of the chunk.
        """
        out = [(at, Word(*word)) for word in CHUNKS[self.chunks[at]].words]
        reach = at - 1
        while before > 0 and reach >= 0:
            more = CHUNKS[self.chunks[reach]].words[-before:]
            out[:0] = [(reach, Word(*word)) for word in more]
            before -= len(more)
            reach -= 1
        reach = at + 1
        while after > 0 and reach < len(self.chunks):
            more = CHUNKS[self.chunks[reach]].words[:after]
            out += [(reach, Word(*word)) for word in more]
            after -= len(more)
            reach += 1
        return out

    def in_next(self, at: int, side: int) -> bool:
        """Whether the words beside those of a chunk are in the next one, -1 before or 1 behind it, if anywhere."""
        beside = at + side
        return not 0 <= beside < len(self.chunks) or bool(CHUNKS[self.chunks[beside]].words)

    def spot(self, at: int, start: int, end: int) -> tuple[int, int]:
        """Where a range of a chunk's folded text stands in the original."""
        offsets = self._offsets
        if offsets is None:
            offsets = self._offsets = self._originally()
        chunk = self.chunks[at]
        if CHUNKS[chunk].text != chunk:
            start, end = fold(chunk).span(start, end)
        return offsets[at] + start, offsets[at] + end

    def _originally(self) -> list[int]:
        """For each chunk where it stands in the original."""
        sizes = list(map(len, self.chunks))
        if sum(sizes) + len(sizes) == len(self.original) + 1:  # one space between any two
            return list(map(add, accumulate(sizes, initial=0), range(len(sizes))))
        out: list[int] = []
        at = 0
        for chunk in self.chunks:
            at = self.original.index(chunk, at)
            out.append(at)
            at += len(chunk)
        return out

    @cached_property
    def by_script(self) -> dict[Script, list[int]]:
        """Script -> numbers of the words written in it, in order."""
        out: dict[Script, list[int]] = {}
        for number, shape in enumerate(self.shapes):
            out.setdefault(shape.script, []).append(number)
        return out

    @cached_property
    def sentence(self) -> tuple[int, ...]:
        """For each word the number of its sentence, from 0."""
        return sentences(self.folded.text, [(word.start, word.end) for word in self.all])

    def begins_sentence(self, number: int) -> bool:
        """Whether a sentence begins with the word."""
        at = bisect_right(self._counts, number) - 1
        return self.opens_sentence(at, number - self._counts[at])

    def opens_sentence(self, at: int, number: int) -> bool:
        """Whether a sentence begins with a word of a chunk."""
        if not number and at and self._runs_on(at):
            return False
        near = self.around(at, 0 if number else 1, 0)
        here = number + len(near) - len(CHUNKS[self.chunks[at]].words)
        if not here:
            return True
        (behind, before), (_, word) = near[here - 1], near[here]
        start = self.spot(behind, before.start, before.end)[0]
        text = fold(self.original[start : self.spot(at, word.start, word.end)[1]]).text
        ends = [(0, before.end - before.start), (len(text) - word.end + word.start, len(text))]
        return sentences(text, ends)[1] == 1

    def _runs_on(self, at: int) -> bool:
        """Whether nothing but spaces stands between a chunk and the one before: the quick answer for most."""
        signs = self.chunks[at - 1][-1] + self.chunks[at][0]
        return signs.isalnum() and len(self.original.splitlines()) == 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a range of the folded text stands in the original."""
        return self.folded.span(start, end)

    @cached_property
    def _counts(self) -> list[int]:
        """For each chunk the number of its first word."""
        return list(accumulate([len(chunk.words) for chunk in self.held], initial=0))

    @cached_property
    def places(self) -> list[int]:
        """For each word its place."""
        firsts = zip(self._places, self.held, strict=False)
        return [first + word[2] for first, chunk in firsts for word in chunk.words]

    @cached_property
    def _places(self) -> list[int]:
        """For each chunk the place of its first word."""
        return list(accumulate([chunk.places for chunk in self.held], initial=0))

    @cached_property
    def _starts(self) -> list[int]:
        """For each chunk where it stands in the folded text."""
        text = self.folded.text
        sizes = [len(chunk.text) + 1 for chunk in self.held]
        if sum(sizes) == len(text) + 1:  # one space between any two
            return list(accumulate(sizes[:-1], initial=0))
        out: list[int] = []
        at = 0
        for chunk in self.held:
            at = text.index(chunk.text, at)
            out.append(at)
            at += len(chunk.text)
        return out


def shapes(text: str) -> list[Shape]:
    """Shapes of all words of a text, in order."""
    return Words(text).shapes
