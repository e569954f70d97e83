"""Advice from what readers call not useful: one exclusion that would have kept most of it away.

Candidates are proposed by counting words; the real matcher decides what each of them removes. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.core.errors import QueryError
from monitor.core.language import In, Node, Not, Or, Term, parse, show
from monitor.core.match import compile_book, compile_query
from monitor.core.match.frequent import cost
from monitor.core.model import RuleBook
from monitor.core.text import fold, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.core.match import Matcher
    from monitor.core.model import Entity, Rule, Story

ENOUGH = 5
"""Rejected cards from which on there is something to learn."""

WORTH = 0.3
"""Share of the rejected cards that an exclusion has to remove."""

TRIED = 24
"""Candidates given to the matcher."""

READ = 1_000
"""Characters of a text in which candidates are looked for."""

COMMON = 40.0
"""Words that the index finds as costly as that say nothing of what a story is about."""

_WORD = re.compile(r"[^\W\d_]{3,}|[가-힣]{2,}")

_SYLLABLES = (2, 3, 4)
"""Hangul words carry particles at their end: their beginnings are tried as well."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A card of a rule: its stories, and what readers think of it; None if nobody said anything."""

    stories: tuple[Story, ...]
    useful: bool | None


@dataclass(frozen=True, slots=True)
class Advice:
    """What an exclusion would have done to a rule's cards. Those called useful would all have come."""

    exclusion: str  # as it is added to the rule: `-football`
    match: str  # the rule's `match` with it
    removed: int  # rejected cards that would not have come
    rejected: int  # cards called not useful, in all
    accepted: int  # cards called useful, in all
    others: int  # cards that nobody judged, in all
    others_removed: int  # of those


@dataclass(frozen=True, slots=True)
class _Hits:
    """The cards of a rule that still hit, each as the stories by which it does."""

    rejected: list[tuple[Story, ...]]
    accepted: list[tuple[Story, ...]]
    others: list[tuple[Story, ...]]


def advise(rule: Rule, entities: Mapping[str, Entity], cards: Iterable[Judged]) -> Advice | None:
    """The exclusion that removes most rejected cards and touches no hit of an accepted one; None if none is worth it.

    Cards that the rule, as it stands now, no longer hits do not count.
    """
    matcher = compile_book(RuleBook(entities=entities, rules=(rule,)))
    hits = _hits(matcher, cards)
    if len(hits.rejected) < ENOUGH:
        return None
    best: Advice | None = None
    for node in _candidates(hits, _wanted(matcher, hits.rejected)):
        tried = _tried(node, rule, entities, hits)
        if tried is not None and (best is None or _rank(tried) < _rank(best)):
            best = tried
    return best


def _hits(matcher: Matcher, cards: Iterable[Judged]) -> _Hits:
    found: dict[bool | None, list[tuple[Story, ...]]] = {True: [], False: [], None: []}
    for card in cards:
        if stories := tuple(story for story in card.stories if matcher.fired(story)):
            found[card.useful].append(stories)
    return _Hits(found[False], found[True], found[None])


def _wanted(matcher: Matcher, cards: Iterable[Sequence[Story]]) -> frozenset[str]:
    """Words that make the rule hit: to exclude one of them would end the rule."""
    return frozenset(
        word
        for stories in cards
        for story in stories
        for hit in matcher.hits(story)
        for each in hit.evidence
        for word in _words(f"{each.surface} {each.term}")
    )


def _candidates(hits: _Hits, wanted: frozenset[str]) -> list[Node]:
    """What to exclude, the most promising first."""
    counts: Counter[tuple[str, str]] = Counter()
    for stories in hits.rejected:
        counts.update(set[tuple[str, str]].intersection(*map(_features, stories)))
    spared = {feature for stories in hits.accepted for story in stories for feature in _features(story)}
    every = (
        story for cards in (hits.rejected, hits.accepted, hits.others) for card in cards for story in card
    )
    sources = {story.source for story in every}
    good = [
        (-count, field, word)
        for (field, word), count in counts.items()
        if count >= WORTH * len(hits.rejected)
        and (field, word) not in spared
        and (len(sources) > 1 if field == "source" else word not in wanted)
    ]
    return [_node(field, word) for _, field, word in sorted(good)[:TRIED]]


def _features(story: Story) -> set[tuple[str, str]]:
    """What a story could be excluded by: a word anywhere, a word of its title, its source."""
    title, body = _words(story.title[:READ]), _words(f"{story.summary[:READ]} {story.text[:READ]}")
    found = {("", word) for word in title | body} | {("title", word) for word in title}
    return found | {("source", story.source)} if story.source else found


def _words(text: str) -> set[str]:
    words = {key(word) for word in _WORD.findall(fold(text).text)}
    words |= {
        word[:cut] for word in words if "가" <= word[0] <= "힣" for cut in _SYLLABLES if cut < len(word)
    }
    return {word for word in words if cost(word) < COMMON}


def _node(field: str, word: str) -> Node:
    term = Term(word)
    return In(field, term) if field else term


def _tried(node: Node, rule: Rule, entities: Mapping[str, Entity], hits: _Hits) -> Advice | None:
    """What the matcher says of an exclusion; None if it removes too little, or anything that was useful."""
    try:
        finder = compile_query(parse(show(node)), entities)
    except QueryError:
        return None  # the name of a source that no query can hold

    def falls(story: Story) -> bool:
        return finder.evidence(story) is not None

    removed = sum(all(map(falls, stories)) for stories in hits.rejected)
    if removed < WORTH * len(hits.rejected) or any(falls(s) for stories in hits.accepted for s in stories):
        return None
    exclusion = show(Not(node))
    return Advice(
        exclusion,
        _amended(rule, exclusion),
        removed,
        len(hits.rejected),
        len(hits.accepted),
        len(hits.others),
        sum(all(map(falls, stories)) for stories in hits.others),
    )


def _amended(rule: Rule, exclusion: str) -> str:
    """The rule's query with the exclusion, as somebody would write it."""
    written = " ".join(rule.match.source.split())
    return f"({written}) {exclusion}" if isinstance(rule.match.tree, Or) else f"{written} {exclusion}"


def _rank(advice: Advice) -> tuple[int, int, int]:
    """The best is the one that removes most; of equals, spares most that nobody judged; of equals, the shortest."""
    return -advice.removed, advice.others_removed, len(advice.exclusion)


__all__ = ["Advice", "Judged", "advise"]
