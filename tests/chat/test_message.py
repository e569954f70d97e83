from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.chat.message import TEXT_LIMIT, Mark, Message, Style, Writer, prefix, utf16


def test_a_message_is_written_piece_by_piece() -> None:
    written = Writer().add("Hello ").add("you", Style.BOLD, url="https://e.example").line(", there").line()

    assert written.message() == Message(
        "Hello you, there", (Mark(Style.BOLD, 6, 9), Mark(Style.LINK, 6, 9, "https://e.example"))
    )
    assert written.units() == 18


def test_marks_on_white_space_at_the_end_are_fitted() -> None:
    told = Writer().add("a ", Style.BOLD).add("  ", Style.ITALIC).message()

    assert told == Message("a", (Mark(Style.BOLD, 0, 1),))


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        pytest.param("abcd", 4, "abcd", id="fits"),
        pytest.param("abcde", 4, "abc…", id="latin"),
        pytest.param("😀😀", 4, "😀😀", id="astral-letters-count-twice"),
        pytest.param("😀😀a", 4, "😀…", id="no-half-of-a-pair"),
        pytest.param("", 4, "", id="empty"),
    ],
)
def test_cutting_by_utf16_units(text: str, limit: int, kept: str) -> None:
    assert Message(text).cut(limit).text == kept


def test_cutting_takes_the_marks_along() -> None:
    marks = (Mark(Style.BOLD, 0, 2), Mark(Style.ITALIC, 1, 9), Mark(Style.CODE, 4, 6))

    assert Message("x" * 9, marks).cut(4).marks == (Mark(Style.BOLD, 0, 2), Mark(Style.ITALIC, 1, 3))


@given(st.text(max_size=50), st.integers(0, 120))
def test_a_prefix_is_the_longest_that_fits(text: str, units: int) -> None:
    size = prefix(text, units)

    assert utf16(text[:size]) <= units
    assert size == len(text) or utf16(text[: size + 1]) > units
    assert utf16(text) == len(text.encode("utf-16-le")) // 2


def test_a_written_message_always_fits() -> None:
    assert utf16(Writer().add("😀" * 5_000).message().text) <= TEXT_LIMIT
