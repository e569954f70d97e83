"""What readers do with an alert: they acknowledge it, call it useful or not, and have it repeated elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model.alerts import Destination


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody saw a card's alert and says so to all readers of the chat, whatever its topics."""

    card: int
    chat: Destination  # without a topic
    by: str  # who, for example "telegram:42"
    name: str  # of that person, as people know them
    at: datetime


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person in one chat thinks of a card."""

    card: int
    chat: Destination  # without a topic
    by: str  # who, for example "telegram:42"
    useful: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """How a rule's cards were judged. A card is useful unless most of its votes say that it is not."""

    useful: int  # cards
    judged: int  # cards

    @property
    def precision(self) -> float:
        """Share of useful ones, 0 to 1; 0 if none was judged."""
        return self.useful / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class Escalation:
    """A chat wants its flash alerts repeated elsewhere if nobody acknowledges them."""

    source: Destination  # whose alerts; without a topic those of all its topics that say nothing else
    target: Destination  # where they are repeated
    after: int  # seconds without an acknowledgement
    since: datetime  # alerts sent before that are left alone
    by: str = ""  # who asked, for example "telegram:42"
    title: str = ""  # of the source, as people know it
    called: str = ""  # the target, as people know it


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A flash alert that was sent, that nobody acknowledged yet, and that is to be repeated."""

    card: int
    source: Destination  # where it was sent
    sent_at: datetime  # or when its card became flash, if that was later
    escalation: Escalation


@dataclass(frozen=True, slots=True)
class Escalated:
    """Why an alert comes to a second destination."""

    title: str  # of the chat in which nobody acknowledged it
    after: int  # seconds
