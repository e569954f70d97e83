from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.text import fold, key

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=150)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("plain ascii", "plain ascii", id="ascii"),
        pytest.param("“North” «Корея» ‘x’ `y`", "\"North\" \"Корея\" 'x' 'y'", id="quotes"),
        pytest.param("a–b—c‑d−e", "a-b-c-d-e", id="dashes"),
        pytest.param("so\u00adft ze\u200bro \u202eover", "soft zero over", id="invisible"),
        pytest.param("ﬁnd ① ｆｕｌｌ", "find 1 full", id="nfkc changes length"),
        pytest.param(unicodedata.normalize("NFD", "북한 Й é"), "북한 Й é", id="decomposed"),
        pytest.param("ㄱㅏ", "가", id="compatibility jamo join"),
        pytest.param("Владивосто\u0301к", "Владивосток", id="stress mark"),
        pytest.param("a\u00a0b…", "a b.", id="space and ellipsis"),
        pytest.param("", "", id="empty"),
    ],
)
def test_query_and_text_pass_one_folding(text: str, folded: str) -> None:
    assert fold(text).text == folded


@pytest.mark.parametrize(
    ("text", "part", "original"),
    [
        pytest.param("the ﬁnal x", "x", "x", id="behind a ligature"),
        pytest.param("the ﬁnal x", "final", "ﬁnal", id="a ligature"),
        pytest.param(
            unicodedata.normalize("NFD", "미국 총영사관에"),
            "총영사관",
            unicodedata.normalize("NFD", "총영사관"),
            id="jamo",
        ),
        pytest.param("con\u00adsu\u00adlate now", "consulate", "con\u00adsu\u00adlate", id="soft hyphens"),
        pytest.param("Ｕ.Ｓ. here", "U.S.", "Ｕ.Ｓ.", id="full width"),
        pytest.param("Сеу\u0301л там", "там", "там", id="stress"),
        pytest.param("as is", "is", "is", id="unchanged"),
    ],
)
def test_offsets_lead_back_to_the_original(text: str, part: str, original: str) -> None:
    folded = fold(text)
    at = folded.text.index(part)
    start, end = folded.span(at, at + len(part))
    assert text[start:end] == original


@STEADY
@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@STEADY
@given(st.text(alphabet="aﬁ①ё가\u1100\u1161\u11a8ㄱㅏе\u0301\u0308\u00ad\u200d “…Ｕ½ﾊﾟ", max_size=12))
def test_every_folded_character_has_its_place(text: str) -> None:
    folded = fold(text)
    last = 0
    for i in range(len(folded.text)):
        start, end = folded.span(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert start >= last
        last = start


@STEADY
@given(
    st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs", "Mn"], exclude_characters="\u0300\u0301"))
)
def test_the_slow_way_gives_nfkc(text: str) -> None:
    """Whatever is cut into segments is what the whole text normalises to, but for what we unify on top."""
    mixed = "ﬁ" + text
    whole = unicodedata.normalize("NFKC", fold(mixed).text)
    assert whole == fold(unicodedata.normalize("NFKC", mixed)).text


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        pytest.param("EMBASSY", "embassy", id="case"),
        pytest.param("Ёлка", "елка", id="yo"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("İstanbul", "istanbul", id="dotted i"),
        pytest.param("O'Brien", "obrien", id="apostrophe"),
        pytest.param("U.S.", "us", id="dots"),
    ],
)
def test_words_are_compared_by_letters_and_digits(word: str, folded: str) -> None:
    assert key(word) == folded
