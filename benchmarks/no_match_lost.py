"""No match is lost: by forms, and by the index of the store.

Terms are runs of one to three words taken from the stories themselves, by a seed. Where the rule `="term"` matches,
the rule `"term"` matches too, at the same place; and so it does in each story that holds the term's words, folded.

10,000 stories are saved through the real SQLite store and 200 made-up queries asked: what the search finds among
the candidates of the store is what the same queries as rules hit.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from benchmarks.data import Document, corpora
from benchmarks.figures import Figure
from db import open_store
from monitor.core.errors import QueryError
from monitor.core.language import Query, parse, parse_term
from monitor.core.match import compile_book, compile_query
from monitor.core.model import (
    Feed,
    FeedState,
    FeedUrl,
    Kept,
    Outcome,
    Rule,
    RuleBook,
    RuleId,
    Story,
)
from monitor.core.text import Words

TERMS = 150
"""Terms of each data set."""

STORIES = 10_000
QUERIES = 200
URL = FeedUrl("https://example.org/feed")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> Iterator[Figure]:
    """Measure the three figures."""
    sets = corpora()
    yield from _forms(sets)
    yield _search(list(chain(*sets.values())))


def _forms(sets: dict[str, list[Document]]) -> Iterator[Figure]:
    matches = stories = 0
    lost_places: list[str] = []
    lost_stories: list[str] = []
    chance = random.Random(5)
    for name, documents in sets.items():
        terms = _terms(documents, chance)
        rules = tuple(chain(*map(_both, terms)))
        book = compile_book(RuleBook(rules=rules))
        sequences = {
            tuple(shape.text for shape in Words(rule.id).shapes): rule.id
            for rule in rules
            if not rule.id.startswith("=")
        }
        for document in documents:
            story = document.story()
            hits = {hit.rule: hit.evidence for hit in book.hits(story)}
            for rule, places in hits.items():
                if rule.startswith("="):
                    matches += len(places)
                    forms = hits.get(RuleId(rule[1:]), ())
                    lost_places += [
                        f"{name}: {rule} in {story.title[:80]}"
                        for one in places
                        if not any(
                            one.field == other.field and one.start < other.end and other.start < one.end
                            for other in forms
                        )
                    ]
            held = _sequences(story)
            for sequence in sequences.keys() & held:
                stories += 1
                if sequences[sequence] not in hits:
                    lost_stories.append(f"{name}: {sequences[sequence]} in {story.title[:80]}")
    yield Figure(
        f"exact matches lost by forms, of {matches}", len(lost_places), "matches", 0, errors=lost_places
    )
    yield Figure(
        f"stories with the term's words lost by forms, of {stories}",
        len(lost_stories),
        "stories",
        0,
        errors=lost_stories,
    )


def _terms(documents: Sequence[Document], chance: random.Random) -> list[str]:
    """Runs of one to three words of the stories, each a term that can be asked for."""
    terms: dict[str, None] = {}
    while len(terms) < TERMS:
        document = chance.choice(documents)
        words = Words(f"{document.title}\n{document.text}"[:2000])
        first = chance.randrange(max(1, len(words)))
        last = min(first + chance.choice((0, 0, 1, 2)), len(words) - 1)
        if not len(words):
            continue
        term = words.original[
            words.span(words[first].start, words[last].end)[0] : words.span(0, words[last].end)[1]
        ]
        if '"' not in term and len(term) > 2:
            terms[" ".join(term.split())] = None
    return list(terms)


def _both(term: str) -> Iterator[Rule]:
    """The term as a rule without forms and with them."""
    for mark in ("=", ""):
        written = f'{mark}"{term}"'
        try:
            yield Rule(RuleId(f"{mark}{term}"), Query(written, parse_term(written)))
        except QueryError:
            continue


def _sequences(story: Story) -> set[tuple[str, ...]]:
    """Every run of one to three words of a story, folded."""
    out: set[tuple[str, ...]] = set()
    for text in (story.title, story.text):
        words = [shape.text for shape in Words(text).shapes]
        for length in (1, 2, 3):
            out.update(zip(*[words[at:] for at in range(length)], strict=False))
    return out


def _search(documents: list[Document]) -> Figure:
    """The same queries as searches and as rules."""
    chance = random.Random(6)
    chosen = chance.sample(documents, STORIES)
    stories = [document.story(number) for number, document in enumerate(chosen)]
    queries = _queries(stories, chance)
    matcher = compile_book(
        RuleBook(rules=tuple(Rule(RuleId(str(number)), query) for number, query in enumerate(queries)))
    )
    as_rules: dict[int, set[str]] = {}
    for story in stories:
        for hit in matcher.hits(story):
            as_rules.setdefault(int(hit.rule), set()).add(story.key)
    errors: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "bench.db"), now=NOW)
        try:
            store.sync_feeds([Feed(URL, "bench")], NOW)
            for at in range(0, len(stories), 500):
                _save(store.save, stories[at : at + 500])
            for number, query in enumerate(queries):
                finder = compile_query(query, {})
                found = {
                    stored.story.key
                    for stored in store.candidates(finder.plan)
                    if finder.evidence(stored.story) is not None
                }
                difference = found ^ as_rules.get(number, set())
                errors += [f"{query.source}: {key}" for key in sorted(difference)]
        finally:
            store.close()
    hits = sum(map(len, as_rules.values()))
    return Figure(
        f"differences of search and rules, {len(queries)} queries, {len(stories)} stories, {hits} hits",
        len(errors),
        "stories",
        0,
        errors=errors,
    )


def _save(save: object, stories: Iterable[Story]) -> None:
    assert callable(save)
    save(Outcome(FeedState(URL, "bench", seen_before=True), NOW, tuple(map(Kept, stories))))


def _queries(stories: Sequence[Story], chance: random.Random) -> list[Query]:
    """Queries of all kinds over words of the stories; those that the language refuses are not asked."""

    def word() -> str:
        found = Words(chance.choice(stories).title or "news").shapes
        return chance.choice(found).text if found else "news"

    kinds = (
        "{0}", '"{0} {1}"', "{0} {1}", "{0} OR {1}", "{0} -{1}", "{0} NEAR/5 {1}", "{0} ONEAR {1}", "{0} NEAR/s {1}",
        "2of({0}, {1}, {2})", "{0}*", "*{0}", '="{0}"', "title:{0}", "text:({0} OR {1})", "({0} OR {1}) {2}",
        "({0} OR {1}) NEAR/10 {2}", "{0} (lang:en OR lang:ko)", "{0}~",
    )  # fmt: skip
    queries: list[Query] = []
    while len(queries) < QUERIES:
        written = kinds[len(queries) % len(kinds)].format(word(), word(), word())
        try:
            queries.append(parse(written))
        except QueryError:
            continue
    return queries
