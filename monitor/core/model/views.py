"""What the store answers when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.model.alerts import Card, Delivery, Destination, Kind
from monitor.core.model.responses import Acknowledged, Escalated
from monitor.core.model.rules import Hit, RuleId
from monitor.core.model.sources import FeedState, FeedUrl
from monitor.core.model.stories import Story
from monitor.core.model.wishes import Manner, Schedule


@dataclass(frozen=True, slots=True)
class StoredStory:
    """A story as it lies in the store."""

    id: int
    story: Story
    seen_at: datetime
    rules: tuple[RuleId, ...] = ()  # that it hit
    card: int | None = None
    article: bool = False  # its text is that of its page, fetched


@dataclass(frozen=True, slots=True)
class Version:
    """A story as it stood before it was edited."""

    story: Story
    until: datetime  # when it was replaced


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that those who run Tocsin should hear once: a feed died, went silent, lost stories, came back."""

    id: int
    feed: FeedUrl
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CardStory:
    """A story on a card, with what it hit."""

    story: Story
    seen_at: datetime
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """A card with all its stories, first seen first."""

    card: Card
    stories: tuple[CardStory, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """Cards of which somebody is told together: gathered for a time, or held back by a cap."""

    id: int
    destination: Destination
    kind: Kind  # DIGEST or SUMMARY
    schedule: Schedule | None  # None: a cap held them back
    begun_at: datetime  # when the first of them was gathered
    made_at: datetime
    cards: tuple[int, ...]  # as they are listed
    listed: int  # so many of them stand in its messages; the others are counted there


@dataclass(frozen=True, slots=True)
class DigestPart:
    """What one message of a digest lists."""

    digest: Digest
    views: tuple[CardView, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in our hands, with the card it is about and the chat message that carries the card already."""

    delivery: Delivery
    view: CardView  # of a digest's part the first one
    message: str | None = None  # id of the sent alert, for an update
    digest: DigestPart | None = None  # what a digest's part lists
    manner: Manner = Manner()  # noqa: RUF009  # a frozen value
    acknowledged: Acknowledged | None = None  # who saw the card first in that chat
    falls_back: bool = False  # if its topic is closed or deleted, it goes to the chat's general one
    escalated: Escalated | None = (
        None  # why it comes there, if that is because nobody acknowledged it elsewhere
    )


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was refused for good."""

    delivery: Delivery
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery as it lies in the outbox, for people who look into it."""

    delivery: Delivery
    owed_at: datetime  # since when it is owed
    settled_at: datetime | None = None  # since when it is sent or dead
    held: str = ""  # why its destination is out of reach, if it is
    repeats: bool = True  # whether a send of which nobody knows is repeated there


@dataclass(frozen=True, slots=True)
class KeptBook:
    """A version of the rules file that was in force; its text is asked for by version."""

    version: str  # short digest of the file's bytes
    loaded_at: datetime
    by: str  # "file", or who changed it in a chat: "telegram:42"
    note: str  # what was different from the one before, in words


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """The store in figures."""

    feeds: tuple[FeedState, ...] = ()
    stories: int = 0
    hits: int = 0
    cards: int = 0
    owed: int = 0  # waiting or in flight
    oldest_owed_at: datetime | None = None
    sent: int = 0
    dead: tuple[DeadLetter, ...] = ()  # newest first, at most 20
    dead_count: int = 0
    suspended: Mapping[Destination, str] = field(default_factory=dict)  # destination -> reason
    beats: Mapping[str, datetime] = field(default_factory=dict)  # heart of the process -> last beat
    subscriptions: int = 0
