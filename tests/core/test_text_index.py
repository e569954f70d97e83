from __future__ import annotations

import sqlite3
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.text import index_text, indexable
from monitor.core.text.indexing import TOKENS, TOKENS_LIMIT
from monitor.core.text.shapes import SHAPES

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=150)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("consulates", "consulates consulate", id="surface and key"),
        pytest.param("U.S. 1,000", "us 1 000", id="dotted and number"),
        pytest.param("美총영사관에 팝", "美 총영 영사 사관 관에 팝", id="korean"),
        pytest.param("北京", "北 京", id="han"),
        pytest.param("Владивостоке", "владивостоке владивосток0 владивосток1 владивосток2", id="russian"),
        pytest.param("abcꟿ ꟿ", "abc", id="up to what the tokenizer does not know"),
    ],
)
def test_index_tokens(text: str, tokens: str) -> None:
    assert index_text(text) == tokens


def test_parts_are_indexed_together() -> None:
    assert index_text("one", "", "two") == "one two"


def test_what_is_remembered_of_chunks_is_bounded_and_can_be_forgotten() -> None:
    before = index_text("consulates", "filler")
    TOKENS.update((f"filler{number}", "filler") for number in range(TOKENS_LIMIT))
    assert index_text("anew") == "anew"
    assert len(TOKENS) == 1
    index_text("x" * 100)
    assert len(TOKENS) == 1
    assert index_text("consulates", "filler") == before


@STEADY
@given(st.text())
def test_tokens_are_letters_and_digits(text: str) -> None:
    for token in index_text(text).split():
        assert token.isalnum()
        assert indexable(token)


def test_the_tokenizer_keeps_every_token_whole_and_unchanged() -> None:
    """Against SQLite's own unicode61, for every letter and digit there is."""
    kept = [
        token
        for code in range(sys.maxunicode + 1)
        if (character := chr(code)).isalnum() and unicodedata.category(character) != "Cs"
        for token in SHAPES[unicodedata.normalize("NFKC", character)].tokens
        if unicodedata.normalize("NFKC", character).isalnum()
    ]
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table story using fts5(words, tokenize='unicode61 remove_diacritics 0')")
    db.execute("create virtual table term using fts5vocab(story, 'row')")
    db.execute("insert into story values (?)", [" ".join(kept)])
    assert set(kept) ^ {row[0] for row in db.execute("select term from term")} == set()
    db.close()
