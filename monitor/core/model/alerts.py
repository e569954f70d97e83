"""Cards, destinations and deliveries: who is owed what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.model.rules import Level


@dataclass(frozen=True, slots=True, order=True)
class Destination:
    """Where alerts go: a chat of some messenger, and within it a forum topic.

    Written as `telegram:-100123`, `telegram:-100123/7` (topic 7) or `terminal:`.
    """

    messenger: str
    address: str = ""
    topic: int | None = None

    def __str__(self) -> str:
        return f"{self.messenger}:{self.address}" + (f"/{self.topic}" if self.topic is not None else "")

    @classmethod
    def read(cls, written: str) -> Destination:
        """The destination that `str` wrote; raises ValueError on anything else."""
        messenger, colon, rest = written.partition(":")
        if not colon or not messenger:
            message = f"not a destination: {written!r}"
            raise ValueError(message)
        address, slash, topic = rest.partition("/")
        return cls(messenger, address, int(topic) if slash else None)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody wants to hear of a rule, of those with a tag or a level, or of all of them, at a destination."""

    destination: Destination
    selector: str  # a rule's id, "tag:russia", "level:alert" (that or higher), or "all"
    since: datetime
    by: str = ""  # who asked, for example "telegram:42"
    title: str = ""  # the chat's name as people know it


@dataclass(frozen=True, slots=True)
class Card:
    """One event, however many outlets carry it. Numbers are short, stable, and count from 1."""

    number: int
    level: Level  # highest of its hits
    opened_at: datetime


class Kind(StrEnum):
    """What is owed."""

    ALERT = "alert"  # a new message that pings
    UPDATE = "update"  # the sent message is edited: more outlets carry the event
    ESCALATION = "escalation"  # nobody acknowledged an alert elsewhere: it pings here, too
    DIGEST = "digest"  # part of a list of cards that were gathered for a time
    SUMMARY = "summary"  # what a cap held back

    @property
    def gathers(self) -> bool:
        """Whether it tells of several cards at once; it goes out after all that tells of one."""
        return self in (Kind.DIGEST, Kind.SUMMARY)


class DeliveryState(StrEnum):
    """Where an owed delivery stands."""

    OWED = "owed"
    SENDING = "sending"  # claimed, under a lease
    SENT = "sent"
    DEAD = "dead"  # refused for good: visible with its reason


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox, unique per (card or digest, destination, kind, part).

    What does not fit one message goes in parts: rows of their own, sent in order, each settled and repeated alone.
    """

    id: int
    card: int  # of a digest's part the first that it tells of
    destination: Destination
    kind: Kind
    level: Level
    state: DeliveryState
    attempt: int = 0  # how many sends were begun; the fence of `settle`
    not_before: datetime | None = None
    repeat: bool = False  # an earlier attempt may have arrived: mark it
    message: str | None = None  # the messenger's id of the sent message
    reason: str = ""  # of the last failure
    digest: int | None = None  # whose part it is
    part: int = 1
    parts: int = 1

    @property
    def about(self) -> str:
        """What it tells of, in a word or two: `card #17`, `digest 3 (2/5)`."""
        if self.digest is None:
            return f"card #{self.card}"
        return f"{self.kind} {self.digest}" + (f" ({self.part}/{self.parts})" if self.parts > 1 else "")


@dataclass(frozen=True, slots=True)
class Sent:
    """The messenger accepted it; `message` is its id there, None where there is none."""

    message: str | None = None


class Flood(StrEnum):
    """Who has to wait when a messenger asks for patience (429)."""

    CHAT = "chat"  # the one chat; several at a time make it all of them
    BOT = "bot"  # all its chats: it was asked something that belongs to none


@dataclass(frozen=True, slots=True)
class Later:
    """Surely not delivered: try again after `after` seconds. `counts` is False where the wait is no failure (429)."""

    after: float
    reason: str
    counts: bool = True
    flood: Flood | None = None  # the messenger asked for patience: pacing learns from it


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have been delivered (a connection broke after sending): repeat it once, marked."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused for good; `suspend` says that the whole destination is out of reach (blocked, kicked, gone)."""

    reason: str
    suspend: bool = False


Receipt = Sent | Later | Unknown | Refused
"""What became of one send."""
