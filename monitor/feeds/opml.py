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
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)')""")
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
    """The attributes of each outline, names in lower case, values as written.

    They are looked for up to the next tag of the format, not up to a `>`: attributes in the wild hold anything,
    even quotes. Where a name comes twice the first one counts.
    """
    marks = list(_OUTLINE.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        if mark[0].lower() == "<outline":
            given: dict[str, str] = {}
            for name, double, single in _ATTRIBUTE.findall(text, mark.end(), end):
                given.setdefault(name.lower(), double or single)
            yield given


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
