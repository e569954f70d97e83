"""The search of stored stories: the store proposes, the matcher of the rules decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.errors import QueryError
from monitor.core.language import parse
from monitor.core.match import Finder, compile_query, history_of
from monitor.desk.answers import Find, Found, QueryMistake

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.core.model import Evidence, Level, RuleBook, RuleId, StoredStory
    from monitor.ports import Clock, Store

PAGE = 5
"""Stories on one page: what a phone shows without scrolling far."""

SCAN = 20_000
"""Candidates read in one go; the store's thread has others to serve."""

PATIENCE = timedelta(seconds=1)
"""Time for one go; looked at every `STRIDE` candidates."""

STRIDE = 200

LONGEST = 1_000
"""Characters of a query that somebody sends in a chat."""


def search(
    store: Store, book: RuleBook, clock: Clock, query: str, before: int | None
) -> Found | QueryMistake:
    """One page of the stories that `query` matches, newest stored first, below the story id `before`.

    White space of any kind counts as a space, one for one, so that positions in an error stay true. Stops
    early after `SCAN` candidates or `PATIENCE`, and then says how far back it came (`Found.back_to`).
    """
    asked = "".join(" " if c.isspace() else c for c in query)
    if len(asked) > LONGEST:
        error = QueryError(
            f"this query is longer than {LONGEST} characters",
            query=asked,
            position=LONGEST,
            end=len(asked),
            hint="Search for less at a time.",
        )
        return QueryMistake(error)
    try:
        finder = compile_query(parse(asked), book.entities)
    except QueryError as error:
        return QueryMistake(error)
    look = _Look(finder, {rule.id: rule.level for rule in book.rules}, clock())
    return _page(store, look, clock, Found(asked, (), None, None, before is None), before)


@dataclass(frozen=True, slots=True)
class _Look:
    """A query, at the moment when it was asked."""

    finder: Finder
    levels: Mapping[RuleId, Level]
    now: datetime

    def evidence(self, stored: StoredStory) -> tuple[Evidence, ...] | None:
        """Where it matches a stored story; None if it does not."""
        return self.finder.evidence(stored.story, self.now, history_of(stored, self.levels))


def _page(store: Store, look: _Look, clock: Clock, empty: Found, before: int | None) -> Found:
    """Read candidates until one more than a page is found: that one tells whether there is a next page."""
    finds: list[Find] = []
    deadline = clock() + PATIENCE
    last: StoredStory | None = None
    for count, stored in enumerate(store.candidates(look.finder.plan, before), start=1):
        last = stored
        evidence = look.evidence(stored)
        if evidence is not None:
            finds.append(Find(stored, evidence))
            if len(finds) > PAGE:
                page = tuple(finds[:PAGE])
                return Found(empty.query, page, page[-1].stored.id, None, empty.first)
        if count == SCAN or (count % STRIDE == 0 and clock() > deadline):
            break
    else:
        last = None  # that was all
    if last is None:
        return Found(empty.query, tuple(finds), None, None, empty.first)
    return Found(empty.query, tuple(finds), last.id, last.seen_at, empty.first)
