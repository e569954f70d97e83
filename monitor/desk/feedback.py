"""What readers do with an alert: they say that they saw it, judge it, reply to it. And what can be learnt from that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.core.advice import Judged, advise
from monitor.core.model import Acknowledged, Vote
from monitor.desk.answers import Forbidden, NoCard, rules_of

if TYPE_CHECKING:
    from monitor.core.advice import Advice
    from monitor.core.model import CardView, Destination, Feedback, Rule, RuleId, Story
    from monitor.desk.answers import Caller
    from monitor.desk.office import Office

WINDOW = timedelta(days=90)
"""How far back judgements count: rules change, and so does the news."""

LEARNT_FROM = 40
"""Newest judged cards from which advice is made: the matcher reads them while others wait."""

UNJUDGED = 20
"""Newest cards of the rule that show what else an exclusion would remove."""

STORIES = 2
"""Stories of one card that are looked at."""

EVERY = 5
"""Advice is volunteered at each fifth card that is called not useful, not at all of them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A card is acknowledged."""

    card: CardView
    by: Acknowledged  # the first who did
    first: bool  # that was just now
    mine: bool  # that was this caller, now or before


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule does by its readers' judgement."""

    rule: RuleId
    feedback: Feedback
    advice: Advice | None  # for those who may edit rules


@dataclass(frozen=True, slots=True)
class Voted:
    """A card is judged."""

    card: CardView
    useful: bool
    new: bool  # False: the caller had said so before
    advice: Standing | None  # of the card's rule for which something was learnt


class FeedbackDesk:
    """The part of the desk that hears what readers think."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def card_of(self, where: Destination, message: str) -> int | None:
        """The card that a message of ours tells of; one who may see the message may know the number."""
        return self._office.store.card_of_message(where, message)

    def acknowledge(self, caller: Caller, number: int) -> Seen | NoCard | Forbidden:
        """The caller saw a card, and whoever reads the same chat shall know."""
        found = self._card(caller, number)
        if isinstance(found, NoCard | Forbidden):
            return found
        chat = replace(caller.here, topic=None)
        mine = Acknowledged(number, chat, caller.person, caller.name, self._office.clock())
        by = self._office.store.acknowledge(mine)
        return Seen(found, by, by == mine, by.by == caller.person)

    def vote(self, caller: Caller, number: int, *, useful: bool) -> Voted | NoCard | Forbidden:
        """The caller judges a card, or judges it anew."""
        found = self._card(caller, number)
        if isinstance(found, NoCard | Forbidden):
            return found
        chat = replace(caller.here, topic=None)
        vote = Vote(number, chat, caller.person, useful, self._office.clock())
        new = self._office.store.vote(vote)
        advice = None
        if new and not useful:
            standings = (self.standing(caller, rule) for rule in rules_of(found))
            advice = next((each for each in standings if each is not None and _worth_telling(each)), None)
        return Voted(found, useful, new, advice)

    def standing(self, caller: Caller, rule: RuleId) -> Standing | None:
        """How a rule does; None if nobody judged it lately. Advice is for those who could follow it."""
        found = self._office.store.feedback(rule, self._office.clock() - WINDOW).get(rule)
        if found is None:
            return None
        book = self._office.book()
        mine = next((each for each in book.rules if each.id == rule), None)
        if mine is None or self._office.refusal(Action.EDIT, caller) is not None:
            return Standing(rule, found, None)
        return Standing(rule, found, self._advice(mine))

    def _advice(self, rule: Rule) -> Advice | None:
        store = self._office.store
        judged = {view.card.number: (view, useful) for view, useful in store.judged(rule.id, LEARNT_FROM)}
        if all(useful for _, useful in judged.values()):
            return None
        others = [view for view in store.cards(UNJUDGED, rule=rule.id) if view.card.number not in judged]
        cards = [Judged(_stories(view, rule.id), useful) for view, useful in judged.values()]
        cards += [Judged(_stories(view, rule.id), None) for view in others]
        return advise(rule, self._office.book().entities, cards)

    def _card(self, caller: Caller, number: int) -> CardView | NoCard | Forbidden:
        """A card that the caller may see."""
        if refusal := self._office.refusal(Action.READ, caller):
            return refusal
        store = self._office.store
        card = store.card(number, viewer=caller.here)
        if card is not None:
            return card
        newest = store.cards(1, viewer=caller.here)
        return NoCard(number, newest[0].card.number if newest else None)


def _stories(view: CardView, rule: RuleId) -> tuple[Story, ...]:
    """The stories of a card that a rule hit."""
    hit = [each.story for each in view.stories if any(one.rule == rule for one in each.hits)]
    return tuple(hit[:STORIES])


def _worth_telling(standing: Standing) -> bool:
    return standing.advice is not None and standing.advice.rejected % EVERY == 0


__all__ = ["FeedbackDesk", "Seen", "Standing", "Voted"]
