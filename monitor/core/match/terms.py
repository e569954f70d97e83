"""A term, compiled: the adjacent words that it accepts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from monitor.core.language import Kind
from monitor.core.match.pieces import ANYWHERE, Beginning, Block, Form, Piece
from monitor.core.match.planning import all_of, any_of
from monitor.core.text import Script, Word, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from monitor.core.match.plan import Plan

_BLOCKS = (Script.HANGUL, Script.HAN)

MOST_JOINED = 4
"""Words of the longest Korean phrase that is also found where its words are written without spaces."""

Found = tuple[int, int, int, int]
"""First and last word, start and end in the folded text."""


@dataclass(frozen=True, slots=True)
class Looker:
    """Finds one term: `ways` are sequences of adjacent words, `exact` is the surface that must stand."""

    ways: tuple[tuple[Piece, ...], ...]
    exact: tuple[str, str, str] | None = None  # signs before the first word, from word to word, signs behind

    def found(self, words: Words) -> list[Found]:
        """All places in a text, in order."""
        places = [place for way in self.ways for place in _along(way, words)]
        if self.exact is not None:
            places = [place for place in map(self._exactly(words), places) if place]
        return sorted(set(places))

    def plan(self) -> Plan:
        """What the index must hold."""
        return any_of(all_of(piece.plan() for piece in way) for way in self.ways)

    def _exactly(self, words: Words) -> Callable[[Found], Found | None]:
        before, core, behind = self.exact or ("", "", "")
        text = words.folded.text

        def check(place: Found) -> Found | None:
            first, last, _, _ = place
            start, end = words.all[first].start, words.all[last].end
            if " ".join(text[start:end].split()) != core:
                return None
            start, end = start - len(before), end + len(behind)
            same = start >= 0 and text.startswith(before, start) and text.endswith(behind, 0, end)
            return (first, last, start, end) if same and end <= len(text) else None

        return check


@lru_cache(maxsize=65_536)
def looker(text: str, kind: Kind) -> Looker:
    """The looker for a term's text; one for all rules that use the term."""
    words = Words(text)
    listed = words.all
    if kind is Kind.EXACT:
        folded = words.folded.text
        start, end = listed[0].start, listed[-1].end
        surface = (folded[:start], " ".join(folded[start:end].split()), folded[end:])
        return Looker((tuple(_loose(word) for word in listed),), surface)
    pieces = _pieces(listed)
    if kind is Kind.INFIX:
        return Looker(((Block(listed[0].shape.text, listed[0].shape.script),),))
    if kind is Kind.PREFIX:
        pieces = (*pieces[:-1], _prefix(listed[-1]))
    ways = (pieces, *_joined(listed, pieces)) if kind is Kind.FORMS else (pieces,)
    return Looker(ways)


def _pieces(words: Sequence[Word]) -> tuple[Piece, ...]:
    """A piece for each word. Where scripts meet inside a word, the pieces touch each other there."""
    places = [-1, *(word.place for word in words), -1]
    return tuple(
        _piece(word, after_another=places[at] == word.place, before_another=places[at + 2] == word.place)
        for at, word in enumerate(words)
    )


def _piece(word: Word, *, after_another: bool, before_another: bool) -> Piece:
    text, keys, script, _ = word.shape
    if script is Script.HANGUL:
        begins = after_another or len(text) < ANYWHERE
        ends = before_another or (len(text) == 1 and not after_another)
        return Block(text, script, begins, ends)
    if script is Script.HAN:
        return Block(text, script, after_another, before_another)
    return Form(keys)


def _loose(word: Word) -> Piece:
    """For an exact term: the word whatever its case; its surface is compared afterwards."""
    text, keys, script, _ = word.shape
    return Block(text, script, begins=True, ends=True) if script in _BLOCKS else Form(keys)


def _prefix(word: Word) -> Piece:
    text, _, script, _ = word.shape
    return Block(text, script, begins=True) if script in _BLOCKS else Beginning(text)


def _joined(words: Sequence[Word], pieces: tuple[Piece, ...]) -> Iterator[tuple[Piece, ...]]:
    """A Korean phrase with some of its spaces left out, as in headlines; what is joined begins its word."""
    if len(words) > MOST_JOINED or any(word.shape.script is not Script.HANGUL for word in words):
        return
    for spaces in product((True, False), repeat=len(words) - 1):
        if all(spaces):
            continue
        groups = [[0]]
        for at, space in enumerate(spaces, start=1):
            if space:
                groups.append([at])
            else:
                groups[-1].append(at)
        yield tuple(
            pieces[group[0]]
            if len(group) == 1
            else Block("".join(words[at].shape.text for at in group), Script.HANGUL, begins=True)
            for group in groups
        )


def _along(way: tuple[Piece, ...], words: Words) -> Iterator[Found]:
    """Where adjacent words are accepted one by one; the search begins at the likely rarest piece."""
    anchor = max(range(len(way)), key=lambda at: (isinstance(way[at], Form), _weight(way[at])))
    for number, start, end in way[anchor].places(words):
        first = number - anchor
        last = first + len(way) - 1
        if first < 0 or last >= len(words.all):
            continue
        begin, stop = start, end
        for at, piece in enumerate(way):
            here = (start, end) if at == anchor else piece.at(words.all[first + at])
            if here is None:
                break
            begin = here[0] if at == 0 else begin
            stop = here[1]
        else:
            yield first, last, begin, stop


def _weight(piece: Piece) -> int:
    return len(piece.keys[0] if isinstance(piece, Form) else piece.text)
