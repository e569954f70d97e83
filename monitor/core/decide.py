"""The decision: a parsed page and what the store knows become one outcome.

Order of evaluation, for each story, oldest first:

1. A key that is known (or came twice in the page) is not new: skipped.
2. All rules are matched; a story without a hit is kept, and that is all.
3. A hit finds its card (`monitor.core.group`) or opens the next one.
4. Destinations that wait for one of its rules and were not told of the card are owed an ALERT; those that were
   told are owed an UPDATE of the message they have.
5. At the first sight of a feed nobody is owed anything: its stories may be old (unless the policy says so).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.cadence import Pace, after_poll
from monitor.core.group import place
from monitor.core.match import Matcher
from monitor.core.model import (
    Batch,
    Card,
    Destination,
    Facts,
    Feed,
    Hit,
    Kept,
    Kind,
    Level,
    Outcome,
    Owed,
    Page,
    RecentCard,
    Story,
    StoryMark,
    Subscription,
)
from monitor.core.text import canonical_url, fingerprint, title_words


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator decides once for all feeds."""

    pace: Pace = Pace()
    alert_on_first_poll: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """One page, fetched and parsed; `jitter` is in [0, 1)."""

    feed: Feed
    page: Page
    batch: Batch
    now: datetime
    jitter: float


def decide(arrival: Arrival, facts: Facts, matcher: Matcher, policy: Policy) -> Outcome:
    """What a page means. Pure; deciding twice on the same facts gives the same outcome."""
    now = arrival.now
    state = after_poll(
        arrival.feed,
        facts.state,
        arrival.page,
        now=now,
        jitter=arrival.jitter,
        pace=policy.pace,
        ttl=arrival.batch.ttl,
    )
    quiet = not facts.state.seen_before and not policy.alert_on_first_poll
    board = _Board(list(facts.cards), facts.next_card)
    kept: list[Kept] = []
    owed: dict[tuple[int, Destination, Kind], Owed] = {}
    for story in _new(arrival.batch.stories, facts):
        hits = matcher.hits(story, now)
        if not hits:
            kept.append(Kept(story))
            continue
        card, why = board.put(story, hits, now)
        if quiet:
            why += "; first sight of this feed, so nobody was alerted"
        else:
            for due in _owed(card, hits, facts.subscriptions):
                _owe(owed, due)
                if due.kind is Kind.ALERT:
                    board.told(card.card.number, due.destination)
        kept.append(Kept(story, hits, card.card.number, why))
    return Outcome(state, now, tuple(kept), board.changed(facts.cards), tuple(owed.values()))


def mark_of(story: Story) -> StoryMark:
    """What grouping needs of a story."""
    return StoryMark(
        feed=story.feed,
        canonical_url=canonical_url(story.url) if story.url else None,
        fingerprint=fingerprint(story.title),
        words=title_words(story.title),
        published=story.published,
    )


def wants(subscription: Subscription, hits: Iterable[Hit]) -> Level | None:
    """The highest level among the hits that a subscription waits for; None if it waits for none of them."""
    levels = [hit.level for hit in hits if subscription.selector in ("all", hit.rule)]
    return max(levels, default=None)


def _new(stories: Sequence[Story], facts: Facts) -> list[Story]:
    """The stories that are new, oldest first; undated ones in reversed document order, as feeds list newest first."""
    seen = set(facts.known)
    fresh: list[Story] = []
    for story in stories:
        if story.key not in seen:
            seen.add(story.key)
            fresh.append(story)
    fresh.reverse()
    latest = max((story.published for story in fresh if story.published is not None), default=None)
    if latest is None:
        return fresh
    return sorted(fresh, key=lambda story: story.published or latest)


def _owed(card: RecentCard, hits: Sequence[Hit], subscriptions: Sequence[Subscription]) -> Iterator[Owed]:
    for subscription in subscriptions:
        level = wants(subscription, hits)
        if level is not None:
            kind = Kind.UPDATE if subscription.destination in card.told else Kind.ALERT
            yield Owed(card.card.number, subscription.destination, kind, level)


def _owe(owed: dict[tuple[int, Destination, Kind], Owed], due: Owed) -> None:
    """Add one delivery: once per card and destination, at the highest level; an alert owed needs no update."""
    alert = (due.card, due.destination, Kind.ALERT)
    key = alert if alert in owed else (due.card, due.destination, due.kind)
    known = owed.get(key)
    if known is None:
        owed[key] = due
    elif known.level < due.level:
        owed[key] = replace(known, level=due.level)


class _Board:
    """The recent cards while a page is decided: stories of one page can share a card."""

    def __init__(self, cards: list[RecentCard], next_card: int) -> None:
        self._cards = cards
        self._next = next_card

    def put(self, story: Story, hits: Sequence[Hit], now: datetime) -> tuple[RecentCard, str]:
        """The card for a story (as it was before anybody was told of this story), and why this one."""
        mark = mark_of(story)
        rules = frozenset(hit.rule for hit in hits)
        level = max(hit.level for hit in hits)
        placement = place(mark, rules, self._cards, now)
        if placement.card is None:
            card = RecentCard(Card(self._next, level, now), rules, (mark,), frozenset())
            self._next += 1
            self._cards.insert(0, card)
            return card, placement.why
        at = self._at(placement.card)
        old = self._cards[at]
        card = replace(
            old,
            card=replace(old.card, level=max(old.card.level, level)),
            rules=old.rules | rules,
            stories=(*old.stories, mark),
        )
        self._cards[at] = card
        return card, placement.why

    def told(self, number: int, destination: Destination) -> None:
        """Remember that an alert for the card is owed to the destination."""
        at = self._at(number)
        self._cards[at] = replace(self._cards[at], told=self._cards[at].told | {destination})

    def changed(self, before: Sequence[RecentCard]) -> tuple[Card, ...]:
        """Cards that are new or whose level rose, oldest number first."""
        old = {card.card for card in before}
        return tuple(sorted((c.card for c in self._cards if c.card not in old), key=lambda c: c.number))

    def _at(self, number: int) -> int:
        return next(i for i, card in enumerate(self._cards) if card.card.number == number)
