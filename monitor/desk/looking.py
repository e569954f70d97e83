"""A query that is put to stored stories: what it asks for, and which stories it finds, newest or best first."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.core.errors import QueryError
from monitor.core.language import Dialect, Query, fields_used, parse
from monitor.core.match import Finder, compile_query, history_of
from monitor.desk.answers import Find, QueryMistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from monitor.core.model import Evidence, Level, RuleId, StoredStory
    from monitor.desk.answers import Caller
    from monitor.desk.office import Office

PORTIONS = (48, 96)
"""Candidates read one after the other: most queries need a few, some need many."""

SCAN = 20_000
"""Candidates read in one go; the store's thread has others to serve."""

PATIENCE = timedelta(seconds=1)
"""Time for one go; looked at between portions."""

LONGEST = 1_000
"""Characters of a query that somebody sends in a chat."""

PIECE = re.compile(r'(?P<quoted>"[^"]*"?)|(?<!\S)sort:(?P<sort>\S*)(?!\S)')
"""Where the order of the finds is said: no part of the language, since a rule has no order. Not within quotes."""


class Sort(StrEnum):
    """The order of finds."""

    NEWEST = "newest"  # stored first
    BEST = "best"  # that say most of what is looked for


@dataclass(frozen=True, slots=True)
class Look:
    """A query at the moment when it was asked, by somebody who may ask it."""

    office: Office
    caller: Caller
    query: Query  # without its order
    sort: Sort
    finder: Finder
    levels: Mapping[RuleId, Level]
    now: datetime
    of_muted: bool = False  # whether it asks for what was muted

    @property
    def asked(self) -> str:
        """The query as it would be sent again."""
        order = "" if self.sort is Sort.NEWEST else f" sort:{self.sort}"
        return " ".join(self.query.source.split()) + order

    def instead(self, query: Query) -> Look | None:
        """A look for something else by the same person; None if that cannot be asked."""
        try:
            finder = compile_query(query, self.office.book().entities)
        except QueryError:
            return None
        return replace(self, query=query, finder=finder, of_muted="is" in fields_used(query))

    def portions(self, before: int | None = None) -> Iterator[tuple[tuple[StoredStory, ...], int | None]]:
        """Candidates below an id, newest first, and where each portion ends: see `Store.portion`."""
        sizes = iter(PORTIONS)
        size = 0
        while True:
            size = next(sizes, size)
            read = self.office.store.portion(self.finder.plan, before, size, self.now, self.caller.here)
            yield read.stories, read.below
            if read.below is None:
                return
            before = read.below

    def best(self, limit: int) -> tuple[Find, ...]:
        """The best finds among so many candidates, the best first."""
        ranked = self.office.store.best(self.finder.plan, limit, self.now, self.caller.here)
        return tuple(find for each in ranked if (find := self.find(each)) is not None)

    def find(self, stored: StoredStory) -> Find | None:
        """The story with what matches in it; None if it does not match."""
        evidence = self.evidence(stored)
        return None if evidence is None else Find(stored, evidence)

    def evidence(self, stored: StoredStory) -> tuple[Evidence, ...] | None:
        """Where it matches a stored story; None if it does not."""
        history = history_of(stored, self.levels, muted=self._muted(stored))
        return self.finder.evidence(stored.story, self.now, history)

    def matches(self, stored: StoredStory) -> bool:
        """Whether it matches a stored story."""
        history = history_of(stored, self.levels, muted=self._muted(stored))
        return self.finder.matches(stored.story, self.now, history)

    def _muted(self, stored: StoredStory) -> bool:
        """Whether the asker was not told of it because of a mute; looked up only where that is asked for."""
        if stored.card is None or not self.of_muted:
            return False
        return bool(self.office.store.hushed(self.caller.here, [stored.card]))


def look(office: Office, caller: Caller, asked: str) -> Look | QueryMistake:
    """A query, ready to be put to stories, for a caller who may read.

    White space of any kind counts as a space, one for one, so that positions in an error stay true. Patterns are
    for those who may edit rules.
    """
    written = "".join(" " if c.isspace() else c for c in asked)
    editor = office.refusal(Action.EDIT, caller) is None
    try:
        if len(written) > LONGEST:
            raise _too_long(written)
        text, sort = _sorted(written)
        query = parse(text, Dialect.OWNER if editor else Dialect.SEARCH)
        book = office.book()
        finder = compile_query(query, book.entities)
    except QueryError as error:
        return QueryMistake(error)
    levels = {rule.id: rule.level for rule in book.rules}
    of_muted = "is" in fields_used(query)
    return Look(office, caller, query, sort, finder, levels, office.clock(), of_muted)


def _sorted(written: str) -> tuple[str, Sort]:
    """The query with blanks where its order stood, and that order; raises QueryError for an unknown one."""
    sort = Sort.NEWEST
    for found in PIECE.finditer(written):
        if found["quoted"] is not None:
            continue
        if found["sort"].casefold() not in list(Sort):
            raise QueryError(
                f"there is no order {found['sort']}" if found["sort"] else "sort: needs an order",
                query=written,
                position=found.start(),
                end=found.end(),
                hint="write sort:newest or sort:best",
            )
        sort = Sort(found["sort"].casefold())
        written = written[: found.start()] + " " * len(found[0]) + written[found.end() :]
    return written, sort


def _too_long(written: str) -> QueryError:
    return QueryError(
        f"this query is longer than {LONGEST} characters",
        query=written,
        position=LONGEST,
        end=len(written),
        hint="Search for less at a time.",
    )
