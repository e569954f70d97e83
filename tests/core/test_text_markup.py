from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.text import plain

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=150)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("a <b>North</b>ern x", "a Northern x", id="inline tags vanish"),
        pytest.param("<p>one</p><p>two<br/>three</p>", "one\ntwo\nthree", id="blocks break lines"),
        pytest.param("<td>a</td><td>b</td>", "a b", id="cells part words"),
        pytest.param("a<script>if (a<b) x</script>b<STYLE>p{}</STYLE>c", "a b c", id="scripts and styles"),
        pytest.param("a<script>never closed", "a", id="open script"),
        pytest.param("a</script>b", "ab", id="stray closing script"),
        pytest.param("&amp;lt;p&amp;gt; &eacute; &#x41;&#66;", "&lt;p&gt; é AB", id="decoded once"),
        pytest.param("&#" + "9" * 5000 + ";&#x" + "f" * 5000 + ";", "\ufffd\ufffd", id="huge references"),
        pytest.param("a <!-- <b>hidden</b> --> b<!doctype x><?pi?>c", "a bc", id="comments and declarations"),
        pytest.param("a<!-- open", "a", id="open comment"),
        pytest.param("a<!open", "a", id="open declaration"),
        pytest.param("<![CDATA[x <y]]>z", "x <yz", id="cdata"),
        pytest.param("<![CDATA[x", "x", id="open cdata"),
        pytest.param("5 < 6 <2% a<", "5 < 6 <2% a<", id="no tags"),
        pytest.param("plain & simple", "plain & simple", id="no markup"),
        pytest.param("<a title='x > y' href=\"z>\">k</a>", "k", id="greater inside an attribute"),
        pytest.param("it's <b x\">y</b>", "it's y", id="stray quote in a tag"),
        pytest.param('<a href="open>text</a> more', "text more", id="open attribute"),
        pytest.param('<a href="open>x</a> <b c="d>y</b>', "y", id="attribute that closes late"),
        pytest.param('text <a href="http', "text", id="cut inside a tag"),
        pytest.param(
            "temperature <zero tomorrow & on", "temperature <zero tomorrow & on", id="less than a word"
        ),
        pytest.param("so <b", "so", id="cut inside a name"),
        pytest.param("a\x00\x07\u202eb\u2066c\ufeff\x9f", "abc", id="control characters"),
        pytest.param("\ud800x", "\ufffdx", id="half a character"),
        pytest.param("  a\t\u00a0 b \r\n\n  c  ", "a b\nc", id="white space"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_reader_sees_plain_text(markup: str, text: str) -> None:
    assert plain(markup) == text


@STEADY
@given(st.text(alphabet="<>/!-'\"=&#;ab[C\n ", max_size=60) | st.text())
def test_nothing_makes_it_raise(markup: str) -> None:
    text = plain(markup)
    assert "\x00" not in text
    assert text == text.strip()


LARGE = 100_000


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<div>" * LARGE, id="nested tags"),
        pytest.param("<a " * LARGE, id="unclosed tags"),
        pytest.param("<" * LARGE, id="only signs"),
        pytest.param("<!--" * LARGE, id="unclosed comments"),
        pytest.param("<a x='" * LARGE, id="unclosed attributes"),
        pytest.param("<a x=\"'>" * LARGE, id="quotes in quotes"),
        pytest.param("<a b='" + "x" * LARGE * 10 + "'>k", id="huge attribute"),
        pytest.param("<script>" * LARGE, id="scripts"),
        pytest.param("<script></script" * LARGE, id="half closed scripts"),
        pytest.param("&" * LARGE, id="ampersands"),
        pytest.param("<![CDATA[" * LARGE, id="cdata"),
        pytest.param(" \n" * LARGE, id="white space"),
        pytest.param("<a =" * LARGE, id="equals"),
    ],
)
def test_hostile_markup_ends(markup: str) -> None:
    """Quadratic work would take minutes here; the run as a whole is bounded."""
    assert len(plain(markup)) <= len(markup)
