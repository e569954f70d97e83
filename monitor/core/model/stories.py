"""Stories: what a feed carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from monitor.core.model.sources import FeedUrl

StoryKey = NewType("StoryKey", str)
"""Identity of a story inside its feed: guid, else canonical URL, else a fingerprint of title and date."""


@dataclass(frozen=True, slots=True)
class Story:
    """One entry of a feed, complete when it leaves the parser; all texts are plain text, never markup."""

    feed: FeedUrl
    key: StoryKey
    title: str  # may be empty
    url: str | None = None  # absolute http(s) link, or None
    summary: str = ""
    text: str = ""  # the body, as far as the feed carries it
    author: str | None = None
    published: datetime | None = None  # aware UTC; None if the feed gives no (readable) date
    lang: str | None = None  # primary language tag, from the feed's entry in rules.yaml, else the document
    source: str = ""  # name of the feed, as people know it
    tags: tuple[str, ...] = ()  # of the feed
    tier: str | None = None  # of the feed
    doubt: str = ""  # why `published` is not the feed's own date, in words; empty if it is or there is none
