"""What an alert says of itself beside its story, and its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.excerpt import line
from monitor.chat.message import Button, Style, Writer
from monitor.chat.phrases import asks_why, moment, opens, presses, quoted, span
from monitor.chat.tongue import tr
from monitor.core.model import Level

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from monitor.core.model import Acknowledged, CardView, Escalated

NAME = 60
"""Characters of a person's, a chat's, a source's name."""


def repeated(out: Writer, escalated: Escalated | None) -> None:
    """Why an alert comes to a second chat, above all that it says."""
    if escalated is not None:
        told = tr("⏰ Nobody acknowledged this in {chat} within {span}.")
        title = quoted(escalated.title, NAME) if escalated.title else tr("the first chat")
        out.line(told.format(chat=title, span=span(escalated.after)), Style.BOLD)


def acknowledged(out: Writer, seen: Acknowledged | None, zone: tzinfo, now: datetime) -> None:
    """Who saw it first, for all readers of the chat."""
    if seen is not None:
        told = tr("✔ seen by {name}, {time}")
        name = line(seen.name, NAME) or tr("somebody")
        out.line(told.format(name=name, time=moment(seen.at, zone, now)), Style.BOLD)


def rows(view: CardView, seen: Acknowledged | None) -> tuple[tuple[Button, ...], ...]:
    """Two rows at most: what to know and to do about it, and what to think of it."""
    number = view.card.number
    first = view.stories[0].story
    about = (
        asks_why(number, tr("Why?")),
        opens(tr("Open"), first.url),
        presses(tr("Mute…"), f"muting:{number}", f"/mute #{number}"),
        presses(tr("✔ Seen"), f"ack:{number}", f"/ack {number}")
        if seen is None and view.card.level >= Level.ALERT
        else None,
    )
    judging = (
        presses("👍", f"vote:{number}:1", f"/vote {number} useful"),
        presses("👎", f"vote:{number}:0", f"/vote {number} useless"),
        _more(first.source),
    )
    kept = (tuple(button for button in row if button is not None) for row in (about, judging))
    return tuple(row for row in kept if row)


def _more(source: str) -> Button | None:
    """What else this source brought; none where its name cannot stand in a query."""
    if not source or '"' in source or not any(map(str.isalnum, source)):
        return None
    query = f'source:"{line(source, NAME)}"'
    return presses(tr("More from it"), f"more:{query}", f"/search {query}")
