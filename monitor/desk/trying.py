"""Rules and queries tried on what there is: one story, clause by clause, or all that was stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.core.errors import QueryError
from monitor.core.language import Dialect, parse
from monitor.core.match import compile_book
from monitor.core.match.explain import explain
from monitor.core.model import FeedUrl, Rule, RuleId, Story, StoryKey
from monitor.desk.answers import NoCard, QueryMistake, UnknownRule
from monitor.desk.backtesting import TRIED, Backtest
from monitor.desk.names import nearest, same
from monitor.desk.workbench import find_story

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from monitor.core.language import Query
    from monitor.core.match.explain import Explanation
    from monitor.core.model import RuleBook
    from monitor.desk.answers import Caller, Forbidden
    from monitor.desk.office import Office

USUAL = timedelta(days=30)
"""How far a backtest looks back unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a query is tried on; one of them."""

    text: str = ""  # a headline; further lines are the story's text
    story: int | None = None  # number of a stored one
    card: int | None = None  # number of a card: its first story
    fetched: Story | None = None  # read from its page


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule or query over one story."""

    rule: Rule
    named: bool  # a rule of rules.yaml, not a query
    story: Story
    explained: Explanation
    also: tuple[RuleId, ...]  # rules in force that hit the story


@dataclass(frozen=True, slots=True)
class NoStory:
    """There is no stored story of that number."""

    number: int


@dataclass(frozen=True, slots=True)
class Trying:
    """A rule and a story, found; `judge` may run in any thread: it compiles all rules, which can take a while."""

    rule: Rule
    named: bool
    story: Story
    seen_at: datetime
    book: RuleBook

    def judge(self) -> Judged | QueryMistake:
        """Whether the rule matches, clause by clause, and which rules in force do."""
        try:
            explained = explain(self.rule, self.book.entities, self.story, self.seen_at)
        except QueryError as error:
            return QueryMistake(error)
        hits = compile_book(self.book).fired(self.story, self.seen_at)
        also = tuple(each for each in hits if each != self.rule.id)
        return Judged(self.rule, self.named, self.story, explained, also)


class TryingDesk:
    """Everybody may test a query on a story; a backtest reads the whole archive and is for editors."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def take(
        self, caller: Caller, asked: str, given: Given
    ) -> Trying | NoStory | NoCard | QueryMistake | Forbidden:
        """A rule, named by its id, or a query, and the story that it is to be tried on."""
        office = self._office
        if refusal := office.refusal(Action.READ, caller):
            return refusal
        found = self._story(caller, given)
        if not isinstance(found, tuple):
            return found
        book = office.book()
        known = {rule.id: rule for rule in book.rules}
        meant = same(asked, known)
        try:
            rule = known[RuleId(meant)] if meant else Rule(TRIED, self._read(caller, asked))
        except QueryError as error:
            return QueryMistake(error)
        return Trying(rule, meant is not None, *found, book)

    def backtest(
        self, caller: Caller, asked: str, since: datetime, zone: tzinfo
    ) -> Backtest | UnknownRule | Forbidden:
        """A backtest of a rule or query, to be carried out step by step."""
        if refusal := self._office.refusal(Action.EDIT, caller):
            return refusal
        book = self._office.book()
        known = tuple(rule.id for rule in book.rules)
        if (
            "-" in asked
            and " " not in asked
            and same(asked, known) is None
            and (meant := nearest(asked, known))
        ):
            return UnknownRule(asked, meant, known)  # a rule's id, misspelt: as a query it would find nothing
        return Backtest(book, asked, since=since, until=self._office.clock(), zone=zone)

    def go_on(self, test: Backtest) -> bool:
        """Some more of a backtest; False when that was all."""
        return test.step(self._office.store, self._office.clock)

    def _read(self, caller: Caller, asked: str) -> Query:
        """The query; patterns are for those who may edit rules."""
        editor = self._office.refusal(Action.EDIT, caller) is None
        return parse(asked, Dialect.RULE if editor else Dialect.SEARCH)

    def _story(self, caller: Caller, given: Given) -> tuple[Story, datetime] | NoStory | NoCard:
        now = self._office.clock()
        store = self._office.store
        if given.fetched is not None:
            return given.fetched, now
        if given.story is not None:
            stored = find_story(store, given.story)
            return NoStory(given.story) if stored is None else (stored.story, stored.seen_at)
        if given.card is not None:
            view = store.card(given.card, caller.here)
            if view is None:
                newest = store.cards(1, viewer=caller.here)
                return NoCard(given.card, newest[0].card.number if newest else None)
            return view.stories[0].story, view.stories[0].seen_at
        title, _, text = given.text.strip().partition("\n")
        return Story(FeedUrl(""), StoryKey("text"), title, text=text.strip()), now


__all__ = ["USUAL", "Given", "Judged", "NoStory", "Trying", "TryingDesk"]
