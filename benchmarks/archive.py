"""A large archive of stories, made from the data sets by variation: what a search is measured over.

Every story joins the title of one real text with the halves of two others in its language, so that words keep
their real frequencies and no two stories are alike. One in two hundred hit a rule and stands on a card.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.data import Document, short_stories
from db.sqlite import SqliteStore
from monitor.core.model import (
    Card,
    Feed,
    FeedState,
    FeedUrl,
    Hit,
    Kept,
    Level,
    Outcome,
    RuleId,
    Story,
    StoryKey,
)

FEEDS = 100
TOGETHER = 1_000
"""Stories that are stored in one go."""

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=45)
"""Between two stories: a million of them are about a year and a half."""

HITTING = 200
"""One story of so many hits."""

RULES = tuple(RuleId(f"rule-{number}") for number in range(20))


def build(path: Path, size: int) -> None:
    """Fill a new database at `path` with `size` stories; takes about a third of a millisecond for each."""
    store = SqliteStore.open(path, EPOCH)
    try:
        feeds = [Feed(FeedUrl(f"https://outlet-{n}.example/rss"), f"Outlet {n}") for n in range(FEEDS)]
        store.sync_feeds(feeds, EPOCH)
        made = _stories(random.Random(5))
        for portion in range(0, size, TOGETHER):
            feed = feeds[portion // TOGETHER % FEEDS]
            now = EPOCH + portion * APART
            count = min(TOGETHER, size - portion)
            kept = [_kept(portion + at, next(made), feed, now) for at in range(count)]
            cards = tuple(Card(each.card, Level.ALERT, now) for each in kept if each.card is not None)
            state = FeedState(feed.url, feed.name, next_poll_at=now, seen_before=True)
            store.save(Outcome(state, now, tuple(kept), cards))
    finally:
        store.close()


def _kept(number: int, document: Document, feed: Feed, now: datetime) -> Kept:
    """A story as it is saved; dates run ahead of each other within a portion."""
    story = Story(
        feed.url,
        StoryKey(str(number)),
        document.title,
        url=f"{feed.url}/{number}",
        text=document.text,
        published=now - (number % TOGETHER) * timedelta(seconds=1),
        lang=document.lang,
        source=feed.name,
    )
    if number % HITTING:
        return Kept(story)
    rule = RULES[number // HITTING % len(RULES)]
    return Kept(story, (Hit(rule, Level.ALERT, ()),), number // HITTING + 1, "new")


def _stories(chance: random.Random) -> Iterator[Document]:
    """Without an end; each language in its turn."""
    by_lang: dict[str, list[Document]] = {}
    for each in short_stories():
        by_lang.setdefault(each.lang, []).append(each)
    while True:
        for lang in ("en", "ko", "ru"):
            one, two, three = (chance.choice(by_lang[lang]) for _ in range(3))
            text = f"{_half(two.text, last=False)} {_half(three.text, last=True)}"
            yield Document(lang, one.title, text)


def _half(text: str, *, last: bool) -> str:
    words = text.split()
    middle = len(words) // 2
    return " ".join(words[middle:] if last else words[:middle])
