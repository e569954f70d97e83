"""What a look at an address outside the rhythm of polling found: feeds, and what they carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model.sources import Feed


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that a page names, unread."""

    url: str  # absolute
    title: str  # as the page calls it; may be empty
    kind: str  # RSS, Atom, JSON Feed


@dataclass(frozen=True, slots=True)
class Shown:
    """One story of a feed, to show what it carries."""

    title: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A feed that was read."""

    url: str
    title: str
    stories: int
    lang: str | None = None
    titles: tuple[str, ...] = ()  # of the first stories
    newest: datetime | None = None
    kind: str = ""  # RSS, Atom, JSON Feed, sitemap; empty if it cannot be told
    shown: tuple[Shown, ...] = ()  # the newest stories, newest first


@dataclass(frozen=True, slots=True)
class Sighting:
    """What became of looking at an address: its feeds, best first, or why there is none."""

    asked: str
    feeds: tuple[Preview, ...] = ()
    named: tuple[Found, ...] = ()  # what its page names beyond those that were read
    reason: str = ""  # why there are none; empty if there are
    is_feed: bool = False  # whether the address itself is one
    answered: bool = True  # whether there was any server


@dataclass(frozen=True, slots=True)
class Checkup:
    """How one feed of the rules file does at the moment."""

    feed: Feed
    preview: Preview | None = None
    reason: str = ""  # why it cannot be read; empty if it can
    warnings: tuple[str, ...] = ()
    moved_to: str | None = None  # where it says that it has moved for good
