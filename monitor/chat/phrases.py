"""Small pieces of which messages are made: levels, times, counts, links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.chat.excerpt import Excerpt, line
from monitor.chat.message import Button, Style, Writer
from monitor.chat.tongue import day, said, tr
from monitor.core.cadence import spell
from monitor.core.model import Level, Story

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from monitor.desk.answers import Target

BADGES = {Level.FLASH: "🔴", Level.ALERT: "🟠", Level.INFO: "🔵"}
"""One look tells how much it matters."""

PLACE = re.compile(r"(\{\w+\})")
"""A place in a sentence that is filled later."""

LONGEST_URL = 2048
"""Telegram refuses a whole message for a button with a longer address."""

DATA_LIMIT = 4_000
"""Bytes that a button may carry: they stay here, and a short key goes out for them."""

MOST_MARKS = 12
"""Matched places marked in one piece of text; Telegram takes 100 marks in a message."""

YOUNG = 7 * 86_400
"""Seconds for which an age says more than a date."""


def badge(level: Level) -> str:
    """The level as an alert begins with it."""
    return f"{BADGES[level]} {level.name}"


def span(seconds: float) -> str:
    """A duration for people: `45 s`, `15 min`, `3 h`, `2 d`."""
    return said(spell(seconds))


def moment(at: datetime, zone: tzinfo, now: datetime) -> str:
    """A time on the reader's clock: `14:05 KST`, `3 Oct 14:05 KST`, `3 Oct 2004`; the older the vaguer."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    clock = f"{local:%H:%M} {_zone(local)}"
    if local.date() == today.date():
        return clock
    if local.year == today.year:
        return f"{day(local, year=False)} {clock}"
    return day(local, year=True)


def ago(at: datetime, now: datetime) -> str:
    """How long before `now`, in words: `12 min ago`; `just now` also for clocks that run ahead."""
    seconds = (now - at).total_seconds()
    return tr("just now") if seconds < 1 else tr("{span} ago").format(span=span(seconds))


def dated(story: Story, seen_at: datetime, zone: tzinfo, now: datetime) -> str:
    """When a story was published; when we saw it, where the feed does not say or says what cannot be."""
    at = story.published
    if at is None or (at - seen_at).total_seconds() > YOUNG:
        return tr("seen {time}, no usable date in the feed").format(time=moment(seen_at, zone, now))
    age = (now - at).total_seconds()
    told = moment(at, zone, now)
    if not 60 <= age < YOUNG:  # noqa: PLR2004 a minute is no age
        return told
    return tr("{time} ({span} old)").format(time=told, span=span(age))


def quoted(text: str, limit: int = 60) -> str:
    """A foreign word in quotes, cut."""
    return f"“{line(text, limit)}”"


def where(target: Target | None) -> str:
    """The chat that an answer is about: this one, or by its name."""
    return tr("this chat") if target is None else quoted(target.title)


def fill(out: Writer, text: str, **styled: tuple[str, Style] | tuple[str]) -> Writer:
    """Add a sentence whose `{places}` are filled with words that may have a style of their own."""
    for piece in PLACE.split(text):
        if piece.startswith("{") and piece[1:-1] in styled:
            words, *style = styled[piece[1:-1]]
            out.add(words, *style)
        else:
            out.add(piece)
    return out


def marked(out: Writer, shown: Excerpt, *, url: str | None = None) -> Writer:
    """Add an excerpt with its matched places in bold, as a link if there is one."""
    start = out.length
    link = url if url is not None and linkable(url) else None
    out.add(shown.text, url=link)
    for begin, end in shown.spans[:MOST_MARKS]:
        out.mark(Style.BOLD, start + begin, start + end)
    return out


def linkable(url: str) -> bool:
    """Whether a link may leave: http or https with a host, of a length and shape that nobody refuses."""
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def opens(text: str, url: str | None) -> Button | None:
    """A button that opens a link; None where Telegram refuses it, and the message too (`http://localhost`)."""
    if url is None or not linkable(url) or "." not in (urlsplit(url).hostname or ""):
        return None
    return Button(text, url=url)


def presses(text: str, data: str, typed: str) -> Button | None:
    """A button that sends `data` back, as typing `typed` would; None if a button cannot carry so much."""
    try:
        size = len(data.encode())
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can carry and UTF-8 cannot
        return None
    return Button(text, data, typed=typed) if size <= DATA_LIMIT else None


def asks_why(number: int, text: str = "") -> Button | None:
    """A button that explains a card."""
    return presses(text or tr("Why #{n}").format(n=number), f"why:{number}", f"/why {number}")


def row(*buttons: Button | None) -> tuple[tuple[Button, ...], ...]:
    """One row of those buttons that there are; no row if there are none."""
    kept = tuple(button for button in buttons if button is not None)
    return (kept,) if kept else ()


def _zone(local: datetime) -> str:
    """The zone's short name; zones without one are named by their offset already (`+05`)."""
    return local.tzname() or ""
