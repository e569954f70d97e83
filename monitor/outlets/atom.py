"""An Atom feed of alerts as text (RFC 4287). Pure.

Each entry stands on one line of the file, so that a new one can be added without reading the others again: a line
that begins with `<entry>` is one, and `ENTRY` finds its id and its address in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

MOST = 100
"""Entries in a feed; older ones go."""

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n<generator>Tocsin</generator>\n'
"""How a feed of ours begins; what begins otherwise is somebody else's file."""

FEED_ID = re.compile(r"^<id>(urn:uuid:[0-9a-f-]{36})</id>$", re.MULTILINE)
ENTRY = re.compile(r"^<entry><id>(urn:uuid:[0-9a-f-]{36})</id>.*</entry>$", re.MULTILINE)

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """What an entry says."""

    id: str  # urn:uuid:...; the same for the same event, whatever else changes
    title: str
    updated: datetime
    published: datetime | None = None
    links: Sequence[
        tuple[str, str]
    ] = ()  # where the story stands, by which title; the first is the story's own
    rules: Sequence[tuple[str, str]] = ()  # the rules that matched, and what they are called
    level: str = ""
    summary: str = ""  # plain: which words matched
    content: str = ""  # HTML


def entry(item: Item) -> str:
    """One line."""
    parts = [
        f"<id>{item.id}</id>",
        f"<title>{_text(item.title)}</title>",
        f"<updated>{_date(item.updated)}</updated>",
        f"<published>{_date(item.published)}</published>" if item.published else "",
    ]
    for number, (url, name) in enumerate(item.links):
        parts.append(
            f"<link rel={_quoted('related' if number else 'alternate')} href={_quoted(url)} title={_quoted(name)}/>"
        )
    for term, label in item.rules:
        parts.append(f'<category term={_quoted(term)} scheme="urn:tocsin:rule" label={_quoted(label)}/>')
    if item.level:
        parts.append(f'<category term={_quoted(item.level)} scheme="urn:tocsin:level"/>')
    parts.append(f"<summary>{_text(item.summary)}</summary>" if item.summary else "")
    parts.append(f'<content type="html">{_text(item.content)}</content>' if item.content else "")
    return f"<entry>{''.join(parts)}</entry>"


def feed(feed_id: str, title: str, updated: datetime, entries: Iterable[str], itself: str = "") -> str:
    """A whole feed; `itself` is where it can be read, if that is known."""
    lines = [
        f"<id>{feed_id}</id>",
        f"<title>{_text(title)}</title>",
        f"<updated>{_date(updated)}</updated>",
        "<author><name>Tocsin</name></author>",
        f'<link rel="self" href={_quoted(itself)}/>' if itself else "",
        *list(entries)[:MOST],
        "</feed>",
    ]
    return HEAD + "\n".join(filter(None, lines)) + "\n"


def entries_of(text: str) -> dict[str, str]:
    """The entries of a feed of ours by their ids, newest first."""
    return {found[1]: found[0] for found in ENTRY.finditer(text)}


def _date(at: datetime) -> str:
    """A date as RFC 3339 wants it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(words: str) -> str:
    """Words for the inside of an element: what XML cannot hold is gone, line breaks are written as their numbers."""
    return escape(_NOT_XML.sub("", words), {"\n": "&#10;", "\r": "&#13;"})


def _quoted(words: str) -> str:
    return quoteattr(_NOT_XML.sub("", words), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


__all__ = ["ENTRY", "FEED_ID", "HEAD", "MOST", "Item", "entries_of", "entry", "feed"]
