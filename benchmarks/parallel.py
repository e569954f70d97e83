"""Countries on both sides of a translation: `country: KP` and five others fire on both sides, or on neither.

The figure is the share of all pairs of (sentence pair, country) on which the two sides agree. Most sentences
name none of them, so the share among the pairs where one side fires at least is told beside it. Disagreements are
counted by cause.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from benchmarks.data import rows
from benchmarks.figures import Figure
from monitor.core.language import parse
from monitor.core.match import Finder, compile_query
from monitor.core.model import Evidence, FeedUrl, Story, StoryKey
from monitor.rulebook import read

CODES = ("KP", "KR", "US", "RU", "CN", "JP")
SETS = (
    ("parallel-en-ko", "parallel-en-ko/korean-english-news", (("en", "ko"),)),
    (
        "parallel-en-ko-ru",
        "parallel-en-ko-ru/sib200-flores",
        (("en", "ko"), ("en", "ru"), ("ko", "ru")),
    ),
)
METONYMS = {
    "KP": 'Pyongyang OR 평양 OR Пхеньян OR "the North" OR 김정일 OR 김정은 OR "Kim Jong Il" OR "Kim Jong Un"',
    "KR": 'Seoul OR 서울 OR Сеул OR "the South" OR 청와대 OR "Blue House"',
    "US": 'Washington OR 워싱턴 OR Вашингтон OR 백악관 OR "White House" OR Pentagon OR 펜타곤 OR Congress OR Senate',
    "RU": "Moscow OR 모스크바 OR Москва OR Kremlin OR 크렘린 OR Кремль",
    "CN": "Beijing OR 베이징 OR Пекин OR Hong OR 홍콩",
    "JP": "Tokyo OR 도쿄 OR Токио",
}
"""What news says instead of a country's name: names of their own in Tocsin, not the country."""

REGION = (
    'peninsula OR 반도 OR полуостров OR ="Americas" OR 아메리카 OR 북미 OR Америка OR 소련 OR Soviet OR СССР'
)
THE_COUNTRY = (
    '"the country" OR "the nation" OR nationwide OR 우리나라 OR 국내 OR 자국 OR страна OR "your country"'
)
TITLE = re.compile(
    r".{0,12}?(?:대통령|장관|차관|총리|주석|의장|의원|대변인|후보|President|Minister|Secretary|president|minister)"
)
COMPOUND = re.compile("(?![북남]한)[한북남미중일러]{2,3}")
CUT = 0.3
"""A side that has less than this share of the other's characters lacks a part; Korean alone is half as long."""

DATELINE = re.compile(r"^[\W\d]*[A-Z]{3,}[A-Z ]*, [A-Z][A-Za-z ]+ *(?:\(|&|-|—)")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One side fires, the other does not."""

    row: str
    code: str
    fires: str  # language of the side that does
    surfaces: tuple[str, ...]
    text: str
    other: str
    cause: str


@cache
def finder(query: str) -> Finder:
    """A query that may name the countries by their codes."""
    entities = "".join(f"  {code.lower()}: {{country: {code}}}\n" for code in CODES)
    rest = "rules: [{id: any, match: any}]\n"
    book = read(f'feeds: [{{url: "https://example.org/"}}]\nentities:\n{entities}{rest}', "countries")
    return compile_query(parse(query), book.entities)


def found(look: Finder, text: str) -> tuple[Evidence, ...]:
    return look.evidence(Story(feed=FeedUrl(""), key=StoryKey(""), title=text)) or ()


def cause_of(code: str, evidence: tuple[Evidence, ...], text: str, other: str) -> str:
    """Why the other side may lack the country; the first that fits."""
    surfaces = [each.surface for each in evidence]
    causes = (
        ("a part of the sentence is missing", len(other) < len(text) * CUT),
        ("dateline of an agency", DATELINE.match(text) is not None and len(evidence) == 1),
        ("capital, government or leader instead", bool(found(finder(METONYMS[code]), other))),
        ("a region or a state of the past", bool(found(finder(REGION), f"{text} {other}"))),
        ("abbreviation before a title or an office", all(len(one) == 1 for one in surfaces)),
        ("compound of two countries", all(COMPOUND.fullmatch(one) for one in surfaces)),
        ("title of a person", any(TITLE.match(text, each.end) for each in evidence)),
        ("`the country` instead", bool(found(finder(THE_COUNTRY), other))),
    )
    return next((cause for cause, holds in causes if holds), "said on one side only")


def disagreements(path: str, left: str, right: str) -> Iterator[Disagreement | bool]:
    """For each sentence pair and country a disagreement, or whether both sides fire."""
    finders = {code: finder(f"@{code.lower()}") for code in CODES}
    for row in rows(path):
        for code, look in finders.items():
            sides = {language: found(look, row[language]) for language in (left, right)}
            if bool(sides[left]) == bool(sides[right]):
                yield bool(sides[left])
                continue
            fires, lacks = (left, right) if sides[left] else (right, left)
            surfaces = tuple(dict.fromkeys(each.surface for each in sides[fires]))
            cause = cause_of(code, sides[fires], row[fires], row[lacks])
            yield Disagreement(str(row["id"]), code, fires, surfaces, row[fires], row[lacks], cause)


def measure(name: str, path: str, left: str, right: str, *, listed: bool) -> Figure:
    results = list(disagreements(path, left, right))
    wrong = [each for each in results if isinstance(each, Disagreement)]
    both = sum(each is True for each in results)
    share = 100 * len(wrong) / len(results)
    firing = 100 * both / max(1, both + len(wrong))
    print(
        f"{name} {left}-{right}: {len(results)} pairs; both fire {both}, one {len(wrong)}: {firing:.1f} % agree there"
    )
    by_code = Counter((each.code, each.fires) for each in wrong)
    sides = ", ".join(f"{code} {side} {count}" for (code, side), count in sorted(by_code.items()))
    print(f"  only one side fires, by country and side: {sides}")
    for cause, count in Counter(each.cause for each in wrong).most_common():
        print(f"  {count:4}  {cause}")
    for each in wrong if listed else ():
        print(f"    {each.row} {each.code} only {each.fires} {'|'.join(each.surfaces)} [{each.cause}]")
        print(f"      {each.text}\n      {each.other}")
    return Figure(f"countries on one side only, {name} {left}-{right}", share, "%", 5.0)


def run(*, listed: bool = False) -> list[Figure]:
    """Measure all sets; `listed` (-v) shows every disagreement."""
    return [
        measure(name, path, left, right, listed=listed) for name, path, pairs in SETS for left, right in pairs
    ]


if __name__ == "__main__":
    run(listed="-v" in sys.argv)
