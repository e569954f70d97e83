"""Gives every story its identity inside its feed, the same at every reading. Pure.

A key is, in this order:

- the entry's own id (guid, atom:id, rdf:about), just as the publisher wrote it, so that it stays readable;
  one of more than 300 characters becomes `id:` and a digest;
- else the canonical form of its link;
- else `fp:` and a digest of the title's fingerprint and the date (of the text, where there is no title).

Publishers reuse ids. Entries of one page with the same key that differ in link, title or date are different
stories: the oldest keeps the key, every other gets `#` and a digest of what differs. It is the oldest
because it may have been alone, and stored under the plain key, when the page was read before.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b

from monitor.core.model import Story, StoryKey
from monitor.core.text import canonical_url, fingerprint

_UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST = 300  # characters of an id that is kept as it is


def key_of(guid: str, url: str | None, title: str, text: str, published: datetime | None) -> StoryKey:
    """The key of an entry on its own; `url` is absolute or None."""
    guid = _UNSTORABLE.sub("\ufffd", guid.strip())
    if guid:
        return StoryKey(guid if len(guid) <= _LONGEST else f"id:{_digest(guid)}")
    canonical = canonical_url(url) if url else None
    if canonical:
        return StoryKey(canonical)
    return StoryKey(f"fp:{_digest(fingerprint(title) or text, _written(published))}")


def distinct(stories: list[Story]) -> tuple[list[Story], int]:
    """The stories of one page with keys of their own, and how many were left out as mere repetitions."""
    by_key: dict[StoryKey, list[int]] = {}
    for at, story in enumerate(stories):
        by_key.setdefault(story.key, []).append(at)
    if len(by_key) == len(stories):
        return stories, 0
    out: dict[int, Story] = {}
    for key, places in by_key.items():
        faces: dict[str, int] = {}
        for at in places:
            faces.setdefault(_face(stories[at]), at)  # of repetitions the first in the page stays
        oldest = max(faces.values(), key=lambda at: _age(stories, faces, at))
        for face, at in faces.items():
            out[at] = stories[at] if at == oldest else replace(stories[at], key=StoryKey(f"{key}#{face}"))
    return [out[at] for at in sorted(out)], len(stories) - len(out)


def _age(stories: list[Story], faces: dict[str, int], at: int) -> tuple[float, int]:
    """The older, the larger: by date if all have one, else by place, since pages put the newest first."""
    dates = [stories[place].published for place in faces.values()]
    published = stories[at].published
    if None in dates or published is None:
        return 0.0, at
    return -published.timestamp(), at


def _face(story: Story) -> str:
    """What tells two stories of one key apart."""
    link = (canonical_url(story.url) if story.url else None) or ""
    return _digest(
        link, fingerprint(story.title) or story.summary or story.text, _written(story.published), size=6
    )


def _written(published: datetime | None) -> str:
    return "" if published is None else published.astimezone(UTC).isoformat()


def _digest(*parts: str, size: int = 16) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=size).hexdigest()
