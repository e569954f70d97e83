"""What people wish for themselves: mutes for a time, and hours in which nothing may ring."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Hushed:
    """Somebody who waits for a card was not told of it, because they had muted it."""

    card: int
    destination: Destination
    why: str  # the mute, in words
