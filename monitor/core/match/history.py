"""What only a stored story has: the rules that it hit, its card, whether it is muted, and when it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.core.model import Level, RuleId, StoredStory


@dataclass(frozen=True, slots=True)
class History:
    """What became of a story: what `rule: level: card: is:` ask for. A new story has none."""

    rules: tuple[RuleId, ...] = ()  # that it hit
    level: Level | None = None  # the highest of its hits
    card: int | None = None
    muted: bool = False
    seen_at: datetime | None = None  # stands in for the date of a story without one

    def values(self, field: str) -> tuple[str, ...]:
        """What the story has in a history field of the language."""
        found = {
            "rule": self.rules,
            "level": (self.level.word,) if self.level is not None else (),
            "card": (str(self.card),) if self.card is not None else (),
            "is": ("muted",) if self.muted else (),
        }
        return found[field]


def history_of(stored: StoredStory, levels: Mapping[RuleId, Level], *, muted: bool = False) -> History:
    """The history of a stored story; `levels` are those of the rules in force, `muted` of whoever asks."""
    hit = [levels[rule] for rule in stored.rules if rule in levels]
    return History(stored.rules, max(hit, default=None), stored.card, muted, stored.seen_at)
