"""The questions: one method each, asked in the thread of the store, answered with a value in every case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.core.access import Action, Mode, Refusal
from monitor.core.model import Destination, Mute, QuietHours, Rule, RuleBook, RuleId, Subscription
from monitor.desk import answers as a
from monitor.desk import wishes
from monitor.desk.answers import ALL, Caller, Forbidden, NotSubscribed, Target, UnknownRule
from monitor.desk.digests import DigestDesk
from monitor.desk.editing import EditingDesk
from monitor.desk.escalation import EscalationDesk
from monitor.desk.exporting import ExportDesk
from monitor.desk.feedback import FeedbackDesk
from monitor.desk.feeding import FeedingDesk
from monitor.desk.figures import feeds, status
from monitor.desk.names import nearest, same
from monitor.desk.office import Limits, Office
from monitor.desk.past import PastDesk
from monitor.desk.personal import PersonalDesk
from monitor.desk.preferences import PreferencesDesk
from monitor.desk.roles import RolesDesk
from monitor.desk.running import RunningDesk
from monitor.desk.shares import Shares
from monitor.desk.statistics import StatisticsDesk
from monitor.desk.stories import StoriesDesk
from monitor.desk.trying import TryingDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from monitor.ports import Clock, Errands, Store

MOST = 10
"""Cards in one answer."""

TASTE = 3
"""Cards that show a new subscriber what to expect."""

TASTED = 100
"""Newest cards among which those are looked for."""


class Desk:
    """Answers what people ask.

    Every question first asks whether the caller may ask it. Nothing is raised for what a person asks;
    StoreError passes through where the database cannot be used.
    """

    def __init__(
        self,
        *,
        store: Store,
        book: Callable[[], RuleBook],
        access: Mode,
        clock: Clock,
        rules_problem: Callable[[], str | None],
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
        watched: Callable[[], None] = lambda: None,
        watches_named: Callable[[], Mapping[RuleId, str]] = dict,
        owned: bool = True,
        errands: Errands,
        approval: bool = False,
        language: str = "en",
    ) -> None:
        """`book` gives the rules in force; `rules_problem` the report of a failed reload since, or None.

        `watched` hears that there are other personal rules, `watches_named` says what each waits for;
        `owned` says whether the settings name an owner.
        `errands` does what takes its time outside the store's thread; with `approval` a change of the rules is applied
        by another editor than its author. `language` is spoken where nothing else was chosen.
        """
        self.office = Office(store, book, access, clock, rules_problem, limits)
        self.roles = RolesDesk(self.office, owned=owned)
        self.personal = PersonalDesk(self.office, watched)
        self._watches_named = watches_named
        self.shares = Shares(self.office)
        self.trying = TryingDesk(self.office)
        self.editing = EditingDesk(self.office, errands, approval=approval)
        self.feeding = FeedingDesk(self.office, errands)
        self.running = RunningDesk(self.office, errands)
        self.past = PastDesk(self.office)
        self.statistics = StatisticsDesk(self.office)
        self.exports = ExportDesk(self.office)
        self.stories = StoriesDesk(self.office)
        self.digests = DigestDesk(self.office)
        self.preferences = PreferencesDesk(self.office)
        self.feedback = FeedbackDesk(self.office)
        self.escalating = EscalationDesk(self.office)
        self._store = store
        self._language = language
        self._book = book
        self._clock = clock
        self._rules_problem = rules_problem

    def now(self) -> datetime:
        """The time to which ages in an answer relate."""
        return self._clock()

    def languages(self, caller: Caller) -> tuple[str, ...]:
        """In which language the caller wants to be answered, best first.

        What their chat chose, what their own client speaks, and what the settings say.
        """
        chosen = self._store.language(caller.here)
        return (chosen,) if chosen else (caller.language, self._language)

    def names(self) -> dict[RuleId, str]:
        """What the rules wait for, in words, where rules.yaml says it; a personal rule's query. In any thread."""
        return {rule.id: rule.name for rule in self._book().rules if rule.name} | dict(self._watches_named())

    def start(self, caller: Caller) -> a.Welcome | Forbidden:
        """Somebody came, or came back: what was held back for this chat goes on."""
        if refusal := self._refusal(Action.READ, caller):
            return refusal
        may_follow = self._refusal(Action.FOLLOW, caller) is None
        resumed = may_follow and self._store.resume(caller.here)
        book = self._book()
        return a.Welcome(
            rules=len(book.rules),
            feeds=len(book.feeds),
            subscriptions=len(self._store.subscriptions(caller.here)),
            resumed=resumed,
            may_follow=may_follow,
        )

    def resume(self, destination: Destination) -> bool:
        """A chat let the bot in again: what was held back goes on. False if nothing was."""
        return self._store.resume(destination)

    def allowed(self, caller: Caller) -> Forbidden | None:
        """None if the caller may read at all."""
        return self._refusal(Action.READ, caller)

    def subscribe(
        self, caller: Caller, selector: str, target: Target | None = None
    ) -> a.Subscribed | UnknownRule | Forbidden:
        """Make the alerts of a rule, a tag, a level, or all come to the caller's chat or to `target`."""
        if refusal := self._refusal(Action.FOLLOW, caller, target):
            return refusal
        book = self._book()
        known = wishes.selectors(book)
        meant = same(selector, known)
        if meant is None:
            return UnknownRule(selector, nearest(selector, known), known[1:])
        where, title = (target.destination, target.title) if target else (caller.here, caller.title)
        if self._is_full(caller, where, meant):
            return Forbidden(Refusal.FULL, target)
        new = self._store.subscribe(Subscription(where, meant, self._clock(), caller.person, title))
        have = {s.selector for s in self._store.subscriptions(where)}
        rule = _rule(book, meant)
        newest = self._store.cards(TASTED, rule=rule.id if rule else None, viewer=where)
        taste = [each for each in newest if wishes.shows(meant, each, book)][:TASTE]
        return a.Subscribed(meant, rule, target, new, meant != ALL and ALL in have, tuple(taste))

    def unsubscribe(
        self, caller: Caller, selector: str, target: Target | None = None
    ) -> a.Unsubscribed | NotSubscribed | Forbidden:
        """End one subscription of a chat; "all" ends every one of them."""
        if refusal := self._refusal(Action.LEAVE, caller, target):
            return refusal
        where = target.destination if target else caller.here
        have = tuple(s.selector for s in self._store.subscriptions(where))
        meant = same(selector, (ALL, *have))
        if meant is None or not have:
            return NotSubscribed(selector, nearest(selector, have), have, target)
        gone = self._store.unsubscribe(where, None if meant == ALL else meant)
        left = tuple(s.selector for s in self._store.subscriptions(where))
        return a.Unsubscribed(meant, target, gone, left)

    def subscriptions(self, caller: Caller, target: Target | None = None) -> a.Subscriptions | Forbidden:
        """What comes to the caller's chat, or to `target`."""
        if refusal := self._refusal(Action.READ, caller, target):
            return refusal
        where = target.destination if target else caller.here
        book = self._book()
        followed = []
        for each in self._store.subscriptions(where):
            rule = _rule(book, each.selector)
            lost = each.selector != ALL and not any(wishes.brings(each.selector, one) for one in book.rules)
            followed.append(a.Followed(each.selector, each.since, rule, lost))
        return a.Subscriptions(tuple(followed), target, self._store.held_back(where))

    def mute(
        self, caller: Caller, asked: str, until: datetime | None, target: Target | None = None
    ) -> wishes.Muted | wishes.Mutable | UnknownRule | a.NoCard | a.QueryMistake | Forbidden:
        """Tell a chat nothing of a rule, a card or what a query matches, until then; it is stored all the same.

        Without `until` nothing changes; the answer says whether it could be muted.
        """
        if refusal := self._refusal(Action.FOLLOW, caller, target):
            return refusal
        book, now = self._book(), self._clock()
        found = wishes.meant(self._store, book, asked, target.destination if target else caller.here)
        if not isinstance(found, tuple):
            return found
        if until is None:
            return wishes.Mutable(asked)
        where = target.destination if target else caller.here
        return wishes.muted(self._store, book, Mute(where, *found, until, caller.person), target, now)

    def unmute(self, caller: Caller, asked: str, target: Target | None = None) -> wishes.Unmuted | Forbidden:
        """End a mute, or "all"."""
        if refusal := self._refusal(Action.LEAVE, caller, target):
            return refusal
        where = target.destination if target else caller.here
        return wishes.unmuted(self._store, self._book(), asked, where, target, now=self._clock())

    def mutes(self, caller: Caller, target: Target | None = None) -> wishes.MuteList | Forbidden:
        """What a chat is not told of."""
        if refusal := self._refusal(Action.READ, caller, target):
            return refusal
        where = target.destination if target else caller.here
        return wishes.MuteList(self._store.mutes(where, self._clock()), target)

    def quiet(self, caller: Caller, target: Target | None = None) -> wishes.Quiet | Forbidden:
        """The quiet hours of a chat."""
        if refusal := self._refusal(Action.READ, caller, target):
            return refusal
        where = target.destination if target else caller.here
        return wishes.quiet(self._store, where, target, self._clock())

    def set_quiet(
        self, caller: Caller, hours: QuietHours | None, target: Target | None = None
    ) -> wishes.Quiet | Forbidden:
        """Hold the alerts of a chat in these hours, whatever destination they name; None ends that."""
        if refusal := self._refusal(Action.FOLLOW, caller, target):
            return refusal
        where = target.destination if target else caller.here
        theirs = None if hours is None else replace(hours, destination=where)
        self._store.set_quiet(where, theirs, self._clock())
        return wishes.quiet(self._store, where, target, self._clock())

    def topics(self, caller: Caller, general: bool | None, target: Target | None = None) -> bool | Forbidden:  # noqa: FBT001 - as the store keeps it
        """Whether alerts of closed topics come to the general one; `general` chooses so, None only asks."""
        action = Action.READ if general is None else Action.FOLLOW
        if refusal := self._refusal(action, caller, target):
            return refusal
        where = target.destination if target else caller.here
        if general is not None:
            self._store.fall_back(where, on=general)
        return self._store.falls_back(where)

    def may_follow(self, caller: Caller, target: Target | None = None) -> Forbidden | None:
        """None if the caller may change what comes to the chat."""
        return self._refusal(Action.FOLLOW, caller, target)

    def latest(
        self, caller: Caller, count: int, rule: str | None = None, before: int | None = None
    ) -> a.Latest | UnknownRule | Forbidden:
        """The newest cards, at most `MOST`; only of `rule`, only numbers below `before`, where given."""
        if refusal := self._refusal(Action.READ, caller):
            return refusal
        wanted = min(max(count, 1), MOST)
        chosen = None
        if rule is not None and rule.casefold() != ALL:
            known = [each.id for each in self._book().rules]
            chosen = RuleId(same(rule, known) or rule)
            if chosen not in known and not self._store.cards(1, rule=chosen, viewer=caller.here):
                return UnknownRule(rule, nearest(rule, known), tuple(known))
        cards = self._store.cards(wanted + 1, before, chosen, viewer=caller.here)
        older = cards[wanted - 1].card.number if len(cards) > wanted else None
        hushed = self._store.hushed(caller.here, [each.card.number for each in cards[:wanted]])
        return a.Latest(cards[:wanted], chosen, older, hushed)

    def why(self, caller: Caller, number: int) -> a.Why | a.NoCard | Forbidden:
        """A card, with what matched in it."""
        if refusal := self._refusal(Action.READ, caller):
            return refusal
        card = self._store.card(number, caller.here)
        if card is not None:
            return a.Why(card, self._store.hushed(caller.here, [number]).get(number))
        newest = self._store.cards(1, viewer=caller.here)
        return a.NoCard(number, newest[0].card.number if newest else None)

    def rules(self, caller: Caller) -> a.Rules | Forbidden:
        """All rules in force."""
        if refusal := self._refusal(Action.READ, caller):
            return refusal
        book = self._book()
        have = {s.selector for s in self._store.subscriptions(caller.here)}
        lines = tuple(
            a.RuleLine(rule, any(wishes.brings(each, rule) for each in have)) for rule in book.rules
        )
        return a.Rules(lines, book.version, self._rules_problem() is not None)

    def rule(self, caller: Caller, asked: str) -> a.OneRule | UnknownRule | Forbidden:
        """One rule in full."""
        listed = self.rules(caller)
        if isinstance(listed, Forbidden):
            return listed
        known = tuple(line.rule.id for line in listed.lines)
        meant = same(asked, known)
        for line in listed.lines:
            if line.rule.id == meant:
                newest = self._store.cards(1, rule=line.rule.id)
                return a.OneRule(line, newest[0] if newest else None)
        return UnknownRule(asked, nearest(asked, known), known)

    def feeds(self, caller: Caller) -> a.Feeds | Forbidden:
        """How the feeds do; addresses and errors for editors only."""
        if refusal := self._refusal(Action.READ, caller):
            return refusal
        detailed = self._refusal(Action.EDIT, caller) is None
        return feeds(self._store.feed_states(), self._clock(), detailed=detailed)

    def status(self, caller: Caller) -> a.Status | Forbidden:
        """How Tocsin does; addresses, errors and other chats for admins only."""
        if refusal := self._refusal(Action.READ, caller):
            return refusal
        return status(
            self._store.status(),
            self._book(),
            self._clock(),
            self._rules_problem(),
            detailed=self._inspects(caller),
        )

    def _is_full(self, caller: Caller, where: Destination, selector: str) -> bool:
        """Whether a chat has as many subscriptions as it may have; where all are welcome some come to do harm."""
        if self.office.access is not Mode.OPEN or not self.office.limited(caller):
            return False
        have = {each.selector for each in self._store.subscriptions(where)}
        return selector not in have and len(have) >= self.office.limits.subscriptions

    def _inspects(self, caller: Caller) -> bool:
        return self._refusal(Action.INSPECT, caller) is None

    def _refusal(self, action: Action, caller: Caller, target: Target | None = None) -> Forbidden | None:
        return self.office.refusal(action, caller, target)


def _rule(book: RuleBook, selector: str) -> Rule | None:
    return next((rule for rule in book.rules if rule.id == selector), None)
