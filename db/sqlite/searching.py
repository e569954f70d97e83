"""Looking into the past, in SQLite: which stories could match, in what order, and hits and alerts for figures.

Words are looked up in the index, what became of a story in the tables of hits and cards, so that neither reads
the whole archive. Every call does a bounded piece of work.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import nsmallest
from operator import itemgetter

from db.rows import Row, to_text, to_time
from db.sqlite.connection import Connection
from db.sqlite.search import COLUMNS, expression, stored_of
from db.sqlite.watching import rules_of
from monitor.core.discretion import open_to, shown_story
from monitor.core.match.plan import Aged, AllOf, AnyOf, Became, Plan
from monitor.core.model import Destination, Level, Portion, RuleId, Rung, StoredStory, Struck

PORTION = 200
"""How many stories are read at a time."""

REACH = 5_000
"""Ids that are looked at for one portion, where the index alone does not decide."""

WEIGHED = 20_000
"""The newest stories that hold the words, of which the best are looked for: each costs about 3 us."""

FEW = 64
"""Of so few stories the newest are read as they are, rather than have the index merge every word of a short prefix."""

SHORT = 4
"""Letters from which a prefix is rare enough for the index to be quicker."""

DATE = "coalesce(s.published_at, s.seen_at)"
"""A story's date, as the matcher reads it."""

TABLES = "stories s join feeds f on f.id = s.feed_id left join card_stories c on c.story_id = s.id"

FIRST = "select seen_at from stories where id >= ? order by id limit 1"

RULES = (
    "with recursive each(rule) as (select min(rule) from hits union all "
    "select (select min(rule) from hits where rule > each.rule) from each where each.rule is not null) "
    "select rule from each where rule = ? collate nocase"
)
"""Rules of a name that ever hit, whatever its case: one step along the index for each rule."""

Bound = list[str | int | None]


class Searching:
    """The part of the store that is asked about the past; each method is one transaction."""

    _link: Connection

    def portion(
        self,
        plan: Plan,
        before: int | None,
        limit: int,
        now: datetime | None = None,
        viewer: Destination | None = None,
    ) -> Portion:
        """See `Store.portion`."""
        with self._link.reading():
            found = portion(self._link, plan, before, limit, now)
            return replace(found, stories=self._shown(found.stories, viewer))

    def best(
        self, plan: Plan, limit: int, now: datetime | None = None, viewer: Destination | None = None
    ) -> tuple[StoredStory, ...]:
        """See `Store.best`."""
        with self._link.reading():
            return self._shown(best(self._link, plan, limit, now), viewer)

    def _shown(self, stories: Sequence[StoredStory], viewer: Destination | None) -> tuple[StoredStory, ...]:
        mine = rules_of(self._link, viewer)
        return tuple([shown_story(each, mine) for each in stories])

    def words_like(self, begins: str, limit: int) -> tuple[tuple[str, int], ...]:
        """See `Store.words_like`."""
        with self._link.reading():
            rows = self._link.all(
                "select term, doc from story_index_words where term >= ? and term < ? limit ?",
                (begins, begins + "\U0010ffff", limit),
            )
            return tuple((row["term"], row["doc"]) for row in rows)

    def hits_since(
        self, since: datetime, rule: RuleId | None = None, viewer: Destination | None = None
    ) -> tuple[Struck, ...]:
        """See `Store.hits_since`."""
        with self._link.reading():
            mine = rules_of(self._link, viewer)
            rows = self._link.all(
                "select h.rule, h.level, s.seen_at, s.source, c.card from hits h "
                "cross join stories s on s.id = h.story_id left join card_stories c on c.story_id = s.id "
                "where h.story_id >= ?1 and s.seen_at >= ?2 and (?3 is null or h.rule = ?3) "
                "order by h.story_id, h.id",
                (stored_since(self._link, since), to_text(since), rule),
            )
            return tuple(
                Struck(RuleId(r["rule"]), Level(r["level"]), to_time(r["seen_at"]), r["source"], r["card"])
                for r in rows
                if open_to(r["rule"], mine)
            )

    def alerts_since(self, since: datetime, rule: RuleId | None = None) -> tuple[Rung, ...]:
        """See `Store.alerts_since`."""
        with self._link.reading():
            rows = self._link.all(
                "select o.card, min(o.settled_at) as sent, (select min(min(coalesce(s.published_at, s.seen_at), "
                "s.seen_at)) from card_stories c join stories s on s.id = c.story_id where c.card = o.card) as "
                "published from outbox o where o.kind = 'alert' and o.state = 'sent' and (?2 is null or o.card in ("
                "select c.card from hits h join card_stories c on c.story_id = h.story_id where h.rule = ?2)) "
                "group by o.card having sent >= ?1 and published is not null order by sent, o.card",
                (to_text(since), rule),
            )
            return tuple(Rung(r["card"], to_time(r["published"]), to_time(r["sent"])) for r in rows)

    def stories_on(self, card: int, viewer: Destination | None = None) -> tuple[StoredStory, ...]:
        """See `Store.stories_on`."""
        with self._link.reading():
            rows = self._link.all(
                f"select {COLUMNS} from {TABLES} where s.id in (select story_id from card_stories "  # noqa: S608 - constants
                "where card = ?) order by s.seen_at, s.id",
                (card,),
            )
            found = self._shown(tuple(map(stored_of, rows)), viewer)
            return tuple(each for each in found if each.card is not None)


def candidates(link: Connection, plan: Plan, before: int | None) -> Iterator[StoredStory]:
    """Stories that could match, newest first, in portions; between two portions no transaction is open."""
    while True:
        with link.reading():
            found = portion(link, plan, before, PORTION, None)
        yield from found.stories
        if found.below is None:
            return
        before = found.below


def portion(link: Connection, plan: Plan, before: int | None, limit: int, now: datetime | None) -> Portion:
    """One portion; see `Store.portion`."""
    asked = _asked(link, plan, now, shortest=SHORT if limit <= FEW else 1)
    reach = max(limit, REACH) if asked.tests else limit
    looked = _looked(link, asked, before, reach)
    kept = [number for number, passes in looked if passes][:limit]
    if len(kept) == limit and kept[-1] != looked[-1][0]:
        below: int | None = kept[-1]
    else:
        below = looked[-1][0] if len(looked) == reach else None
    return Portion(tuple(map(stored_of, _read(link, kept))), below)


def best(link: Connection, plan: Plan, limit: int, now: datetime | None) -> tuple[StoredStory, ...]:
    """The best by FTS5's bm25 (Okapi BM25, as in its documentation) among the newest `WEIGHED` with the words."""
    asked = _asked(link, plan, now)
    if asked.match is None:
        return portion(link, plan, None, limit, now).stories
    weighed = link.all(
        "select rowid, bm25(story_index) as weight from story_index where tokens match ? "
        "order by rowid desc limit ?",
        (asked.match, WEIGHED),
    )
    found = nsmallest(REACH if asked.tests else limit, weighed, key=itemgetter("weight"))
    ids = [row["rowid"] for row in found]
    passing = set(_passing(link, asked, ids))
    kept = [number for number in ids if number in passing][:limit]
    rows = {row["id"]: row for row in _read(link, kept)}
    return tuple(stored_of(rows[number]) for number in kept)


def stored_since(link: Connection, since: datetime) -> int:
    """The first id from which all stories may have been stored at or after a time.

    Ids grow with time, so it is found in about twenty looks. Where the clock was once set back, what is stored
    beyond it counts as later.
    """
    wanted = to_text(since)
    low, high = 0, link.number("select coalesce(max(id), 0) + 1 from stories")
    while low < high:
        middle = (low + high) // 2
        row = link.first(FIRST, (middle,))
        if row is None or row["seen_at"] >= wanted:
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(slots=True)
class _Asked:
    """A plan in SQLite's terms."""

    match: str | None  # of the index
    driver: tuple[str, Bound] | None = None  # gives ids of stories, where there is no `match`
    tests: list[tuple[str, Bound]] = field(default_factory=list)  # of a story `s`

    def where(self) -> tuple[str, Bound]:
        """All tests in one."""
        return " and ".join(["1", *(sql for sql, _ in self.tests)]), [v for _, own in self.tests for v in own]


def _asked(link: Connection, plan: Plan, now: datetime | None, shortest: int = 1) -> _Asked:
    """What the index and the tables can tell of a plan."""
    asked = _Asked(expression(plan, shortest=shortest))
    for part in plan.parts if type(plan) is AllOf else (plan,):
        became = _became(link, part)
        if became is not None and asked.match is None and asked.driver is None:
            asked.driver = became
        elif became is not None:
            asked.tests.append((f"s.id in ({became[0]})", became[1]))
        elif isinstance(part, Aged):
            asked.tests += _aged(part, now)
    return asked


def _became(link: Connection, plan: Plan) -> tuple[str, Bound] | None:
    """A query for the ids of stories of which something became; None for a plan that asks for more or else."""
    if isinstance(plan, AnyOf):
        each = [_became(link, part) for part in plan.parts]
        sure = [one for one in each if one is not None]
        whole = len(sure) == len(each)
        return (
            (" union ".join(sql for sql, _ in sure), [v for _, own in sure for v in own]) if whole else None
        )
    if not isinstance(plan, Became):
        return None
    match plan.field:
        case "rule":
            names = [row["rule"] for row in link.all(RULES, (plan.text,))]
            return "select story_id from hits where rule in (select value from json_each(?))", [
                json.dumps(names)
            ]
        case "card":
            return "select story_id from card_stories where card = ?", [int(plan.text)]
        case "is":
            return "select story_id from card_stories where card in (select card from hushed)", []
        case _:
            return "select story_id from hits", []


def _aged(plan: Aged, now: datetime | None) -> Iterator[tuple[str, Bound]]:
    if plan.since is not None:
        yield f"{DATE} >= ?", [to_text(plan.since)]
    if plan.until is not None:
        yield f"{DATE} < ?", [to_text(plan.until)]
    if plan.age is not None and now is not None:
        yield f"{DATE} >= ?", [to_text(now - plan.age)]


def _looked(link: Connection, asked: _Asked, before: int | None, limit: int) -> list[tuple[int, bool]]:
    """Ids that may do, newest first, each with whether its story is there and passes the tests."""
    bound: Bound
    if asked.match is not None:
        inner = "select rowid as id from story_index where tokens match ? and rowid < ? order by rowid desc limit ?"
        bound = [asked.match]
    elif asked.driver is not None:
        ids, bound = asked.driver
        inner = (
            f"select distinct story_id as id from ({ids}) where story_id < ? order by story_id desc limit ?"  # noqa: S608 - constants
        )
    else:
        inner, bound = "select id from stories where id < ? order by id desc limit ?", []
    where, tested = asked.where()
    rows = link.all(
        f"select i.id, s.id is not null and {where} as passes from ({inner}) i "  # noqa: S608 - constants
        "left join stories s on s.id = i.id order by i.id desc",
        (*tested, *bound, _top(before), limit),
    )
    return [(row["id"], bool(row["passes"])) for row in rows]


def _top(before: int | None) -> int:
    """An id above all that are asked for."""
    return 2**63 - 1 if before is None else before


def _passing(link: Connection, asked: _Asked, ids: Sequence[int]) -> Sequence[int]:
    """Those of the ids whose stories are there and pass the tests, newest first."""
    where, bound = asked.where()
    rows = link.all(
        f"select s.id from stories s where s.id in (select value from json_each(?)) and {where} "  # noqa: S608 - constants
        "order by s.id desc",
        (json.dumps(ids), *bound),
    )
    return [row["id"] for row in rows]


def _read(link: Connection, ids: Sequence[int]) -> list[Row]:
    """The stories of the ids, newest first."""
    return link.all(
        f"select {COLUMNS} from {TABLES} where s.id in (select value from json_each(?)) "  # noqa: S608 - constants
        "order by s.id desc",
        (json.dumps(ids),),
    )
