"""Russian forms: a name of an article as a rule over that article (`ner-ru`, FactRuEval 2016).

For each identified entity its normalised names are rules: every `name`, `firstname`, `lastname` and `nickname`,
and for persons first and last name together, each as long as it has four letters. Descriptors (`ОАО`, `город`) and
patronymics are no names. Two figures:

- recall over the inflected mentions: those with as many words as the name, each word sharing its first
  max(3, n - 3) letters with the name's word of n letters;
- matches that overlap no mention of any entity that shares a word with the name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from benchmarks.data import Row, rows
from benchmarks.figures import Figure
from monitor.core.language import Query, Term
from monitor.core.match import compile_query
from monitor.core.model import Evidence, FeedUrl, Story, StoryKey

SHORTEST = 4
"""Letters of the shortest name that is tried."""

Mention = tuple[int, int, str]


def run() -> Iterator[Figure]:
    """Measure both figures."""
    mentions = found = matches = strange = 0
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for row in rows("ner-ru/factrueval-2016"):
        for entity in row["identified"]:
            for name in names(entity):
                evidence = matched(name, row["text"])
                for mention in inflected(name, entity["mentions"]):
                    mentions += 1
                    if any(overlaps(one, mention) for one in evidence):
                        found += 1
                    else:
                        missed[f"{name}: missed {mention[2]}"] += 1
                related = [
                    mention
                    for other in row["identified"]
                    if other is entity or share_a_word(name, other)
                    for mention in other["mentions"]
                ]
                for one in evidence:
                    matches += 1
                    if not any(overlaps(one, mention) for mention in related):
                        strange += 1
                        wrong[f"{name}: found {one.surface} in …{around(row['text'], one)}…"] += 1
    yield Figure(
        f"Russian, inflected mentions found of {mentions}",
        100 * found / mentions,
        "%",
        98,
        least=True,
        errors=[f"{times}x {error}" for error, times in missed.most_common()],
    )
    yield Figure(
        f"Russian, matches that are no mention, of {matches}",
        100 * strange / matches,
        "%",
        1,
        errors=[f"{times}x {error}" for error, times in wrong.most_common()],
    )


def names(entity: Row) -> list[str]:
    """The rules that an entity makes."""
    given: dict[str, list[str]] = {}
    for kind, value in entity["names"]:
        given.setdefault(kind, []).append(value)
    listed = [one for kind in ("name", "firstname", "lastname", "nickname") for one in given.get(kind, [])]
    if "firstname" in given and "lastname" in given:
        listed.append(f"{given['firstname'][0]} {given['lastname'][0]}")
    return [name for name in dict.fromkeys(listed) if sum(map(str.isalpha, name)) >= SHORTEST]


def matched(name: str, text: str) -> tuple[Evidence, ...]:
    """Where the name as a rule matches."""
    finder = compile_query(Query(name, Term(name)), {})
    return finder.evidence(Story(FeedUrl(""), StoryKey(""), "", text=text)) or ()


def words(text: str) -> list[str]:
    """Words as the definition counts them."""
    return re.findall(r"[^\W_]+", text.lower().replace("ё", "е"))


def inflected(name: str, mentions: list[Mention]) -> Iterator[Mention]:
    """Mentions that could be forms of the name."""
    asked = words(name)
    for mention in mentions:
        said = words(mention[2])
        if len(said) == len(asked) and all(
            one[: max(3, len(other) - 3)] == other[: max(3, len(other) - 3)]
            for one, other in zip(said, asked, strict=True)
        ):
            yield mention


def share_a_word(name: str, entity: Row) -> bool:
    """Whether any name of an entity has a word of this name."""
    return any(not set(words(name)).isdisjoint(words(value)) for _, value in entity["names"])


def overlaps(one: Evidence, mention: Mention) -> bool:
    """Whether a match and a mention share a character."""
    return one.start < mention[1] and mention[0] < one.end


def around(text: str, one: Evidence) -> str:
    """A match with what stands beside it."""
    return " ".join(text[max(0, one.start - 25) : one.end + 25].split())
