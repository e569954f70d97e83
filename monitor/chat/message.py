"""A message, before any messenger: plain text with marks and buttons.

Nothing is ever escaped or rendered as markup: marks are ranges over the text, which the Telegram messenger
turns into message entities and the terminal into styles. So feed text cannot inject anything. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import BinaryIO

TEXT_LIMIT = 4096
"""UTF-16 code units in one Telegram message (Bot API, sendMessage)."""

CAPTION_LIMIT = 1024
"""UTF-16 code units in the caption of a picture or document (Bot API, sendPhoto)."""

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: JSON can carry it, UTF-8 cannot, and so no messenger."""


class Style(StrEnum):
    """How a range of the text looks."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    CODE = "code"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Mark:
    """A styled range of the text, in characters; `url` for links only."""

    style: Style
    start: int
    end: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens `url`, or sends `data` ("kind:rest") back to the bot.

    `typed` is the command that does what `data` does, for where nothing can be pressed.
    """

    text: str
    data: str | None = None
    url: str | None = None
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message; the text becomes its caption, cut to `CAPTION_LIMIT`."""

    name: str  # with its ending, as the reader will save it
    content: bytes | BinaryIO  # a file is read once, from where it stands, and closed by whoever sends it
    picture: bool = False  # a PNG to be looked at, else a document to be kept


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent or shown. `buttons` are rows, top to bottom."""

    text: str
    marks: tuple[Mark, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False  # arrives without a sound
    attachment: Attachment | None = None
    replaces: bool = False  # in answer to a button: takes the place of the message that carries it (paging)
    protected: bool = False  # cannot be forwarded or saved
    preview: bool = False  # its first link is shown with a picture, as the site wants it
    note: bool = False  # in answer to a button: a note that goes away, where it is short enough for that

    def cut(self, limit: int = TEXT_LIMIT) -> Message:
        """The message, its text cut to `limit` UTF-16 units with an ellipsis where cut; marks fitted."""
        if utf16(self.text) <= limit:
            return self
        keep = max(prefix(self.text, limit - 1), 0)
        marks = tuple(replace(m, end=min(m.end, keep)) for m in self.marks if m.start < keep)
        return replace(self, text=self.text[:keep] + "…", marks=marks)


@dataclass(slots=True)
class Writer:
    """Builds a Message piece by piece: `Writer().add("Hello ").add("you", Style.BOLD).message()`."""

    parts: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    length: int = 0

    def add(self, text: str, *styles: Style, url: str | None = None) -> Writer:
        """Append `text`, styled; with `url` it becomes a link."""
        text = LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
        end = self.length + len(text)
        if text:
            self.marks += [Mark(style, self.length, end) for style in styles]
            if url:
                self.marks.append(Mark(Style.LINK, self.length, end, url))
        self.parts.append(text)
        self.length = end
        return self

    def mark(self, style: Style, start: int, end: int) -> Writer:
        """Style a range of what was written already, in characters from the beginning."""
        self.marks.append(Mark(style, start, end))
        return self

    def units(self) -> int:
        """How many UTF-16 units were written so far."""
        return sum(map(utf16, self.parts))

    def line(self, text: str = "", *styles: Style, url: str | None = None) -> Writer:
        """Append `text` and a line break."""
        return self.add(text, *styles, url=url).add("\n")

    def message(self, buttons: tuple[tuple[Button, ...], ...] = (), *, silent: bool = False) -> Message:
        """What was built, without white space at its end, cut to what one message can hold."""
        text = "".join(self.parts).rstrip()
        marks = tuple(replace(m, end=min(m.end, len(text))) for m in self.marks if m.start < len(text))
        return Message(text, marks, buttons, silent).cut()


def utf16(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts."""
    return len(text) + sum(c > "\uffff" for c in text)


def prefix(text: str, units: int) -> int:
    """How many characters of `text` fit into `units` UTF-16 units, never half of a surrogate pair."""
    used = 0
    for i, c in enumerate(text):
        used += 2 if c > "\uffff" else 1
        if used > units:
            return i
    return len(text)
