"""Reads news sitemaps into entries as feedparser gives them, and tells other sitemaps apart. Pure.

A news sitemap (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap) lists the
articles of the last two days with title, date and language: many outlets keep one that have no feed. An
ordinary sitemap has addresses only, nothing to match; an index names other sitemaps.

Expat is used as it is: no external entity is ever fetched, and one that the document declares itself ends
the reading, since no sitemap needs any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat

from monitor.feeds.channel import Channel, Entry

_CHILDREN = 3  # sitemaps of an index that are named to a person
_MOST = 50_000  # addresses in one sitemap (sitemaps.org)
_LONGEST = 10_000  # characters of one text
_ENTRIES = frozenset({"url", "sitemap"})
_WANTED = frozenset(
    [(entry, text) for entry in _ENTRIES for text in ("loc", "lastmod")]
    + [("news", "title"), ("news", "publication_date"), ("publication", "language")]
)


class NoNews(Exception):
    """The sitemap names no articles; says what it is instead, as the end of a sentence."""


class _EntityDeclared(Exception):
    """The document wants to define shorthands of its own."""


class _Reading:
    """What was read so far: handlers for expat, called for each tag and text."""

    def __init__(self) -> None:
        self.root = ""
        self.name = ""  # of the publication
        self.for_news = False  # whether it speaks of news at all
        self.entries: list[dict[str, str]] = []
        self._entry: dict[str, str] | None = None
        self._path: list[str] = []
        self._text: list[str] = []
        self._size = 0

    def start(self, name: str, _: object) -> None:
        """A tag opens."""
        local = _local(name)
        self._path.append(local)
        self._text.clear()
        self._size = 0
        self.root = self.root or local
        if local in _ENTRIES and len(self._path) == 2:  # noqa: PLR2004 - right below the root
            self._entry = {}

    def end(self, _: str) -> None:
        """A tag closes."""
        local = self._path.pop()
        written = "".join(self._text).strip()
        self._text.clear()
        if self._entry is None or not self._path:
            return
        parent = self._path[-1]
        if len(self._path) == 1:
            if self._entry and len(self.entries) < _MOST:
                self.entries.append(self._entry)
            self._entry = None
        elif (parent, local) in _WANTED and written:
            self._entry.setdefault(local, written)
        elif parent == "publication" and local == "name":
            self.name = self.name or written

    def namespace(self, _: object, uri: str | None) -> None:
        """A vocabulary is announced."""
        self.for_news = self.for_news or "sitemap-news" in (uri or "")

    def letters(self, text: str) -> None:
        """Text, in pieces."""
        if self._size < _LONGEST:
            self._text.append(text[: _LONGEST - self._size])
        self._size += len(text)

    def declared(self, *_: object) -> NoReturn:
        """A shorthand is defined."""
        raise _EntityDeclared


def read(document: bytes) -> Channel:
    """The articles of a news sitemap in UTF-8, as far as it can be read. Raises NoNews."""
    reading = _Reading()
    broken = _fill(reading, document)
    locations = [entry.get("loc", "") for entry in reading.entries]
    if reading.root == "sitemapindex":
        named = ", ".join(location for location in locations[:_CHILDREN] if location)
        more = f" and {len(locations) - _CHILDREN} more" if len(locations) > _CHILDREN else ""
        message = (
            f"a sitemap index; put one of the sitemaps that it names into rules.yaml: {named or 'none'}{more}"
        )
        raise NoNews(message)
    entries = [entry for entry in reading.entries if "title" in entry]
    if not entries and (reading.entries or not reading.for_news):
        message = (
            "a sitemap without news, addresses without titles; look for the site's news sitemap or its RSS or "
            "Atom address and put that into rules.yaml"
        )
        raise NoNews(message)
    warnings = []
    if broken:
        warnings.append("the page is not well-formed XML and was read as far as possible")
    if len(entries) < len(reading.entries):
        bare = len(reading.entries) - len(entries)
        warnings.append(f"{bare} addresses come without a title and were left out")
    languages = {entry.get("language", "") for entry in entries}
    return Channel(
        entries=tuple(_entry(entry) for entry in entries),
        title=reading.name,
        lang=languages.pop() if len(languages) == 1 else None,
        warnings=tuple(warnings),
    )


def _entry(found: Mapping[str, str]) -> Entry:
    language = found.get("language")
    return {
        "title": found["title"],
        "title_detail": {"type": "text/plain", "value": found["title"], "language": language},
        "link": found.get("loc", ""),
        "published": found.get("publication_date", ""),
        "updated": found.get("lastmod", ""),
    }


def _fill(reading: _Reading, document: bytes) -> bool:
    """Read all that can be read; returns whether the document is broken."""
    parser = expat.ParserCreate("utf-8", "}")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.StartNamespaceDeclHandler = reading.namespace
    parser.CharacterDataHandler = reading.letters
    parser.EntityDeclHandler = reading.declared
    try:
        parser.Parse(document, True)  # noqa: FBT003 - expat knows no names of arguments
    except (expat.ExpatError, _EntityDeclared):
        return True
    return False


def _local(name: str) -> str:
    """Of an element, without its namespace: many sitemaps give none, or a wrong one."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()
