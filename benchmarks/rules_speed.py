"""Speed of matching with up to 100,000 rules, over stories of a title and 300 characters in three languages.

All in one process, side by side: every round measures each side once over the same stories, in turn, and the best
of the rounds counts for each. CPU time of this process. What chunks of text hold is known from a first round, as in
a bot that runs for a while; what a first round costs is told beside it.

Rules are made as in `benchmarks.made_rules`. "Sleeping" rules have only terms that are in no story. The naive side
is one compiled regular expression per clause, without forms; it is measured on as many stories as fit into a few
seconds. Neither it nor the automaton gives evidence, so against them, and where rules are compared with fewer rules,
only the decision is timed; what evidence adds is told beside it, and is part of the share of ingest.
The raw automaton is the Aho-Corasick scan of as many literal terms as there are rules, over the case-folded text,
without rules. Loading is compiling from parsed queries; what parsing costs is told beside it.
"""

from __future__ import annotations

import gc
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from time import process_time

import ahocorasick_rs

from benchmarks.data import Document, short_stories
from benchmarks.figures import Figure
from benchmarks.made_rules import Made, made_rules, vocabulary
from db import open_store
from monitor.core.language import parse
from monitor.core.match import Matcher, compile_book
from monitor.core.model import Batch, Feed, FeedState, FeedUrl, Kept, Outcome, Rule, RuleBook, RuleId, Story
from monitor.feeds.parse import parse as parse_page
from monitor.rulebook.pausing import collection_paused

ROUNDS = 5
EVERY = 4
"""Each so manyth story is measured."""

SLEEPERS = 100_000
WAKEFUL = 100
NAIVE_SECONDS = 4.0
PAGE = 30
"""Entries of a feed's page."""

URL = FeedUrl("https://example.org/feed")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> Iterator[Figure]:
    """Measure all; takes some minutes."""
    documents = short_stories()
    known = vocabulary(tuple(documents))
    documents = documents[::EVERY]
    stories = [document.story(number) for number, document in enumerate(documents)]
    wakeful = made_rules(WAKEFUL, known.names, known.common, 11)
    sleepers = [*wakeful, *made_rules(SLEEPERS - WAKEFUL, known.dead, known.common, 12)]
    small = compiled(wakeful)
    yield from _loading(sleepers)
    yield from _sleeping(small, compiled(sleepers), stories)
    firing = made_rules(SLEEPERS, known.names, known.common, 11)
    yield from _firing(small, compiled(firing), stories)
    yield from _against_naive(firing, documents, stories)
    yield _against_automaton(firing[:10_000], known.names[:10_000], documents, stories)
    yield _share_of_ingest(firing[:10_000], documents)


def parsed(made: Sequence[Made]) -> RuleBook:
    """The rules as a book."""
    return RuleBook(
        rules=tuple(Rule(RuleId(str(number)), parse(one.query())) for number, one in enumerate(made))
    )


def compiled(made: Sequence[Made]) -> Matcher:
    """The rules as a matcher."""
    return compile_book(parsed(made))


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process for a piece of work."""
    start = process_time()
    work()
    return process_time() - start


def side_by_side(*sides: Callable[[], object]) -> list[float]:
    """CPU seconds of each side: the best of some rounds, in which all take turns."""
    for side in sides:
        side()
    rounds = [[seconds(side) for side in sides] for _ in range(ROUNDS)]
    return [min(column) for column in zip(*rounds, strict=True)]


def over(matcher: Matcher, stories: Sequence[Story]) -> Callable[[], int]:
    """Deciding for all stories which rules fire; gives the number of hits."""
    return lambda: sum(len(matcher.fired(story)) for story in stories)


def proven(matcher: Matcher, stories: Sequence[Story]) -> Callable[[], int]:
    """The same with the evidence of every hit: what the bot does with a new story."""
    return lambda: sum(len(matcher.hits(story)) for story in stories)


def resident() -> float:
    """Resident memory of this process in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def _loading(made: Sequence[Made]) -> Iterator[Figure]:
    """Loading all rules, and adding one."""
    start = process_time()
    book = parsed(made)
    print(f"  parsing {len(made)} queries: {process_time() - start:.1f} s")
    gc.collect()
    before = resident()
    start = process_time()
    with collection_paused():  # as rules.yaml is loaded
        matcher = compile_book(book)
    took = process_time() - start
    gc.collect()
    yield Figure(f"loading {len(made)} rules from parsed queries", took, "s", 5)
    yield Figure(f"memory of {len(made)} compiled rules", resident() - before, "MB", 200)
    one = Rule(RuleId("one-more"), parse('"Pyongyang Times" consulate OR 총영사관'.replace(" OR", "")))
    yield Figure("adding one rule", 1e3 * seconds(lambda: matcher.with_rule(one)), "ms", 10)


def _sleeping(small: Matcher, large: Matcher, stories: Sequence[Story]) -> Iterator[Figure]:
    first = seconds(over(large, stories)) / len(stories)
    alone, among = side_by_side(over(small, stories), over(large, stories))
    print(
        f"  {WAKEFUL} rules: {1e6 * alone / len(stories):.1f} us a story; among {SLEEPERS}: "
        f"{1e6 * among / len(stories):.1f}; the first time {1e6 * first:.0f}"
    )
    yield Figure(
        f"{SLEEPERS} rules of which {WAKEFUL} can fire, against those alone", among / alone, "x", 1.5
    )


def _firing(small: Matcher, large: Matcher, stories: Sequence[Story]) -> Iterator[Figure]:
    alone, among, shown = side_by_side(over(small, stories), over(large, stories), proven(large, stories))
    hits = over(large, stories)() / len(stories)
    print(
        f"  {SLEEPERS} rules, {hits:.1f} hits a story: {1e6 * among / len(stories):.1f} us a story, "
        f"{1e6 * shown / len(stories):.1f} with the evidence of every hit"
    )
    title = f"{SLEEPERS} rules with {hits:.1f} hits a story, against {WAKEFUL} rules"
    yield Figure(title, among / alone, "x", 5)
    yield Figure(f"{title}, with evidence", shown / alone, "x", 5)


def _against_naive(
    made: Sequence[Made], documents: Sequence[Document], stories: Sequence[Story]
) -> Iterator[Figure]:
    for count, bar in ((1_000, 150), (10_000, 1_500)):
        matcher = compiled(made[:count])
        (ours,) = side_by_side(over(matcher, stories))
        match = naive(made[:count])
        texts = [f"{document.title}\n{document.text}" for document in documents]
        done = 0
        start = process_time()
        while process_time() - start < NAIVE_SECONDS:
            match(texts[done % len(texts)])
            done += 7  # all languages take turns
        theirs = (process_time() - start) / (done / 7)
        each = ours / len(stories)
        print(f"  {count} rules: {1e6 * each:.1f} us a story, naive {1e6 * theirs:.0f} ({done // 7} stories)")
        yield Figure(f"faster than a regex per clause, {count} rules", theirs / each, "x", bar, least=True)


def naive(made: Sequence[Made]) -> Callable[[str], list[int]]:
    """One compiled regular expression per clause, whole words, no forms; Hangul only begins a word."""

    def either(terms: Sequence[str]) -> str:
        return r"\b(?:" + "|".join(re.escape(t) + ("" if t[-1] >= "가" else r"\b") for t in terms) + ")"

    rules: list[tuple[list[re.Pattern[str]], re.Pattern[str] | None]] = []
    for one in made:
        if one.near:
            left, right = map(either, one.clauses)
            gap = rf"(?:\W+\w+){{0,{one.near}}}?\W+"
            clauses = [re.compile(f"{left}{gap}{right}|{right}{gap}{left}", re.IGNORECASE)]
        else:
            clauses = [re.compile(either(clause), re.IGNORECASE) for clause in one.clauses]
        rules.append((clauses, re.compile(either([one.never]), re.IGNORECASE) if one.never else None))

    def match(text: str) -> list[int]:
        return [
            number
            for number, (clauses, never) in enumerate(rules)
            if all(clause.search(text) for clause in clauses) and not (never and never.search(text))
        ]

    return match


def _against_automaton(
    made: Sequence[Made], names: Sequence[str], documents: Sequence[Document], stories: Sequence[Story]
) -> Figure:
    matcher = compiled(made)
    automaton = ahocorasick_rs.AhoCorasick([name.casefold() for name in names], store_patterns=False)
    texts = [f"{document.title}\n{document.text}" for document in documents]

    def scan() -> int:
        return sum(
            len(automaton.find_matches_as_indexes(text.casefold(), overlapping=True)) for text in texts
        )

    raw, ours, shown = side_by_side(scan, over(matcher, stories), proven(matcher, stories))
    hits = over(matcher, stories)() / len(stories)
    print(
        f"  {len(made)} rules, {hits:.1f} hits a story: {1e6 * ours / len(stories):.1f} us a story, "
        f"{1e6 * shown / len(stories):.1f} with evidence, raw automaton {1e6 * raw / len(stories):.1f}"
    )
    return Figure(
        f"share of the raw automaton's speed, {len(made)} rules", 100 * raw / ours, "%", 25, least=True
    )


def _share_of_ingest(made: Sequence[Made], documents: Sequence[Document]) -> Figure:
    """Of parsing a page, matching its stories and saving them, what matching takes."""
    matcher = compiled(made)
    pages = [page(documents[at : at + PAGE], at) for at in range(0, len(documents) - PAGE, PAGE)]
    feed = Feed(URL, "bench")
    parsing = matching = saving = 0.0
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "bench.db"), now=NOW)
        try:
            store.sync_feeds([feed], NOW)
            proven(matcher, [document.story() for document in documents])()
            for body in pages:
                start = process_time()
                batch = parse_page(feed, body, "application/rss+xml", URL)
                assert isinstance(batch, Batch)
                read = process_time()
                for story in batch.stories:
                    matcher.hits(story)
                matched = process_time()
                state = FeedState(URL, "bench", seen_before=True)
                store.save(Outcome(state, NOW, tuple(map(Kept, batch.stories))))
                parsing += read - start
                matching += matched - read
                saving += process_time() - matched
        finally:
            store.close()
    each = 1e6 / (len(pages) * PAGE)
    print(
        f"  a new story: parsing {parsing * each:.0f} us, matching {matching * each:.0f}, "
        f"storing and indexing {saving * each:.0f} ({len(made)} rules)"
    )
    return Figure(
        "matching, of the CPU of ingesting a new story",
        100 * matching / (parsing + matching + saving),
        "%",
        10,
    )


def page(documents: Sequence[Document], first: int) -> bytes:
    """A feed's page with these stories."""
    items = "".join(
        f"<item><title>{escape(one.title)}</title><guid>{first + number}</guid>"
        f"<link>https://example.org/{first + number}</link><description>{escape(one.text)}</description>"
        "<pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate></item>"
        for number, one in enumerate(documents)
    )
    return f'<rss version="2.0"><channel><title>Bench</title>{items}</channel></rss>'.encode()
