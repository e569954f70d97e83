"""Looks for the feeds of a site, and whether feeds answer, outside the rhythm of polling.

It goes through the same guarded fetching and the same killable workers as polling does, and shows what a feed
carries before anybody relies on it. For `feeds add` and `feeds check`, and for addresses out of a chat.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from monitor.core.model import (
    Batch,
    Checkup,
    Failed,
    Feed,
    FeedState,
    FeedUrl,
    Fetched,
    Page,
    Preview,
    Shown,
    Sighting,
    Unchanged,
)
from monitor.core.text import Script, Words, canonical_url
from monitor.feeds.discovery import MOST_FOUND, discover, usual_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.core.model import Story
    from monitor.ports import Fetch, Parse

MOST_SHOWN = 5
"""Feeds of one site that are read to show what they carry."""

_TITLES = 3
_GUESSED = 20  # stories by which a language is guessed
_LONG = 300  # characters of a title that are looked at
_SNIFFED = 4_000  # bytes of a document before its first element: declarations, comments
_NEVER = datetime.min.replace(tzinfo=UTC)
_ASIDE = re.compile(rb"<!--.*?-->|<\?.*?\?>|<![^>]*>", re.DOTALL)
_ELEMENT = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")
_KINDS = {b"rss": "RSS", b"rdf": "RSS", b"feed": "Atom", b"urlset": "sitemap", b"sitemapindex": "sitemap"}
_LANGUAGES = {Script.HANGUL: "ko", Script.CYRILLIC: "ru", Script.LATIN: "en"}


class GetPage(Protocol):
    """A plain guarded GET (`Fetcher.page`, for guests with its stricter guard); never raises for what a server does."""

    async def __call__(self, url: str, /) -> Fetched:
        """The page, or why there is none."""


@dataclass(frozen=True, slots=True)
class _Miss:
    """An address without a feed: its page, if there is one, and why it is none."""

    reason: str
    page: Page | None = None
    answered: bool = True


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
            return Checkup(feed, reason=reason(fetched))
        batch = await self._parse(feed, fetched)
        if isinstance(batch, Failed):
            return Checkup(feed, reason=batch.reason)
        preview = _preview(feed.url, batch, feed.name, fetched.body)
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
            return _Miss(reason(fetched), answered=answered)
        batch = await self._parse(Feed(FeedUrl(url), urlsplit(url).hostname or url), fetched)
        if isinstance(batch, Failed):
            return _Miss(batch.reason, fetched)
        return _preview(fetched.moved_to or url, batch, title, fetched.body)


def whole(address: str) -> str | None:
    """What somebody typed, as an address: `example.org` means https://example.org. None if it is none."""
    written = re.sub(r"^feed:(?://)?(?=https?://)", "", address.strip())
    written = re.sub(r"^feed://", "http://", written)
    if "://" not in written:
        written = f"https://{written}"
    return written if written.isprintable() and canonical_url(written) is not None else None


def reason(fetched: Fetched) -> str:
    """Why there is no page, in words."""
    if isinstance(fetched, Page | Unchanged):
        return "the server says that nothing has changed, though nobody asked that"
    return fetched.reason


def _preview(url: str, batch: Batch, title: str, body: bytes) -> Preview:
    dates = [story.published for story in batch.stories if story.published is not None]
    dated = sorted(batch.stories, key=lambda story: story.published or _NEVER, reverse=True)
    return Preview(
        url=url,
        title=batch.title or title or urlsplit(url).hostname or url,
        stories=len(batch.stories),
        lang=batch.lang or guess(batch.stories),
        titles=tuple(story.title for story in batch.stories if story.title)[:_TITLES],
        newest=max(dates, default=None),
        kind=kind_of(body),
        shown=tuple(Shown(story.title, story.published) for story in dated if story.title)[:_TITLES],
    )


def guess(stories: Sequence[Story]) -> str | None:
    """The language that stories are written in, by their script: ko, ru or en; None if it cannot be told.

    Only where a feed does not say it: a guess that an editor sees before it is taken.
    """
    counted = Counter(
        word.shape.script for story in stories[:_GUESSED] for word in Words(story.title[:_LONG]).all
    )
    letters = {lang: counted[script] for script, lang in _LANGUAGES.items()}
    most = max(letters, key=lambda lang: letters[lang])
    return most if letters[most] * 2 > sum(letters.values()) else None


def kind_of(body: bytes) -> str:
    """What kind of feed a document is, by its first element; empty if it cannot be told."""
    start = body[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return "JSON Feed"
    element = _ELEMENT.search(_ASIDE.sub(b"", start))
    return _KINDS.get(element[1].lower(), "") if element else ""
