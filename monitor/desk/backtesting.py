"""A backtest in portions: what a rule would have raised over stored stories, while others have their turn."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.authoring.trial import Raised, Trial, assess, moment
from monitor.core.language import Dialect, parse
from monitor.core.match import Everything, compile_book, compile_query
from monitor.core.match.planning import any_of
from monitor.core.model import Rule, RuleId
from monitor.desk.names import same

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from monitor.core.match import Matcher, Plan
    from monitor.core.model import RuleBook, StoredStory
    from monitor.ports import Clock, Store

MOST_COMPARED = 200
"""Rules up to which the store is asked for the stories of each; with more all stories are read."""

MOST_RAISED = 5_000
"""Hits after which nobody needs to know more: the backtest ends there, and says how far back it came."""

STRIDE = 20
"""Stories between two looks at the clock."""

PORTION = 200
"""Stories in one step at most."""

TURN = timedelta(milliseconds=25)
"""Time of one step, so that others get their turn."""

TRIED = RuleId("(tried)")
"""Stands for a query that is no rule; no rule can have this id."""


class Backtest:
    """One backtest: `prepare` and `finish` in any thread, `step` in the thread that owns the store."""

    def __init__(self, book: RuleBook, asked: str, *, since: datetime, until: datetime, zone: tzinfo) -> None:
        """`asked` is a rule's id, whatever its case, or a query."""
        self._book = book
        self._asked = asked
        self._since = since
        self._until = until
        self._zone = zone
        self._theirs: Counter[RuleId] = Counter()
        self._raised: list[Raised] = []
        self._before: int | None = None
        self._stories = 0
        self.share = 0.0  # of the time asked about that was looked at, 0 to 1

    def prepare(self) -> None:
        """Compile what is needed. Raises QueryError for a query that cannot be understood."""
        known = {rule.id: rule for rule in self._book.rules}
        meant = same(self._asked.strip(), known)
        tried = known[RuleId(meant)] if meant is not None else Rule(TRIED, parse(self._asked, Dialect.RULE))
        others = tuple(rule for rule in self._book.rules if rule.id != tried.id)
        self._tried = tried
        self._matcher: Matcher = compile_book(replace(self._book, rules=(tried, *others)))
        plans: list[Plan] = [Everything()]
        if len(others) <= MOST_COMPARED:
            plans = [compile_query(rule.match, self._book.entities).plan for rule in (tried, *others)]
        self._plan = any_of(plans)

    def step(self, store: Store, clock: Clock) -> bool:
        """Look at some more stories, newest stored first; False when that was all."""
        if self._before is None:
            self._stories = store.stories_since(self._since)
        deadline = clock() + TURN
        count = 0
        for count, stored in enumerate(store.candidates(self._plan, self._before), start=1):
            if stored.seen_at < self._since or len(self._raised) >= MOST_RAISED:
                break  # all that follow were stored earlier, and so were news earlier
            self._before = stored.id
            self._try(stored)
            if count == PORTION or (count % STRIDE == 0 and clock() > deadline):
                self._tell(stored)
                return True
        self.share = 1.0
        return False

    def finish(self) -> Trial:
        """The figures."""
        since = self._since
        if len(self._raised) >= MOST_RAISED:
            since = max(since, min(moment(one.stored) for one in self._raised))
        return assess(
            self._asked.strip() if self._tried.id == TRIED else self._tried.id,
            self._raised,
            since=since,
            until=self._until,
            stories=self._stories,
            others=self._theirs,
            zone=self._zone,
        )

    def _try(self, stored: StoredStory) -> None:
        if moment(stored) < self._since:
            return
        hits = {hit.rule: hit for hit in self._matcher.hits(stored.story, stored.seen_at)}
        ours = hits.pop(self._tried.id, None)
        self._theirs.update(list(hits))
        if ours is not None:
            self._raised.append(Raised(stored, ours.evidence, tuple(hits)))

    def _tell(self, stored: StoredStory) -> None:
        whole = max((self._until - self._since).total_seconds(), 1.0)
        self.share = min(max((self._until - stored.seen_at).total_seconds() / whole, 0.0), 1.0)


__all__ = ["TRIED", "Backtest"]
