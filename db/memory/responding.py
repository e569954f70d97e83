"""What readers do with an alert, in memory: they acknowledge it, judge it, have it repeated elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from db.memory.outbox import Outbox
from db.memory.people import there
from db.promises import chat_of, inside
from monitor.core.discretion import without_others
from monitor.core.model import (
    Acknowledged,
    CardView,
    Claimed,
    Delivery,
    DeliveryState,
    Destination,
    Escalated,
    Escalation,
    Feedback,
    Kind,
    Level,
    Owed,
    RuleId,
    Unanswered,
    Vote,
    personal,
)

CARRY = (Kind.ALERT, Kind.ESCALATION)
"""Messages that tell of one card."""

ALL = 1 << 62
"""More deliveries than there are."""


class Responding:
    """The part of the store that keeps it."""

    _outbox: Outbox

    def __init__(self) -> None:
        super().__init__()
        self._acknowledgements: dict[tuple[int, Destination], Acknowledged] = {}
        self._votes: dict[tuple[int, Destination, str], Vote] = {}
        self._escalations: dict[Destination, Escalation] = {}
        self._general: set[Destination] = set()
        self._escalated: dict[tuple[int, Destination], tuple[Destination, Escalated]] = {}

    if TYPE_CHECKING:

        def _view(self, number: int) -> CardView:
            """Of another part of the store."""

    def card_of_message(self, destination: Destination, message: str) -> int | None:
        """See `Store.card_of_message`."""
        sent = (each.delivery for each in self._outbox.entries(ALL, (), chat_of(destination)))
        return next((d.card for d in sent if d.message == message and not d.kind.gathers), None)

    def acknowledge(self, acknowledged: Acknowledged) -> Acknowledged:
        """See `Store.acknowledge`."""
        known = self._acknowledgements.get((acknowledged.card, acknowledged.chat))
        if known is not None:
            return known
        for chat in self._concerned(acknowledged.card, acknowledged.chat):
            self._acknowledge(replace(acknowledged, chat=chat))
        return acknowledged

    def _concerned(self, card: int, chat: Destination) -> list[Destination]:
        """The chat, those whose alert was repeated there, and those where its own was."""
        found = {chat: None}
        for (number, source), (target, _) in self._escalated.items():
            pair = [chat_of(source), chat_of(target)]
            if number == card and chat in pair:
                found |= dict.fromkeys(pair)
        return list(found)

    def _acknowledge(self, seen: Acknowledged) -> None:
        """One chat knows it: its messages say so, and nothing more is repeated for want of it."""
        self._acknowledgements.setdefault((seen.card, seen.chat), seen)
        for (card, source), (target, _) in self._escalated.items():
            if card == seen.card and inside(source, seen.chat):
                self._outbox.withdraw(card, target)
        for delivery in self._carrying(seen.card, seen.chat):
            owed = Owed(seen.card, delivery.destination, Kind.UPDATE, delivery.level)
            self._outbox.owe(owed, seen.at, replayed=False)

    def _carrying(self, card: int, chat: Destination) -> list[Delivery]:
        """The sent messages of a chat that tell of a card."""
        entries = self._outbox.entries(ALL, (DeliveryState.SENT,), chat)
        found = [each.delivery for each in entries if each.delivery.card == card]
        return [each for each in found if each.kind in CARRY and each.message is not None]

    def acknowledged(self, chat: Destination, cards: Iterable[int]) -> Mapping[int, Acknowledged]:
        """See `Store.acknowledged`."""
        found = ((card, self._acknowledgements.get((card, chat_of(chat)))) for card in cards)
        return {card: seen for card, seen in found if seen is not None}

    def vote(self, vote: Vote) -> bool:
        """See `Store.vote`."""
        key = (vote.card, vote.chat, vote.by)
        was = self._votes.get(key)
        self._votes[key] = vote
        return was is None or was.useful != vote.useful

    def feedback(self, rule: RuleId | None, since: datetime) -> Mapping[RuleId, Feedback]:
        """See `Store.feedback`."""
        found: dict[RuleId, Feedback] = {}
        for card, useful in self._verdicts(since).items():
            for each in self._rules_on_card(card):
                before = found.get(each, Feedback(0, 0))
                if each == rule or (rule is None and not personal(each)):
                    found[each] = Feedback(before.useful + useful, before.judged + 1)
        return dict(sorted(found.items()))

    def _verdicts(self, since: datetime | None = None) -> dict[int, bool]:
        """What most people think of each card; a draw is useful."""
        votes: dict[int, list[bool]] = {}
        for vote in self._votes.values():
            if since is None or vote.at >= since:
                votes.setdefault(vote.card, []).append(vote.useful)
        return {card: 2 * sum(each) >= len(each) for card, each in votes.items()}

    def _rules_on_card(self, card: int) -> set[RuleId]:
        return {hit.rule for each in self._view(card).stories for hit in each.hits}

    def judged(self, rule: RuleId, limit: int) -> tuple[tuple[CardView, bool], ...]:
        """See `Store.judged`."""
        found = [
            (without_others(self._view(card), {rule}), useful)
            for card, useful in sorted(self._verdicts().items(), reverse=True)
            if rule in self._rules_on_card(card)
        ]
        return tuple(found[:limit])

    def set_escalation(self, source: Destination, escalation: Escalation | None) -> None:
        """See `Store.set_escalation`."""
        self._escalations.pop(source, None)
        if escalation is not None:
            self._escalations[source] = escalation

    def escalation(self, source: Destination) -> Escalation | None:
        """See `Store.escalation`."""
        return self._escalations.get(source)

    def unanswered(self, since: datetime) -> tuple[Unanswered, ...]:
        """See `Store.unanswered`."""
        found: list[tuple[datetime, Unanswered]] = []
        for entry in reversed(self._outbox.entries(ALL, (DeliveryState.SENT,), None)):
            where, card, ended = entry.delivery.destination, entry.delivery.card, entry.settled_at
            wish = self._escalations.get(where) or self._escalations.get(chat_of(where))
            if entry.delivery.kind is not Kind.ALERT or wish is None or ended is None:
                continue
            flashed = self._flashed(card)
            if flashed is None or ended < max(since, wish.since):
                continue
            if (card, chat_of(where)) not in self._acknowledgements and (card, where) not in self._escalated:
                found.append((ended, Unanswered(card, where, max(ended, flashed), wish)))
        return tuple(each for _, each in sorted(found, key=lambda pair: pair[0]))

    def _flashed(self, card: int) -> datetime | None:
        """When a card became flash; None if it is not."""
        view = self._view(card)
        if view.card.level is not Level.FLASH:
            return None
        return min(
            (s.seen_at for s in view.stories if any(hit.level is Level.FLASH for hit in s.hits)),
            default=view.card.opened_at,
        )

    def escalate(self, unanswered: Unanswered, now: datetime) -> bool:
        """See `Store.escalate`."""
        key, wish = (unanswered.card, unanswered.source), unanswered.escalation
        if (unanswered.card, chat_of(unanswered.source)) in self._acknowledgements:
            return False
        begun = key not in self._escalated
        self._escalated.setdefault(key, (wish.target, Escalated(wish.title, wish.after)))
        self._outbox.owe(
            Owed(unanswered.card, wish.target, Kind.ESCALATION, Level.FLASH), now, replayed=False
        )
        return begun

    def _tell(self, claims: Iterable[Claimed]) -> tuple[Claimed, ...]:
        """Claimed deliveries with what is to be said of them: who acknowledged the card, and why it is repeated."""
        return tuple(self._worded(claimed) for claimed in claims)

    def _worded(self, claimed: Claimed) -> Claimed:
        delivery = claimed.delivery
        seen = self._acknowledgements.get((delivery.card, chat_of(delivery.destination)))
        why: Escalated | None = None
        alerted = delivery.destination in self._outbox.told(delivery.card)
        if delivery.kind is Kind.ESCALATION or (delivery.kind is Kind.UPDATE and not alerted):
            why = next(
                (
                    each
                    for (card, _), (target, each) in self._escalated.items()
                    if card == delivery.card and target == delivery.destination
                ),
                None,
            )
        falls = delivery.destination.topic is not None and self.falls_back(delivery.destination)
        return replace(claimed, acknowledged=seen, escalated=why, falls_back=falls)

    def fall_back(self, chat: Destination, *, on: bool) -> None:
        """See `Store.fall_back`."""
        (self._general.add if on else self._general.discard)(chat_of(chat))

    def falls_back(self, chat: Destination) -> bool:
        """See `Store.falls_back`."""
        return chat_of(chat) in self._general

    def _move_responses(self, old: Destination, new: Destination) -> None:
        """What lies under a chat and its topics goes to another; what lies there already stays."""
        chat = chat_of(old)

        def led(where: Destination) -> Destination:
            return there(where, new) if inside(where, chat) else where

        for (card, place), seen in [
            each for each in self._acknowledgements.items() if inside(each[0][1], chat)
        ]:
            del self._acknowledgements[card, place]
            self._acknowledgements.setdefault((card, led(place)), replace(seen, chat=led(place)))
        for (card, place, by), vote in [each for each in self._votes.items() if inside(each[0][1], chat)]:
            del self._votes[card, place, by]
            self._votes.setdefault((card, led(place), by), replace(vote, chat=led(place)))
        self._general = {led(each) for each in self._general}
        leaving = [each for each in self._escalations if inside(each, chat)]
        for place in leaving:
            wish = self._escalations.pop(place)
            self._escalations.setdefault(led(place), replace(wish, source=led(place)))
        self._escalations = {
            place: replace(wish, target=led(wish.target)) for place, wish in self._escalations.items()
        }
        for card, place in [each for each in self._escalated if inside(each[1], chat)]:
            self._escalated.setdefault((card, led(place)), self._escalated.pop((card, place)))
        self._escalated = {key: (led(target), why) for key, (target, why) in self._escalated.items()}
