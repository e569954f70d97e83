"""What the store answers when somebody looks back: portions of the archive, and hits and alerts for figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model.rules import Level, RuleId
from monitor.core.model.views import StoredStory


@dataclass(frozen=True, slots=True)
class Portion:
    """Stories that could match, newest stored first; not all that there are, so that others have their turn."""

    stories: tuple[StoredStory, ...]
    below: int | None  # go on below this id; None: that was all


@dataclass(frozen=True, slots=True)
class Struck:
    """A hit, as figures need it."""

    rule: RuleId
    level: Level  # of the rule then
    at: datetime  # when its story was stored
    source: str  # name of the feed that carried it
    card: int | None


@dataclass(frozen=True, slots=True)
class Rung:
    """A card's first alert that went out, wherever to."""

    card: int
    published: datetime  # the earliest date of its stories, never later than the first was stored
    sent: datetime
