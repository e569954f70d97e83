"""OPML, the exchange format for feed lists (OPML 2.0), read and written.

Reading is forgiving: lists in the wild are often not well-formed XML, so they are read tag by tag as HTML is,
and one bad outline never hides the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from monitor.core.model import Feed, FeedUrl


@dataclass(frozen=True, slots=True)
class Outlines:
    """What an OPML file holds: feeds in document order, each address once, and what was left out and why."""

    feeds: tuple[Feed, ...]
    skipped: tuple[str, ...] = ()


def read(text: str) -> Outlines:
    """The feeds of an OPML document; never raises."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return Outlines(tuple(reader.feeds.values()), tuple(reader.skipped))


def write(feeds: Sequence[Feed]) -> str:
    """An OPML 2.0 document that lists the feeds."""
    outlines = "".join(
        f'    <outline type="rss" text={quoteattr(feed.name)} xmlUrl={quoteattr(feed.url)}'
        + (f" language={quoteattr(feed.lang)}" if feed.lang else "")
        + (f" category={quoteattr(','.join(feed.tags))}" if feed.tags else "")
        + "/>\n"
        for feed in feeds
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n    <title>Tocsin</title>\n'
        f"  </head>\n  <body>\n{outlines}  </body>\n</opml>\n"
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feeds: dict[str, Feed] = {}
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "outline":
            return
        given = {name: (value or "").strip() for name, value in attrs}
        url = given.get("xmlurl", "")
        if not url:
            return  # a folder
        name = given.get("title") or given.get("text") or ""
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            usable = False
        if not usable:
            self.skipped.append(f"{url}: not an http(s) address")
        elif url in self.feeds:
            self.skipped.append(f"{url}: listed twice")
        else:
            tags = tuple(tag for tag in (t.strip("/ ") for t in given.get("category", "").split(",")) if tag)
            lang = given.get("language", "").split("-")[0].lower() or None
            self.feeds[url] = Feed(FeedUrl(url), name or str(urlsplit(url).hostname), lang, tags)
