"""Draws messages as a phone shows them: bubbles with styled text, and buttons below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from monitor.chat.message import Button, Message, Style

WIDTH = 780
"""Pixels of a page: a phone of 390 points at twice its density."""

SIZE, LINE, PAD, GAP = 27, 37, 22, 26
"""Pixels: letters, lines, around a text, between two messages."""

BUTTON = 62
PAPER, BUBBLE, INK, LINKED, CODE = "#d7e3ec", "#ffffff", "#16191c", "#1f6fb2", "#8b2f54"
LIGHTS = {"🔴": "#d93025", "🟠": "#f08c00", "🔵": "#1a73e8"}
"""Coloured signs that no font of text has."""

EMOJI = range(0x1F000, 0x20000)
"""Signs that a phone has in a font of its own."""


@dataclass
class Page:
    """A column of messages under their titles, and what was found wrong while drawing."""

    title: str
    scenes: list[tuple[str, Message]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def draw(self) -> bytes:
        """The page as a PNG."""
        image = Image.new("RGB", (WIDTH, 200 + sum(height(m) + 110 for _, m in self.scenes)), PAPER)
        pen = ImageDraw.Draw(image)
        y = PAD
        _write(pen, PAD, y, self.title, frozenset({Style.BOLD}))
        y += 2 * LINE
        for typed, message in self.scenes:
            _write(pen, PAD, y, typed[:56], frozenset({Style.CODE}))
            y = self._message(image, pen, y + LINE, message, typed) + GAP
        out = BytesIO()
        image.crop((0, 0, WIDTH, y + PAD)).save(out, "PNG", optimize=True)
        return out.getvalue()

    def _message(
        self, image: Image.Image, pen: ImageDraw.ImageDraw, y: int, message: Message, typed: str
    ) -> int:
        lines = list(wrapped(message))
        tall = len(lines) * LINE + 2 * PAD
        picture = _picture(message)
        if picture is not None:
            tall += picture.height + PAD
        pen.rounded_rectangle((PAD, y, WIDTH - PAD, y + tall), 18, fill=BUBBLE)
        top = y + PAD
        if picture is not None:
            image.paste(picture, (2 * PAD, top))
            top += picture.height + PAD
        for pieces in lines:
            x = 2 * PAD
            for text, styles in pieces:
                x = _write(pen, x, top, text, styles)
            top += LINE
        y += tall + 8
        for row in message.buttons:
            self._buttons(pen, y, row, typed)
            y += BUTTON + 6
        return y

    def _buttons(self, pen: ImageDraw.ImageDraw, y: int, row: Sequence[Button], typed: str) -> None:
        each = (WIDTH - 2 * PAD - 6 * (len(row) - 1)) // len(row)
        for i, button in enumerate(row):
            x = PAD + i * (each + 6)
            pen.rounded_rectangle((x, y, x + each, y + BUTTON), 12, fill="#8ea9bd")
            wide = measure(button.text, frozenset())
            if wide > each - 12:
                self.faults.append(f"{typed}: the button {button.text!r} needs {wide} of {each} pixels")
            _write(pen, x + max((each - wide) // 2, 6), y + 14, button.text, frozenset(), ink="#ffffff")


def wrapped(message: Message) -> Iterator[list[tuple[str, frozenset[Style]]]]:
    """The lines of a message as they break on the phone: pieces with their styles."""
    room = WIDTH - 4 * PAD
    at = 0
    for paragraph in message.text.split("\n"):
        line: list[tuple[str, frozenset[Style]]] = []
        used = 0.0
        for word in _words(paragraph):
            pieces = _styled(message, at, word)
            wide = sum(measure(text, styles) for text, styles in pieces)
            if used and used + wide > room:
                yield line
                line, used = [], 0.0
                pieces = _styled(message, at + 1, word[1:])  # the space before it stays at the line's end
            line += pieces
            used += wide
            at += len(word)
        yield line
        at += 1


def _words(paragraph: str) -> list[str]:
    words: list[str] = []
    for i, word in enumerate(paragraph.split(" ")):
        words.append(word if not i else " " + word)
    return words


def _styled(message: Message, at: int, word: str) -> list[tuple[str, frozenset[Style]]]:
    pieces: list[tuple[str, frozenset[Style]]] = []
    for offset, char in enumerate(word):
        styles = frozenset(m.style for m in message.marks if m.start <= at + offset < m.end)
        if pieces and pieces[-1][1] == styles:
            pieces[-1] = (pieces[-1][0] + char, styles)
        else:
            pieces.append((char, styles))
    return pieces


def measure(text: str, styles: frozenset[Style]) -> int:
    """How many pixels wide a text is."""
    return sum(
        SIZE if char in LIGHTS or _emoji(char) else round(_font(char, styles).getlength(char))
        for char in text
    )


def _write(
    pen: ImageDraw.ImageDraw, x: int, y: int, text: str, styles: frozenset[Style], *, ink: str | None = None
) -> int:
    """Write on one line; gives where it ends."""
    colour = ink or (LINKED if Style.LINK in styles else CODE if Style.CODE in styles else INK)
    for char in text:
        wide = measure(char, styles)
        if char in LIGHTS:
            pen.ellipse((x + 2, y + 5, x + SIZE - 4, y + SIZE - 1), fill=LIGHTS[char])
        elif _emoji(char):
            pen.rounded_rectangle((x + 2, y + 5, x + SIZE - 4, y + SIZE - 1), 6, outline="#888888", width=3)
        else:
            pen.text((x, y), char, fill=colour, font=_font(char, styles))
        x += wide
    return x


def height(message: Message) -> int:
    """How many pixels high a message is on a page."""
    picture = _picture(message)
    tall = 0 if picture is None else picture.height + PAD
    return tall + len(list(wrapped(message))) * LINE + 2 * PAD + len(message.buttons) * (BUTTON + 6) + GAP


def _picture(message: Message) -> Image.Image | None:
    if message.attachment is None or not message.attachment.picture:
        return None
    content = message.attachment.content
    shown = Image.open(BytesIO(content) if isinstance(content, bytes) else content).convert("RGB")
    return shown.resize((WIDTH - 4 * PAD, shown.height * (WIDTH - 4 * PAD) // shown.width))


def _emoji(char: str) -> bool:
    return ord(char) in EMOJI


def _font(char: str, styles: frozenset[Style]) -> ImageFont.FreeTypeFont:
    plain = "Mono" if Style.CODE in styles else ""
    weight = "-Bold" if Style.BOLD in styles else ""
    latin = f"DejaVuSans{plain}{weight}.ttf"
    if ord(char) in _letters(latin):
        return _loaded(latin)
    return _loaded(f"NanumGothic{'Bold' if weight else ''}.ttf")


@cache
def _loaded(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_path(name)), SIZE)


@cache
def _letters(name: str) -> frozenset[int]:
    with TTFont(_path(name)) as font:
        return frozenset(font.getBestCmap())


@cache
def _path(name: str) -> Path:
    if name.startswith("DejaVu"):
        return Path(mpl.get_data_path()) / "fonts" / "ttf" / name
    found = find_spec("koreanize_matplotlib")  # found, not imported: its import changes matplotlib's settings
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "fonts" / name
