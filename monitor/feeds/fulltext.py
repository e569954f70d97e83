"""Reads the article behind a story: the page's main text, without menus and adverts. The only home of trafilatura.

Only on demand: for stories that hit a rule, and for feeds that ask for it (`full_text: true`). The page comes
by the same guarded and polite fetching as feeds, each address once, so many a feed and hour; it is read in
the same workers, which are killed if a page is too much for them.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from monitor.core.model import FeedUrl, Page, Story, StoryKey
from monitor.core.text import plain
from monitor.feeds.aggregators import direct, is_opaque
from monitor.feeds.charsets import decoded
from monitor.feeds.scout import reason, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.core.model import Feed
    from monitor.feeds.scout import GetPage
    from monitor.ports import Clock

PAGE_LIMIT = 3_000_000
"""Bytes of an article's page that are read: a larger one is no article."""

TEXT_LIMIT = 200_000
"""Characters of an article that are kept."""

ENOUGH = 1_500
"""Characters of text in the feed itself with which a story counts as complete."""

AN_HOUR = 30
"""Articles of one feed that are asked for within an hour."""

_REMEMBERED = 5_000  # addresses that are not asked for a second time
_HOUR = timedelta(hours=1)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_SERVED = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_REFERENCE = re.compile(  # to a control character, at which lxml stumbles
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])(?![0-9])|x0*(?:[0-8bcef]|1[0-9a-f])(?![0-9a-f]));?", re.IGNORECASE
)
_OPEN_GRAPH = re.compile(
    r'<meta[^>]{0,200}?property="og:title"[^>]{0,200}?content="([^"]{1,500})"', re.IGNORECASE
)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Run(Protocol):
    """Runs a function in a worker that can be killed (`Workers.run`)."""

    async def __call__(
        self, work: Callable[[bytes, str | None], str | None], page: bytes, content_type: str | None, /
    ) -> object:
        """What `work` returns, or something else where it was lost."""


class ArticleReader:
    """Implements `ports.Articles`."""

    def __init__(self, *, page: GetPage, run: Run, clock: Clock) -> None:
        self._page = page
        self._run = run
        self._clock = clock
        self._asked: OrderedDict[str, None] = OrderedDict()
        self._spent: dict[FeedUrl, list[datetime]] = {}

    async def __call__(self, feed: Feed, story: Story) -> str | None:
        """The text of the story's article, plain and bounded.

        None if it is not to be had, is no longer than what the feed carries, or is not to be asked for: without
        an address of its own, asked for before, over the hour's number.
        """
        url = _article(story)
        if url is None or len(story.text) >= ENOUGH or url in self._asked or not self._may(feed.url):
            return None
        self._asked[url] = None
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        page = await self._page(url)
        if not isinstance(page, Page) or not _is_html(page) or len(page.body) > PAGE_LIMIT:
            return None
        text = await self._run(extract, page.body, page.content_type)
        if not isinstance(text, str) or len(text) <= max(len(story.text), len(story.summary)):
            return None
        return text

    async def read(self, address: str) -> Story | str:
        """The article at an address that a person sent, as a story with its title; or why there is none."""
        url = whole(address)
        if url is None:
            return "this is no web address; write one like https://example.org/article"
        page = await self._page(url)
        if not isinstance(page, Page):
            return reason(page)
        if not _is_html(page) or len(page.body) > PAGE_LIMIT:
            return "this is no web page with an article"
        read = await self._run(extract_titled, page.body, page.content_type)
        if not isinstance(read, str) or not read.strip():
            return "there is no article on this page that can be read"
        title, _, text = read.partition("\n")
        host = urlsplit(url).hostname or url
        return Story(FeedUrl(url), StoryKey(url), title, url=url, text=text, source=host)

    def _may(self, feed: FeedUrl) -> bool:
        """Whether one more article of the feed may be asked for within the hour; counts it."""
        now = self._clock()
        self._spent = {
            url: kept
            for url, times in self._spent.items()
            if (kept := [at for at in times if now - at < _HOUR])
        }
        times = self._spent.setdefault(feed, [])
        if len(times) >= AN_HOUR:
            return False
        times.append(now)
        return True


def extract(page: bytes, content_type: str | None) -> str | None:
    """The main text of an HTML page; None if it has none. Can be slow on hostile pages: run it in a worker."""
    import trafilatura  # noqa: PLC0415 - the main program never needs it

    text = _REFERENCE.sub("", _CONTROL.sub("", decoded(page, _charset(page, content_type))))
    found = trafilatura.extract(
        text,
        fast=True,  # its slower helpers disagree more than they add
        include_comments=False,
        include_tables=False,
    )
    return _CONTROL.sub("", found or "").strip()[:TEXT_LIMIT] or None


def extract_titled(page: bytes, content_type: str | None) -> str | None:
    """The title on the first line, which may be empty, and below it the main text; None if there is neither."""
    text = decoded(page, _charset(page, content_type))
    found = _OPEN_GRAPH.search(text) or _TITLE.search(text)
    title = " ".join(plain(found[1]).split()) if found else ""
    return f"{title}\n{extract(page, content_type) or ''}".rstrip() or None


def _charset(page: bytes, content_type: str | None) -> str | None:
    """What the server says, else what the page says of itself (HTML 13.2.3.2)."""
    served = _SERVED.search(content_type or "")
    if served is not None:
        return served[1]
    said = _CHARSET.search(page[:4096])
    return said[1].decode("ascii") if said else None


def _article(story: Story) -> str | None:
    """Where the article stands; None if only its aggregator knows."""
    if story.url is None or is_opaque(story.url):
        return None
    return direct(story.url) or story.url


def _is_html(page: Page) -> bool:
    kind = (page.content_type or "text/html").partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml"}
