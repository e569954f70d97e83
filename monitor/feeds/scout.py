"""Looks for the feeds of a site, and whether feeds answer, outside the rhythm of polling.

It goes through the same guarded fetching and the same killable workers as polling does, and shows what a feed
carries before anybody relies on it. For `feeds add` and `feeds check`, and for addresses out of a chat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from monitor.core.model import Batch, Failed, Feed, FeedState, FeedUrl, Fetched, Page, Unchanged
from monitor.core.text import canonical_url
from monitor.feeds.discovery import MOST_FOUND, Found, discover, usual_places

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.ports import Fetch, Parse

MOST_SHOWN = 5
"""Feeds of one site that are read to show what they carry."""

_TITLES = 3


class GetPage(Protocol):
    """A plain guarded GET (`Fetcher.page`, for guests with its stricter guard); never raises for what a server does."""

    async def __call__(self, url: str, /) -> Fetched:
        """The page, or why there is none."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A feed that was read."""

    url: str
    title: str
    stories: int
    lang: str | None = None
    titles: tuple[str, ...] = ()  # of the first stories
    newest: datetime | None = None


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
class _Miss:
    """An address without a feed: its page, if there is one, and why it is none."""

    reason: str
    page: Page | None = None
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Checkup:
    """How one feed of the rules file does at the moment."""

    feed: Feed
    preview: Preview | None = None
    reason: str = ""  # why it cannot be read; empty if it can
    warnings: tuple[str, ...] = ()
    moved_to: str | None = None  # where it says that it has moved for good


class Scout:
    """Reads feeds and pages by the ways that it is given: `fetch` for feeds as polling does, `page` for the rest."""

    def __init__(self, *, fetch: Fetch, page: GetPage, parse: Parse) -> None:
        self._fetch = fetch
        self._page = page
        self._parse = parse

    async def look(self, address: str) -> Sighting:
        """The feeds at an address, be it a feed's, a page's or a bare host name.

        The page is asked for once; of the feeds that it names the first few are read, and the usual places
        are only tried if it names none.
        """
        url = whole(address)
        if url is None:
            return Sighting(address, reason="this is no web address; write one like https://example.org")
        found = await self._at(url)
        if not found.answered and "://" not in address:  # nobody said https, and some old sites have none
            plain = await self._at(f"http://{address.strip()}")
            return plain if plain.feeds else found
        return found

    async def check(self, feed: Feed) -> Checkup:
        """Whether a feed answers and can be read, with its own options."""
        fetched = await self._fetch(feed, FeedState(feed.url, feed.name))
        if not isinstance(fetched, Page):
            return Checkup(feed, reason=_reason(fetched))
        batch = await self._parse(feed, fetched)
        if isinstance(batch, Failed):
            return Checkup(feed, reason=batch.reason)
        preview = _preview(feed.url, batch, feed.name)
        return Checkup(feed, preview, warnings=batch.warnings, moved_to=fetched.moved_to)

    async def _at(self, url: str) -> Sighting:
        first = await self._read(url)
        if isinstance(first, Preview):
            return Sighting(url, (first,), is_feed=True)
        page = first.page
        if page is None:
            return Sighting(url, reason=first.reason, answered=first.answered)
        named = discover(page.body, page.url)
        feeds: list[Preview] = []
        for found in named[:MOST_SHOWN]:
            preview = await self._read(found.url, found.title)
            if isinstance(preview, Preview):
                feeds.append(preview)
        if not named:
            feeds += await self._first_usual(page.url)
        if feeds:
            return Sighting(url, tuple(feeds), named[MOST_SHOWN:MOST_FOUND])
        if named:
            return Sighting(url, named=named, reason="the page names feeds, but none of them can be read")
        return Sighting(
            url, reason=f"{first.reason}; the page names no feed, and there is none at the usual places"
        )

    async def _first_usual(self, url: str) -> list[Preview]:
        for place in usual_places(url):
            preview = await self._read(place)
            if isinstance(preview, Preview) and preview.stories:
                return [preview]
        return []

    async def _read(self, url: str, title: str = "") -> Preview | _Miss:
        """The feed at an address, or why there is none."""
        fetched = await self._page(url)
        if not isinstance(fetched, Page):
            answered = not isinstance(fetched, Failed) or fetched.status is not None
            return _Miss(_reason(fetched), answered=answered)
        batch = await self._parse(Feed(FeedUrl(url), urlsplit(url).hostname or url), fetched)
        if isinstance(batch, Failed):
            return _Miss(batch.reason, fetched)
        return _preview(fetched.moved_to or url, batch, title)


def whole(address: str) -> str | None:
    """What somebody typed, as an address: `example.org` means https://example.org. None if it is none."""
    written = re.sub(r"^feed:(?://)?(?=https?://)", "", address.strip())
    written = re.sub(r"^feed://", "http://", written)
    if "://" not in written:
        written = f"https://{written}"
    return written if written.isprintable() and canonical_url(written) is not None else None


def _reason(fetched: Fetched) -> str:
    """Why there is no page."""
    if isinstance(fetched, Page | Unchanged):
        return "the server says that nothing has changed, though nobody asked that"
    return fetched.reason


def _preview(url: str, batch: Batch, title: str) -> Preview:
    dates = [story.published for story in batch.stories if story.published is not None]
    return Preview(
        url=url,
        title=batch.title or title or urlsplit(url).hostname or url,
        stories=len(batch.stories),
        lang=batch.lang,
        titles=tuple(story.title for story in batch.stories if story.title)[:_TITLES],
        newest=max(dates, default=None),
    )
