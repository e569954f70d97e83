"""A story as the matcher reads it: every field analysed at most once, and only when somebody asks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from monitor.core.match.spans import TEXT
from monitor.core.text import Words

if TYPE_CHECKING:
    from monitor.core.match.spans import Span
    from monitor.core.model import Story


class Reading:
    """One story, shared by all rules that look at it."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.found: dict[tuple[object, str], list[Span]] = {}
        """Memo of the leaves: (leaf, field) -> its places."""
        self._words: dict[str, Words] = {}

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Index tokens of the whole story, as `index_text` would give them."""
        return frozenset().union(*[self.words(name).tokens for name in TEXT])

    def words(self, name: str) -> Words:
        """Words of title, summary, text, source or author."""
        words = self._words.get(name)
        if words is None:
            words = self._words[name] = Words(self.values(name)[0])
        return words

    def values(self, name: str) -> tuple[str, ...]:
        """What the story has in a field; only `tag` has other than one value."""
        story = self.story
        if name == "tag":
            return story.tags
        known = {
            "title": story.title,
            "summary": story.summary,
            "text": story.text,
            "source": story.source,
            "author": story.author,
            "tier": story.tier,
            "lang": story.lang,
            "url": story.url,
        }
        return (known[name] or "",)
