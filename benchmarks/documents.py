"""Every document of `feeds/`: what comes of it, held against what its label says that feedparser finds.

For each of them: no exception; at least as many stories as entries, or a reason in words; every story has a
key of its own, an absolute link or none, an aware date or none; the same bytes give the same batch again; and
with all items known there is nothing left to read. Prints every document that gives fewer stories, with the
reason, and the counts.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from urllib.parse import urlsplit

from benchmarks.data import DataMissing, folder
from benchmarks.figures import Figure
from monitor.core.model import Batch, Failed, Feed, FeedUrl, Story
from monitor.feeds.parse import parse

URL = FeedUrl("https://publisher.example/feeds/all.xml")


@dataclass(frozen=True, slots=True)
class Sample:
    """A document as it lies on disk."""

    name: str
    body: bytes
    entries: int  # that feedparser 6.0.14 finds


def samples() -> list[Sample]:
    """All documents of the manifest; raises DataMissing."""
    manifest = folder() / "feeds" / "manifest.tsv"
    if not manifest.is_file():
        message = f"there is no {manifest}"
        raise DataMissing(message)
    with manifest.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [_sample(manifest.parent, row) for row in rows]


def _sample(parent: Path, row: dict[str, str]) -> Sample:
    body = (parent / row["file"]).read_bytes()
    return Sample(row["file"], body, int(row["entries_feedparser_6_0_14"] or 0))


def run() -> Iterator[Figure]:
    """Measure; prints the counts and what falls short, with its reason."""
    feed = Feed(URL, "Publisher")
    kinds: Counter[str] = Counter()
    faults: list[str] = []
    unexplained: list[str] = []
    stories: list[Story] = []
    start = process_time()
    for sample in samples():
        try:
            found = parse(feed, sample.body, None, URL)
            faults += [f"{sample.name}: {fault}" for fault in faults_of(feed, sample.body, found)]
        except Exception as error:  # noqa: BLE001 - what is counted here
            faults.append(f"{sample.name}: {error!r}")
            continue
        count = len(found.stories) if isinstance(found, Batch) else 0
        reasons = found.warnings if isinstance(found, Batch) else (found.reason,)
        kinds["documents"] += 1
        kinds["feeds" if isinstance(found, Batch) else "named as no feed, or broken"] += 1
        if isinstance(found, Batch):
            stories += found.stories
        if count < sample.entries:
            kinds["documents with fewer stories than entries"] += 1
            print(f"  {sample.name}: {count} of {sample.entries}: {'; '.join(reasons)}")
            if not reasons:
                unexplained.append(sample.name)
    kinds |= Counter(
        {
            "stories": len(stories),
            "stories with a link": sum(story.url is not None for story in stories),
            "stories with a date": sum(story.published is not None for story in stories),
            "stories whose date cannot be true": sum(bool(story.doubt) for story in stories),
        }
    )
    print("  " + ", ".join(f"{number:,} {kind}" for kind, number in kinds.items()))
    yield Figure("documents: exceptions and broken promises", len(faults), "", 0, errors=faults)
    yield Figure("documents: fewer stories without a reason", len(unexplained), "", 0, errors=unexplained)
    yield Figure(
        "documents: CPU for all, each read whole twice, then with items known",
        process_time() - start,
        "s",
        60,
    )


def faults_of(feed: Feed, body: bytes, found: Batch | Failed) -> Iterator[str]:
    """What is wrong with an answer of the parser."""
    if parse(feed, body, None, feed.url) != found:
        yield "a second reading gives something else"
    if isinstance(found, Failed):
        if not found.reason:
            yield "no reason is given"
        return
    keys = [story.key for story in found.stories]
    if len(set(keys)) < len(keys) or not all(keys):
        yield "keys are empty or not unique"
    for story in found.stories:
        if story.url is not None and not _is_web_address(story.url):
            yield f"link {story.url!r}"
        if story.published is not None and story.published.utcoffset() is None:
            yield f"date {story.published!r}"
    if found.items:
        yield from _faults_of_cutting(feed, body, found)


def _faults_of_cutting(feed: Feed, body: bytes, found: Batch) -> Iterator[str]:
    """Half of the items known, and all of them: the others must come out as they were."""
    for seen in (found.items[::2], found.items):
        again = parse(feed, body, None, feed.url, frozenset(seen))
        if isinstance(again, Failed):
            yield f"with items cut: {again.reason}"
        elif not set(again.stories) <= set(found.stories) or again.items not in ((), found.items):
            yield "with items cut, others come out changed"
        elif again.items and len(again.stories) + again.known < len(found.stories):
            yield "with items cut, others are lost"


def _is_web_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


if __name__ == "__main__":
    for figure in run():
        print(figure.line())
