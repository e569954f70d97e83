"""The clerk's one question and one answer, in SQLite. Transactions are the caller's."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from db.promises import asked_keys, check, latest_compared, named_cards
from db.rows import card_of, destination_of, hit_values, mark_of, mark_values, story_values, to_text
from db.sqlite import digests, editions, notices, outbox, people, polling, search, watching, wishes
from db.sqlite.connection import Connection, chunks, marks
from monitor.core.model import (
    Card,
    Facts,
    FeedUrl,
    Kept,
    Outcome,
    RecentCard,
    RuleId,
    StoredStory,
    Story,
    StoryKey,
    StoryMark,
)

Memo = dict[int, RecentCard]
"""Cards by number, as they are stored: hundreds may be recent, and only a hit changes one of them."""

STORED = (
    f"select {search.COLUMNS} from stories s join feeds f on f.id = s.feed_id "  # noqa: S608 - a constant
    "left join card_stories c on c.story_id = s.id"
)
"""Stories as they lie in the store."""


def facts(
    link: Connection, url: FeedUrl, stories: Sequence[Story], cards_since: datetime, memo: Memo
) -> Facts:
    """All that `decide` needs of the store. Raises KeyError for a feed never synced."""
    feed_id, state = polling.find(link, url)
    known, alike = _stored(link, feed_id, stories) if state.seen_before else ({}, ())
    recent = recent_numbers(link, cards_since)
    theirs = {each.card for each in (*known.values(), *alike) if each.card is not None}
    return Facts(
        state=state,
        known=known,
        cards=remembered(link, recent, memo),
        subscriptions=(*people.reachable(link), *(each.subscription for each in watching.reachable(link))),
        next_card=link.number("select coalesce(max(number), 0) + 1 from cards"),
        alike=alike,
        old_cards=whole_cards(link, theirs - recent),
        mutes=wishes.mutes_of_all(link),
        quiet=wishes.quiet_hours(link),
        digests=digests.wishes(link),
    )


def _stored(
    link: Connection, feed_id: int, stories: Sequence[Story]
) -> tuple[dict[StoryKey, StoredStory], tuple[StoredStory, ...]]:
    """Stories of the feed under a key that one of those given may have; and the latest that are like the others."""
    asked = asked_keys(stories)
    keys = sorted({key for keys in asked.values() for key in keys})
    known = {
        each.story.key: each
        for some in chunks(keys)
        for each in map(
            search.stored_of,
            link.all(f"{STORED} where s.feed_id = ? and s.key in ({marks(some)})", (feed_id, *some)),
        )
    }
    strange = [story for story in stories if known.keys().isdisjoint(asked[story.key])]
    if not strange:
        return known, ()
    rows = link.all(
        STORED + " where s.id in (select id from stories where feed_id = ?1 order by id desc limit ?2) and "  # noqa: S608 - a constant
        "(s.url in (select value from json_each(?3)) or s.title in (select value from json_each(?4))) "
        "order by s.id desc",
        (
            feed_id,
            latest_compared(stories),
            json.dumps([story.url for story in strange]),
            json.dumps([story.title for story in strange if story.title]),
        ),
    )
    return known, tuple(map(search.stored_of, rows))


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


def recent_numbers(link: Connection, since: datetime) -> set[int]:
    """Cards that gained a story at or after `since`."""
    rows = link.all("select distinct card from card_stories where seen_at >= ?", (to_text(since),))
    return {row["card"] for row in rows}


def remembered(link: Connection, numbers: set[int], memo: Memo) -> tuple[RecentCard, ...]:
    """The cards, newest first, of which only those are read that are not in the memo; it keeps no others."""
    for number in memo.keys() - numbers:
        del memo[number]
    memo |= {card.card.number: card for card in whole_cards(link, numbers - memo.keys())}
    return tuple(memo[number] for number in sorted(numbers, reverse=True))


def whole_cards(link: Connection, numbers: Iterable[int]) -> tuple[RecentCard, ...]:
    """The cards with all that grouping needs of them, newest first."""
    wanted = (json.dumps(sorted(numbers)),)
    if wanted == ("[]",):
        return ()
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
    gathered = digests.of_cards(link, wanted[0])
    cards: list[Card] = [
        card_of(row)
        for row in link.all(
            "select * from cards where number in (select value from json_each(?)) order by number desc",
            wanted,
        )
    ]
    return tuple(
        RecentCard(
            c,
            frozenset(rules[c.number]),
            tuple(stories[c.number]),
            told.get(c.number, frozenset()),
            gathered.get(c.number, frozenset()),
        )
        for c in cards
    )


def save(link: Connection, outcome: Outcome, memo: Memo) -> None:
    """Make one decision true. Raises KeyError for a feed never synced, ValueError for a contradiction."""
    named = named_cards(outcome)
    for number in named | {card.number for card in outcome.cards}:
        memo.pop(number, None)
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
    edited = editions.save(link, outcome.edits, outcome.decided_at)
    fresh = _new_stories(link, feed_id, outcome.stories)
    _store(link, feed_id, fresh, to_text(outcome.decided_at))
    if outcome.items is not None:
        polling.keep_items(link, feed_id, outcome.items)
    replayed = bool(outcome.stories or outcome.edits) and not fresh and not edited
    notices.add(link, feed_id, outcome.notices, outcome.decided_at)
    outbox.owe(link, outcome.deliveries, outcome.decided_at, replayed=replayed)
    wishes.keep(link, outcome)
    digests.keep(link, outcome)


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
            (story_id, kept.card, seen_at, *mark_values(kept.story))
            for story_id, kept in numbered
            if kept.card is not None
        ],
    )
    link.add(
        "insert into story_notes (story_id, doubt, article) values (?, ?, 0)",
        [(story_id, kept.story.doubt) for story_id, kept in numbered if kept.story.doubt],
    )
    search.index(link, [(story_id, kept.story) for story_id, kept in numbered])
