"""The rules in force together with the personal ones: one matcher for both, as cheap to change as a rule."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from monitor.core.errors import QueryError
from monitor.core.language import Dialect, parse
from monitor.core.match import Matcher, compile_book
from monitor.core.model import Rule, RuleBook, RuleId, Watch
from monitor.ports import Store

log = logging.getLogger(__name__)

MOST_CHANGES = 500
"""Changes after which the matcher is compiled anew: what was changed still wakes, and is passed over."""


class PersonalRules:
    """What the clerk matches stories with. Belongs to the thread of the store."""

    def __init__(self, store: Store, rules: Callable[[], tuple[RuleBook, Matcher]]) -> None:
        """`rules` gives rules.yaml as it is in force, and its matcher."""
        self._store = store
        self._rules = rules
        self._book: RuleBook | None = None  # with which `_matcher` was compiled
        self._matcher: Matcher | None = None
        self._known: dict[int, Watch] = {}  # which are in it
        self._names: Mapping[RuleId, str] = {}
        self._changes = 0
        self._stale = True

    def names(self) -> Mapping[RuleId, str]:
        """What each of them waits for: its query. As of the last story; may be asked from any thread."""
        return self._names

    def changed(self) -> None:
        """A personal rule began or ended."""
        self._stale = True

    def matcher(self) -> Matcher:
        """All rules, compiled. Raises StoreError where the database cannot be used."""
        book, matcher = self._rules()
        if self._matcher is None or self._book is not book or self._changes > MOST_CHANGES:
            self._matcher = self._compiled(book, matcher)
        elif self._stale:
            self._matcher = self._updated(self._matcher)
        else:
            return self._matcher
        self._book, self._stale = book, False
        self._names = {watch.id: watch.query for watch in self._known.values()}
        return self._matcher

    def _compiled(self, book: RuleBook, matcher: Matcher) -> Matcher:
        self._known = {watch.number: watch for watch in self._store.watches()}
        self._changes = 0
        rules = [rule for watch in self._known.values() if (rule := rule_of(watch)) is not None]
        if not rules:
            return matcher
        try:
            return compile_book(replace(book, rules=(*book.rules, *rules)))
        except QueryError:  # one of them names a list that rules.yaml no longer has: the others stay in force
            for rule in rules:
                matcher = _with(matcher, rule)
            return matcher

    def _updated(self, matcher: Matcher) -> Matcher:
        watches = {watch.number: watch for watch in self._store.watches()}
        for number in self._known.keys() - watches.keys():
            matcher = matcher.without(self._known[number].id)
        for number in sorted(watches.keys() - self._known.keys()):
            if (rule := rule_of(watches[number])) is not None:
                matcher = _with(matcher, rule)
        self._changes += len(self._known.keys() ^ watches.keys())
        self._known = watches
        return matcher


def rule_of(watch: Watch) -> Rule | None:
    """The rule of a personal one; None if the language no longer knows what it says."""
    try:
        return watch.rule(parse(watch.query, Dialect.RULE))
    except QueryError as error:
        log.warning("personal rule %s is not in force: %s", watch.id, error)
        return None


def _with(matcher: Matcher, rule: Rule) -> Matcher:
    try:
        return matcher.with_rule(rule)
    except QueryError as error:
        log.warning("personal rule %s is not in force: %s", rule.id, error)
        return matcher
