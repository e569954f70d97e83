"""Names in Cyrillic: a word that a term writes with a capital.

Where a text writes the name with a capital, its namesakes do not count: lower-case words (`Надежда`, `надежда`),
and words that are a form of it only by their stem (`Франция`, `Франц`). A text that does not write it so may be
a careless one, or the term is: there all forms count.

An adjective made of a name means it where it says whose an institution is: `российский президент`, `Российская
Федерация`; but `российский рынок` is a market. Measured on annotated articles: without the institutions, two of
three such adjectives do not mean the state or city itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from monitor.core.match.pieces import Form, shares
from monitor.core.text import CAPITAL, CHUNKS, SMALL, relational, russian_keys, russian_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.core.match.pieces import Place
    from monitor.core.match.plan import Plan
    from monitor.core.text import Shape, Words

_REACH = 2
"""Further adjectives that may stand between the adjective and its institution."""

_INSTITUTIONS = """
федерация республика государство власть правительство парламент сенат дума министерство министр мид мвд
минобороны госдепартамент ведомство посольство посол консульство генконсульство консул дипломат президент канцлер
король королева лидер руководство депутат законодатель парламентарий чиновник администрация
академия агентство биржа банк газета группа клуб лаборатория общество организация союз совет университет партия
авиакомпания компания предприятие представительство регулятор подразделение суверенитет территория граница
ученый эксперт писатель
"""


@dataclass(frozen=True, slots=True)
class Name:
    """A name of one word."""

    strict: Form  # as a name
    loose: Form  # as any word
    made: Form  # adjectives made of it

    @classmethod
    def of(cls, shape: Shape) -> Name:
        """The name that a term's only word is."""
        text, keys, _, _ = shape
        return cls(Form(russian_name(text)), Form(keys), Form(_made(text)))

    @property
    def keys(self) -> tuple[str, ...]:
        """All that it asks for: of words that could be it."""
        return (*self.strict.keys, *self.loose.keys, *self.made.keys)

    @property
    def capitals(self) -> tuple[str, ...]:
        """Marks: a text that has one of them holds the name, written with a capital."""
        return tuple([CAPITAL + key for key in self.strict.keys])

    @property
    def smalls(self) -> tuple[str, ...]:
        """Marks: a text that has one of them holds the name, written carelessly, where it has no capitals."""
        return tuple([SMALL + key for key in self.loose.keys])

    def spots(self, words: Words) -> list[tuple[int, int]]:
        """Where it stands in the original text."""
        spots = [spot for spot in self.strict.spots(words) if words.original[spot[0]].isupper()]
        if not spots:
            spots = list(self._careless(words))
        if not self.made.keys or words.lacks(self.made.keys):
            return spots
        return list(dict.fromkeys([*spots, *self._adjectives(words)]))

    def _careless(self, words: Words) -> Iterator[tuple[int, int]]:
        """Where any of its forms stands without a capital, or with the one that begins a sentence."""
        for at in self.loose.chunks(words):
            for number, (start, end, _, shape) in enumerate(CHUNKS[words.chunks[at]].words):
                if shares(self.loose.keys, shape.keys):
                    spot = words.spot(at, start, end)
                    if not words.original[spot[0]].isupper() or words.opens_sentence(at, number):
                        yield spot

    def _adjectives(self, words: Words) -> Iterator[tuple[int, int]]:
        """Where its adjectives say whose an institution is, in the original text."""
        for at in self.made.chunks(words):
            near = [word for _, word in words.around(at, 0, 1 + _REACH)]
            for number, word in enumerate(near[: len(CHUNKS[words.chunks[at]].words)]):
                following = [other.shape for other in near[number + 1 : number + 2 + _REACH]]
                if shares(self.made.keys, word.shape.keys) and _of_institution(following):
                    yield words.spot(at, word.start, word.end)

    def places(self, words: Words) -> list[Place]:
        """All places, in order."""
        text = words.folded.text
        found = [place for place in self.strict.places(words) if text[place[1]].isupper()]
        if not found:
            found = [
                place
                for place in self.loose.places(words)
                if not text[place[1]].isupper() or words.begins_sentence(place[0])
            ]
        for place in self.made.places(words):
            behind = place[0] + 1
            if _of_institution(words.shapes[behind : behind + 1 + _REACH]):
                found.append(place)
        return sorted(set(found))

    def plan(self) -> Plan:
        """What the index must hold."""
        return Form(tuple(dict.fromkeys(self.keys)), name=True).plan()


def capitals(words: Words) -> list[bool]:
    """For each word of a term whether it is written with a capital."""
    return [chunk.text[word[0]].isupper() for chunk in words.held for word in chunk.words]


def with_adjectives(shape: Shape) -> Form:
    """The last word of a name: Нью-Йорк, нью-йоркский."""
    return Form((*shape.keys, *_made(shape.text)), name=True)


def _made(text: str) -> tuple[str, ...]:
    return tuple(f"{base}3" for base in relational(text))


@cache
def _institutions() -> frozenset[str]:
    return frozenset(key for word in _INSTITUTIONS.split() for key in russian_keys(word, capitalised=False))


def _of_institution(following: Sequence[Shape]) -> bool:
    """Whether an adjective belongs to an institution: it follows, with other adjectives between at most."""
    for shape in following:
        keys = shape.keys
        if not _institutions().isdisjoint(keys):
            return True
        if not any([key[-1] == "3" for key in keys]):
            return False
    return False
