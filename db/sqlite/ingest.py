"""The clerk's one question and one answer, in SQLite. Transactions are the caller's."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from db.promises import check, named_cards
from db.rows import Values, card_of, destination_of, hit_values, mark_of, story_values, to_text, words_text
from db.sqlite import outbox, people, polling, search
from db.sqlite.connection import Connection, chunks, marks
from monitor.core.model import (
    Card,
    Facts,
    FeedUrl,
    Kept,
    Outcome,
    RecentCard,
    RuleId,
    Story,
    StoryKey,
    StoryMark,
)
from monitor.core.text import canonical_url, fingerprint, title_words


def facts(link: Connection, url: FeedUrl, keys: Sequence[StoryKey], cards_since: datetime) -> Facts:
    """All that `decide` needs of the store. Raises KeyError for a feed never synced."""
    feed_id, state = polling.find(link, url)
    return Facts(
        state=state,
        known=frozenset(known_keys(link, feed_id, keys)),
        cards=recent_cards(link, cards_since),
        subscriptions=people.reachable(link),
        next_card=link.number("select coalesce(max(number), 0) + 1 from cards"),
    )


def known_keys(link: Connection, feed_id: int, keys: Sequence[StoryKey]) -> set[StoryKey]:
    """Those of the keys under which a story of the feed is stored."""
    return {
        StoryKey(row["key"])
        for some in chunks(keys)
        for row in link.all(
            f"select key from stories where feed_id = ? and key in ({marks(some)})",  # noqa: S608 - question marks
            (feed_id, *some),
        )
    }


def recent_cards(link: Connection, since: datetime) -> tuple[RecentCard, ...]:
    """Cards that gained a story at or after `since`, newest first."""
    numbers = [
        row["card"]
        for row in link.all("select distinct card from card_stories where seen_at >= ?", (to_text(since),))
    ]
    wanted = (json.dumps(numbers),)
    stories: dict[int, list[StoryMark]] = defaultdict(list)
    for row in link.all(
        "select c.card, c.canonical_url, c.fingerprint, c.words, s.published_at, f.url as feed "
        "from card_stories c join stories s on s.id = c.story_id join feeds f on f.id = s.feed_id "
        "where c.card in (select value from json_each(?)) order by c.seen_at, c.story_id",
        wanted,
    ):
        stories[row["card"]].append(mark_of(row))
    rules: dict[int, set[RuleId]] = defaultdict(set)
    for row in link.all(
        "select distinct c.card, h.rule from card_stories c join hits h on h.story_id = c.story_id "
        "where c.card in (select value from json_each(?))",
        wanted,
    ):
        rules[row["card"]].add(RuleId(row["rule"]))
    told = {
        row["card"]: frozenset(map(destination_of, json.loads(row["told"])))
        for row in link.all(
            "select card, json_group_array(destination) as told from outbox where kind = 'alert' "
            "and card in (select value from json_each(?)) group by card",
            wanted,
        )
    }
    cards: list[Card] = [
        card_of(row)
        for row in link.all(
            "select * from cards where number in (select value from json_each(?)) order by number desc",
            wanted,
        )
    ]
    return tuple(
        RecentCard(c, frozenset(rules[c.number]), tuple(stories[c.number]), told.get(c.number, frozenset()))
        for c in cards
    )


def save(link: Connection, outcome: Outcome) -> None:
    """Make one decision true. Raises KeyError for a feed never synced, ValueError for a contradiction."""
    named = named_cards(outcome)
    found = link.all(
        "select number from cards where number in (select value from json_each(?))",
        (json.dumps(sorted(named)),),
    )
    check(outcome, named - {row["number"] for row in found})
    feed_id = polling.learn(link, outcome.state)
    link.add(
        "insert into cards (number, level, opened_at) values (?, ?, ?) "
        "on conflict (number) do update set level = max(level, excluded.level)",
        [(card.number, int(card.level), to_text(card.opened_at)) for card in outcome.cards],
    )
    fresh = _new_stories(link, feed_id, outcome.stories)
    _store(link, feed_id, fresh, to_text(outcome.decided_at))
    replayed = bool(outcome.stories) and not fresh
    outbox.owe(link, outcome.deliveries, outcome.decided_at, replayed=replayed)


def _new_stories(link: Connection, feed_id: int, stories: Sequence[Kept]) -> list[Kept]:
    """Those not stored yet, each key once: the first word on a story stands."""
    known = known_keys(link, feed_id, [kept.story.key for kept in stories])
    fresh: list[Kept] = []
    for kept in stories:
        if kept.story.key not in known:
            known.add(kept.story.key)
            fresh.append(kept)
    return fresh


def _store(link: Connection, feed_id: int, fresh: Sequence[Kept], seen_at: str) -> None:
    """Store stories with their hits and places, and index them; one statement per table."""
    first = link.number("select coalesce(max(seq), 0) + 1 from sqlite_sequence where name = 'stories'")
    numbered = list(enumerate(fresh, start=first))
    link.add(
        "insert into stories (id, feed_id, key, title, url, summary, text, author, published_at, lang, "
        "source, tags, tier, seen_at, why) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(story_id, feed_id, *story_values(kept.story), seen_at, kept.why) for story_id, kept in numbered],
    )
    link.add(
        "insert into hits (story_id, rule, level, evidence) values (?, ?, ?, ?)",
        [(story_id, *hit_values(hit)) for story_id, kept in numbered for hit in kept.hits],
    )
    link.add(
        "insert into card_stories (story_id, card, seen_at, canonical_url, fingerprint, words) "
        "values (?, ?, ?, ?, ?, ?)",
        [
            (story_id, kept.card, seen_at, *_mark(kept.story))
            for story_id, kept in numbered
            if kept.card is not None
        ],
    )
    search.index(link, [(story_id, kept.story) for story_id, kept in numbered])


def _mark(story: Story) -> Values:
    """What grouping compares: canonical_url, fingerprint, words."""
    return (
        canonical_url(story.url) if story.url else None,
        fingerprint(story.title),
        words_text(title_words(story.title)),
    )
