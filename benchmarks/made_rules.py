"""Made-up rules in three scripts, always the same: names, aliases, name AND word, groups, NEAR.

Of the terms three quarters are names that are in no story, one quarter was found in the stories: as real lists of
names are, most of whose names are never in the news.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.data import Document, folder, rows
from monitor.core.text import Words

_NAME = re.compile(
    r"[A-ZА-Я][a-zа-яё]{2,}(?: [A-ZА-Я][a-zа-яё]{2,}){1,2}|(?<=[a-zа-я,] )[A-ZА-Я][a-zа-яё]{3,}"
)
_NO_NAME = re.compile(r"[^A-Za-zА-Яа-яЁё가-힣 ]")
_HANGUL = re.compile("[가-힣 ]{2,}")
_HALVES = re.compile("[A-Za-z]{4,}|[А-Яа-яЁё]{4,}|[가-힣]{2,}")

KOREAN_NAMES = ("PS", "LC", "OG")
COMMON = slice(100, 3000)
"""Ranks of the words that rules put beside a name: neither those in every story nor rare ones."""


@dataclass(frozen=True, slots=True)
class Made:
    """A rule before it is written down: clauses of alternatives, one that must not be there, a distance."""

    clauses: tuple[tuple[str, ...], ...]
    never: str = ""
    near: int = 0

    def query(self) -> str:
        """In the query language."""
        parts = [
            f"({' OR '.join(map(quoted, clause))})" if len(clause) > 1 else quoted(clause[0])
            for clause in self.clauses
        ]
        text = f" NEAR/{self.near} ".join(parts) if self.near else " ".join(parts)
        return f"{text} -{quoted(self.never)}" if self.never else text


def quoted(term: str) -> str:
    """A term as it stands in a query; operators lose their meaning."""
    return f'"{term}"'


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What rules are made of."""

    names: list[str]  # three quarters of them in no story
    dead: list[str]  # in no story
    common: list[str]  # in many stories


@cache
def vocabulary(stories: tuple[Document, ...], size: int = 100_000) -> Vocabulary:
    """Names and words for these stories, by a fixed seed."""
    chance = random.Random(7)
    seen: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for one in stories:
        text = f"{one.title}\n{one.text}"
        seen.update(set(re.findall(r"\w+", text.casefold())))
        found.update(_NAME.findall(text))
    found.update(
        surface
        for row in rows("ner-ko/klue-ner-wikitree")
        for _, _, kind, surface in row["entities"]
        if kind in KOREAN_NAMES and _HANGUL.fullmatch(surface)
    )
    living = sorted(found)
    chance.shuffle(living)
    unseen = _invented(size, seen, chance)
    names: list[str] = []
    for number in range(size):
        living_one = number % 4 == 0 and number // 4 < len(living)
        names.append(living[number // 4] if living_one else unseen[number])
    common = [word for word, _ in seen.most_common(COMMON.stop)[COMMON.start :] if len(word) > 3]
    return Vocabulary(names, unseen, common)


def made_rules(count: int, names: Sequence[str], common: Sequence[str], seed: int) -> list[Made]:
    """Rules of five kinds, by a seed."""
    chance = random.Random(seed)

    def name() -> str:
        return chance.choice(names)

    def word() -> str:
        return chance.choice(common)

    made: list[Made] = []
    for _ in range(count):
        kind = chance.random()
        if kind < 0.4:
            made.append(Made(((name(),),)))
        elif kind < 0.6:
            made.append(Made(((name(), name(), name()),)))
        elif kind < 0.8:
            made.append(Made(((name(),), (word(),))))
        elif kind < 0.9:
            made.append(Made(((name(), name()), (word(), word())), never=word()))
        else:
            made.append(Made(((name(),), (word(),)), near=8))
    return made


def _invented(count: int, seen: Iterable[str], chance: random.Random) -> list[str]:
    """Names put together from halves of real ones, none of whose words is in a story."""
    known = frozenset(seen)
    keys = {key for word in known for one in Words(word).all for key in one.shape.keys}
    halves: list[list[tuple[str, str]]] = [[], [], []]
    lines = (folder() / "gazetteer" / "places.tsv").read_text("utf-8").splitlines()[1:]
    for name in {name for line in lines for field in line.split("\t")[7:] for name in field.split("|")}:
        if not _NO_NAME.search(name) and (word := _HALVES.fullmatch(name)):
            text = word.group()
            middle = (len(text) + 1) // 2
            script = 2 if text[0] >= "가" else text[0] >= "А"
            halves[script].append((text[:middle], text[middle:]))
    for some in halves:
        some.sort()
    out: dict[str, None] = {}
    while len(out) < count:
        some = halves[chance.choices((0, 1, 2), (6, 2, 2))[0]]
        name = (chance.choice(some)[0] + chance.choice(some)[1].lower()).capitalize()
        if chance.random() < 0.25:
            name += " " + (chance.choice(some)[0] + chance.choice(some)[1].lower()).capitalize()
        words = Words(name).all
        if all(keys.isdisjoint(word.shape.keys) for word in words):
            out[name] = None
    return list(out)
