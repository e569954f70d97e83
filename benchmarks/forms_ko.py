"""Korean endings and compounds: names as rules over all sentences (`ner-ko`, KLUE-NER).

Each surface of a person, place or organisation with two or more syllables is a rule over every sentence. Recall of
its annotated mentions; precision: matches inside an annotated mention that contains the surface, or at the begin of
a word. And no 평양 in 태평양.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from benchmarks.data import rows
from benchmarks.figures import Figure
from monitor.core.language import Query, Term
from monitor.core.match import compile_query
from monitor.core.match.reading import Reading
from monitor.core.match.spans import evidence
from monitor.core.model import Evidence, FeedUrl, Story, StoryKey

KINDS = ("PS", "LC", "OG")
LEAST_SYLLABLES = 2


def run() -> Iterator[Figure]:
    """Measure the three figures."""
    sentences = rows("ner-ko/klue-ner-wikitree")
    readings = [
        (row["text"], row["entities"], Reading(Story(FeedUrl(""), StoryKey(""), row["text"])))
        for row in sentences
    ]
    surfaces = {
        surface
        for row in sentences
        for _, _, kind, surface in row["entities"]
        if kind in KINDS and len(re.findall("[가-힣]", surface)) >= LEAST_SYLLABLES
    }
    mentions = found = matches = right = pacific = 0
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for surface in sorted(surfaces | {"평양"}):
        finder = compile_query(Query(surface, Term(surface)), {})
        for text, entities, reading in readings:
            places = evidence(finder.finds(reading) or ())
            for start, end, kind, other in entities:
                if other == surface and kind in KINDS:
                    mentions += 1
                    if any(one.start < end and start < one.end for one in places):
                        found += 1
                    else:
                        missed[f"{surface}: missed in …{text[max(0, start - 10) : end + 10]}…"] += 1
            for one in places:
                matches += 1
                pacific += surface == "평양" and text[max(0, one.start - 1) : one.end] == "태평양"
                if fits(one, surface, text, entities):
                    right += 1
                else:
                    wrong[f"{surface}: found in …{text[max(0, one.start - 10) : one.end + 10]}…"] += 1
    yield Figure(
        f"Korean, annotated mentions found of {mentions}",
        100 * found / mentions,
        "%",
        99,
        least=True,
        errors=[f"{times}x {error}" for error, times in missed.most_common()],
    )
    yield Figure(
        f"Korean, matches that are mentions or begin a word, of {matches}",
        100 * right / matches,
        "%",
        97,
        least=True,
        errors=[f"{times}x {error}" for error, times in wrong.most_common()],
    )
    yield Figure("Korean, 평양 found in 태평양", pacific, "matches", 0)


def fits(one: Evidence, surface: str, text: str, entities: list[tuple[int, int, str, str]]) -> bool:
    """Whether a match is inside a mention that contains the surface, or begins a word."""
    if one.start == 0 or not text[one.start - 1].isalnum():
        return True
    return any(
        start <= one.start and one.end <= end and surface in other for start, end, _, other in entities
    )
