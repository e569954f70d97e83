"""Gives every story its identity inside its feed, the same at every reading. Pure.

The root of a key is, in this order:

- the entry's own id (guid, atom:id, rdf:about), just as the publisher wrote it, so that it stays readable;
  one of more than 300 characters becomes `id:` and a digest;
- else the canonical form of its link;
- else `fp:` and a digest of the title's fingerprint and the date (of the text, where there is no title).

Mostly the root is the key. But publishers reuse ids, so two stories may have one root. They are told apart by
their links (`root#~digest`), and where those are alike too, by link, title and date together.

Within one page that is decided by `distinct`: the oldest story keeps the root. Over time the store decides
(`settled`), since the other story may be gone from the page, or be cut out of it because it was seen: a story
that says something else than the stored one with its root, at another address, gets a key of its own; one that
is merely edited keeps the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b

from monitor.core.model import Story, StoryKey
from monitor.core.text import canonical_url, fingerprint

_UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST = 300  # characters of an id that is kept as it is
_OWN = re.compile(r"#~[0-9a-f]{12}\Z")
_DIGITS = re.compile(r"(\d+)")
_NEVER = datetime.max.replace(tzinfo=UTC)
_NOTHING, _LITTLE, _MUCH, _MOST, _ALL = range(5)  # how much speaks for two stories being one


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
    """The stories of one page with keys of their own, and how many were left out as mere repetitions.

    Their order in the page decides nothing: the oldest keeps the root, among equally old or undated ones the
    one with the lowest number in its address, as those mostly count upwards. Of repetitions the first stays.
    """
    groups = _by_root(stories)
    if len(groups) == len(stories):
        return stories, 0
    out: dict[int, Story] = {}
    for root, places in groups.items():
        wholes: dict[str, int] = {}
        for at in places:
            wholes.setdefault(_whole(stories[at]), at)
        oldest = min(wholes, key=lambda whole: (*_age(stories[wholes[whole]]), whole))
        shared = _shared(stories[at] for at in wholes.values())
        for whole, at in wholes.items():
            key = root if whole == oldest else _own(stories[at], root, shared)
            out[at] = replace(stories[at], key=key)
    return [out[at] for at in sorted(out)], len(stories) - len(out)


def candidates(story: Story) -> tuple[StoryKey, ...]:
    """All keys under which the story may lie in the store, the plain one first."""
    root = _root(story.key)
    return tuple(dict.fromkeys((root, _own(story, root, frozenset()), _by_whole(story, root), story.key)))


def settled(stories: Sequence[Story], stored: Mapping[StoryKey, Story]) -> tuple[Story, ...]:
    """The stories of one page (as `distinct` gave them) under the keys that they have in the store, or shall get.

    `stored` has what the store holds under their `candidates`. Never gives two stories one key.
    """
    if not stored or not any(key in stored for story in stories for key in candidates(story)):
        return tuple(stories)
    out: dict[int, Story] = {}
    for root, places in _by_root(stories).items():
        keys = _settled([stories[at] for at in places], root, stored)
        out |= {at: replace(stories[at], key=key) for at, key in zip(places, keys, strict=True)}
    return tuple(out[at] for at in range(len(stories)))


def _settled(group: list[Story], root: StoryKey, stored: Mapping[StoryKey, Story]) -> list[StoryKey]:
    """Keys for the stories of one root."""
    there = stored.get(root)
    heir = None if there is None else _heir(group, there)
    shared = _shared(group)
    taken: set[StoryKey] = set()
    keys: list[StoryKey] = []
    for at, story in enumerate(group):
        known = _known(story, root, shared, stored)
        if at == heir or (there is None and story.key == root and known is None):
            key = root
        else:
            key = known or _own(story, root, shared)
        if key in taken:  # alike in all but dates that nobody believes
            key = StoryKey(f"{_by_whole(story, root)}~{at}")
        taken.add(key)
        keys.append(key)
    return keys


def _known(
    story: Story, root: StoryKey, shared: frozenset[str], stored: Mapping[StoryKey, Story]
) -> StoryKey | None:
    """The key of its own under which the store has the story."""
    by_link, by_whole = _own(story, root, frozenset()), _by_whole(story, root)
    if by_link in stored and (_link(story) not in shared or _whole(stored[by_link]) == _whole(story)):
        return by_link
    return by_whole if by_whole in stored else None


def _heir(group: list[Story], there: Story) -> int | None:
    """Which of the stories is the one that the store has under the root; None if it is another one.

    Where several share the root in one page, that id proves little.
    """
    likeness = [_likeness(story, there) for story in group]
    best = max(likeness)
    return likeness.index(best) if best >= (_LITTLE if len(group) == 1 else _MUCH) else None


def _likeness(one: Story, other: Story) -> int:
    """How surely two stories with the same id are one.

    One that changed its address is the same if its title or its date stayed. One that never had an address is
    what its id says.
    """
    if _whole(one) == _whole(other):
        return _ALL
    links = (canonical_url(one.url) if one.url else None, canonical_url(other.url) if other.url else None)
    title = fingerprint(one.title) == fingerprint(other.title)
    dates = (one.published, None if other.doubt else other.published)
    date = dates[0] == dates[1] and dates[0] is not None
    if links[0] == links[1] and links[0] is not None:
        return _MOST if title or date else _MUCH
    if title and (date or None in dates):
        return _MUCH
    return _LITTLE if date or None in links else _NOTHING


def _age(story: Story) -> tuple[datetime, list[tuple[int, str]]]:
    """To find the oldest by."""
    pieces = _DIGITS.split(_link(story))
    return story.published or _NEVER, [(len(piece) if piece.isdecimal() else 0, piece) for piece in pieces]


def _by_root(stories: Iterable[Story]) -> dict[StoryKey, list[int]]:
    groups: dict[StoryKey, list[int]] = {}
    for at, story in enumerate(stories):
        groups.setdefault(_root(story.key), []).append(at)
    return groups


def _root(key: StoryKey) -> StoryKey:
    return StoryKey(_OWN.sub("", key))


def _shared(stories: Iterable[Story]) -> frozenset[str]:
    """Links that several of the stories have; the empty one counts as such."""
    links = [_link(story) for story in stories]
    return frozenset({"", *(link for link in links if links.count(link) > 1)})


def _own(story: Story, root: StoryKey, shared: frozenset[str]) -> StoryKey:
    """The key of a story whose root belongs to another one."""
    link = _link(story)
    if not link or link in shared:
        return _by_whole(story, root)
    return StoryKey(f"{root}#~{_digest(link, size=6)}")


def _by_whole(story: Story, root: StoryKey) -> StoryKey:
    return StoryKey(f"{root}#~{_whole(story)}")


def _whole(story: Story) -> str:
    """What tells two stories of one root apart: link, title (or text) and date."""
    words = fingerprint(story.title) or story.summary or story.text
    return _digest(_link(story), words, _written(None if story.doubt else story.published), size=6)


def _link(story: Story) -> str:
    return (canonical_url(story.url) if story.url else None) or ""


def _written(published: datetime | None) -> str:
    return "" if published is None else published.astimezone(UTC).isoformat()


def _digest(*parts: str, size: int = 16) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=size).hexdigest()
