from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import QueryError
from monitor.core.language import Dialect, parse
from monitor.core.match import Everything, compile_query
from monitor.core.match.patterns import MOST_PLACES
from monitor.core.match.translate import MARK
from monitor.core.model import Evidence, FeedUrl, Story, StoryKey

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=400)


def story(title: str) -> Story:
    return Story(FeedUrl("https://example.org/rss"), StoryKey("1"), title, summary="")


def surfaces(query: str, title: str) -> list[str] | None:
    found = compile_query(parse(query, Dialect.RULE), {}).evidence(story(title))
    return None if found is None else [one.surface for one in found]


@pytest.mark.parametrize(
    ("query", "title", "found"),
    [
        pytest.param("/consul(ate|ar)/", "consulate, consular", ["consulate", "consular"], id="anywhere"),
        pytest.param("/consul/", "Consul", None, id="capitals count"),
        pytest.param("/consul/i", "CONSUL", ["CONSUL"], id="capitals do not"),
        pytest.param("/мир/i", "МИР", ["МИР"], id="cyrillic capitals"),
        pytest.param(r"/\bмир\b/", "мир, мирный, всемир", ["мир"], id="boundary"),
        pytest.param(r"/\bмир\b/", "за мир", ["мир"], id="boundary at the end"),
        pytest.param(r"/\b한국\b/", "한국은 한국", ["한국"], id="hangul boundary"),
        pytest.param(r"/\bмир \bи\b/", "мир и", ["мир и"], id="boundary in the middle"),
        pytest.param(r"/a\b b/", "a b", ["a b"], id="true in the middle"),
        pytest.param(r"/a\bb/", "ab", None, id="never in the middle"),
        pytest.param(r"/\b\bмир\b\b/", "мир", ["мир"], id="twice"),
        pytest.param(r"/\b(мир|труд)\b, /", "мир, труд, май", ["мир, ", "труд, "], id="group"),
        pytest.param(r"/\w+/", "мир №5 한국_1", ["мир", "№5", "한국_1"], id="letters of every script"),
        pytest.param(r"/[\w-]+\W/", "мир-труд!", ["мир-труд!"], id="in a class"),
        pytest.param(r"/[^\W\d]+/", "мир5 x", ["мир", "x"], id="letters only"),
        pytest.param(r"/\b[^\W\d]+\b/", "мир5 x", ["x"], id="letters only, between boundaries"),
        pytest.param(r"/\b[\W]\b/", "мир,x", [","], id="no letter between boundaries"),
        pytest.param(r"/\b.\b/", "a-b, c", ["a", "-", "b", "c"], id="any character between boundaries"),
        pytest.param(r"/\b\S+\b/", "a-b c", ["a-b", "c"], id="no space"),
        pytest.param(r"/\b\D\b/", "1-2", ["-"], id="no digit"),
        pytest.param(r"/\b\W\b/", "a-b", ["-"], id="no letter"),
        pytest.param(r"/\b[\D2]\b/", "1-2", ["-", "2"], id="class with no digit"),
        pytest.param(r"/\b[\D^]\b/", "1^2-3", ["^", "-"], id="class with a caret behind"),
        pytest.param(r"/\b[\S-x]\b/", "a b", ["a", "b"], id="class with a hyphen behind"),
        pytest.param(r"/\b[^a-c\n]\b/", "a d", [" ", "d"], id="class of others"),
        pytest.param(r"/\b[[:^alpha:]]\b/", "a-1", ["-", "1"], id="posix class of others"),
        pytest.param(r"/\b[[:alpha:]]+\b/", "ab мир", ["ab"], id="posix class"),
        pytest.param(r"/\b[\x{400}-\x{10ffff}]+\b/", "мир 한", ["мир", "한"], id="range over all"),
        pytest.param(r"/\b[a-c가-힣\n-\r]+\b/", "ab 한b", ["ab", "한b"], id="ranges"),
        pytest.param(r"/\b[\p{^L}\d]\b/", "a-1", ["-", "1"], id="no letter, as a property"),
        pytest.param(r"/\b\PL\b/", "a-1", ["-", "1"], id="no letter, short"),
        pytest.param(r"/\b\p{Hangul}+\b/", "한국 мир", ["한국"], id="script"),
        pytest.param(r"/^мир\b/", "мир, труд", ["мир"], id="begin"),
        pytest.param(r"/\bмир$/", "труд мир", ["мир"], id="end"),
        pytest.param(r"/\Aтруд|\bмир\z/", "труд мир", ["труд", "мир"], id="begin and end of the text"),
        pytest.param(r"/(?i)\bмир\b/", "МИР", ["МИР"], id="flag inside"),
        pytest.param(r"/(?P<a>мир)\b(?:,| )/", "мир,", ["мир,"], id="kinds of groups"),
        pytest.param(r"/\bмир{2,3}?\b/", "мирр", ["мирр"], id="repeated"),
        pytest.param(r"/a\/b/", "a/b", ["a/b"], id="slash"),
        pytest.param(r"/\x41\x{42}\103\./", "ABC.", ["ABC."], id="escapes"),
        pytest.param('/"quoted"/', "“quoted”", ["“quoted”"], id="unified quotes"),
        pytest.param("/a b/", "a\u00a0b", ["a\u00a0b"], id="unified spaces"),
        pytest.param("/soft/", "so\u00adft", ["so\u00adft"], id="soft hyphen"),
    ],
)  # fmt: skip
def test_what_patterns_find(query: str, title: str, found: list[str] | None) -> None:
    assert surfaces(query, title) == found


@pytest.mark.parametrize(
    ("query", "message", "mend"),
    [
        pytest.param("/a(b/", "missing )", "sign that stands for itself", id="group"),
        pytest.param("/(?=a)b/", "perl operator", "neither ahead nor behind", id="look-around"),
        pytest.param(r"/(a)\1/", "invalid escape sequence", "itself", id="back-reference"),
        pytest.param("/a**/", "bad repetition", "itself", id="repetition"),
        pytest.param(r"/a\Bb/", r"\B has no meaning", r"\b", id="no boundary"),
        pytest.param(r"/\Ca/", r"\C has no meaning", r"\b", id="byte"),
        pytest.param(r"/\Qa.b\E/", r"\Q has no meaning", "themselves", id="quoted"),
        pytest.param("/(?s)a.b/", "(?s) has no meaning", r"[\s\S]", id="flag"),
        pytest.param("/(?U:a+)/", "(?U) has no meaning", "i and m", id="flag of a group"),
        pytest.param("/a*/", "finds every text", "+ instead", id="nothing needed"),
        pytest.param(r"/\b/", "finds every text", "+ instead", id="boundary alone"),
        pytest.param(r"/a?\b/", "finds every text", "+ instead", id="boundary may be alone"),
        pytest.param(r"/\b\w{100}\b/", "too large", r"\w rather", id="large by our own classes"),
        pytest.param("/.{900}/", "too large", "repeat less", id="large"),
        pytest.param(r"/\pL{99}/", "too large", "", id="very large"),
    ],
)
def test_patterns_that_cannot_be_used(query: str, message: str, mend: str) -> None:
    with pytest.raises(QueryError) as caught:
        compile_query(parse(f"x {query}", Dialect.RULE), {})
    error = caught.value
    assert message in error.message
    assert mend in error.hint
    assert error.query[error.position : error.end] == query


def test_evidence_counts_in_the_original() -> None:
    title = unicodedata.normalize("NFD", "ﬁne: 총영사관에서 мир")
    evidence = compile_query(parse(r"/\b총영사\w+\b/", Dialect.RULE), {}).evidence(story(title))
    start = title.index(unicodedata.normalize("NFD", "총"))
    surface = unicodedata.normalize("NFD", "총영사관에서")
    clause = r"/\b총영사\w+\b/"
    assert evidence == (Evidence(clause, clause, "title", start, start + len(surface), surface),)


@pytest.mark.parametrize(
    ("query", "title", "found"),
    [
        pytest.param(r"/kor\w+/i NEAR/1 consulate", "Korean consulate", ["Korean", "consulate"], id="near"),
        pytest.param(r"/kor\w+/i NEAR/1 consulate", "Korean x consulate", None, id="too far"),
        pytest.param("/an con/ NEAR/1 x", "Korean consulate x", ["an con", "x"], id="over two words"),
        pytest.param("/, / NEAR/50 x", "a, x", None, id="between words"),
        pytest.param("(/a+/ OR b) NEAR/1 c", "aa c", ["aa", "c"], id="in a group"),
    ],
)
def test_patterns_beside_near(query: str, title: str, found: list[str] | None) -> None:
    assert surfaces(query, title) == found


def test_a_pattern_restricts_no_index() -> None:
    assert compile_query(parse("/a/", Dialect.RULE), {}).plan == Everything()


def test_the_first_places_are_enough() -> None:
    assert surfaces("/a/", "a" * 1000) == ["a"] * MOST_PLACES


@pytest.mark.parametrize(
    "title", [pytest.param("a \ud800 b", id="half"), pytest.param(f"a {MARK} b", id="mark")]
)
def test_texts_that_are_no_text(title: str) -> None:
    assert surfaces(r"/\b[ab]\b/", title) == ["a", "b"]
    assert surfaces("/[ab]/", title) == ["a", "b"]


PIECES = [r"\b", "a", "м", "-", " ", ".", "[aм]", "[^a]", r"\s", r"\S", "(a|-)", "(?:м )"]
SIGNS = ["", "", "", "?", "+", "*"]


@STEADY
@given(
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(SIGNS)), min_size=1, max_size=5),
    st.text("aм- ", max_size=8),
)
def test_patterns_find_what_python_finds(pieces: list[tuple[str, str]], title: str) -> None:
    """Python's own engine knows the boundaries of every script."""
    written = "".join(piece + (sign if piece != r"\b" else "") for piece, sign in pieces)
    ours = re.compile(written)
    try:
        found = surfaces(f"/{written}/", title)
    except QueryError:
        assert any(not one.group() for text in ("", "a") for one in ours.finditer(text)), (
            "it needs a character"
        )
        return
    assert (found or []) == [one.group() for one in ours.finditer(title)]
