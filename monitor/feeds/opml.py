"""OPML, the exchange format for feed lists (OPML 2.0), read and written.

Reading is forgiving: lists in the wild are often not well-formed XML, so the outlines are looked for one by
one, and a bad one never hides the others. What could not be taken is told, with the reason.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError, ParserCreate, errors
from xml.sax.saxutils import quoteattr

from monitor.core.model import Feed, FeedUrl
from monitor.core.text import plain
from monitor.feeds.charsets import decoded

LONGEST_NAME = 100
"""Characters of a feed's name that are kept; it stands in every alert."""

_DEEPEST = 8  # folders inside one another whose names become tags
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_OUTLINE = re.compile(r"<outline(?=[\s/>])|</?(?:outline|body|opml)\b", re.IGNORECASE)
_BEGIN = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(["'])""")
_END = {quote: re.compile(rf"""{quote}(?=\s*+(?:[\w:.-]++\s*+=\s*+["']|/?>|$))""") for quote in "\"'"}
"""A quote ends a value where another attribute or the end of the tag follows; others belong to the value."""

_CLOSED = re.compile(r"\s*+/\s*+>")
_FEED_TYPES = frozenset({"rss", "atom", "feed", "rdf", "link"})
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that was not taken, and why."""

    what: str  # its address, else its name
    reason: str

    def __str__(self) -> str:
        return f"{self.what}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Outlines:
    """What an OPML file holds: feeds in document order, each address once, and what was left out and why."""

    feeds: tuple[Feed, ...]
    skipped: tuple[LeftOut, ...] = ()
    fault: str | None = None  # where the file is not well-formed, in words; it was read all the same


class _Outline(NamedTuple):
    given: dict[str, str]
    folders: tuple[str, ...]  # the names of those around it, outermost first


def decode(data: bytes) -> str:
    """The text of an OPML file: by its byte order mark, its XML declaration, else UTF-8; never raises."""
    declared = _ENCODING.match(data)
    return decoded(data, declared[1].decode("ascii") if declared else None)


def read(text: str) -> Outlines:
    """The feeds of an OPML document; never raises. The names of folders become tags."""
    feeds: dict[str, Feed] = {}
    skipped: list[LeftOut] = []
    for given, folders in _outlines(_without_comments(text)):
        url = _address(given)
        if not url:
            if given.get("htmlurl"):
                reason = "it names a web page and no feed; try `feeds add` with it"
                skipped.append(LeftOut(_shown(html.unescape(given["htmlurl"])), reason))
            continue  # a folder
        host = _host(url)
        if host is None:
            skipped.append(LeftOut(_shown(url), "not an http(s) address"))
        elif url in feeds:
            skipped.append(LeftOut(_shown(url), "listed twice"))
        else:
            name = _shown(given.get("title", "")) or _shown(given.get("text", "")) or host
            feeds[url] = Feed(FeedUrl(url), name, _language(given), _tags(given, folders))
    return Outlines(tuple(feeds.values()), tuple(skipped), _fault(text))


def write(feeds: Sequence[Feed]) -> str:
    """An OPML 2.0 document that lists the feeds, with their languages and tags, and without any secret."""
    outlines = "".join(
        f'    <outline type="rss" text={_attribute(feed.name)} xmlUrl={_attribute(feed.url)}'
        + (f" language={_attribute(feed.lang)}" if feed.lang else "")
        + (f" category={_attribute(','.join(feed.tags))}" if feed.tags else "")
        + "/>\n"
        for feed in feeds
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n    <title>Tocsin</title>\n'
        f"  </head>\n  <body>\n{outlines}  </body>\n</opml>\n"
    )


def _without_comments(text: str) -> str:
    pieces = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        pieces.append(text[at:start])
        end = text.find("-->", start + 4)
        at = len(text) if end < 0 else end + 3
    return "".join([*pieces, text[at:]])


def _outlines(text: str) -> Iterator[_Outline]:
    """The attributes of each outline, and the folders that it stands in.

    They are looked for up to the next tag of the format, not up to a `>`: values in the wild hold anything.
    """
    marks = list(_OUTLINE.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    around: list[str] = []  # names of the outlines that are open; empty for those of feeds
    for mark, end in zip(marks, ends, strict=False):  # without marks there is one end
        tag = mark[0].lower()
        if tag == "<outline":
            given, behind = _attributes(text, mark.end(), end)
            yield _Outline(given, tuple(name for name in around[:_DEEPEST] if name))
            if not _CLOSED.match(text, behind, end):
                around.append("" if _address(given) else given.get("title", "") or given.get("text", ""))
        elif tag == "</outline" and around:
            around.pop()


def _attributes(text: str, at: int, end: int) -> tuple[dict[str, str], int]:
    """Names in lower case, and values as written, and where they end; of a name that comes twice the first.

    Linear in any text.
    """
    given: dict[str, str] = {}
    tidy = {'"', "'"}  # quotes that may still end a value as they should
    behind = at
    while begin := _BEGIN.search(text, at, end):
        name, quote = begin.groups()
        at = begin.end()
        closing = _END[quote].search(text, at, end) if quote in tidy else None
        if closing is None:
            tidy.discard(quote)
        stop = closing.start() if closing else text.find(quote, at, end)
        if stop >= 0:
            given.setdefault(name.lower(), text[at:stop])
            at = behind = stop + 1
    return given, behind


def _address(given: dict[str, str]) -> str:
    """The feed's address in any of the ways in which programs write it; empty for none."""
    written = given.get("xmlurl", "").strip()
    if not written and given.get("type", "").strip().lower() in _FEED_TYPES:
        written = given.get("url", "").strip() or given.get("feedurl", "").strip()
    url = html.unescape(written).strip()
    url = re.sub(r"^feed:(?://)?(?=https?://)", "", url, flags=re.IGNORECASE)
    return re.sub(r"^feed://", "http://", url, flags=re.IGNORECASE)


def _host(url: str) -> str | None:
    """The host of a web address, None for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") and url.isprintable() else None


def _shown(text: str) -> str:
    """Foreign text as a name: plain, on one line, not longer than anybody reads."""
    line = " ".join(plain(text).split())
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1].rstrip() + "…"


def _language(given: dict[str, str]) -> str | None:
    primary = re.split("[-_]", given.get("language", "").strip().lower())[0]
    return primary if re.fullmatch("[a-z]{2,3}", primary) else None


def _tags(given: dict[str, str], folders: Sequence[str]) -> tuple[str, ...]:
    """The categories (`/Boston/Weather,/Tags/Harvard` in OPML 2.0) and folders as words, which tags are."""
    paths = [*plain(given.get("category", "")).split(","), *map(plain, folders)]
    words = (re.sub(r"[^\w]+", "-", path).strip("-_")[:40].strip("-_") for path in paths)
    return tuple(dict.fromkeys(word for word in words if word))


def _fault(text: str) -> str | None:
    """Where a strict reader stumbles; None for a well-formed document."""
    parser = ParserCreate("utf-8")
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003 - that it is the end, as expat wants it said
    except ExpatError as error:
        what = errors.messages.get(error.code, "broken").removeprefix("not well-formed ").strip("()")
        return f"line {error.lineno} is not well-formed XML ({what})"
    return None


def _attribute(value: str) -> str:
    """A value in quotes, without what XML 1.0 (section 2.2) cannot hold at all."""
    return quoteattr(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", value))
