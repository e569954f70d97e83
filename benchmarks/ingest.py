"""What storing costs beyond what SQLite needs: the clerk's saving against plain `executemany` with the same index.

Both store the same stories, a page of a feed in each transaction, in a database set up alike (WAL, synchronous
FULL), and both make the tokens of the index from the texts. The plain way has a table of the same columns and the
same index, and nothing else. CPU, medians of several turns; the decision and the matching are not part of it.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks.data import short_stories
from benchmarks.figures import Figure
from db import open_store
from monitor.core.model import Feed, FeedState, FeedUrl, Kept, Outcome, Story, StoryKey
from monitor.core.text import index_text

PAGES = 300
PAGE = 30
"""Stories of a page."""

TURNS = 5
NOW = datetime(2026, 3, 1, tzinfo=UTC)

TABLES = """
pragma journal_mode = wal;
pragma synchronous = full;
create table stories (
    id integer primary key autoincrement, feed_id integer not null, key text not null, title text not null, url text,
    summary text not null, text text not null, author text, published_at text, lang text, source text not null,
    tags text not null, tier text, seen_at text not null, why text not null, unique (feed_id, key)
);
create virtual table story_index using fts5 (
    tokens, content = '', tokenize = 'unicode61 remove_diacritics 0'
);
"""


def pages() -> list[tuple[Feed, list[Story]]]:
    """Feeds with a page of stories each."""
    documents = short_stories()
    made: list[tuple[Feed, list[Story]]] = []
    for number in range(PAGES):
        feed = Feed(FeedUrl(f"https://publisher.example/{number}.xml"), f"Feed {number}")
        some = documents[number * PAGE % len(documents) :][:PAGE]
        made.append(
            (
                feed,
                [
                    Story(
                        feed.url,
                        StoryKey(f"https://publisher.example/{number}/{at}"),
                        each.title,
                        url=f"https://publisher.example/{number}/{at}",
                        summary=each.text,
                        published=NOW,
                        lang=each.lang,
                        source=feed.name,
                    )
                    for at, each in enumerate(some)
                ],
            )
        )
    return made


def ours(found: Sequence[tuple[Feed, list[Story]]], folder: Path) -> float:
    """CPU seconds of saving."""
    with closing(open_store(str(folder / "ours.db"), now=NOW)) as store:
        store.sync_feeds([feed for feed, _ in found], NOW)
        outcomes = [
            Outcome(
                FeedState(feed.url, feed.name, next_poll_at=NOW, seen_before=True),
                NOW,
                tuple(map(Kept, stories)),
                (),
                (),
            )
            for feed, stories in found
        ]
        start = process_time()
        for outcome in outcomes:
            store.save(outcome)
        return process_time() - start


def plain(found: Sequence[tuple[Feed, list[Story]]], folder: Path) -> float:
    """The same by hand."""
    with closing(sqlite3.connect(folder / "plain.db", isolation_level=None)) as link:
        link.executescript(TABLES)
        seen_at = NOW.isoformat(timespec="microseconds")
        start = process_time()
        number = 0
        for feed_id, (_, stories) in enumerate(found):
            rows = [
                (
                    *(
                        number + at,
                        feed_id,
                        each.key,
                        each.title,
                        each.url,
                        each.summary,
                        each.text,
                        each.author,
                    ),
                    *(seen_at, each.lang, each.source, "[]", each.tier, seen_at, ""),
                )
                for at, each in enumerate(stories)
            ]
            tokens = [
                (number + at, index_text(each.title, each.summary, each.text))
                for at, each in enumerate(stories)
            ]
            link.execute("begin immediate")
            link.executemany(f"insert into stories values ({', '.join('?' * 15)})", rows)
            link.executemany("insert into story_index (rowid, tokens) values (?, ?)", tokens)
            link.execute("commit")
            number += len(stories)
        return process_time() - start


def run() -> Iterator[Figure]:
    """Measure; half a minute."""
    found = pages()
    spent: list[tuple[float, float]] = []
    for turn in range(TURNS + 1):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            pair = (ours(found, folder), plain(found, folder))
        if turn:  # the first one warms up what analysis remembers
            spent.append(pair)
    one, other = (median(each) for each in zip(*spent, strict=True))
    count = sum(len(stories) for _, stories in found)
    print(f"  {count} stories: {one / count * 1e6:.0f} us CPU a story, plain {other / count * 1e6:.0f}")
    yield Figure("ingest / plain executemany, CPU", median(a / b for a, b in spent), "x", 1.5)
