"""Personal rules: a chat waits for what a query matches, and nobody else sees anything of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.core.errors import QueryError
from monitor.core.language import Dialect, parse
from monitor.core.match import AllOf, AnyOf, Token, compile_query
from monitor.core.match.lint import lint
from monitor.core.match.plan import Nearly
from monitor.core.phrase import phrase
from monitor.desk.answers import Find, Forbidden, QueryMistake

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.core.language import Query
    from monitor.core.match import Finder, Plan
    from monitor.core.match.lint import Doubt
    from monitor.core.model import Watch
    from monitor.desk.answers import Caller
    from monitor.desk.office import Office

LONGEST = 300
"""Characters of a personal rule."""

WEEK = timedelta(days=7)

MOST_A_WEEK = 350
"""Stories of one week from which a personal rule finds too much: nobody reads fifty alerts a day."""

LOOKED_AT = 3_000
"""Stored stories that are looked at to tell how much a personal rule would find."""

TASTE = 3


@dataclass(frozen=True, slots=True)
class Watched:
    """A chat waits for what a query matches; `watch` was there already if not `new`."""

    watch: Watch
    doubts: tuple[Doubt, ...]  # about the query
    found: int  # stories of the last week that it would have found
    taste: tuple[Find, ...]  # the newest of them
    new: bool


@dataclass(frozen=True, slots=True)
class TooBroad:
    """The query would find so many stories a week that nobody could read them; nothing changed."""

    query: str
    found: int


@dataclass(frozen=True, slots=True)
class Full:
    """The chat has as many personal rules as it may have; nothing changed."""

    most: int


@dataclass(frozen=True, slots=True)
class WatchList:
    """The personal rules of a chat; those in `broken` cannot be used any more."""

    watches: tuple[Watch, ...]
    broken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Unwatched:
    """What ended, None if the chat has no such personal rule, and what is left."""

    asked: int
    watch: Watch | None
    left: WatchList


class PersonalDesk:
    """Begins and ends them."""

    def __init__(self, office: Office, changed: Callable[[], None]) -> None:
        """`changed` hears that there are others from now on."""
        self._office = office
        self._changed = changed

    def watch(self, caller: Caller, query: str) -> Watched | TooBroad | Full | QueryMistake | Forbidden:
        """Let a chat wait for what a query matches."""
        if refusal := self._office.refusal(Action.FOLLOW, caller):
            return refusal
        asked = " ".join(query.split())
        try:
            tree, finder = self._understood(asked)
        except QueryError as error:
            return QueryMistake(error)
        book = self._office.book()
        doubts = lint(tree, book.entities, book.feeds)
        found, taste = self._found(finder)
        where, store = caller.here, self._office.store
        have = store.watches(where)
        same = next((each for each in have if each.query == asked), None)
        if same is not None:
            return Watched(same, doubts, found, taste, new=False)
        if found > MOST_A_WEEK:
            return TooBroad(asked, found)
        most = self._office.limits.watches
        if len(have) >= most and self._office.limited(caller):
            return Full(most)
        watch = store.add_watch(where, asked, caller.person, self._office.clock())
        self._changed()
        return Watched(watch, doubts, found, taste, new=True)

    def watches(self, caller: Caller) -> WatchList | Forbidden:
        """What a chat waits for alone."""
        if refusal := self._office.refusal(Action.READ, caller):
            return refusal
        return self._list(caller)

    def unwatch(self, caller: Caller, number: int) -> Unwatched | Forbidden:
        """End one; what it found stays where it was told."""
        if refusal := self._office.refusal(Action.LEAVE, caller):
            return refusal
        where, store = caller.here, self._office.store
        watch = next((each for each in store.watches(where) if each.number == number), None)
        if watch is not None:
            store.end_watch(where, number, self._office.clock())
            self._changed()
        return Unwatched(number, watch, self._list(caller))

    def _list(self, caller: Caller) -> WatchList:
        watches = self._office.store.watches(caller.here)
        return WatchList(watches, frozenset(each.number for each in watches if self._is_broken(each)))

    def _is_broken(self, watch: Watch) -> bool:
        try:
            compile_query(parse(watch.query, Dialect.RULE), self._office.book().entities)
        except QueryError:
            return True
        return False

    def _understood(self, asked: str) -> tuple[Query, Finder]:
        """The query, parsed and compiled. Raises QueryError also for what only rules of rules.yaml may do."""
        if len(asked) > LONGEST:
            raise QueryError(
                phrase("this query is longer than {most} characters", most=LONGEST),
                query=asked,
                position=LONGEST,
                end=len(asked),
                hint=phrase("Ask an editor for a rule in rules.yaml."),
            )
        tree = parse(asked, Dialect.RULE)  # nothing of what became of a story
        parse(asked, Dialect.SEARCH)  # no patterns
        finder = compile_query(tree, self._office.book().entities)
        if not _names_words(finder.plan):
            raise QueryError(
                phrase("this would have to look at every story"),
                query=asked,
                position=0,
                end=len(asked),
                hint=phrase("Add a word that the story must have."),
            )
        return tree, finder

    def _found(self, finder: Finder) -> tuple[int, tuple[Find, ...]]:
        """How many stories of the last week match, and the newest of them."""
        now: datetime = self._office.clock()
        count = 0
        taste: list[Find] = []
        for looked, stored in enumerate(self._office.store.candidates(finder.plan)):
            if looked == LOOKED_AT or stored.seen_at < now - WEEK:
                break
            evidence = finder.evidence(stored.story, now)
            if evidence is not None:
                count += 1
                if len(taste) < TASTE:
                    taste.append(Find(stored, evidence))
        return count, tuple(taste)


def _names_words(plan: Plan) -> bool:
    """Whether only stories with certain words can match, so that not every one has to be looked at."""
    match plan:
        case Token() | Nearly():
            return True
        case AllOf(parts):
            return any(map(_names_words, parts))
        case AnyOf(parts):
            return all(map(_names_words, parts))
        case _:
            return False
