"""Looking into the past, in memory: every story could match, and figures are counted when they are asked for."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from db.memory.outbox import Outbox
from db.memory.watching import Watching
from monitor.core.discretion import open_to, shown_story
from monitor.core.match.plan import AllOf, AnyOf, Plan, Token
from monitor.core.model import (
    DeliveryState,
    Destination,
    Kept,
    Kind,
    Portion,
    RuleId,
    Rung,
    StoredStory,
    Struck,
)
from monitor.core.text import index_text


class Searching(Watching):
    """The part of the store that is asked about the past."""

    _stories: dict[int, tuple[Kept, datetime]]
    _articles: set[int]
    _outbox: Outbox

    def portion(
        self,
        plan: Plan,  # noqa: ARG002 - every story could match
        before: int | None,
        limit: int,
        now: datetime | None = None,  # noqa: ARG002 - so that its age does not matter
        viewer: Destination | None = None,
    ) -> Portion:
        """See `Store.portion`; here the newest, whatever the plan."""
        mine = self._rules_of(viewer)
        numbers = [n for n in sorted(self._stories, reverse=True) if before is None or n < before]
        stories = tuple(self._seen(number, mine) for number in numbers[:limit])
        return Portion(stories, numbers[limit - 1] if len(numbers) > limit else None)

    def best(
        self,
        plan: Plan,
        limit: int,
        now: datetime | None = None,  # noqa: ARG002 - as above
        viewer: Destination | None = None,
    ) -> tuple[StoredStory, ...]:
        """See `Store.best`; here those first that hold most of the words, for their length."""
        mine = self._rules_of(viewer)
        tokens = list(_tokens(plan))
        weights = {number: self._weight(number, tokens) for number in sorted(self._stories, reverse=True)}
        ranked = sorted(weights, key=lambda number: -weights[number])
        return tuple(self._seen(number, mine) for number in ranked[:limit])

    def _seen(self, number: int, mine: frozenset[RuleId]) -> StoredStory:
        """A story, as the chat with these personal rules may know it."""
        kept, seen_at = self._stories[number]
        rules = tuple(hit.rule for hit in kept.hits)
        stored = StoredStory(number, kept.story, seen_at, rules, kept.card, number in self._articles)
        return shown_story(stored, mine)

    def _weight(self, number: int, tokens: list[Token]) -> float:
        words = self._words(number)
        return sum(_holds(word, token) for word in words for token in tokens) / max(len(words), 1)

    def _words(self, number: int) -> list[str]:
        story = self._stories[number][0].story
        return index_text(story.title, story.summary, story.text).split()

    def words_like(self, begins: str, limit: int) -> tuple[tuple[str, int], ...]:
        """See `Store.words_like`."""
        found = Counter(word for number in self._stories for word in set(self._words(number)))
        return tuple(sorted((word, n) for word, n in found.items() if word.startswith(begins)))[:limit]

    def hits_since(
        self, since: datetime, rule: RuleId | None = None, viewer: Destination | None = None
    ) -> tuple[Struck, ...]:
        """See `Store.hits_since`."""
        mine = self._rules_of(viewer)
        return tuple(
            Struck(hit.rule, hit.level, seen_at, kept.story.source, kept.card)
            for _, (kept, seen_at) in sorted(self._stories.items())
            for hit in kept.hits
            if seen_at >= since and rule in (None, hit.rule) and open_to(hit.rule, mine)
        )

    def alerts_since(self, since: datetime, rule: RuleId | None = None) -> tuple[Rung, ...]:
        """See `Store.alerts_since`."""
        sent: dict[int, datetime] = {}
        for entry in self._outbox.entries(sys.maxsize, (DeliveryState.SENT,), None):
            if entry.delivery.kind is Kind.ALERT and entry.settled_at is not None:
                card = entry.delivery.card
                sent[card] = min(entry.settled_at, sent.get(card, entry.settled_at))
        rung: list[Rung] = []
        for card, at in sent.items():
            on = [each for each in self._stories.values() if each[0].card == card]
            hit = {each.rule for kept, _ in on for each in kept.hits}
            if on and at >= since and (rule is None or rule in hit):
                dates = [min(kept.story.published or seen_at, seen_at) for kept, seen_at in on]
                rung.append(Rung(card, min(dates), at))
        return tuple(sorted(rung, key=lambda each: (each.sent, each.card)))

    def stories_on(self, card: int, viewer: Destination | None = None) -> tuple[StoredStory, ...]:
        """See `Store.stories_on`."""
        mine = self._rules_of(viewer)
        on = [n for n, (kept, _) in self._stories.items() if kept.card == card]
        found = [self._seen(n, mine) for n in sorted(on, key=lambda n: (self._stories[n][1], n))]
        return tuple(each for each in found if each.card is not None)


def _tokens(plan: Plan) -> Iterator[Token]:
    """All words that a plan knows of."""
    if isinstance(plan, Token):
        yield plan
    elif isinstance(plan, AllOf | AnyOf):
        for part in plan.parts:
            yield from _tokens(part)


def _holds(word: str, token: Token) -> bool:
    return word.startswith(token.text) if token.prefix else word == token.text
