"""Edited stories and changed ids: which stored story is this one, and what does it say now? Pure.

Publishers edit what they published, and some give all their items new ids at once (a new system, a moved site, an
id made of the time of asking). Neither makes a story new. A story that comes under a new id is an old one if

- its address, its title and its date are those of a stored story; or
- the whole page is made of ids never seen, and at least half of its stories have the address or the title of a
  stored one, with the same date or the same words: then all ids of the feed have changed.

Taking a story for an old one by mistake hides nothing: it becomes a version of that one, and what it newly
matches is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from monitor.core.model import Evidence, Hit, StoredStory, Story, StoryKey
from monitor.core.text import canonical_url

_SITE = re.compile(r"https?://[^/?#]*/?(?:#.*)?", re.IGNORECASE)
"""A link to a whole site: it tells no story from another."""

_Judge = Callable[[Story, Story, bool], bool]
"""Whether a stored story and one under a new key are one; the flag says that the link is of this story alone."""


def edition(stored: StoredStory, now: Story) -> Story | None:
    """The stored story as the feed carries it now; None if that is what is stored.

    The first date stands, as feeds put that of the edit in its place, unless there was none or a doubtful one. So
    does what rules.yaml said of the feed, a link that differs only in where the reader comes from, and a text that
    was fetched from the story's page.
    """
    old = stored.story
    undated = old.published is None or (bool(old.doubt) and not now.doubt and now.published is not None)
    merged = replace(
        now,
        url=old.url if same_page(old.url, now.url) else now.url,
        text=old.text if stored.article else now.text,
        published=now.published if undated else old.published,
        doubt=now.doubt if undated else old.doubt,
        lang=now.lang or old.lang,
        source=old.source,
        tags=old.tags,
        tier=old.tier,
    )
    return None if merged == old else merged


def rewritten(old: Story, new: Story) -> bool:
    """Whether people would read something else now, so that the old version is worth keeping."""
    return (old.title, old.url, old.summary, old.text, old.author) != (
        new.title,
        new.url,
        new.summary,
        new.text,
        new.author,
    )


def same_page(one: str | None, other: str | None) -> bool:
    """Whether two links lead to one page."""
    if one == other:
        return True
    if one is None or other is None:
        return False
    canonical = canonical_url(one)
    return canonical is not None and canonical == canonical_url(other)


def returned(
    strange: Sequence[Story], alike: Sequence[StoredStory], *, all_strange: bool
) -> Mapping[StoryKey, StoredStory]:
    """Those of the stories with unknown keys that are stored ones under a new id, by their new key.

    `alike` are stored stories of the feed with the address or title of one of them; `all_strange` says that the
    page holds no story with a known key.
    """
    if all_strange:
        changed = _pairs(strange, alike, _after_churn)
        if 2 * len(changed) >= len(strange):
            return changed
    return _pairs(strange, alike, _plainly)


def carried(old: Sequence[Hit], story: Story, found: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits of an edited story: a hit stays when its words are edited away, since somebody was told of it.

    `found` are the hits of the new version. What is left of an old one's evidence stands where it is found now.
    """
    rules = {hit.rule for hit in found}
    kept = [
        hit._replace(evidence=tuple(at for each in hit.evidence if (at := _moved(each, story)) is not None))
        for hit in old
        if hit.rule not in rules
    ]
    return (*kept, *found)


def _moved(evidence: Evidence, story: Story) -> Evidence | None:
    """The evidence where the new version has it; None if it has it no more."""
    text = getattr(story, evidence.field, None)
    if not isinstance(text, str):
        return evidence
    if text[evidence.start : evidence.end] == evidence.surface:
        return evidence
    at = text.find(evidence.surface)
    return None if at < 0 else evidence._replace(start=at, end=at + len(evidence.surface))


def _pairs(
    strange: Sequence[Story], alike: Sequence[StoredStory], judge: _Judge
) -> dict[StoryKey, StoredStory]:
    """Each story with the newest stored one that it is, each stored one taken once."""
    links = Counter(story.url for story in strange) + Counter(
        link for link, times in Counter(each.story.url for each in alike).items() if times > 1
    )
    free = list(alike)
    found: dict[StoryKey, StoredStory] = {}
    for story in strange:
        telling = story.url is not None and links[story.url] == 1 and not _SITE.fullmatch(story.url)
        for stored in free:
            if judge(stored.story, story, telling):
                found[story.key] = stored
                free.remove(stored)
                break
    return found


def _plainly(old: Story, new: Story, _telling: bool) -> bool:  # noqa: FBT001 - one of two judges
    """Address, title and date."""
    return old.title == new.title and same_page(old.url, new.url) and _same_date(old, new)


def _after_churn(old: Story, new: Story, telling: bool) -> bool:  # noqa: FBT001 - as above
    """Address or title, with the same date or the same words."""
    titled = bool(new.title) and old.title == new.title
    linked = telling and same_page(old.url, new.url)
    same_words = titled and (old.summary, old.text) == (new.summary, new.text)
    return (titled or linked) and (same_words or _same_date(old, new))


def _same_date(old: Story, new: Story) -> bool:
    return old.published == new.published or old.published is None or new.published is None or bool(old.doubt)
