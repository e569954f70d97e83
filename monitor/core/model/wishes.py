"""What people wish for themselves: mutes for a time, quiet hours, digests, and how messages come."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.core.model.alerts import Destination
from monitor.core.model.rules import Level


class MuteKind(StrEnum):
    """What a mute is about."""

    RULE = "rule"  # hits of one rule, by its id
    CARD = "card"  # all that still comes to one card, by its number
    QUERY = "query"  # stories that a query matches; `source:NAME` mutes a source


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody does not want to be told of something for a while."""

    destination: Destination
    kind: MuteKind
    value: str  # a rule's id, a card's number, or a query
    until: datetime
    by: str = ""  # who asked, for example "telegram:42"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of each day in which alerts wait, on the clock of a zone; from `begins` up to `ends`, not equal.

    They cross midnight if `ends` is the earlier of the two. Levels in `excepted` ring all the same.
    """

    destination: Destination
    begins: time
    ends: time
    zone: ZoneInfo
    excepted: frozenset[Level] = frozenset()


class Every(StrEnum):
    """How often a digest comes."""

    HOUR = "hourly"
    DAY = "daily"
    WEEK = "weekly"


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""As a schedule is written; Monday is 0."""

SCHEDULE = re.compile(
    rf"hourly|daily ([01]?\d|2[0-3]):([0-5]\d)|weekly ({'|'.join(DAYS)})[a-z]* ([01]?\d|2[0-3]):([0-5]\d)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Schedule:
    """When a digest comes, on the clock of its chat: `hourly`, `daily 08:00` or `weekly Mon 08:00`."""

    every: Every
    at: time = time()  # of the day; of no meaning for hourly ones
    day: int = 0  # of the week, for weekly ones

    def __str__(self) -> str:
        if self.every is Every.HOUR:
            return "hourly"
        day = f"{DAYS[self.day]} " if self.every is Every.WEEK else ""
        return f"{self.every} {day}{self.at:%H:%M}"

    @classmethod
    def read(cls, written: str) -> Schedule | None:
        """The schedule that `str` or a person wrote; None if it is none."""
        found = SCHEDULE.fullmatch(" ".join(written.split()))
        if found is None:
            return None
        if found[1] is not None:
            return cls(Every.DAY, time(int(found[1]), int(found[2])))
        if found[3] is not None:
            return cls(Every.WEEK, time(int(found[4]), int(found[5])), DAYS.index(found[3].capitalize()))
        return cls(Every.HOUR)


@dataclass(frozen=True, slots=True)
class DigestWish:
    """Hits of a rule, a tag, a level or all are gathered and come in a digest; without a schedule: at once.

    The closest wish counts: that for the rule, else for one of its tags, else for its level, else for all.
    """

    destination: Destination
    selector: str  # a rule's id, "tag:russia", "level:info" (that level alone), or "all"
    schedule: Schedule | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """A card that somebody is told of together with others."""

    card: int
    destination: Destination
    level: Level  # of the hit for which they wait
    schedule: Schedule | None  # None: a cap held it back


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was gathered for a destination and not sent yet."""

    destination: Destination
    schedule: Schedule | None  # None: held back by a cap
    cards: int
    begun_at: datetime  # when the first of them was gathered
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Preferences:
    """How messages come to a chat or topic; None where nothing was chosen: a topic then does as its chat."""

    zone: ZoneInfo | None = None
    silent: frozenset[str] | None = None  # what makes no sound: words of levels, and "digest"
    protected: bool | None = None  # messages cannot be forwarded or saved
    preview: bool | None = None  # an alert's link is shown with a picture
    cap: int | None = None  # alerts in an hour, flash aside; 0: no cap

    def over(self, other: Preferences) -> Preferences:
        """These, and where nothing was chosen the other ones."""
        mine = ((each.name, getattr(self, each.name), getattr(other, each.name)) for each in fields(self))
        return Preferences(**{name: theirs if own is None else own for name, own, theirs in mine})


QUIETLY = frozenset({"info"})
"""What makes no sound unless a chat wishes otherwise."""

DIGESTS = "digest"
"""The word for digests and summaries among what may be silent."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a message is to come, as its chat wishes."""

    zone: ZoneInfo | None = None  # None: that of whoever runs Tocsin
    silent: frozenset[str] = QUIETLY
    protected: bool = False
    preview: bool = False
    language: str | None = None  # None: nothing was chosen

    @classmethod
    def of(cls, chosen: Preferences, language: str | None) -> Manner:
        """What was chosen, with our own choice for the rest."""
        silent = QUIETLY if chosen.silent is None else chosen.silent
        return cls(chosen.zone, silent, bool(chosen.protected), bool(chosen.preview), language)


@dataclass(frozen=True, slots=True)
class Hushed:
    """Somebody who waits for a card was not told of it, because they had muted it."""

    card: int
    destination: Destination
    why: str  # the mute, in words
