"""Pieces of foreign text, fit to be shown: cleaned, cut at word borders, the matched places still marked.

Feed text is hostile until cleaned: it may hold control characters, bidirectional overrides that turn the rest
of a message around, or a hundred kilobytes in a title. Work is bounded by what is shown, not by what comes.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.chat.message import prefix, utf16

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""A range of characters, start and end."""

JOINERS = frozenset("\u200c\u200d\u200e\u200f")
"""Invisible but needed: joiners (Persian, emoji) and direction marks, which reach their neighbours only."""

UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Categories of control characters, format characters and halves of surrogate pairs."""

WIDE = 3
"""Characters of the original that are read for one that is shown, to make up for white space and rubbish."""

LEAD = 60
"""Characters shown before the first match of an excerpt, about a line on a phone."""

MOST_SPANS = 100
"""Matches looked at to choose what is shown."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text to show; `spans` are the matched places in it, in order, apart from each other."""

    text: str
    spans: tuple[Span, ...] = ()


def clean(text: str, spans: Iterable[Span] = ()) -> Excerpt:
    """The text on one line, without what is invisible or turns text around; spans follow their characters.

    Reads the whole text: give it no more than is to be shown.
    """
    out: list[str] = []
    at: list[int] = []  # for each original character: where the next shown one stands
    for c in text:
        at.append(len(out))
        if c.isspace():
            if out and out[-1] != " ":
                out.append(" ")
        elif c in JOINERS or unicodedata.category(c) not in UNSEEN:
            out.append(c)
    at.append(len(out))
    shown = "".join(out).rstrip()
    moved = [(at[s], min(at[e], len(shown))) for s, e in spans if 0 <= s < e <= len(text)]
    return Excerpt(shown, _apart(moved))


def head(text: str, limit: int, spans: Sequence[Span] = ()) -> Excerpt:
    """The beginning of the text, at most `limit` UTF-16 units, cut at a word border with an ellipsis."""
    start = _first_shown(text)
    return _window(text, start, limit, spans)


def around(text: str, limit: int, spans: Sequence[Span], lead: int = LEAD) -> Excerpt:
    """The part of the text with the most matches, at most `limit` UTF-16 units; its beginning without any."""
    inside = [(s, e) for s, e in spans if 0 <= s < e <= len(text)][:MOST_SPANS]
    if not inside:
        return head(text, limit)
    reach = max(limit - lead, 1)
    _, first = max((sum(at <= s and e <= at + reach for s, e in inside), -at) for at, _ in inside)
    anchor = -first
    start = max(anchor - min(lead, limit // 3), 0)
    if start <= _first_shown(text):
        return head(text, limit, inside)
    border = next((i for i in range(start, anchor) if text[i].isspace()), None)
    start = start if border is None else border
    cut = _window(text, start, limit - 1, inside)
    return Excerpt("…" + cut.text, tuple((s + 1, e + 1) for s, e in cut.spans))


def visible(text: str) -> str:
    """The text, character for character and line for line, with a sign for each one that cannot be shown."""
    return "".join("\ufffd" if c != "\n" and unicodedata.category(c) in UNSEEN else c for c in text)


def line(text: str, limit: int = 80) -> str:
    """A short foreign text on one line: a name, a reason, a query."""
    return head(text, limit).text


def _window(text: str, start: int, limit: int, spans: Sequence[Span]) -> Excerpt:
    end = min(start + WIDE * limit, len(text))
    inside = [(s, e) for s, e in spans if 0 <= s < e <= len(text) and s < end and e > start]
    near = [(max(s - start, 0), min(e, end) - start) for s, e in inside]
    shown = clean(text[start:end], near)
    if end == len(text) and utf16(shown.text) <= limit:
        return shown
    kept = _cut(shown.text, limit - 1)
    return Excerpt(kept + "…", tuple((s, min(e, len(kept))) for s, e in shown.spans if s < len(kept)))


def _cut(text: str, limit: int) -> str:
    """At most `limit` units of the text, ending with a whole word if there is a border in its last third."""
    stop = prefix(text, limit)
    if stop < len(text):
        border = text.rfind(" ", stop - stop // 3, stop + 1)
        stop = border if border > 0 else _whole(text, stop)
    return text[:stop].rstrip(" ,;:.…-–—(")


def _whole(text: str, stop: int) -> int:
    """`stop`, moved back so that no accent or emoji is torn from what it belongs to."""
    for i in range(stop, max(stop - 16, 0), -1):
        if not (
            unicodedata.category(text[i]).startswith("M") or text[i] in JOINERS or text[i - 1] in JOINERS
        ):
            return i
    return stop


def _first_shown(text: str) -> int:
    return len(text) - len(text.lstrip())


def _apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, touching and overlapping ones joined, empty ones left out."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
