"""A term, compiled: the adjacent words that it accepts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from monitor.core.language import Kind
from monitor.core.match.fuzzy import Fuzzy
from monitor.core.match.names import Name, capitals, with_adjectives
from monitor.core.match.pieces import ANYWHERE, Beginning, Block, Form, Piece
from monitor.core.match.plan import Run
from monitor.core.match.planning import all_of, any_of
from monitor.core.text import CHUNKS, Script, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from monitor.core.match.plan import Plan
    from monitor.core.text import Chunk, Shape, Word

_BLOCKS = (Script.HANGUL, Script.HAN)

_FEW = 4
"""Words of a phrase that are looked at one by one."""

_SEARCHED = 16
"""Places of a word among which it is worth looking for a neighbour: more take longer than looking at the text."""

MOST_JOINED = 4
"""Words of the longest Korean phrase that is also found where its words are written without spaces."""

Found = tuple[int, int, int, int]
"""First and last word, start and end in the folded text."""


@dataclass(frozen=True, slots=True)
class Looker:
    """Finds one term: `ways` are sequences of adjacent words, `exact` is the surface that must stand."""

    ways: tuple[tuple[Piece, ...], ...]
    exact: tuple[str, str, str] | None = None  # signs before the first word, from word to word, signs behind
    name: Name | None = None  # instead of ways

    @property
    def marks(self) -> tuple[str, ...]:
        """All marks for which it asks a text, but for those of runs."""
        if self.name is not None:
            return (*self.name.keys, *self.name.capitals, *self.name.smalls)
        return tuple(
            [key for way in self.ways for one in way if isinstance(one, Form | Fuzzy) for key in one.keys]
        )

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs of Hangul for whose marks it asks a text."""
        plans = [one.plan() for way in self.ways for one in way if isinstance(one, Block)]
        return tuple([plan for plan in plans if isinstance(plan, Run)])

    @property
    def clues(self) -> tuple[tuple[str, ...], ...]:
        """Sets of marks: a text that holds the term has one of each."""
        if self.name is not None:
            return (self.name.keys,)
        clues = [[clue for one in way if (clue := one.clue)] for way in self.ways]
        if len(clues) == 1:
            return tuple(clues[0])
        return (tuple([mark for own in clues for mark in own[0]]),) if all(clues) else ()

    @property
    def certain(self) -> tuple[str, ...]:
        """Marks: a text that has one of them holds the term."""
        if self.name is not None:
            return (*self.name.capitals, *self.name.smalls)
        if self.exact is not None:
            return ()
        return tuple([mark for way in self.ways if len(way) == 1 for mark in way[0].clue])

    @property
    def open(self) -> bool:
        """Whether a text without a certain mark may hold the term all the same."""
        if self.name is not None or self.exact is not None:
            return True
        return not all([len(way) == 1 and way[0].clue for way in self.ways])

    def spots(self, words: Words) -> list[tuple[int, int]]:
        """Start and end of all places in the original text; quicker than `found`, which knows more."""
        if self.name is not None:
            return self.name.spots(words)
        if len(self.ways) == 1 and self.exact is None:
            return _spots(self.ways[0], words)
        if self.exact is not None:
            return [words.span(start, end) for _, _, start, end in self.found(words)]
        return list(dict.fromkeys([spot for way in self.ways for spot in _spots(way, words)]))

    def found(self, words: Words) -> list[Found]:
        """All places in a text, in order."""
        if self.name is not None:
            return [(number, number, start, end) for number, start, end in self.name.places(words)]
        places = [place for way in self.ways if _possible(way, words) for place in _along(way, words)]
        if self.exact is not None and places:
            places = [place for place in map(self._exactly(words), places) if place]
        return sorted(set(places)) if len(places) > 1 else places

    def plan(self) -> Plan:
        """What the index must hold."""
        if self.name is not None:
            return self.name.plan()
        return any_of([all_of([piece.plan() for piece in way]) for way in self.ways])

    def _exactly(self, words: Words) -> Callable[[Found], Found | None]:
        before, core, behind = self.exact or ("", "", "")
        text = words.folded.text

        def check(place: Found) -> Found | None:
            first, last, _, _ = place
            start, end = words[first].start, words[last].end
            if " ".join(text[start:end].split()) != core:
                return None
            start, end = start - len(before), end + len(behind)
            same = start >= 0 and text.startswith(before, start) and text.endswith(behind, 0, end)
            return (first, last, start, end) if same and end <= len(text) else None

        return check


@lru_cache(maxsize=65_536)
def looker(text: str, kind: Kind) -> Looker:
    """The looker for a term's text; one for all rules that use the term."""
    if kind is Kind.FORMS and len(chunks := text.split()) == 1 and len(CHUNKS[chunks[0]].words) == 1:
        return _word(CHUNKS[chunks[0]])
    words = Words(text)
    if kind is Kind.EXACT:
        folded = words.folded.text
        start, end = words[0].start, words[-1].end
        surface = (folded[:start], " ".join(folded[start:end].split()), folded[end:])
        pieces = tuple([_loose(shape) for shape in words.shapes])
        return Looker((pieces,), surface)
    shapes = words.shapes
    if kind is Kind.INFIX:
        pieces = (Block(shapes[0].text, shapes[0].script),)
        return Looker((pieces,))
    capital = capitals(words)
    pieces = _pieces(shapes, words.places if len(shapes) > 1 else (0,), capital)
    if kind is Kind.PREFIX:
        pieces = (*pieces[:-1], _prefix(shapes[-1]))
    if kind is not Kind.FORMS:
        return Looker((pieces,))
    if shapes[0].script is Script.CYRILLIC and capital[0]:
        if len(shapes) == 1:
            return Looker((), name=Name.of(shapes[0]))
        if shapes[-1].script is Script.CYRILLIC:
            pieces = (*pieces[:-1], with_adjectives(shapes[-1]))
    return Looker((pieces, *(_otherwise(words, pieces) if len(shapes) > 1 else ())))


def _word(chunk: Chunk) -> Looker:
    """The looker for a term of one word in its forms: most are that, and none is read quicker."""
    ((start, _, _, shape),) = chunk.words
    capital = chunk.text[start].isupper()
    if capital and shape.script is Script.CYRILLIC:
        return Looker((), name=Name.of(shape))
    return Looker((_pieces((shape,), (0,), (capital,)),))


def _otherwise(words: Words, pieces: tuple[Piece, ...]) -> Iterator[tuple[Piece, ...]]:
    """Other ways to write a term of several words."""
    closed = _closed(words)
    if closed is not None:
        yield (closed,)
    else:
        yield from _joined(words.shapes, pieces)


def _closed(words: Words) -> Form | None:
    """A term that is written with a hyphen, written without it: asylum-seeker, asylumseeker, COVID19."""
    if len(words.chunks) > 1 or "-" not in words.held[0].text:
        return None
    if not {Script.LATIN} <= {shape.script for shape in words.shapes} <= {Script.LATIN, Script.NUMBER}:
        return None
    shapes = Words(words.held[0].text.replace("-", "")).shapes
    return Form(shapes[0].keys) if len(shapes) == 1 else None


def _pieces(shapes: Sequence[Shape], places: Sequence[int], capital: Sequence[bool]) -> tuple[Piece, ...]:
    """A piece for each word. Where scripts meet inside a word, the pieces touch each other there."""
    around = [-1, *places, -1]
    pieces: list[Piece] = []
    for at, (shape, place) in enumerate(zip(shapes, places, strict=True)):
        text, keys, script, _ = shape
        after, before = around[at] == place, around[at + 2] == place
        if script is Script.HANGUL:
            begins = after or len(text) < ANYWHERE
            ends = before or (len(text) == 1 and not after)
            pieces.append(Block(text, script, begins, ends))
        elif script is Script.HAN:
            pieces.append(Block(text, script, after, before))
        else:
            pieces.append(Form(keys, capital[at]))
    return tuple(pieces)


def _loose(shape: Shape) -> Piece:
    """For an exact term: the word whatever its case; its surface is compared afterwards."""
    text, keys, script, _ = shape
    return Block(text, script, begins=True, ends=True) if script in _BLOCKS else Form(keys)


def _prefix(shape: Shape) -> Piece:
    text, _, script, _ = shape
    return Block(text, script, begins=True) if script in _BLOCKS else Beginning(text)


def _joined(shapes: Sequence[Shape], pieces: tuple[Piece, ...]) -> Iterator[tuple[Piece, ...]]:
    """A Korean phrase with some of its spaces left out, as in headlines; what is joined begins its word."""
    if len(shapes) > MOST_JOINED or any(shape.script is not Script.HANGUL for shape in shapes):
        return
    for spaces in product((True, False), repeat=len(shapes) - 1):
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
            else Block("".join([shapes[at].text for at in group]), Script.HANGUL, begins=True)
            for group in groups
        )


def _possible(way: tuple[Piece, ...], words: Words) -> bool:
    """Whether a text could hold the way: a cheap question that most texts answer with no."""
    return all(not isinstance(piece, Form) or not words.lacks(piece.keys) for piece in way)


def _spots(way: tuple[Piece, ...], words: Words) -> list[tuple[int, int]]:
    """Where adjacent words are accepted, in the original text; the search begins at the rarest piece."""
    if len(way) == 1 and isinstance(way[0], Form | Block):
        return way[0].spots(words)
    told: dict[int, Sequence[int]] = {}
    clued: dict[int, Form | Block] = {}
    for number, one in enumerate(way):
        if isinstance(one, Form | Block) and one.clue:
            clued[number] = one
            told[number] = chunks = one.chunks(words)
            if not chunks:
                return []
    if not told:
        return [words.span(start, end) for _, _, start, end in _along(way, words)]
    anchor = min(told, key=lambda number: len(told[number]))
    forms = [one for one in way if isinstance(one, Form)]
    if len(told[anchor]) > _SEARCHED and len(forms) == len(way):
        return _in_rows(forms, words)
    return _beside(way, words, told, anchor, clued[anchor])


def _beside(
    way: tuple[Piece, ...],
    words: Words,
    told: Mapping[int, Sequence[int]],
    anchor: int,
    piece: Form | Block,
) -> list[tuple[int, int]]:
    """The same by looking around each place of the rarest piece, which stands at `anchor` in the way."""
    behind = len(way) - 1 - anchor
    found: dict[tuple[int, int], None] = {}
    for at in told[anchor]:
        if _alone(words, at, told, anchor):
            continue
        near = words.around(at, anchor, behind)
        for number in range(anchor, len(near) - behind):
            places = _fits(way, near[number - anchor : number + behind + 1])
            for own in piece.inside(near[number][1]) if places else ():
                places[anchor] = own
                first, last = near[number - anchor][0], near[number + behind][0]
                found[words.spot(first, *places[0])[0], words.spot(last, *places[-1])[1]] = None
    return list(found)


def _in_rows(way: Sequence[Form], words: Words) -> list[tuple[int, int]]:
    """The same where even the rarest word is all over the text: words are asked once, not once for each place."""
    accepted = {one: frozenset(words.having(one.keys)) for one in dict.fromkeys(way)}
    rows = [accepted[one] for one in way]
    listed = words.all
    return [
        words.span(listed[first].start, listed[first + len(rows) - 1].end)
        for first in sorted(rows[0])
        if all([first + number in row for number, row in enumerate(rows)])
    ]


def _alone(words: Words, at: int, told: Mapping[int, Sequence[int]], anchor: int) -> bool:
    """Whether a chunk surely lacks a neighbour: the word before or behind is in it or, if that has words, the next."""
    for side in (-1, 1):
        chunks = told.get(anchor + side)
        if chunks is None or len(chunks) > _SEARCHED:
            continue
        if at + side not in chunks and at not in chunks and words.in_next(at, side):
            return True
    return False


def _fits(way: tuple[Piece, ...], near: Sequence[tuple[int, Word]]) -> list[tuple[int, int]]:
    """Where in each of as many adjacent words the pieces are found; nothing if one is not."""
    out: list[tuple[int, int]] = []
    for piece, (_, word) in zip(way, near, strict=True):
        here = piece.at(word)
        if here is None:
            return []
        out.append(here)
    return out


def _along(way: tuple[Piece, ...], words: Words) -> Iterator[Found]:
    """Where adjacent words are accepted one by one; the search begins at the likely rarest piece."""
    if len(way) == 1:
        for number, start, end in way[0].places(words):
            yield number, number, start, end
        return
    anchor = max(range(len(way)), key=lambda at: (isinstance(way[at], Form), _weight(way[at])))
    listed = words.all if len(way) > _FEW else words  # many looks are worth making all words at once
    for number, start, end in way[anchor].places(words):
        first = number - anchor
        last = first + len(way) - 1
        if first < 0 or last >= len(words):
            continue
        begin, stop = start, end
        for at, piece in enumerate(way, first):
            if at != number:
                here = piece.at(listed[at])
                if here is None:
                    break
                if at == first:
                    begin = here[0]
                elif at == last:
                    stop = here[1]
        else:
            yield first, last, begin, stop


def _weight(piece: Piece) -> int:
    return len(piece.keys[0] if isinstance(piece, Form) else piece.text)
