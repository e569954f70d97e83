"""Messages without a chat: titles, plain text with links, HTML."""

from __future__ import annotations

import pytest

from monitor.chat.message import Mark, Message, Style, Writer
from monitor.outlets.wording import body, first_link, page, title
from tests.outlets.outlet_world import WORDS


def test_the_title_is_the_first_line() -> None:
    assert title(WORDS) == "🔴 FLASH · Refuge at a mission"
    assert title(Message("x" * 300)) == "x" * 199 + "…"
    assert title(Message("")) == "Tocsin"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        pytest.param(Message("one line"), "one line", id="a line is title and text"),
        pytest.param(Message(""), "Tocsin", id="never nothing"),
        pytest.param(
            Writer().line("t").add("a", url="https://a.example").add(" b", url="https://b.example").message(),
            "a b\nhttps://a.example\nhttps://b.example",
            id="two links in a line",
        ),
        pytest.param(
            Writer().line("t").add("https://a.example", url="https://a.example").message(),
            "https://a.example",
            id="a link that is its own text",
        ),
        pytest.param(
            Writer().line("t").add("tap", url="tg://user?id=1").message(), "tap", id="only links of the web"
        ),
        pytest.param(
            Writer().line("t", url="http://a.example").add("b").message(),
            "http://a.example\nb",
            id="in line 1",
        ),
    ],
)
def test_the_text_has_its_links_below_their_words(message: Message, text: str) -> None:
    assert body(message) == text


def test_html_escapes_all_that_is_not_a_mark() -> None:
    assert page(WORDS) == (
        "<b>🔴 FLASH · Refuge at a mission</b><br>"
        '<a href="https://news.example/1?a=1&amp;b=2"><u>Defector &lt;b&gt;enters&lt;/b&gt; &amp; asks</u></a><br>'
        "Example · 10:00<br>card #17"
    )


def test_marks_that_overlap_and_links_that_lead_nowhere() -> None:
    marks = (Mark(Style.BOLD, 0, 3), Mark(Style.CODE, 2, 4), Mark(Style.LINK, 0, 4, "javascript:alert(1)"))
    assert page(Message("abcd", marks)) == "<b>ab</b><code><b>c</b></code><code>d</code>"
    assert first_link(Message("abcd", marks)) is None
    assert first_link(WORDS) == "https://news.example/1?a=1&b=2"
