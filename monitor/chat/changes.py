"""What an edit changed, in a few words: the passages that went and those that came. Pure, bounded."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from monitor.chat.excerpt import head
from monitor.chat.tongue import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.core.model import Story

WORDS = 400
"""Words of a text that are compared: an edit of a headline matters more than one at the end of an article."""

PASSAGE = 120
"""Characters of a passage that are shown."""

FIELDS = {
    "title": mark("title"),
    "summary": mark("summary"),
    "text": mark("text"),
    "url": mark("link"),
    "author": mark("author"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What is different in one field; a side is empty where nothing went, or nothing came."""

    field: str
    went: str
    came: str


def changes(old: Story, new: Story) -> tuple[Change, ...]:
    """Field by field; titles whole, texts by the passages that differ most."""
    return tuple(_changes(old, new))


def _changes(old: Story, new: Story) -> Iterator[Change]:
    for field in FIELDS:
        before, after = getattr(old, field) or "", getattr(new, field) or ""
        if before == after:
            continue
        if field in ("summary", "text"):
            before, after = _passages(before, after)
        yield Change(field, head(before, PASSAGE).text, head(after, PASSAGE).text)


def _passages(before: str, after: str) -> tuple[str, str]:
    """The words from the first to the last that differ, of both."""
    old, new = before.split()[:WORDS], after.split()[:WORDS]
    differ = [
        each for each in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if each[0] != "equal"
    ]
    if not differ:
        return "", ""  # only beyond what is compared, or in white space
    return (
        " … ".join(" ".join(old[a:b]) for _, a, b, _, _ in differ if a < b),
        " … ".join(" ".join(new[c:d]) for _, _, _, c, d in differ if c < d),
    )


__all__ = ["FIELDS", "Change", "changes"]
