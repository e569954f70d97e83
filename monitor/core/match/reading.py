"""A story as the matcher reads it: every field analysed at most once, and only when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.language import HISTORY_FIELDS
from monitor.core.text import Words

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from monitor.core.match.history import History
    from monitor.core.match.spans import Find, Span
    from monitor.core.model import Story


class Reading:
    """One story, shared by all rules that look at it: at a moment, with what became of it if it is stored."""

    def __init__(self, story: Story, now: datetime | None = None, history: History | None = None) -> None:
        self.story = story
        self.now = now
        self.history = history
        self.found: dict[tuple[object, str], list[Span]] = {}
        """Memo of the leaves: (leaf, field) -> its places."""
        self.marks: AbstractSet[str] | None = None
        """Marks that title, summary and text have, of all that the rules look for; None if nobody knows."""
        self.spots: dict[int, list[tuple[str, int, int]]] = {}
        """Memo of what finds a term: its id -> places in title, summary and text."""
        self.shown: dict[object, tuple[Find, ...]] = {}
        """Memo of the leaves: what they find in title, summary and text, in reading order."""
        self._words: dict[str, Words] = {}

    @property
    def when(self) -> datetime | None:
        """The story's date: when it was published, else when we first saw it, which for a new one is now."""
        if self.story.published is not None:
            return self.story.published
        return self.history.seen_at if self.history is not None else self.now

    def words(self, name: str) -> Words:
        """Words of title, summary, text, source or author."""
        words = self._words.get(name)
        if words is None:
            words = self._words[name] = Words(getattr(self.story, name) or "")
        return words

    def values(self, name: str) -> tuple[str, ...]:
        """What the story has in a field; only `tag` and those of its history have other than one value."""
        if name in HISTORY_FIELDS:
            return self.history.values(name) if self.history is not None else ()
        story = self.story
        if name == "tag":
            return story.tags
        return (getattr(story, name) or "",)
