"""Builders for tests: every test names only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.language import parse
from monitor.core.model import (
    Batch,
    Card,
    Destination,
    Evidence,
    Facts,
    Feed,
    FeedState,
    FeedUrl,
    Hit,
    Level,
    Page,
    RecentCard,
    Rule,
    RuleBook,
    RuleId,
    StoredStory,
    Story,
    StoryKey,
    Subscription,
    Validators,
)

NOW = datetime(2026, 9, 27, 10, 0, tzinfo=UTC)
URL = FeedUrl("https://news.example/rss.xml")
FEED = Feed(URL, "Example")
CHAT = Destination("telegram", "42")
GROUP = Destination("telegram", "-1001")


def minutes(count: float) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=count)


def story(title: str = "A title", key: str | None = None, **fields: Any) -> Story:
    """A story of FEED; its key is its title unless given."""
    filled = Story(feed=URL, key=StoryKey(key if key is not None else title), title=title, source="Example")
    return replace(filled, **fields)


def state(**fields: Any) -> FeedState:
    """What is known of FEED: seen before, due now."""
    return replace(FeedState(URL, "Example", next_poll_at=NOW, seen_before=True), **fields)


def page(**fields: Any) -> Page:
    """A page of FEED with an ETag."""
    return replace(Page(URL, URL, b"<rss/>", "digest", validators=Validators('"1"')), **fields)


def batch(*stories: Story, **fields: Any) -> Batch:
    """A parsed page of FEED."""
    return replace(Batch(URL, stories), **fields)


def rule(rule_id: str, match: str, level: Level = Level.ALERT, unless: str | None = None) -> Rule:
    """A rule from its query."""
    return Rule(RuleId(rule_id), parse(match), parse(unless) if unless else None, level)


def book(*rules: Rule, **fields: Any) -> RuleBook:
    """A rule book with FEED."""
    return replace(RuleBook((FEED,), {}, rules, "v1"), **fields)


def hit(rule_id: str = "r", level: Level = Level.ALERT) -> Hit:
    """A hit with one piece of evidence in the title."""
    return Hit(RuleId(rule_id), level, (Evidence("a", "a", "title", 0, 1, "A"),))


def stored(number: int = 1, of: Story | None = None, *rules: str, **fields: Any) -> StoredStory:
    """A story as it lies in the store, seen at NOW."""
    return replace(StoredStory(number, of or story(), NOW, tuple(map(RuleId, rules))), **fields)


def subscription(destination: Destination = CHAT, selector: str = "all") -> Subscription:
    """A subscription made before NOW."""
    return Subscription(destination, selector, minutes(-60), "telegram:42", "A chat")


def facts(*cards: RecentCard, **fields: Any) -> Facts:
    """What the store knows: nothing stored, one subscriber to everything."""
    given = Facts(state(), {}, cards, (subscription(),), 1 + max((c.card.number for c in cards), default=0))
    return replace(given, **fields)


def card(number: int = 1, level: Level = Level.ALERT, opened_at: datetime = NOW) -> Card:
    """A card."""
    return Card(number, level, opened_at)
