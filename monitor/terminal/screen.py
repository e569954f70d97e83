"""Messages on a terminal: the only place that draws.

What a feed wrote never reaches the terminal as it is: control characters, among them those that start
terminal codes, and marks that turn the direction of writing are replaced one for one before anything is
drawn.
"""

from __future__ import annotations

import io
import re
import sys
import threading
from contextlib import nullcontext
from html import unescape
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style as Look
from rich.table import Table
from rich.text import Text

from monitor.chat.message import Button, Message, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

LOOKS = {
    Style.BOLD: Look(bold=True),
    Style.ITALIC: Look(italic=True),
    Style.UNDERLINE: Look(underline=True),
    Style.CODE: Look(color="cyan"),
}
"""How marks look; links are made of their address."""

HOSTILE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that could act on a terminal or turn the text around; line feeds stay."""

WIDEST = 100
"""Columns of a message at most; longer lines are hard to read."""

BAR = "┃ "
"""Stands before every line of an alert."""

FONT_FROM_AFAR = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""A picture must not load anything from elsewhere."""

PIECE = re.compile(
    r'<text class="(?P<look>[^"]+)" x="(?P<x>[0-9.]+)" y="(?P<y>[0-9.]+)" textLength="(?P<length>[0-9.]+)"'
    r' clip-path="[^"]+">(?P<text>[^<\n]+)</text>'
)
ROW = re.compile(PIECE.pattern + '(?:<text class="[^"]+" x="[0-9.]+" y="(?P=y)"[^>]*>[^<\n]+</text>)*')
"""A line of a picture: its pieces, each with a place and a length of its own, have one height."""


class Screen:
    """Draws messages, alerts and tables; plain text where the output is no terminal or NO_COLOR is set."""

    def __init__(self, out: TextIO | None = None) -> None:
        """`out` is where to draw: standard output by default."""
        self._out = sys.stdout if out is None else out
        if isinstance(self._out, io.TextIOWrapper):
            self._out.reconfigure(
                errors="replace"
            )  # a terminal without Hangul shows marks instead of failing
        self._console = Console(file=self._out, highlight=False, emoji=False, markup=False)
        dull = self._console.no_color or self._console.is_dumb_terminal
        self.rich = self._console.is_terminal and not dull
        self._around: Callable[[], AbstractContextManager[None]] = nullcontext
        self._one_at_a_time = threading.Lock()

    def make_way(self, around: Callable[[], AbstractContextManager[None]]) -> None:
        """From now on enter `around()` for each drawing: it takes a prompt away and puts it back."""
        self._around = around

    def show(self, message: Message) -> None:
        """An answer, followed by an empty line."""
        self._draw([*self._lines(message), Text()])

    def alert(self, message: Message, colour: str = "yellow") -> None:
        """An alert as the chat would show it, with a bar at its left, followed by an empty line."""
        self._draw([*barred(self._lines(message, len(BAR)), colour), Text()])

    def line(self, words: str = "", style: str = "") -> None:
        """Some of our own words."""
        self._draw([Text(clean(words), style)])

    def pieces(self, *parts: tuple[str, str]) -> None:
        """One line of texts, each with its style, such as `bold` or `green`."""
        self._draw([Text.assemble(*((clean(words).replace("\n", " "), style) for words, style in parts))])

    @property
    def draws_blocks(self) -> bool:
        """Whether this is a terminal that can show more than ASCII, so that a plot can be drawn."""
        return self.rich and self._console.encoding.lower().startswith("utf")

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        looks: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Rows under headings; without a terminal one line a row, cells apart by two spaces.

        `looks` is the style of cells that hold just this text.
        """
        cells = [[clean(cell).replace("\n", " ") for cell in row] for row in rows]
        if not self.rich:
            self._draw([Text("  ".join(cell for cell in row if cell)) for row in cells])
            return
        table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for row in cells:
            table.add_row(*(Text(cell, looks.get(cell, ""), overflow="fold") for cell in row))
        self._draw([table])

    def raw(self, codes: str) -> None:
        """Send codes of our own to the terminal, for what happens around a drawing (see `make_way`)."""
        self._out.write(codes)
        self._out.flush()

    def _lines(self, message: Message, margin: int = 0) -> list[Text]:
        """The lines of a message and its buttons, wrapped if this is a terminal."""
        whole = [styled(message, links=self.rich), *choices(message)]
        if not self.rich:
            return [line for text in whole for line in text.split("\n", allow_blank=True)]
        return [line for text in whole for line in wrapped(text, self._console, margin)]

    def _draw(self, drawn: Sequence[Text | Table]) -> None:
        with self._one_at_a_time, self._around():
            if self.rich:
                for each in drawn:
                    self._console.print(each)
            else:
                self._out.writelines(f"{each}\n" for each in drawn)
            self._out.flush()


def clean(text: str) -> str:
    """The text without anything that could act on a terminal; as long as before."""
    return HOSTILE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " "))


def styled(message: Message, *, links: bool) -> Text:
    """A message with its marks; without `links` their addresses are written out behind them."""
    text = Text(clean(message.text))
    written: list[tuple[int, str]] = []
    for mark in message.marks:
        if mark.style is not Style.LINK:
            text.stylize(LOOKS[mark.style], mark.start, mark.end)
        elif mark.url is None or not mark.url.startswith(("http://", "https://")):
            continue
        elif links:
            text.stylize(Look(link=clean(mark.url), underline=True), mark.start, mark.end)
        else:
            written.append((mark.end, f" <{clean(mark.url)}>"))
    for end, address in sorted(written, reverse=True):
        text = text[:end] + Text(address) + text[end:]
    return text


def choices(message: Message) -> list[Text]:
    """The buttons of a message as what one can type or open instead, each row a line."""
    return [Text("  ".join(_choice(button) for button in row), Look(dim=True)) for row in message.buttons]


def wrapped(text: Text, console: Console, margin: int) -> list[Text]:
    """The lines of a text, broken between words so that they fit beside `margin` columns."""
    return list(text.wrap(console, min(console.width, WIDEST) - margin))


def barred(lines: Iterable[Text], colour: str) -> list[Text]:
    """The lines with a bar before each."""
    return [Text.assemble((BAR, colour), line) for line in lines]


def export_svg(
    messages: Iterable[Message],
    path: Path,
    *,
    title: str = "Tocsin",
    width: int = 84,
    colour: str = "yellow",
) -> None:
    """Write a picture of alerts, as a terminal of `width` columns shows them. Raises OSError."""
    console = Console(record=True, file=io.StringIO(), width=width, force_terminal=True, highlight=False)
    for message in messages:
        whole = [styled(message, links=True), *choices(message)]
        for line in barred((line for text in whole for line in wrapped(text, console, len(BAR))), colour):
            console.print(line)
        console.print()
    picture = console.export_svg(title=title, unique_id="tocsin")
    path.write_text(ROW.sub(_in_one, FONT_FROM_AFAR.sub("", picture)), encoding="utf-8")


def _in_one(row: re.Match[str]) -> str:
    """A line with Hangul as one text that takes the room it needs.

    The library fixes places and lengths for letters of one width: Hangul would be squeezed, or spread.
    """
    if cell_len(row[0]) == len(row[0]):
        return row[0]
    pieces = list(PIECE.finditer(row[0]))
    column = float(pieces[0]["length"]) / len(unescape(pieces[0]["text"]))
    at = float(pieces[0]["x"])
    spans = []
    for piece in pieces:
        text = unescape(piece["text"])
        left_out = "\N{NO-BREAK SPACE}" * round((float(piece["x"]) - at) / column)  # the library skips blanks
        spans.append(f'<tspan class="{piece["look"]}">{left_out}{piece["text"]}</tspan>')
        at = float(piece["x"]) + column * cell_len(text)
    return f'<text x="{pieces[0]["x"]}" y="{pieces[0]["y"]}">{"".join(spans)}</text>'


def _choice(button: Button) -> str:
    if button.url is not None:
        return clean(f"{button.text}: {button.url}")
    return clean(button.typed or button.text)
