"""The workbench of those who write rules: explain, backtest, near misses, coverage. Answers are values.

The store proposes, the matcher of the rules decides. Synchronous: runs in the thread that owns the store, or over
a reader beside a running bot.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.core.authoring.coverage import Coverage, coverage
from monitor.core.authoring.nearmiss import NearMiss, NearMisses
from monitor.core.authoring.trial import Trial, moment
from monitor.core.errors import QueryError
from monitor.core.match import Everything
from monitor.core.match.explain import Explanation, explain
from monitor.core.model import Rule, RuleId
from monitor.desk.answers import QueryMistake, UnknownRule
from monitor.desk.backtesting import Backtest
from monitor.desk.names import nearest, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, tzinfo

    from monitor.core.match import Plan
    from monitor.core.model import RuleBook, StoredStory, Story
    from monitor.ports import Store

    Progress = Callable[[float], None]
    """Is told now and then which share of the time asked about was looked at, 0 to 1."""

MOST_SHOWN = 20
"""Near misses that are kept of all that are counted."""

STRIDE = 100
"""Stories between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A stored story that a rule just missed."""

    stored: StoredStory
    miss: NearMiss


@dataclass(frozen=True, slots=True)
class Misses:
    """What rules just missed since a time."""

    since: datetime
    counts: tuple[tuple[RuleId, int], ...]  # of every rule asked about, in the book's order
    newest: tuple[Missed, ...]  # newest stored first, at most as many as were asked for
    clauses: tuple[tuple[RuleId, str, int], ...]  # which clause kept how many away, most first


def explain_rule(
    book: RuleBook, asked: str, story: Story, now: datetime | None = None
) -> Explanation | UnknownRule:
    """Why a rule hits a story, or does not, clause by clause; `now` as for `Matcher.hits`."""
    rule = find_rule(book, asked)
    return rule if isinstance(rule, UnknownRule) else explain(rule, book.entities, story, now)


def find_rule(book: RuleBook, asked: str) -> Rule | UnknownRule:
    """The rule that was meant, whatever the case of its id."""
    known = {rule.id: rule for rule in book.rules}
    meant = same(asked, known)
    return UnknownRule(asked, nearest(asked, known), tuple(known)) if meant is None else known[RuleId(meant)]


def find_story(store: Store, story_id: int) -> StoredStory | None:
    """A stored story by its number."""
    found = next(store.candidates(Everything(), story_id + 1), None)
    return found if found is not None and found.id == story_id else None


def backtest(
    store: Store,
    book: RuleBook,
    asked: str,
    *,
    since: datetime,
    now: datetime,
    zone: tzinfo,
    progress: Progress,
) -> Trial | QueryMistake:
    """What a rule, named by its id, or else a query would have raised over stories since a time."""
    test = Backtest(book, asked, since=since, until=now, zone=zone)
    try:
        test.prepare()
    except QueryError as error:
        return QueryMistake(error)
    while test.step(store, lambda: now):
        progress(test.share)
    progress(1.0)
    return test.finish()


def near_misses(
    store: Store,
    book: RuleBook,
    asked: str | None,
    *,
    since: datetime,
    now: datetime,
    limit: int = MOST_SHOWN,
    progress: Progress,
) -> Misses | UnknownRule:
    """Stories since a time that a rule, or any rule, misses by exactly one clause."""
    rules = book.rules
    if asked is not None:
        rule = find_rule(book, asked)
        if isinstance(rule, UnknownRule):
            return rule
        rules = (rule,)
    compiled = NearMisses(rules, book.entities)
    counts: Counter[RuleId] = Counter({rule.id: 0 for rule in rules})
    clauses: Counter[tuple[RuleId, str]] = Counter()
    newest: list[Missed] = []
    if compiled.plan is not None:
        for stored in _recent(store, compiled.plan, since, now, progress):
            for miss in compiled.of(stored.story, stored.seen_at):
                counts[miss.rule] += 1
                clauses[miss.rule, miss.clause] += 1
                if len(newest) < limit:
                    newest.append(Missed(stored, miss))
    told = tuple((rule, clause, count) for (rule, clause), count in clauses.most_common())
    return Misses(since, tuple(counts.items()), tuple(newest), told)


def covered(store: Store | None, book: RuleBook) -> Coverage:
    """Where no live feed could ever satisfy a rule; without a store, as if all feeds lived."""
    states = store.feed_states() if store is not None else ()
    return coverage(book, {state.url: state for state in states if state.last_poll_at is not None})


def _recent(
    store: Store, plan: Plan, since: datetime, now: datetime, progress: Progress
) -> Iterator[StoredStory]:
    """Candidates that were news since then, newest stored first."""
    whole = max((now - since).total_seconds(), 1.0)
    for count, stored in enumerate(store.candidates(plan)):
        if stored.seen_at < since:
            break  # all that follow were stored earlier, and so were news earlier
        if count % STRIDE == 0:
            progress(min(max((now - stored.seen_at).total_seconds() / whole, 0.0), 1.0))
        if moment(stored) >= since:
            yield stored
    progress(1.0)


__all__ = [
    "Missed",
    "Misses",
    "backtest",
    "covered",
    "explain_rule",
    "find_rule",
    "find_story",
    "near_misses",
]
