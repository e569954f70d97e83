"""Reads a feed's page: bytes into a batch of stories, or the reason why not. The only home of feedparser.

A pure function from bytes to values, but for feedparser's parsers, which learn something once (`_teach`). It can
be slow and hungry on hostile pages: run it in a worker (`workers`) unless the page is your own.

The page is brought to UTF-8 (`utf8`), the items seen before are cut out of it (`items`), the rest is read by
the reader of its format, and every entry becomes a story (`entries`) with a key of its own (`core.identity`).
"""

from __future__ import annotations

import io
import re
import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import feedparser
import feedparser.api
import feedparser.mixin

from monitor.core.identity import distinct
from monitor.core.model import Batch, Failed, Story, StoryKey
from monitor.core.text import plain
from monitor.feeds import dates, jsonfeed, sitemap
from monitor.feeds.channel import Channel, Entry
from monitor.feeds.discovery import hint
from monitor.feeds.entries import Oddities, absolute, language, newest, story_of
from monitor.feeds.items import Reduced, reduce
from monitor.feeds.quicker import Names, quicken
from monitor.feeds.scopes import Scopes
from monitor.feeds.utf8 import Unified, unified, unpacked
from monitor.feeds.wishes import Wishes, wishes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.core.model import Feed

STORY_LIMIT = 500
"""Entries read of one page: more are an archive, not news."""

_WARNING_LIMIT = 20
_TITLE_LIMIT = 300
_DRIVER = "monitor.feeds.buffered"
_PARSERS = {"StrictFeedParser": (Names, Scopes), "LooseFeedParser": (Scopes,)}
"""feedparser's parsers, for well-formed and for broken pages, and what they learn."""

_ROOT = re.compile(  # what stands before it is never given back, so that no page can make this slow
    r"(?>\s|<\?.*?\?>|<!--.*?-->|<!doctype(?!\s+html)[^>\[]*+(?:\[[^\]]*+\]\s*+)?+>)*+<(?:[\w.-]+:)?(!?[\w.-]+)",
    re.IGNORECASE | re.DOTALL,
)
_ENTRY = re.compile(rb"<(?:item|entry)[\s>]", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#([0-9]{5,}|[xX][0-9a-fA-F]{4,});?")
_PLACE = re.compile(rb"</?(?:gml|georss):[^<>]{1,500}>")
_LONGEST_REFERENCE = 12  # digits
_TRIPS = (TypeError, ValueError, OverflowError, LookupError, AttributeError, AssertionError, RecursionError)
"""What feedparser 6.0.14 raises on damaged pages, and its like."""

_FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_LOOK = "look for its RSS or Atom address and put that into rules.yaml"
_WEB_PAGES = frozenset({"html", "!doctype", "head", "body"})  # a doctype of HTML: others are passed over
_OPML = "this is a list of feeds (OPML), not a feed; import it with: python bot.py feeds import FILE"
_MEND = "its publisher has to mend that"
_BROKEN = f"the feed is broken XML and holds no readable entry; {_MEND}"
_ILL_FORMED = "the page is not well-formed XML and was read as far as possible"
_HEAD = 4096  # bytes of a page that are looked at to say what it is


def parse(
    feed: Feed, body: bytes, content_type: str | None, url: str, seen: frozenset[str] = frozenset()
) -> Batch | Failed:
    """The batch that a page of the feed carries, stories in document order.

    `content_type` is the server's header, None if it gave none; `url` is where the page came from in the end.
    `seen` is what the batch of the feed's last page had for `items`: items with those very bytes are left out.
    """
    whole = unpacked(body)
    if whole is None:
        return Failed(feed.url, f"the page is packed (gzip), and broken or far too large; {_MEND}")
    if not whole.strip():
        return Failed(feed.url, "the page is empty; the feed may be out of order, or closed to programs")
    return _by_format(_Document(feed, url, unified(whole, content_type), whole), seen)


@dataclass(frozen=True, slots=True)
class _Document:
    """A page on its way."""

    feed: Feed
    url: str
    text: Unified
    raw: bytes  # before it was brought to UTF-8

    def failed(self, reason: str) -> Failed:
        return Failed(self.feed.url, reason)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a document's entries came to."""

    stories: list[Story]
    keys: list[StoryKey | None]  # of all entries, before stories were told apart
    channel: Channel
    warnings: list[str]


def _by_format(page: _Document, seen: frozenset[str]) -> Batch | Failed:
    """By the first words of the document, whatever the server calls it."""
    body = page.text.body
    start = body[:_HEAD].decode("utf-8", "replace").lstrip()
    root = _ROOT.match(start)
    name = root[1].lower() if root else ""
    if start.startswith(("{", "[")):
        return _json(page)
    if name in ("urlset", "sitemapindex"):
        return _sitemap(page)
    if name in _WEB_PAGES and not _ENTRY.search(body):  # such pages are large, and take long to read
        return page.failed(_no_feed(page, start, name))
    try:
        return _feed(page, seen) or page.failed(_no_feed(page, start, name))
    except _TRIPS as error:
        return page.failed(f"{_BROKEN} ({type(error).__name__})")


def _feed(page: _Document, seen: frozenset[str]) -> Batch | None:
    """RSS, RDF, Atom or CDF; None if it is none of them. Raises one of _TRIPS where feedparser stumbles."""
    feed = page.feed
    options = (page.url, feed.url, feed.name, feed.lang, feed.zone, feed.tier, *feed.tags)
    reduced = reduce(page.text.body, seen, context=[str(option) for option in options])
    found = _read(reduced.body)
    told = _told(page, found)
    items = None if found.get("bozo") or len(reduced.items) > STORY_LIMIT else reduced.marked(told.keys)
    if items is None and reduced.known:
        # Cutting items out may have changed what the others are: read it all, now and the next time.
        reduced = Reduced(page.text.body)
        found = _read(reduced.body)
        told = _told(page, found)
    if not told.keys and not reduced.known and not _is_feed(page, found):
        return None
    return _batch(
        page,
        told,
        asked=wishes(page.text.body, _plain_dict(found["feed"])),
        items=items or (),
        known=reduced.known,
    )


def _json(page: _Document) -> Batch | Failed:
    try:
        channel = jsonfeed.read(page.text.body.decode("utf-8"))
    except jsonfeed.Unreadable as error:
        return page.failed(f"{error}; {_MEND}")
    if channel is None:
        return page.failed(f"this is JSON, but no JSON Feed; {_LOOK}")
    return _batch(page, _stories(page, channel))


def _sitemap(page: _Document) -> Batch | Failed:
    try:
        channel = sitemap.read(page.text.body)
    except sitemap.NoNews as error:
        return page.failed(f"this is {error}")
    return _batch(page, _stories(page, channel))


def _told(page: _Document, found: feedparser.FeedParserDict) -> _Told:
    """The stories of what feedparser found."""
    raw = _plain_dict(found["feed"])
    channel = Channel(
        entries=tuple(_plain_dict(entry) for entry in found["entries"]),
        title=str(raw.get("title") or ""),
        link=raw.get("link"),
        lang=raw.get("language") or (raw.get("title_detail") or {}).get("language"),
        hub=_related(raw.get("links"), "hub"),
        topic=_related(raw.get("links"), "self"),
        # Relative links of RSS count from the site that the channel names, those of Atom from the page itself.
        base_is_link=not str(found.get("version", "")).startswith("atom"),
        warnings=(_ILL_FORMED,) if found.get("bozo") else (),
    )
    return _stories(page, channel)


def _stories(page: _Document, channel: Channel) -> _Told:
    """The stories of a channel, each with a key of its own."""
    odd = Oddities()
    warnings = [page.text.doubt, *channel.warnings]
    chosen = newest(channel.entries, STORY_LIMIT)
    if len(chosen) < len(channel.entries):
        warnings.append(f"the page has {len(channel.entries)} entries, {STORY_LIMIT} of them were read")
    site = (channel.base_is_link and absolute(channel.link, page.url)) or page.url
    lang = language(channel.lang)
    read = [story_of(entry, page.feed, site=site, lang=lang, odd=odd) for entry in chosen]
    stories, repeated = distinct([story for story in read if story is not None])
    if repeated:
        odd.note("an entry repeats another one and was left out", times=repeated)
    keys = [story.key if story is not None else None for story in read]
    return _Told(stories, keys, channel, [warning for warning in warnings if warning] + odd.warnings())


def _batch(
    page: _Document,
    told: _Told,
    *,
    asked: Wishes = Wishes(),  # noqa: B008 - a frozen value
    items: tuple[str, ...] = (),
    known: int = 0,
) -> Batch:
    channel = told.channel
    return Batch(
        feed=page.feed.url,
        stories=tuple(told.stories),
        title=plain(channel.title[: _TITLE_LIMIT * 10])[:_TITLE_LIMIT] or None,
        link=absolute(channel.link, page.url),
        lang=language(channel.lang),
        ttl=asked.ttl,
        hub=absolute(channel.hub, page.url),
        warnings=tuple(told.warnings[:_WARNING_LIMIT]),
        skip_hours=asked.hours,
        skip_days=asked.days,
        items=items,
        known=known,
        topic=absolute(channel.topic, page.url),
    )


def _read(document: bytes) -> feedparser.FeedParserDict:
    """What feedparser makes of a document in UTF-8; raises one of _TRIPS where it stumbles."""
    try:
        return _feedparser(document)
    except _TRIPS:
        # The stumbling blocks that are known: a reference to a character that does not exist, a place
        # outside of its frame.
        return _feedparser(_PLACE.sub(b"", _REFERENCE.sub(_possible, document)))


def _feedparser(document: bytes) -> feedparser.FeedParserDict:
    """Nothing is sanitised or resolved: we do both ourselves (2.4 times faster).

    It gets a stream, since it would take plain bytes for the name of a file to open, if there is one.
    """
    _teach()
    return feedparser.parse(
        io.BytesIO(document),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


@cache
def _teach() -> None:
    """Feedparser learns our XML driver, our reading of dates, how far a base reaches and to be quick, once."""
    quicken(feedparser.FeedParserDict)
    join = feedparser.mixin._urljoin  # noqa: SLF001 - it is asked the same at every element
    feedparser.mixin._urljoin = lru_cache(maxsize=1024)(join)  # noqa: SLF001 - as above
    feedparser.api.PREFERRED_XML_PARSERS.insert(0, _DRIVER)
    for name, learnt in _PARSERS.items():
        setattr(feedparser.api, name, type(name, (*learnt, getattr(feedparser.api, name)), {}))
    feedparser.registerDateHandler(dates.handler)


def _possible(reference: re.Match[bytes]) -> bytes:
    """The reference, if there is such a character."""
    digits = reference[1].lower()
    if len(digits) > _LONGEST_REFERENCE:
        return b""
    number = int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
    surrogate = 0xD800 <= number <= 0xDFFF  # noqa: PLR2004 - the range of RFC 3629 section 3
    return reference[0] if number <= sys.maxunicode and not surrogate else b""


def _plain_dict(found: feedparser.FeedParserDict) -> Entry:
    """Without the look-ups that map one name to another."""
    return dict(found.items())


def _is_feed(page: _Document, found: feedparser.FeedParserDict) -> bool:
    """Whether a page without entries is a feed all the same, and not one that is merely broken."""
    root = _ROOT.match(page.text.body[:_HEAD].decode("utf-8", "replace"))
    named = root is not None and root[1].lower() in _FEED_ROOTS
    return (named or bool(found.get("version"))) and not found.get("bozo")


def _no_feed(page: _Document, start: str, name: str) -> str:
    """What a page without entries is, with the mend."""
    if name in _FEED_ROOTS:
        return _BROKEN
    if name in _WEB_PAGES:
        named = hint(page.raw, page.url)
        return f"this is a web page, not a feed{named or f'; {_LOOK}'}"
    if name == "opml":
        return _OPML
    if name:
        return f"this is XML (<{name[:30]}>), but no feed; {_LOOK}"
    binary = "\x00" in start or start.count("\ufffd") > len(start) // 10
    return f"this is {'not text, so no feed' if binary else 'plain text, not a feed'}; {_LOOK}"


def _related(links: object, kind: str) -> str | None:
    """The address that the feed names for that purpose (W3C WebSub section 4)."""
    for link in links if isinstance(links, list) else ():
        if kind in str(link.get("rel", "")).split():
            address: Mapping[str, Any] = link
            return address.get("href")
    return None
