"""A message without a chat: as a title and a plain text with its links written out, and as HTML for a feed."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.chat.message import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.chat.message import Mark, Message

TITLE_LIMIT = 200
"""Characters of a title: a mail's subject, an entry's title."""

TAGS = {Style.BOLD: "b", Style.ITALIC: "i", Style.UNDERLINE: "u", Style.CODE: "code"}


def title(message: Message) -> str:
    """Its first line, cut."""
    first = message.text.partition("\n")[0].strip() or "Tocsin"
    return first if len(first) <= TITLE_LIMIT else first[: TITLE_LIMIT - 1] + "…"


def body(message: Message) -> str:
    """All below the first line; each link stands on a line of its own below the words that carry it."""
    links = sorted((mark.end, mark.url) for mark in _links(message))
    lines: list[str] = []
    start = 0
    for line in message.text.split("\n"):
        end = start + len(line)
        lines.append(line)
        lines += dict.fromkeys(url for at, url in links if url and start < at <= end and url not in line)
        start = end + 1
    rest = "\n".join(lines[1:]).strip()
    return rest or message.text.strip() or "Tocsin"


def page(message: Message) -> str:
    """All of it as HTML: every character of the message escaped, marks as tags, one `<br>` per line."""
    edges = sorted(
        {0, len(message.text), *(edge for mark in message.marks for edge in (mark.start, mark.end))}
    )
    out: list[str] = []
    for start, end in pairwise(edges):
        piece = escape(message.text[start:end]).replace("\n", "<br>")
        for mark in message.marks:
            if not (mark.start <= start and end <= mark.end):
                continue
            if mark.style is not Style.LINK:
                piece = f"<{TAGS[mark.style]}>{piece}</{TAGS[mark.style]}>"
            elif mark.url and _safe(mark.url):
                piece = f'<a href="{escape(mark.url)}">{piece}</a>'
        out.append(piece)
    return "".join(out)


def first_link(message: Message) -> str | None:
    """Where its first link leads."""
    return next((mark.url for mark in sorted(_links(message), key=lambda mark: mark.start)), None)


def _links(message: Message) -> Iterator[Mark]:
    for mark in message.marks:
        if mark.style is Style.LINK and mark.url and _safe(mark.url):
            yield mark


def _safe(url: str) -> bool:
    return url.startswith(("http://", "https://"))


__all__ = ["body", "first_link", "page", "title"]
