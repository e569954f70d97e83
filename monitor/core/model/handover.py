"""What one stage hands to the next: fetch -> parse -> facts -> decide -> save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.core.model.alerts import Card, Destination, Kind, Subscription
from monitor.core.model.rules import Hit, Level, RuleId
from monitor.core.model.sources import FeedState, FeedUrl, Validators
from monitor.core.model.stories import Story, StoryKey
from monitor.core.model.views import StoredStory
from monitor.core.model.wishes import DigestWish, Gathered, Hushed, Mute, QuietHours


@dataclass(frozen=True, slots=True)
class Page:
    """A 200 with a body."""

    feed: FeedUrl
    url: str  # where it came from in the end, after redirects
    body: bytes  # content-decoded (gzip, deflate), bounded
    digest: str  # of the body
    content_type: str | None = None
    validators: Validators = Validators()  # noqa: RUF009  # a frozen value
    max_age: int | None = None  # seconds for which the server says it stays fresh
    moved_to: str | None = None  # where permanent redirects only (301, 308) led, if any did
    hub: str | None = (
        None  # WebSub hub, and the feed's own name there, as Link headers give them (WebSub section 4)
    )
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A 304, or a 200 with the very bytes of last time."""

    feed: FeedUrl
    validators: Validators | None = None  # given with the answer; None keeps the old ones
    max_age: int | None = None
    moved_to: str | None = None  # as in Page


@dataclass(frozen=True, slots=True)
class RetryLater:
    """The server asks for patience (429, 503): `after` seconds if it said how long."""

    feed: FeedUrl
    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """410: never ask again."""

    feed: FeedUrl
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No page: unreachable, an error status, too large, not a feed... `reason` is for people and names the mend."""

    feed: FeedUrl
    reason: str
    offline: bool = False  # nothing could be reached at all, or looks like it: our network, not the feed
    status: int | None = None  # of HTTP, if there was an answer


Fetched = Page | Unchanged | RetryLater | Gone | Failed
"""What fetching gives, in every case; nothing is raised across the street."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A page, parsed: what the feed says of itself, its stories in document order, and what was odd about it."""

    feed: FeedUrl
    stories: tuple[Story, ...]
    title: str | None = None
    link: str | None = None
    lang: str | None = None
    ttl: int | None = None  # seconds
    hub: str | None = None  # WebSub hub
    warnings: tuple[str, ...] = ()
    skip_hours: frozenset[int] = frozenset()  # hours (UTC) in which the feed asks not to be polled
    skip_days: frozenset[int] = frozenset()  # days so, Monday 0
    items: tuple[str, ...] = ()  # digests of all items as they stand in the document, for the next parse
    known: int = 0  # items left out because their very bytes were seen in an earlier page
    topic: str | None = None  # WebSub: the feed's own rel=self address


@dataclass(frozen=True, slots=True)
class StoryMark:
    """What grouping needs of a story that is on a card already."""

    feed: FeedUrl
    canonical_url: str | None
    fingerprint: str  # of the title, folded
    words: frozenset[str]  # of the title, folded to stems
    published: datetime | None


@dataclass(frozen=True, slots=True)
class RecentCard:
    """A card young enough for a new story to join."""

    card: Card
    rules: frozenset[RuleId]
    stories: tuple[StoryMark, ...]
    told: frozenset[Destination]  # where an alert for it was sent or is owed
    gathered: frozenset[Gathered] = frozenset()  # where it is, or was, told of together with others


@dataclass(frozen=True, slots=True)
class Facts:
    """All that `decide` needs of the store: the answer to the clerk's one question."""

    state: FeedState
    known: Mapping[StoryKey, StoredStory]  # of the stories asked for, those whose key the feed has had
    cards: tuple[RecentCard, ...]  # newest first
    subscriptions: tuple[Subscription, ...]  # of destinations that can be reached
    next_card: int
    alike: tuple[
        StoredStory, ...
    ] = ()  # the feed's latest with the address or title of one asked for, newest first
    old_cards: tuple[
        RecentCard, ...
    ] = ()  # of known and alike ones, where not among `cards`: they may still grow
    mutes: tuple[Mute, ...] = ()  # those that have not ended may be among ended ones
    quiet: tuple[QuietHours, ...] = ()  # at most one per destination
    digests: tuple[DigestWish, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A new story, what it hit, and the card it is on (None if nothing hit)."""

    story: Story
    hits: tuple[Hit, ...] = ()
    card: int | None = None
    why: str = (
        ""  # why this card, or why it hit but somebody was told nothing (first sight of the feed, muted)
    )


@dataclass(frozen=True, slots=True)
class Edit:
    """A stored story in a new version: what it says, what it hits, and which card it is on from now on."""

    id: int  # in the store
    story: Story  # its key may be another one than before: some feeds change all their ids
    hits: tuple[Hit, ...] = ()
    card: int | None = None
    why: str = ""  # as in Kept; empty keeps what is there
    keep: bool = True  # whether the version before is kept; not if only key or date are others
    article: bool = False  # its text is that of its page, fetched; what the feed carries no longer counts


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery to be put into the outbox, unless it is there already."""

    card: int
    destination: Destination
    kind: Kind
    level: Level
    not_before: datetime | None = None  # held back by quiet hours until then


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision: saved whole or not at all."""

    state: FeedState
    decided_at: datetime
    stories: tuple[Kept, ...] = ()
    cards: tuple[Card, ...] = ()  # new ones, and those whose level rose
    deliveries: tuple[Owed, ...] = ()
    edits: tuple[Edit, ...] = ()  # of stored stories, oldest id first
    items: tuple[str, ...] | None = (
        None  # digests of the page's items for the next parse; None keeps the last ones
    )
    notices: tuple[str, ...] = ()  # what those who run Tocsin should hear of the feed, in words
    hushed: tuple[Hushed, ...] = ()  # who was not told, because they had muted it
    gathered: tuple[Gathered, ...] = ()  # who is told of a card in a digest
