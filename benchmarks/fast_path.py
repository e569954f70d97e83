"""With the fast path and without: the stored stories are the same, over real documents and a feed's 200 days.

The fast path is what `items` cuts out and what the XML driver (`buffered`) keeps from feedparser. Two stores are
filled with the same pages at the same times: one by the bot's way, one by parsing every page whole with the
driver of the standard library. What they hold is compared row by row: stories, their versions, hits, cards.

- Every real document is polled on eight days: whole, with items dropped, put in another order, edited, back
  again.
- Ten feeds live for 200 days, polled four times a day, made of real items: they add, edit, drop, reorder and
  bring back items, repeat ids, change their head, and break now and then. Seeded.
"""

from __future__ import annotations

import logging
import random
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser.api

from benchmarks.documents import samples
from benchmarks.figures import Figure
from db import open_store
from monitor.core.decide import Policy
from monitor.core.model import Batch, Feed, FeedUrl, Page
from monitor.feeds.parse import parse
from monitor.ingest import Ingest
from monitor.rulebook.reading import read_bytes

URL = FeedUrl("https://publisher.example/feeds/all.xml")
FEED = Feed(URL, "Publisher", zone="Asia/Seoul")
START = datetime(2026, 3, 1, tzinfo=UTC)
RULES = f'feeds: [{{url: "{URL}"}}]\nrules: [{{id: any, match: "the OR new OR und"}}]\n'
COMPARED = {
    "stories": "select key, title, url, summary, text, author, published_at, lang, seen_at, why from stories",
    "versions": "select s.key, v.* from story_versions v join stories s on s.id = v.story_id",
    "hits": "select s.key, h.rule, h.level, h.evidence from hits h join stories s on s.id = h.story_id",
    "cards": "select s.key, c.card, c.words from card_stories c join stories s on s.id = c.story_id",
}
"""What must be equal, besides the order in which it was stored."""

DAYS = 200
POLLS = timedelta(hours=6)
SEEDS = range(20261124, 20261134)

_ITEM = re.compile(rb"<(item|entry)[\s>].*?</\1\s*>", re.DOTALL)
_TITLE = re.compile(rb"(<title(?:\s[^<>]*)?>)(?!<!\[CDATA\[)")

Rows = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store holds in the end, and how much parsing it took."""

    rows: Rows
    items: int  # in all pages, where they could be counted
    known: int  # of which were cut


@contextmanager
def plain_driver() -> Iterator[None]:
    """Feedparser with the XML driver of the standard library."""
    parse(FEED, b"<rss><channel/></rss>", None, URL)  # our driver is named at the first reading
    kept = list(feedparser.api.PREFERRED_XML_PARSERS)
    feedparser.api.PREFERRED_XML_PARSERS[:] = ["xml.sax.expatreader"]
    try:
        yield
    finally:
        feedparser.api.PREFERRED_XML_PARSERS[:] = kept


def kept(pages: Sequence[bytes], folder: Path, *, fast: bool) -> Kept:
    """Poll the pages one after the other, and look at what is stored."""
    path = folder / ("fast.db" if fast else "slow.db")
    now = START
    matcher = read_bytes(RULES.encode(), "rules.yaml").matcher
    items = known = 0
    with closing(open_store(str(path), now=now)) as store:
        store.sync_feeds((FEED,), now)
        ingest = Ingest(store, lambda: matcher, Policy(), lambda: now, lambda: 0.5)
        for number, body in enumerate(pages):
            now = START + number * POLLS
            seen = store.seen_items(URL) if fast else frozenset()
            batch = parse(FEED, body, None, URL, seen)
            if isinstance(batch, Batch):
                ingest.page(FEED, Page(URL, URL, body, str(number)), batch)
                items += len(batch.items)
                known += batch.known
    with closing(sqlite3.connect(path)) as link:
        rows = {name: sorted(link.execute(query), key=repr) for name, query in COMPARED.items()}
    path.unlink()
    return Kept(rows, items, known)


def differences(name: str, pages: Sequence[bytes]) -> tuple[list[str], Kept]:
    """In what the two stores differ, and what the fast one holds."""
    with tempfile.TemporaryDirectory() as folder:
        fast = kept(pages, Path(folder), fast=True)
        with plain_driver():
            slow = kept(pages, Path(folder), fast=False)
    found: list[str] = []
    for table in COMPARED:
        ours, theirs = fast.rows[table], slow.rows[table]
        if ours != theirs:
            counts = f"{len(ours)} rows with, {len(theirs)} without"
            found.append(
                f"{name}, {table}: {counts}; with: {_first(ours, theirs)}; without: {_first(theirs, ours)}"
            )
    return found, fast


def _first(rows: list[tuple[object, ...]], others: list[tuple[object, ...]]) -> str:
    return next((repr(row)[:300] for row in rows if row not in others), "-")


def week(document: bytes) -> list[bytes]:
    """Eight pages of one document; twice itself where it has no items that can be told apart."""
    items = [found.group() for found in _ITEM.finditer(document)]
    if not items or b"\x00" in document:
        return [document] * 2
    rest = _ITEM.split(document)[::2]  # the pieces between them
    edited = [_TITLE.sub(rb"\1Edited ", items[0]), *items[1:]]
    return [
        _joined(rest, items[len(items) // 2 :]),
        document,
        document,
        _joined(rest, items[::-1]),
        _joined(rest, edited),
        _joined(rest, edited[:1]),
        document,
        _joined(rest, [*items, items[0]]),
    ]


def _joined(rest: Sequence[bytes], items: Sequence[bytes]) -> bytes:
    """The items in the places of the first ones, and the others behind them."""
    places = rest[1:-1] or [b""]
    return rest[0] + places[0].join(items) + rest[-1]


def life(items: Sequence[bytes], days: int, seed: int) -> Iterator[bytes]:
    """The pages of a feed over some days."""
    chance = random.Random(seed)
    unused = list(items)
    chance.shuffle(unused)
    shown: list[bytes] = []
    gone: list[bytes] = []
    site, lang = b"https://publisher.example/", b"en"
    acts: list[tuple[float, Callable[[], None]]] = [
        (0.5, lambda: _add(chance, shown, unused)),
        (0.25, lambda: _edit(chance, shown)),
        (0.2, lambda: chance.shuffle(shown)),
        (0.3, lambda: _drop(chance, shown, gone)),
        (0.1, lambda: _drop(chance, gone, shown)),
        (0.006, lambda: _repeat(chance, shown)),
    ]
    for number in range(days * 4):
        for likely, act in acts:
            if chance.random() < likely:
                act()
        del shown[40:]
        if chance.random() < 0.01:
            site = b"https://publisher.example/%d/" % number
        if chance.random() < 0.01:
            lang = chance.choice([b"en", b"ko", b"ru"])
        end = b"<broken>" if chance.random() < 0.02 else b""
        yield (
            b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>P</title><link>%b</link>'
            b"<language>%b</language><lastBuildDate>%d</lastBuildDate>%b%b</channel></rss>"
            % (site, lang, number, b"\n  ".join(shown), end)
        )


def _add(chance: random.Random, shown: list[bytes], unused: list[bytes]) -> None:
    for _ in range(min(chance.randint(1, 4), len(unused))):
        shown.insert(0, unused.pop())


def _edit(chance: random.Random, shown: list[bytes]) -> None:
    if shown:
        at = chance.randrange(len(shown))
        word = chance.choice([b"Update: ", b"  ", b"&amp; ", "속보 ".encode()])
        shown[at] = _TITLE.sub(rb"\1" + word, shown[at], count=1)


def _drop(chance: random.Random, one: list[bytes], other: list[bytes]) -> None:
    if one:
        other.append(one.pop(chance.randrange(len(one))))


def _repeat(chance: random.Random, shown: list[bytes]) -> None:
    """One more item with the id of another, with another title."""
    if shown:
        shown.insert(0, _TITLE.sub(rb"\1Also: ", chance.choice(shown), count=1))


def plain_items(documents: Sequence[bytes]) -> list[bytes]:
    """Items of RSS that need no namespace and are of UTF-8."""
    found: list[bytes] = []
    for document in documents:
        if b"<rss" not in document:
            continue
        for match in _ITEM.finditer(document):
            item = match.group()
            try:
                item.decode("utf-8")
            except UnicodeDecodeError:
                continue
            if not re.search(rb"<[^!?>\s/]*:", item):
                found.append(item)
    return found


def run() -> Iterator[Figure]:
    """Compare; some minutes."""
    logging.getLogger("monitor").setLevel(logging.ERROR)
    documents = samples()
    wrong: list[str] = []
    items = known = stories = 0
    for sample in documents:
        faults, fast = differences(sample.name, week(sample.body))
        wrong += faults
        items += fast.items
        known += fast.known
        stories += len(fast.rows["stories"])
    print(
        f"  {len(documents)} documents, eight pages each: {stories} stories, {known} of {items} items were cut"
    )
    yield Figure("fast path: real documents stored otherwise", len(wrong), "tables", 0, errors=wrong)
    pool = plain_items([sample.body for sample in documents])
    wrong = []
    for seed in SEEDS:
        faults, fast = differences(f"life {seed}", list(life(pool, DAYS, seed)))
        wrong += faults
        edits = len(fast.rows["versions"])
        print(
            f"  {DAYS} days of feed {seed}: {len(fast.rows['stories'])} stories, {edits} edits, "
            f"{fast.known} of {fast.items} items were cut"
        )
    yield Figure("fast path: tables stored otherwise after 200 days", len(wrong), "tables", 0, errors=wrong)
