"""OPML, the exchange format for feed lists (OPML 2.0), read and written.

Reading is forgiving: lists in the wild are often not well-formed XML, so the outlines are looked for one by
one, and a bad one never hides the others.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from monitor.core.model import Feed, FeedUrl
from monitor.core.text import plain

LONGEST_NAME = 100
"""Characters of a feed's name that are kept; it stands in every alert."""

_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_OUTLINE = re.compile(r"<outline(?=[\s/>])|</?(?:outline|body|opml)\b", re.IGNORECASE)
_BEGIN = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(["'])""")
_END = {quote: re.compile(rf"""{quote}(?=\s*+(?:[\w:.-]++\s*+=\s*+["']|/?>|$))""") for quote in "\"'"}
"""A quote ends a value where another attribute or the end of the tag follows; others belong to the value."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Outlines:
    """What an OPML file holds: feeds in document order, each address once, and what was left out and why."""

    feeds: tuple[Feed, ...]
    skipped: tuple[str, ...] = ()


def decode(data: bytes) -> str:
    """The text of an OPML file: by its byte order mark, its XML declaration, else UTF-8; never raises."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    declared = _ENCODING.match(data)
    if declared and not declared[1].lower().startswith(
        (b"utf-16", b"utf16")
    ):  # it would not be readable here
        try:
            return data.decode(declared[1].decode("ascii"), errors="replace")
        except (LookupError, UnicodeError):
            pass  # no encoding of texts
    return data.decode("utf-8-sig", errors="replace")


def read(text: str) -> Outlines:
    """The feeds of an OPML document; never raises."""
    feeds: dict[str, Feed] = {}
    skipped: list[str] = []
    for given in _outlines(_without_comments(text)):
        url = html.unescape(given.get("xmlurl", "")).strip()
        if not url:
            continue  # a folder
        host = _host(url)
        if host is None:
            skipped.append(f"{_shown(url)}: not an http(s) address")
        elif url in feeds:
            skipped.append(f"{_shown(url)}: listed twice")
        else:
            name = _shown(given.get("title", "")) or _shown(given.get("text", "")) or host
            feeds[url] = Feed(FeedUrl(url), name, _language(given), _tags(given))
    return Outlines(tuple(feeds.values()), tuple(skipped))


def write(feeds: Sequence[Feed]) -> str:
    """An OPML 2.0 document that lists the feeds."""
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


def _outlines(text: str) -> Iterator[dict[str, str]]:
    """The attributes of each outline.

    They are looked for up to the next tag of the format, not up to a `>`: values in the wild hold anything.
    """
    marks = list(_OUTLINE.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=False):  # without marks there is one end
        if mark[0].lower() == "<outline":
            yield _attributes(text, mark.end(), end)


def _attributes(text: str, at: int, end: int) -> dict[str, str]:
    """Names in lower case, and values as written; of a name that comes twice the first. Linear in any text."""
    given: dict[str, str] = {}
    tidy = {'"', "'"}  # quotes that may still end a value as they should
    while begin := _BEGIN.search(text, at, end):
        name, quote = begin.groups()
        at = begin.end()
        closing = _END[quote].search(text, at, end) if quote in tidy else None
        if closing is None:
            tidy.discard(quote)
        stop = closing.start() if closing else text.find(quote, at, end)
        if stop >= 0:
            given.setdefault(name.lower(), text[at:stop])
            at = stop + 1
    return given


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


def _tags(given: dict[str, str]) -> tuple[str, ...]:
    """The categories (`/Boston/Weather,/Tags/Harvard` in OPML 2.0) as words, which tags are."""
    paths = plain(given.get("category", "")).split(",")
    words = (re.sub(r"[^\w]+", "-", path).strip("-_")[:40].strip("-_") for path in paths)
    return tuple(dict.fromkeys(word for word in words if word))


def _attribute(value: str) -> str:
    """A value in quotes, without what XML 1.0 (section 2.2) cannot hold at all."""
    return quoteattr(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", value))
