"""Cards with their stories, in SQLite. Transactions are the caller's."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from db.rows import card_of, hit_of, story_of, to_time
from db.sqlite.connection import Connection
from db.sqlite.search import STORY
from monitor.core.discretion import open_to, without_others
from monitor.core.model import CardStory, CardView, Hit, RuleId

OPEN_TO = (
    "not exists (select 1 from card_stories c join hits h on h.story_id = c.story_id "
    "where c.card = cards.number and h.rule glob 'watch-[0-9]*') "
    "or exists (select 1 from card_stories c join hits h on h.story_id = c.story_id where c.card = cards.number "
    "and (h.rule not glob 'watch-[0-9]*' or h.rule in (select value from json_each(?4))))"
)
"""A card of which not all was found by personal rules of others; ?4 is a JSON array of one's own."""


def newest(
    link: Connection, limit: int, before: int | None, rule: RuleId | None, *, mine: Collection[RuleId]
) -> tuple[CardView, ...]:
    """The newest cards below `before`, of all rules or with a hit of one; `mine` are personal rules that count."""
    if rule is not None and not open_to(rule, mine):
        return ()
    rows = link.all(
        "select number from cards where (?1 is null or number < ?1) and (?2 is null or number in ("  # noqa: S608 - a constant
        "select c.card from hits h join card_stories c on c.story_id = h.story_id where h.rule = ?2)) "
        f"and ({OPEN_TO}) order by number desc limit ?3",
        (before, rule, limit, json.dumps(sorted(mine))),
    )
    numbers = [row["number"] for row in rows]
    found = views(link, numbers)
    return tuple(without_others(found[number], mine) for number in numbers)


def views(link: Connection, numbers: Iterable[int]) -> Mapping[int, CardView]:
    """Those of the cards that exist, whole, by number."""
    wanted = (json.dumps(sorted(numbers)),)
    hits: dict[int, list[Hit]] = defaultdict(list)
    for row in link.all(
        "select h.* from hits h join card_stories c on c.story_id = h.story_id "
        "where c.card in (select value from json_each(?)) order by h.id",
        wanted,
    ):
        hits[row["story_id"]].append(hit_of(row))
    stories: dict[int, list[CardStory]] = defaultdict(list)
    for row in link.all(
        f"select {STORY}, c.card from card_stories c join stories s on s.id = c.story_id "  # noqa: S608 - a constant
        "join feeds f on f.id = s.feed_id where c.card in (select value from json_each(?)) "
        "order by s.seen_at, s.id",
        wanted,
    ):
        stories[row["card"]].append(CardStory(story_of(row), to_time(row["seen_at"]), tuple(hits[row["id"]])))
    cards = map(
        card_of, link.all("select * from cards where number in (select value from json_each(?))", wanted)
    )
    return {card.number: CardView(card, tuple(stories[card.number])) for card in cards}
