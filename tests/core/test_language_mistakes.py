from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import QueryError
from monitor.core.language import Dialect, parse, parse_term, show

if TYPE_CHECKING:
    from collections.abc import Callable

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=150)

MISTAKES = [
    # query, what the error points at, part of the message, part of the mend
    ("", "", "empty", "write the words"),
    ("   ", "   ", "empty", "write the words"),
    ('a "b c', '"', "never closed", "close it"),
    ("a (b", "(", "never closed", "close it"),
    ("a) b", ")", "closes nothing", "open one"),
    ("a ()", ")", "nothing between", "write a term"),
    ("a OR", "OR", "nothing on its right", "quotes"),
    ("OR a", "OR", "nothing on its left", "quotes"),
    ("a AND OR b", "AND", "nothing on its right", "quotes"),
    ("a NEAR/5", "NEAR/5", "nothing on its right", "quotes"),
    ("NEAR/5 a", "NEAR/5", "nothing on its left", "quotes"),
    ("a NEAR/99 b", "NEAR/99", "1 to 50", "NEAR/8"),
    ("a NEAR/0 b", "NEAR/0", "1 to 50", "NEAR/8"),
    ("a ONEAR/x b", "ONEAR/x", "1 to 50", "ONEAR/8"),
    ("a NEAR -b", "-b", "NOT has no place", "-c"),
    ("a NEAR title:b", "title:b", "field has no place", "title:(a NEAR b)"),
    ("NOT", "NOT", "nothing on its right", "quotes"),
    ("a - b", "-", "right before the word", "remove the space"),
    ("a -", "-", "right before the word", "remove"),
    ("a --b", "--b", "negated twice", "remove both"),
    ("a, b", ",", "comma", "remove it"),
    ("2of(a)", "2of(a)", "1 part to", "at least two"),
    ("3of(a, b)", "3of(a, b)", "2 parts to", "at least two"),
    ("99999999999of(a, b)", "99999999999of(a, b)", "2 parts to", "at least two"),
    ("0of(a, b)", "0of(a, b)", "2 parts to", "at least two"),
    ("2of(a,)", ")", "missing", "comma"),
    ("2of(, a)", ",", "missing", "comma"),
    ("tilte:a", "tilte:", "unknown field", "did you mean title:?"),
    ("since:2026-01-01 a", "since:", "unknown field", "Fields are title:, text:"),
    ("after:yesterday", "yesterday", "no day of the calendar", "after:2026-09-01"),
    ("before:2026-02-30", "2026-02-30", "no day of the calendar", "before:2026-09-01"),
    ("within:1y a", "1y", "no length of time", "within:24h"),
    ("within:0h a", "0h", "no length of time", "within:24h"),
    ("after:(2026-01-01 OR 2026-02-01)", "2026-01-01 OR 2026-02-01", "takes one value", "before each"),
    ("after:=2026-01-01", "=2026-01-01", "takes one value", "before each"),
    ("level:high", "high", "no level high", "info, alert, flash"),
    ("card:seventeen", "seventeen", "no number of a card", "card:17"),
    ("is:(muted OR read)", "read", "no meaning", "is:muted"),
    ("rule:defect*", "defect*", "compared as a whole", "rule:(a OR b)"),
    ("a NEAR within:24h", "within:24h", "field has no place", ""),
    ("https://example.org", "https:", "unknown field", "quotes"),
    ("title:", "title:", "nothing on its right", "quotes"),
    ("a url:/", "/", "no letter or digit", ""),
    ("title:(url:a b)", "url:a", "field inside a field", "keep one"),
    ("url:(a NEAR b)", "a NEAR b", "compared as a whole", "url:(a OR b)"),
    ("tag:pre*", "pre*", "compared as a whole", "tag:(a OR b)"),
    ("Seoul~", "Seoul~", "6 Latin or Cyrillic letters", "OR"),
    ("블라디보스토크~", "블라디보스토크~", "6 Latin or Cyrillic letters", "OR"),
    ("=Vladivostok~", "=Vladivostok~", "stands alone", "remove"),
    ("Vladivostok~~", "Vladivostok~~", "stands alone", "remove"),
    ("Vladivostok~*", "Vladivostok~*", "stands alone", "remove"),
    ('"Vladivostok"*~', '"Vladivostok"*~', "stands alone", "remove"),
    ("~", "~", "no letter or digit", ""),
    ("a /b.c/", "/b.c/", "those who may edit the rules", "quotes"),
    ("a /b.c", "/", "never ends", "quotes"),
    ("a OR " + " OR ".join("b" * 128), "b", "128 words at most", "entity"),
    (" ".join(f"(a NEAR b{i})" for i in range(9)), "a NEAR b0", "8 NEARs at most", "groups"),
    (
        "a NEAR b NEAR c NEAR d NEAR e NEAR f",
        "a NEAR b NEAR c NEAR d NEAR e NEAR f",
        "4 inside one another",
        "groups",
    ),
    ("a*b", "*", "end of a word", "pre*"),
    ("ab*", "ab*", "3 letters", "more of the word"),
    ("북*", "북*", "2 letters", "more of the word"),
    ("*abc", "*abc", "Hangul or Han", "word*"),
    ('*"정치 망명"', '*"정치 망명"', "Hangul or Han", "word*"),
    ("*북", "*북", "two syllables", ""),
    ("=abc*", "=abc*", "only one of them", "remove"),
    ("= a", "=", "no letter or digit", ""),
    ('""', '""', "no letter or digit", ""),
    ("!!!", "!!!", "no letter or digit", ""),
    ("@", "@", "name of an entity", "@name"),
    ("@a.b.c", "@a.b.c", "name of an entity", "@name"),
    ("-a", "-a", "lacks", "consulate -film"),
    ("-a -b", "-a", "lacks", "consulate -film"),
    ("a OR -b", "-b", "lacks", "consulate -film"),
    ("title:-a", "-a", "lacks", "consulate -film"),
    ("1of(a, -b)", "-b", "lacks", "consulate -film"),
    ("a b OR c", "OR", "two ways", "(a b) OR c or a (b OR c)"),
    ("a OR b AND c OR d", "OR", "two ways", "a OR (b c) OR d or (a OR b) (c OR d)"),
    ("a OR b c d", "OR", "two ways", "a OR (b c d) or (a OR b) c d"),
    ("a " * 100 + "OR b", "OR", "two ways", "in parentheses"),
    ('a"b', '"', "never closed", "close it"),
    ("a \ud800", "\ud800", "half a character", "remove"),
    ("a AND AND b", "AND", "nothing on its right", "quotes"),
    ("(OR a)", "OR", "nothing on its left", "quotes"),
    ("NOT AND a", "NOT", "nothing on its right", "quotes"),
    ("-NEAR a", "-", "nothing on its right", "right before"),
]


@pytest.mark.parametrize(
    ("source", "place", "message", "mend"), [pytest.param(*row, id=repr(row[0])) for row in MISTAKES]
)
def test_mistakes_name_their_place_and_mend(source: str, place: str, message: str, mend: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(source)
    error = caught.value
    assert source[error.position : error.end] == place
    assert message in error.message
    assert mend in error.hint
    assert error.query == source


RULE_MISTAKES = [
    ("a after:2026-01-01", "after:", "no place in a rule", "within:24h"),
    ("a before:2026-01-01", "before:", "no place in a rule", "within:24h"),
    ("a -rule:b", "rule:", "what became of a story", "search"),
    ("a level:flash", "level:", "what became of a story", "search"),
    ("a card:1", "card:", "what became of a story", "search"),
    ("a -is:muted", "is:", "what became of a story", "search"),
    ("within:24h", "within:24h", "by its age", "consulate within:24h"),
    ("a OR within:24h", "within:24h", "by its age", "consulate within:24h"),
    ("within:24h -a", "within:24h", "by its age", "consulate within:24h"),
    ("/usr/local", "local", "no flag", "quotes"),
    ("/a/im", "im", "no flag", "only i"),
    ("//", "/", "never ends", "quotes"),
    ("/" + "a" * 513 + "/", "/" + "a" * 513 + "/", "513 characters", "several"),
    ("tag:/a/", "/a/", "compared as a whole", "tag:(a OR b)"),
    ("a /b", "/", "never ends", "close it"),
    ("/(/ (", "(", "never closed", "close it"),
]


@pytest.mark.parametrize(
    ("source", "place", "message", "mend"), [pytest.param(*row, id=repr(row[0])) for row in RULE_MISTAKES]
)
def test_mistakes_of_rules(source: str, place: str, message: str, mend: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(source, Dialect.RULE)
    error = caught.value
    assert source[error.position : error.end] == place
    assert message in error.message
    assert mend in error.hint


TERM_MISTAKES = [
    ("a OR b", "OR", "plain text", "one by one"),
    ("@x y", "@x", "plain text", "one by one"),
    ('say "x"', '"', "a quote inside", "quote the whole"),
    ('"', '"', "a quote inside", "quote the whole"),
    ("ab*", "ab*", "3 letters", "more"),
    ("", "", "empty", "write"),
    ("???", "???", "no letter", ""),
]


@pytest.mark.parametrize(
    ("source", "place", "message", "mend"), [pytest.param(*row, id=repr(row[0])) for row in TERM_MISTAKES]
)
def test_terms_that_are_no_plain_text(source: str, place: str, message: str, mend: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_term(source)
    error = caught.value
    assert source[error.position : error.end] == place
    assert message in error.message
    assert mend in error.hint


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("(" * 10_000 + "a" + ")" * 10_000, id="nested beyond length"),
        pytest.param("(" * 41 + "a" + ")" * 41, id="parentheses"),
        pytest.param("a " + "(b " * 45 + ")" * 45, id="groups"),
        pytest.param("title:" * 50 + "a", id="fields"),
        pytest.param("NOT " * 50 + "a", id="negatives"),
        pytest.param("2of(a," * 30 + "b" + ")" * 30 + " NEAR a" * 30, id="chains in groups"),
        pytest.param(" NEAR ".join("a" * 60), id="chain of NEAR"),
        pytest.param("a " * 1990, id="words"),
        pytest.param('"' + "a " * 1990 + '"', id="words of a phrase"),
        pytest.param("/" + "(" * 2000 + "/ " + "(" * 41, id="parentheses behind those of a pattern"),
        pytest.param("1of(a, -" * 22 + "b" + ")" * 22, id="negatives in groups"),
        pytest.param("x" * 1_000_000, id="one megabyte"),
    ],
)
def test_queries_are_bounded(source: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(source)
    assert 0 <= caught.value.position <= caught.value.end <= len(source)


def test_what_is_deep_but_allowed_works() -> None:
    source = "a " + "(b OR (c " * 18 + "d" + "))" * 18
    assert show(parse(source).tree) == source


def refusal(read: Callable[[str], object], source: str) -> QueryError | None:
    try:
        read(source)
    except QueryError as error:
        return error
    return None


SIGNS = st.sampled_from(
    [
        *'()",:-=*@~/ab북北 .',
        " AND ",
        " OR ",
        "NOT ",
        " NEAR/3 ",
        " ONEAR/s ",
        "2of(",
        "title:",
        "url:",
        "@x ",
        "Vladivostok~",
        "/b(/",
        "within:1h ",
        "rule:",
    ]
)


@STEADY
@given(st.lists(SIGNS, max_size=25).map("".join) | st.text())
def test_nothing_but_query_errors(source: str) -> None:
    for read in (
        parse,
        partial(parse, dialect=Dialect.RULE),
        partial(parse, dialect=Dialect.OWNER),
        parse_term,
    ):
        error = refusal(read, source)
        if error is not None:
            assert 0 <= error.position <= error.end <= len(source)
            assert error.message
