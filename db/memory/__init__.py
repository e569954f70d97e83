"""The store in memory: for tests, for trying things out, and for a demo that keeps nothing.

It keeps the same promises as the one in SQLite and is held to them by the same tests; it is the shorter text
to read if one wants to know what a store does. It does not outlive the process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.memory.books import Books
from db.memory.buttons import Buttons
from db.memory.drafting import Drafting
from db.memory.outbox import WAITING, Outbox
from db.memory.pacing import Pacing
from db.memory.people import People
from db.memory.places import Places
from db.memory.retention import Sweeping
from db.memory.searching import Searching
from db.memory.speaking import Speaking
from db.promises import (
    VERSIONS_KEPT,
    asked_keys,
    before,
    check,
    latest_compared,
    named_cards,
    same_edit,
)
from db.rows import by_name
from monitor.core.board import mark_of
from monitor.core.discretion import shown, shown_story, without_others
from monitor.core.edits import carried
from monitor.core.match.plan import Plan
from monitor.core.model import (
    Card,
    CardStory,
    CardView,
    Claimed,
    DeliveryState,
    Destination,
    Edit,
    Facts,
    Feed,
    FeedState,
    FeedUrl,
    Kept,
    Notice,
    Outcome,
    Push,
    Receipt,
    RecentCard,
    RuleId,
    StoredStory,
    StoreStatus,
    Story,
    StoryKey,
    Version,
)


class MemoryStore(Books, Buttons, Drafting, Pacing, Searching, Speaking, Sweeping, Places):
    """The `Store` port in dictionaries; what each method promises stands there."""

    def __init__(self) -> None:
        super().__init__()
        self._feeds: dict[FeedUrl, FeedState] = {}
        self._listed: set[FeedUrl] = set()
        self._stories: dict[int, tuple[Kept, datetime]] = {}
        self._ids: dict[tuple[FeedUrl, StoryKey], int] = {}
        self._articles: set[int] = set()
        self._versions: dict[int, tuple[Version, ...]] = {}
        self._items: dict[FeedUrl, tuple[str, ...]] = {}
        self._notices: list[Notice] = []
        self._told = 0
        self._pushes: dict[FeedUrl, Push] = {}
        self._robots: dict[str, tuple[datetime, str]] = {}
        self._cards: dict[int, Card] = {}
        self._outbox = Outbox()
        self._people = People()
        self._beats: dict[str, datetime] = {}

    def sync_feeds(
        self, feeds: Sequence[Feed], now: datetime, first: Callable[[int, int], datetime] | None = None
    ) -> None:
        """See `Store.sync_feeds`."""
        new = [feed for feed in feeds if feed.url not in self._feeds]
        for at, feed in enumerate(new):
            due = now if first is None else first(at, len(new))
            self._feeds[feed.url] = FeedState(feed.url, feed.name, next_poll_at=due)
        for feed in feeds:
            self._feeds[feed.url] = replace(self._feeds[feed.url], name=feed.name)
        self._listed = {feed.url for feed in feeds}

    def due_feeds(self, now: datetime, limit: int) -> tuple[FeedState, ...]:
        """See `Store.due_feeds`."""
        due = [
            (state.next_poll_at, state)
            for url, state in self._feeds.items()
            if url in self._listed and state.next_poll_at is not None and state.next_poll_at <= now
            if state.paused_since is None
        ]
        return tuple(state for _, state in sorted(due, key=lambda each: each[0])[:limit])

    def feed_states(self) -> tuple[FeedState, ...]:
        """See `Store.feed_states`."""
        return by_name(state for url, state in self._feeds.items() if url in self._listed)

    def hasten(self, feed: FeedUrl, at: datetime) -> bool:
        """See `Store.hasten`."""
        state = self._feeds.get(feed)
        if state is None or feed not in self._listed or state.failures or state.next_poll_at is None:
            return False
        sooner = at < state.next_poll_at
        if sooner:
            self._feeds[feed] = replace(state, next_poll_at=at)
        return sooner

    def rewind(self, now: datetime) -> int:
        """See `Store.rewind`."""
        ahead = [s for s in self._feeds.values() if s.last_poll_at is not None and s.last_poll_at > now]
        for state in ahead:
            due = state.next_poll_at
            if due is not None and state.last_poll_at is not None:
                due = now + max(due - state.last_poll_at, timedelta())
            self._feeds[state.url] = replace(state, next_poll_at=due, last_poll_at=now)
        return len(ahead)

    def seen_items(self, feed: FeedUrl) -> frozenset[str]:
        """See `Store.seen_items`."""
        return frozenset(self._items.get(feed, ()))

    def facts_for(self, feed: FeedUrl, stories: Sequence[Story], cards_since: datetime) -> Facts:
        """See `Store.facts_for`."""
        state = self._feeds[feed]
        known, alike = self._asked(feed, stories) if state.seen_before else ({}, ())
        recent = {
            kept.card
            for kept, seen_at in self._stories.values()
            if seen_at >= cards_since and kept.card is not None
        }
        theirs = {each.card for each in (*known.values(), *alike) if each.card is not None}
        return Facts(
            state=state,
            known=known,
            cards=self._whole_cards(recent),
            subscriptions=tuple(
                s
                for s in (*self.subscriptions(), *(each.subscription for each in self.watches()))
                if s.destination not in self._outbox.suspended
            ),
            next_card=max(self._cards, default=0) + 1,
            alike=alike,
            old_cards=self._whole_cards(theirs - recent),
            mutes=tuple(self._mutes.values()),
            quiet=tuple(self._quiet[where] for where in sorted(self._quiet, key=str)),
            digests=self._all_digests(),
        )

    def _asked(
        self, feed: FeedUrl, stories: Sequence[Story]
    ) -> tuple[dict[StoryKey, StoredStory], tuple[StoredStory, ...]]:
        """Stored ones under a key that one of the stories may have; and the latest that are like the others."""
        asked = asked_keys(stories)
        ids = {key: self._ids.get((feed, key)) for keys in asked.values() for key in keys}
        known = {key: self._stored(number) for key, number in ids.items() if number is not None}
        strange = [story for story in stories if known.keys().isdisjoint(asked[story.key])]
        links = {story.url for story in strange if story.url is not None}
        titles = {story.title for story in strange if story.title}
        latest = [number for number, (kept, _) in self._stories.items() if kept.story.feed == feed]
        alike = [
            self._stored(number)
            for number in sorted(latest, reverse=True)[: latest_compared(stories)]
            if (told := self._stories[number][0].story).url in links or told.title in titles
        ]
        return known, tuple(alike)

    def _stored(self, number: int) -> StoredStory:
        """A story as it lies here."""
        kept, seen_at = self._stories[number]
        rules = tuple(hit.rule for hit in kept.hits)
        return StoredStory(number, kept.story, seen_at, rules, kept.card, number in self._articles)

    def _whole_cards(self, numbers: Iterable[int]) -> tuple[RecentCard, ...]:
        """The cards with all that grouping needs of them, newest first."""
        return tuple(
            RecentCard(
                card=self._cards[number],
                rules=frozenset(hit.rule for kept, _ in self._on(number) for hit in kept.hits),
                stories=tuple(mark_of(kept.story) for kept, _ in self._on(number)),
                told=self._outbox.told(number),
                gathered=self._gathered_on(number),
            )
            for number in sorted(numbers, reverse=True)
        )

    def _on(self, card: int) -> list[tuple[Kept, datetime]]:
        """The stories on a card, first seen first."""
        return sorted(
            (each for each in self._stories.values() if each[0].card == card), key=lambda each: each[1]
        )

    def save(self, outcome: Outcome) -> None:
        """See `Store.save`; raises KeyError for a feed never synced, ValueError for a self-contradiction."""
        check(outcome, named_cards(outcome) - self._cards.keys())
        if missing := {edit.id for edit in outcome.edits} - self._stories.keys():
            raise KeyError(min(missing))
        self.save_state(outcome.state)
        for card in outcome.cards:
            known = self._cards.get(card.number, card)
            self._cards[card.number] = replace(known, level=max(known.level, card.level))
        stored = len(self._stories)
        edited = [edit for edit in outcome.edits if self._edit(edit, outcome.decided_at)]
        for kept in outcome.stories:
            key = (kept.story.feed, kept.story.key)
            if key not in self._ids:
                self._ids[key] = next(reversed(self._stories), 0) + 1
                self._stories[self._ids[key]] = (kept, outcome.decided_at)
        if outcome.items is not None:
            self._items[outcome.state.url] = outcome.items
        replayed = bool(outcome.stories or outcome.edits) and len(self._stories) == stored and not edited
        self._note(outcome.state.url, outcome.notices, outcome.decided_at)
        for owed in outcome.deliveries:
            self._outbox.owe(owed, outcome.decided_at, replayed=replayed)
        self._keep_wishes(outcome)
        self._keep_gathered(outcome)

    def _edit(self, edit: Edit, now: datetime) -> bool:
        """Make an edit true; False if it was."""
        stored = self._stored(edit.id)
        kept, seen_at = self._stories[edit.id]
        if same_edit(stored, edit):
            return False
        if edit.keep:
            had = (Version(stored.story, now), *self._versions.get(edit.id, ()))
            self._versions[edit.id] = (
                (*had[: VERSIONS_KEPT - 1], had[-1]) if len(had) > VERSIONS_KEPT else had
            )
        del self._ids[stored.story.feed, stored.story.key]
        self._ids[edit.story.feed, edit.story.key] = edit.id
        hits = carried(kept.hits, edit.story, edit.hits)
        self._stories[edit.id] = (Kept(edit.story, hits, edit.card, edit.why or kept.why), seen_at)
        (self._articles.add if edit.article else self._articles.discard)(edit.id)
        return True

    def _note(self, feed: FeedUrl, texts: Sequence[str], now: datetime) -> None:
        known = {(each.feed, each.text, each.at) for each in self._notices}
        for text in texts:
            if (feed, text, now) not in known:
                self._notices.append(Notice(len(self._notices) + 1, feed, text, now))

    def save_state(self, state: FeedState, noticed: Sequence[str] = (), now: datetime | None = None) -> None:
        """See `Store.save_state`; raises KeyError for a feed never synced."""
        known = self._feeds[state.url]
        self._feeds[state.url] = replace(state, name=known.name, paused_since=known.paused_since)
        if now is not None:
            self._note(state.url, noticed, now)

    def untold(self, limit: int) -> tuple[Notice, ...]:
        """See `Store.untold`."""
        return tuple(each for each in self._notices if each.id > self._told)[:limit]

    def told(self, notice: int, now: datetime) -> None:  # noqa: ARG002 - the other store keeps when
        """See `Store.told`."""
        self._told = max(self._told, min(notice, len(self._notices)))

    def versions(self, story: int) -> tuple[Version, ...]:
        """See `Store.versions`."""
        had = self._versions.get(story, ())
        return tuple(replace(each, story=before(self._stories[story][0].story, each.story)) for each in had)

    def hits_of_feeds(self, since: datetime) -> Mapping[FeedUrl, int]:
        """See `Store.hits_of_feeds`."""
        return Counter(
            kept.story.feed for kept, seen_at in self._stories.values() if kept.hits and seen_at >= since
        )

    def robots(self, origin: str) -> tuple[datetime, str] | None:
        """See `Store.robots`."""
        return self._robots.get(origin)

    def keep_robots(self, origin: str, text: str, now: datetime) -> None:
        """See `Store.keep_robots`."""
        self._robots[origin] = (now, text)

    def claim(
        self, now: datetime, lease: float, limit: int, resting: frozenset[Destination] = frozenset()
    ) -> tuple[Claimed, ...]:
        """See `Store.claim`."""
        self._make_due(now)
        self._hold_due(now)
        self._hold_over(now)
        return self._tell(self._mannered(self._outbox.claim(now, lease, limit, resting, self._told_there)))

    def _told_there(self, number: int, destination: Destination) -> CardView:
        return without_others(self._view(number), self._rules_of(destination))

    def settle(self, delivery: int, attempt: int, receipt: Receipt, now: datetime) -> bool:
        """See `Store.settle`."""
        return self._outbox.settle(delivery, attempt, receipt, now)

    def pushes(self) -> tuple[Push, ...]:
        """See `Store.pushes`."""
        return tuple(self._pushes[feed] for feed in self._feeds if feed in self._pushes)

    def save_push(self, push: Push) -> None:
        """See `Store.save_push`; raises KeyError for a feed never synced."""
        self._pushes[self._feeds[push.feed].url] = push

    def drop_push(self, feed: FeedUrl) -> None:
        """See `Store.drop_push`."""
        self._pushes.pop(feed, None)

    def cards(
        self,
        limit: int,
        before: int | None = None,
        rule: RuleId | None = None,
        viewer: Destination | None = None,
    ) -> tuple[CardView, ...]:
        """See `Store.cards`."""
        numbers = sorted((n for n in self._cards if before is None or n < before), reverse=True)
        mine = self._rules_of(viewer)
        views = (view for number in numbers if (view := shown(self._view(number), mine)) is not None)
        return tuple(_first(limit, (v for v in views if rule is None or _hit_by(rule, v))))

    def _view(self, number: int) -> CardView:
        stories = tuple(CardStory(kept.story, seen_at, kept.hits) for kept, seen_at in self._on(number))
        return CardView(self._cards[number], stories)

    def card(self, number: int, viewer: Destination | None = None) -> CardView | None:
        """See `Store.card`."""
        return shown(self._view(number), self._rules_of(viewer)) if number in self._cards else None

    def candidates(
        self,
        plan: Plan,  # noqa: ARG002 - every story could match
        before: int | None = None,
        viewer: Destination | None = None,
    ) -> Iterator[StoredStory]:
        """See `Store.candidates`; here all of them, whatever the plan."""
        mine = self._rules_of(viewer)
        newest = max(self._stories, default=0) if before is None else before - 1
        for number in sorted(self._stories, reverse=True):
            if number <= newest:
                yield shown_story(self._stored(number), mine)

    def stories_since(self, since: datetime) -> int:
        """See `Store.stories_since`."""
        return sum(
            min(kept.story.published or seen_at, seen_at) >= since for kept, seen_at in self._stories.values()
        )

    def status(self) -> StoreStatus:
        """See `Store.status`."""
        states, dead = self._outbox.states(), self._outbox.dead()
        return StoreStatus(
            feeds=self.feed_states(),
            stories=len(self._stories),
            hits=sum(len(kept.hits) for kept, _ in self._stories.values()),
            cards=len(self._cards),
            owed=sum(state in WAITING for state in states),
            oldest_owed_at=self._outbox.oldest_owed_at(),
            sent=states.count(DeliveryState.SENT),
            dead=tuple(dead[:20]),
            dead_count=len(dead),
            suspended=dict(self._outbox.suspended),
            beats=dict(self._beats),
            subscriptions=len(self._people),
        )

    def beat(self, heart: str, now: datetime) -> None:
        """See `Store.beat`."""
        self._beats[heart] = now

    def close(self) -> None:
        """See `Store.close`; what was kept is gone when the store is."""


def _first(limit: int, views: Iterable[CardView]) -> Iterator[CardView]:
    """At most `limit` of them."""
    return (view for view, _ in zip(views, range(limit), strict=False))


def _hit_by(rule: RuleId, view: CardView) -> bool:
    """Whether a story of the card hit the rule."""
    return any(hit.rule == rule for story in view.stories for hit in story.hits)
