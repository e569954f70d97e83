"""What is gathered and told together, and how messages come to a chat, in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from db.memory.outbox import Outbox
from db.memory.people import there
from db.promises import chat_of, inside
from db.rows import schedule_text
from monitor.core import digest as planned
from monitor.core.model import (
    Card,
    CardView,
    Claimed,
    Delivery,
    Destination,
    Digest,
    DigestPart,
    DigestWish,
    Gathered,
    Kind,
    Manner,
    Outcome,
    Preferences,
    Waiting,
)

NOTHING = Preferences()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A card that waits, or is in a digest."""

    gathered: Gathered
    at: datetime
    digest: int | None = None


class Digesting:
    """The part of the store that keeps it."""

    _outbox: Outbox
    _cards: dict[int, Card]

    def __init__(self) -> None:
        super().__init__()
        self._preferences: dict[Destination, Preferences] = {}
        self._digest_wishes: dict[tuple[Destination, str], DigestWish] = {}
        self._gathered: list[_Kept] = []
        self._digests: dict[int, Digest] = {}
        self._periods: dict[int, datetime] = {}  # by digest, the moment of its schedule

    if TYPE_CHECKING:
        _languages: dict[Destination, str]

        def language(self, destination: Destination) -> str | None:
            """Of another part of the store."""

        def _view(self, number: int) -> CardView: ...

        def _told_there(self, number: int, destination: Destination) -> CardView: ...

    def prefer(self, destination: Destination, wish: Preferences) -> None:
        """See `Store.prefer`."""
        self._preferences[destination] = wish.over(self._preferences.get(destination, NOTHING))

    def preferences(self, destination: Destination) -> Preferences:
        """See `Store.preferences`."""
        own, chats = (self._preferences.get(each, NOTHING) for each in (destination, chat_of(destination)))
        return own.over(chats)

    def set_digest(self, wish: DigestWish) -> None:
        """See `Store.set_digest`."""
        self._digest_wishes[wish.destination, wish.selector] = wish

    def drop_digests(self, destination: Destination, selector: str | None) -> int:
        """See `Store.drop_digests`."""
        gone = [key for key in self._digest_wishes if key[0] == destination and selector in (None, key[1])]
        for key in gone:
            del self._digest_wishes[key]
        return len(gone)

    def digests(self, destination: Destination) -> tuple[DigestWish, ...]:
        """See `Store.digests`."""
        return tuple(each for each in self._all_digests() if each.destination == destination)

    def _all_digests(self) -> tuple[DigestWish, ...]:
        return tuple(
            sorted(self._digest_wishes.values(), key=lambda wish: (str(wish.destination), wish.selector))
        )

    def waiting(self, destination: Destination, now: datetime) -> tuple[Waiting, ...]:
        """See `Store.waiting`."""
        groups: dict[tuple[str, str], list[_Kept]] = {}
        for each in self._gathered:
            if each.digest is None:
                where, schedule = each.gathered.destination, each.gathered.schedule
                groups.setdefault((str(where), schedule_text(schedule)), []).append(each)
        found = (self._group(groups[key], now) for key in sorted(groups))
        return tuple(each for each in found if each.destination == destination)

    def _group(self, kept: list[_Kept], now: datetime) -> Waiting:
        where, schedule = kept[0].gathered.destination, kept[0].gathered.schedule
        begun = min(each.at for each in kept)
        due_at = now  # nobody waits for such a digest any more
        if schedule is None or schedule in {each.schedule for each in self.digests(where)}:
            covered = max(
                (
                    moment
                    for number, moment in self._periods.items()
                    if (self._digests[number].destination, self._digests[number].schedule)
                    == (where, schedule)
                ),
                default=None,
            )
            due_at = planned.due(schedule, self._zone(where), begun, covered, now)
        return Waiting(where, schedule, len(kept), begun, due_at)

    def _zone(self, where: Destination) -> tzinfo:
        return self.preferences(where).zone or UTC

    def send_digest(self, destination: Destination, now: datetime) -> int:
        """See `Store.send_digest`."""
        groups = self.waiting(destination, now)
        for each in groups:
            self._make(each, now)
        return sum(each.cards for each in groups)

    def digest(self, number: int) -> Digest | None:
        """See `Store.digest`."""
        return self._digests.get(number)

    def _gathered_on(self, card: int) -> frozenset[Gathered]:
        """With whom a card is or was told of together with others."""
        return frozenset(each.gathered for each in self._gathered if each.gathered.card == card)

    def _keep_gathered(self, outcome: Outcome) -> None:
        """What an outcome gathers, after its deliveries were put into the outbox. Harmless to repeat."""
        for each in outcome.gathered:
            known = {one.destination for one in self._gathered_on(each.card)}
            if each.destination not in known | self._outbox.told(each.card):
                self._gathered.append(_Kept(each, outcome.decided_at))
        for owed in outcome.deliveries:
            if owed.kind is Kind.ALERT:
                self._forget(owed.card, owed.destination)

    def _forget(self, card: int, destination: Destination) -> None:
        """It waits no more: it comes at once."""
        wanted = (card, destination)
        self._gathered = [
            each
            for each in self._gathered
            if each.digest is not None or (each.gathered.card, each.gathered.destination) != wanted
        ]

    def _hold_over(self, now: datetime) -> None:
        """What is over the caps of its chats waits for a summary."""
        for where in self._outbox.ringing(now):
            cap = self.preferences(where).cap
            for delivery in self._outbox.over(where, cap, now) if cap else ():
                self._forget(delivery.card, where)
                gathered = Gathered(delivery.card, where, delivery.level, None)
                self._gathered.append(_Kept(gathered, now))

    def _make_due(self, now: datetime) -> None:
        """What was gathered becomes owed where it is due."""
        self._gathered = [
            replace(each, at=now) if each.digest is None and each.at > now else each
            for each in self._gathered
        ]
        places = {each.gathered.destination for each in self._gathered if each.digest is None}
        for where in sorted(places, key=str):
            for each in self.waiting(where, now):
                if each.due_at <= now:
                    number = self._make(each, now)
                    if each.schedule is not None:
                        self._periods[number] = planned.last_moment(each.schedule, self._zone(where), now)

    def _make(self, group: Waiting, now: datetime) -> int:
        """A digest of what waits, its parts owed; gives its number."""
        number = len(self._digests) + 1
        ranked = []
        for at, each in enumerate(self._gathered):
            one = each.gathered
            if each.digest is None and (one.destination, one.schedule) == (group.destination, group.schedule):
                self._gathered[at] = replace(each, digest=number)
                ranked.append(self._ranked(one))
        kind = Kind.SUMMARY if group.schedule is None else Kind.DIGEST
        order = planned.arranged(ranked)
        listed = planned.listed(kind, len(order))
        self._digests[number] = Digest(
            number, group.destination, kind, group.schedule, group.begun_at, now, order, listed
        )
        parts = [some[0] for some in planned.parts(order, listed)]
        self._outbox.owe_parts(number, group.destination, kind, parts, now)
        return number

    def _ranked(self, each: Gathered) -> planned.Ranked:
        hits = [hit for story in self._view(each.card).stories for hit in story.hits]
        rule = min(((-hit.level, hit.rule) for hit in hits), default=(0, ""))[1]
        return planned.Ranked(each.card, max(each.level, self._cards[each.card].level), rule)

    def _mannered(self, claims: Iterable[Claimed]) -> tuple[Claimed, ...]:
        """Claimed deliveries with what they list, and how they are to come."""
        return tuple(
            replace(each, digest=self._part(each.delivery), manner=self._manner(each.delivery.destination))
            for each in claims
        )

    def _manner(self, where: Destination) -> Manner:
        return Manner.of(self.preferences(where), self.language(where))

    def _part(self, delivery: Delivery) -> DigestPart | None:
        digest = None if delivery.digest is None else self._digests[delivery.digest]
        if digest is None:
            return None
        numbers = planned.parts(digest.cards, digest.listed)[delivery.part - 1]
        return DigestPart(digest, tuple(self._told_there(number, delivery.destination) for number in numbers))

    def _move_digests(self, old: Destination, new: Destination) -> None:
        """What lies under a chat and its topics goes to another; what lies there already stays."""
        chat = chat_of(old)
        for place in [each for each in self._preferences if inside(each, chat)]:
            self._preferences.setdefault(there(place, new), self._preferences.pop(place))
        for place, selector in [each for each in self._digest_wishes if inside(each[0], chat)]:
            wish = replace(self._digest_wishes.pop((place, selector)), destination=there(place, new))
            self._digest_wishes.setdefault((wish.destination, selector), wish)
        for place in [each for each in self._languages if inside(each, chat)]:
            self._languages.setdefault(there(place, new), self._languages.pop(place))
        for number, digest in self._digests.items():
            if inside(digest.destination, chat):
                self._digests[number] = replace(digest, destination=there(digest.destination, new))
        waits = {(e.gathered.card, e.gathered.destination) for e in self._gathered if e.digest is None}
        kept = []
        for each in self._gathered:
            where = each.gathered.destination
            if inside(where, chat):
                where = there(where, new)
                if each.digest is None and (each.gathered.card, where) in waits:
                    continue
            kept.append(replace(each, gathered=replace(each.gathered, destination=where)))
        self._gathered = kept
