"""Messages on a terminal: with styles, without, and never with what a feed smuggled in."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from monitor.chat.message import Button, Mark, Message, Style, Writer
from monitor.terminal.screen import BAR, Screen, export_svg

if TYPE_CHECKING:
    from pathlib import Path

CODES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")

ALERT = (
    Writer()
    .line("🔴 FLASH · defection-at-mission", Style.BOLD)
    .line("Северокореец вошёл в консульство", url="https://news.example/1")
    .add("탈북자 총영사관 진입")
    .message(((Button("Why?", "why:17", typed="/why 17"), Button("Open", url="https://news.example/1")),))
)


class Tty(io.StringIO):
    """A terminal that keeps what was drawn."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Tty:
    """A colour terminal of 60 columns, whatever the tests run in."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    return Tty()


def test_without_a_terminal_text_is_plain_unwrapped_and_links_are_written_out() -> None:
    out = io.StringIO()
    long = "word " * 60
    Screen(out).show(Message(f"{long}end", (Mark(Style.LINK, 0, 4, "https://news.example/1"),)))
    assert out.getvalue() == f"word <https://news.example/1> {long[5:]}end\n\n"


def test_an_alert_has_a_bar_at_its_left_and_its_buttons_as_commands() -> None:
    out = io.StringIO()
    Screen(out).alert(ALERT)
    assert out.getvalue().splitlines() == [
        f"{BAR}🔴 FLASH · defection-at-mission",
        f"{BAR}Северокореец вошёл в консульство <https://news.example/1>",
        f"{BAR}탈북자 총영사관 진입",
        f"{BAR}/why 17  Open: https://news.example/1",
        "",
    ]


def test_a_terminal_gets_styles_and_links(terminal: Tty) -> None:
    Screen(terminal).alert(ALERT)
    drawn = terminal.getvalue()
    assert "\x1b[1m🔴 FLASH · defection-at-mission" in drawn
    assert re.search(r"\x1b\]8;[^;]*;https://news\.example/1\x1b\\", drawn)
    assert "<https://" not in drawn
    assert all(line.startswith(BAR) for line in CODES.sub("", drawn).splitlines()[:-1])


def test_a_terminal_gets_lines_that_fit(terminal: Tty) -> None:
    Screen(terminal).alert(Message("총영사관 " * 40))
    lines = CODES.sub("", terminal.getvalue()).splitlines()
    widths = [sum(2 if "가" <= c <= "힣" else 1 for c in line) for line in lines]
    assert max(widths) <= 60
    assert len(lines) > 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("NO_COLOR", "1", id="NO_COLOR"),
        pytest.param("TERM", "dumb", id="a terminal without codes"),
    ],
)
def test_no_codes_where_none_are_wanted(
    terminal: Tty, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    screen = Screen(terminal)
    screen.alert(ALERT)
    screen.table(["feed", "found"], [["Example", "3"]])
    assert "\x1b" not in terminal.getvalue()
    assert "<https://news.example/1>" in terminal.getvalue()


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("\x1b[2J\x1b[H", id="clear the screen"),
        pytest.param("\x1b]0;owned\x07", id="set the title"),
        pytest.param("\x9b31m", id="eight-bit control sequence"),
        pytest.param("\r", id="write over the line"),
        pytest.param("\u202egnp.exe", id="turn the text around"),
        pytest.param("\u2066x\u2069", id="isolate"),
        pytest.param("\ud800", id="half a character"),
    ],
)
@pytest.mark.parametrize("where", ["text", "link", "button", "table", "line"])
def test_nothing_of_a_feed_acts_on_the_terminal(terminal: Tty, hostile: str, where: str) -> None:
    screen = Screen(terminal)
    url = f"https://news.example/{hostile}"
    if where == "text":
        screen.show(Message(hostile + "text"))
    elif where == "link":
        screen.show(Message("text", (Mark(Style.LINK, 0, 4, url),)))
    elif where == "button":
        screen.show(Message("text", buttons=((Button(hostile, url=url), Button(hostile, hostile)),)))
    elif where == "table":
        screen.table([hostile[:0] + "feed"], [[hostile + "text"]])
    else:
        screen.line(hostile + "text")
    left = CODES.sub("", terminal.getvalue())
    assert "te" in left or "fe" in left
    assert not set(hostile) & set(left) & set("\x1b\x07\x9b\r\u202e\u2066\u2069\ud800")
    assert hostile not in terminal.getvalue()


def test_marks_keep_their_place_beside_replaced_characters(terminal: Tty) -> None:
    Screen(terminal).show(Message("\x07\x07bold", (Mark(Style.BOLD, 2, 6),)))
    assert "\x1b[1mbold\x1b[0m" in terminal.getvalue()


def test_only_web_links_are_linked(terminal: Tty) -> None:
    Screen(terminal).show(Message("text", (Mark(Style.LINK, 0, 4, "javascript:alert(1)"),)))
    assert "javascript" not in terminal.getvalue()


def test_a_table_without_a_terminal_is_one_line_a_row() -> None:
    out = io.StringIO()
    Screen(out).table(
        ["feed", "what", "when"], [["Example", "3 new\nstories", "now"], ["Other", "", "later"]]
    )
    assert out.getvalue() == "Example  3 new stories  now\nOther  later\n"


def test_a_table_on_a_terminal_has_headings(terminal: Tty) -> None:
    Screen(terminal).table(["feed", "found"], [["Example [bold]", "3"]])
    drawn = CODES.sub("", terminal.getvalue())
    assert "feed" in drawn
    assert "Example [bold]" in drawn


def test_a_terminal_that_lacks_letters_still_shows_the_rest() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Screen(out).alert(Message("탈북 reported"))
    assert b"?? reported" in raw.getvalue()


def test_the_picture_shows_the_alert_and_loads_nothing(tmp_path: Path) -> None:
    path = tmp_path / "alert.svg"
    export_svg([ALERT], path)
    picture = path.read_text(encoding="utf-8")
    shown = "".join(ET.fromstring(picture).itertext()).replace("\xa0", " ")  # noqa: S314 - our own output
    assert "defection-at-mission" in shown
    assert "총영사관" in shown
    assert re.search(
        r'<text x="0" y="[0-9.]+"><tspan[^>]*>┃&#160;</tspan><tspan[^>]*>탈북자', picture
    )  # not squeezed
    assert "url(" not in re.sub(r"url\(#[^)]*\)", "", picture)


def test_the_same_alert_gives_the_same_picture(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        export_svg([ALERT], tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
