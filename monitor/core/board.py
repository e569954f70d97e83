"""The recent cards while a page is decided: its stories can share one, and everybody is told once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from monitor.core import digest
from monitor.core.group import place
from monitor.core.model import (
    Card,
    Destination,
    DigestWish,
    Facts,
    Gathered,
    Hit,
    Hushed,
    Kind,
    Level,
    Owed,
    RecentCard,
    RuleBook,
    RuleId,
    Story,
    StoryMark,
    Subscription,
    personal,
)
from monitor.core.mute import Mutes, told
from monitor.core.quiet import held_until
from monitor.core.text import canonical_url, fingerprint, title_words


class Board:
    """Cards as the store knows them, what the page makes of them, and who is owed what."""

    def __init__(self, facts: Facts, book: RuleBook, now: datetime) -> None:
        """`book` tells the tags of rules, and what an entity in the query of a mute means."""
        self._before = {card.card for card in (*facts.cards, *facts.old_cards)}
        self._cards = list(facts.cards)
        self._old = {card.card.number: card for card in facts.old_cards}
        self._next = facts.next_card
        self._subscriptions = facts.subscriptions
        self._owed: dict[tuple[int, Destination, Kind], Owed] = {}
        self._tags = {rule.id: rule.tags for rule in book.rules if rule.tags}
        self._mutes = Mutes(facts.mutes, book.entities, now)
        self._quiet = {quiet.destination: quiet for quiet in facts.quiet}
        self._now = now
        self._hushed: dict[tuple[int, Destination], Hushed] = {}
        self._digests: dict[Destination, list[DigestWish]] = {}
        for wish in facts.digests:
            self._digests.setdefault(wish.destination, []).append(wish)
        self._gathered: dict[tuple[int, Destination], Gathered] = {}

    def put(self, story: Story, hits: Sequence[Hit], now: datetime) -> tuple[int, str]:
        """The number of the card for a story that is on none, and why this one."""
        mark = mark_of(story)
        placement = place(mark, frozenset(hit.rule for hit in hits), self._cards, now)
        if placement.card is None:
            level = max(hit.level for hit in hits)
            rules = frozenset(hit.rule for hit in hits)
            self._cards.insert(0, RecentCard(Card(self._next, level, now), rules, (mark,), frozenset()))
            self._next += 1
            return self._next - 1, placement.why
        self.grow(placement.card, hits, (mark,))
        return placement.card, placement.why

    def grow(self, number: int, hits: Sequence[Hit], marks: tuple[StoryMark, ...] = ()) -> None:
        """More hits on a card, of a story that joins it, or of one that is on it."""
        old = self._find(number)
        level = max(old.card.level, *(hit.level for hit in hits))
        self._set(
            replace(
                old,
                card=replace(old.card, level=level),
                rules=old.rules | {hit.rule for hit in hits},
                stories=(*old.stories, *marks),
            )
        )

    def owe(self, number: int, hits: Sequence[Hit], story: Story) -> str:
        """Whoever waits for one of the hits is owed an alert, or an update of the one that they have.

        For whoever wants such hits in a digest the card is gathered, once.
        Whoever muted all that they wait for in the story is owed nothing; who that is, in words, or "".
        """
        card = self._find(number)
        hushed: dict[Destination, str] = {}
        for subscription in self._subscriptions:
            where = subscription.destination
            wanted = [hit for hit in hits if wants(subscription, (hit,), self._tags) is not None]
            mutes = [self._mutes.silenced(where, story, hit, number, hits) for hit in wanted]
            loud = [hit for hit, mute in zip(wanted, mutes, strict=True) if mute is None]
            if loud:
                self._tell(card, where, loud)
            elif (mute := next(iter(mutes), None)) is not None:
                hushed[where] = told(mute)
        for where, why in hushed.items():
            if where not in card.told:
                self._hushed[number, where] = Hushed(number, where, why)
        alerted = {due.destination for due in self._owed.values() if due.card == number}
        waiting = {each for each in self._gathered.values() if each.card == number}
        self._set(replace(card, told=card.told | alerted, gathered=card.gathered | waiting))
        return ", ".join(f"muted for {where}: {why}" for where, why in hushed.items() if where not in alerted)

    def changed(self) -> tuple[Card, ...]:
        """Cards that are new or whose level rose, oldest number first."""
        cards = (each.card for each in (*self._cards, *self._old.values()))
        return tuple(sorted((c for c in cards if c not in self._before), key=lambda c: c.number))

    def owed(self) -> tuple[Owed, ...]:
        """What is owed, in the order in which it arose; what quiet hours hold back says until when."""
        return tuple(map(self._held, self._owed.values()))

    def hushed(self) -> tuple[Hushed, ...]:
        """Who was told nothing of a card, because they had muted all of it that they wait for."""
        return tuple(
            each
            for (card, where), each in self._hushed.items()
            if (card, where, Kind.ALERT) not in self._owed and (card, where) not in self._gathered
        )

    def gathered(self) -> tuple[Gathered, ...]:
        """Who is told of a card in a digest, because nothing of it was to come at once."""
        return tuple(
            each
            for (card, where), each in self._gathered.items()
            if (card, where, Kind.ALERT) not in self._owed
        )

    def _tell(self, card: RecentCard, where: Destination, hits: Sequence[Hit]) -> None:
        """Tell somebody of hits on a card, in the way that they want."""
        number, wishes = card.card.number, self._digests.get(where, ())
        ways = [(hit.level, digest.gathered(wishes, hit, self._tags.get(hit.rule, ()))) for hit in hits]
        now = [level for level, schedule in ways if schedule is None]
        known = [each for each in card.gathered if each.destination == where]
        if where in card.told:
            self._add(Owed(number, where, Kind.UPDATE, max(now or (level for level, _ in ways))))
        elif now:
            # What a cap held back stands in its summary; only something higher rings.
            if not any(each.schedule is None and each.level >= max(now) for each in known):
                self._add(Owed(number, where, Kind.ALERT, max(now)))
        elif not known:
            level, schedule = max(ways, key=lambda way: way[0])
            self._gathered.setdefault((number, where), Gathered(number, where, level, schedule))

    def _held(self, due: Owed) -> Owed:
        quiet = self._quiet.get(due.destination)
        return due if quiet is None else replace(due, not_before=held_until(quiet, due.level, self._now))

    def _add(self, due: Owed) -> None:
        """Once per card and destination, at the highest level; an alert owed needs no update."""
        alert = (due.card, due.destination, Kind.ALERT)
        key = alert if alert in self._owed else (due.card, due.destination, due.kind)
        known = self._owed.get(key)
        if known is None:
            self._owed[key] = due
        elif known.level < due.level:
            self._owed[key] = replace(known, level=due.level)

    def _find(self, number: int) -> RecentCard:
        return self._old[number] if number in self._old else self._cards[self._at(number)]

    def _set(self, card: RecentCard) -> None:
        number = card.card.number
        if number in self._old:
            self._old[number] = card
        else:
            self._cards[self._at(number)] = card

    def _at(self, number: int) -> int:
        return next(i for i, card in enumerate(self._cards) if card.card.number == number)


def mark_of(story: Story) -> StoryMark:
    """What grouping needs of a story."""
    return StoryMark(
        feed=story.feed,
        canonical_url=canonical_url(story.url) if story.url else None,
        fingerprint=fingerprint(story.title),
        words=title_words(story.title),
        published=story.published,
    )


NO_TAGS: Mapping[RuleId, Collection[str]] = MappingProxyType({})


def wants(
    subscription: Subscription, hits: Iterable[Hit], tags: Mapping[RuleId, Collection[str]] = NO_TAGS
) -> Level | None:
    """The highest level among the hits that a subscription waits for; None if it waits for none of them.

    `tags` are those of the rules.
    """
    levels = [
        hit.level
        for hit in hits
        if chosen(subscription.selector, hit.rule, hit.level, tags.get(hit.rule, ()))
    ]
    return max(levels, default=None)


def chosen(selector: str, rule: RuleId, level: Level, tags: Collection[str]) -> bool:
    """Whether a selector means a rule with this level and these tags: `all`, its id, `tag:NAME`, `level:WORD`.

    A level means itself and those above it. A personal rule is meant by its id alone, and only its chat waits for
    that.
    """
    if personal(rule):
        return selector == rule
    kind, colon, value = selector.partition(":")
    if colon and kind == "tag":
        return value in tags
    if colon and kind == "level":
        return any(one.word == value and level >= one for one in Level)
    return selector in ("all", rule)
