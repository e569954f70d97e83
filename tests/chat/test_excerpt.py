from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.chat.excerpt import Excerpt, Span, around, clean, head, line
from monitor.chat.message import utf16

LONG = " ".join(f"word{n}" for n in range(400))
ANY_TEXT = st.text(st.characters(), max_size=600)
SPANS = st.lists(st.tuples(st.integers(-5, 700), st.integers(-5, 700)), max_size=12)


def words(shown: Excerpt) -> list[str]:
    return [shown.text[start:end] for start, end in shown.spans]


def span(text: str, word: str) -> Span:
    return text.index(word), text.index(word) + len(word)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        pytest.param("  two \n\t lines\u00a0 here ", "two lines here", id="white-space-is-one-space"),
        pytest.param("a\u202eb\u2066c\u202d", "abc", id="bidirectional-overrides-go"),
        pytest.param("a\x00b\x07c\x9b", "abc", id="control-characters-go"),
        pytest.param("so\u00adft\u200b zero\ufeff", "soft zero", id="invisible-breaks-go"),
        pytest.param("half \ud83d pair", "half pair", id="half-of-a-surrogate-pair-goes"),
        pytest.param(
            "👩\u200d🚒 and می\u200cخواهم", "👩\u200d🚒 and می\u200cخواهم", id="needed-joiners-stay"
        ),
        pytest.param(" \u200b\n ", "", id="nothing-to-see"),
    ],
)
def test_cleaning(given_text: str, shown: str) -> None:
    assert clean(given_text).text == shown


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        pytest.param("North  Korean\n\ndefector", ["North Korean"], id="over-collapsed-white-space"),
        pytest.param("\t  North Korean", ["North Korean"], id="after-leading-white-space"),
        pytest.param("𝕏𝕏 North\u202e Korean", ["North Korean"], id="after-astral-letters-around-an-override"),
    ],
)
def test_marks_follow_their_words_when_text_is_cleaned(text: str, marked: list[str]) -> None:
    start, end = text.index("North"), text.index("Korean") + len("Korean")

    assert words(clean(text, [(start, end)])) == marked


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([(0, 3), (2, 5)], [(0, 5)], id="overlapping-ones-are-joined"),
        pytest.param([(4, 6), (0, 2)], [(0, 2), (4, 6)], id="in-order"),
        pytest.param([(3, 3), (-2, 1), (5, 99), (6, 4)], [], id="impossible-ones-are-dropped"),
    ],
)
def test_spans_of_a_cleaned_text(spans: list[Span], expected: list[Span]) -> None:
    assert list(clean("abcdefgh", spans).spans) == expected


def test_a_head_ends_with_a_whole_word() -> None:
    shown = head(LONG, 50).text

    assert shown.endswith("…")
    assert shown[:-1].split()[-1] in LONG.split()
    assert utf16(shown) <= 50


def test_a_mark_over_the_cut_ends_with_the_text() -> None:
    shown = head("x" * 100, 10, [(5, 50)])

    assert shown == Excerpt("xxxxxxxxx…", ((5, 9),))


def test_a_short_text_stays_whole() -> None:
    assert head("총영사관에 진입", 50, [(0, 4)]) == Excerpt("총영사관에 진입", ((0, 4),))


def test_no_emoji_is_torn_from_what_it_is_joined_to() -> None:
    family = "👨\u200d👩\u200d👧"

    assert head("x" * 8 + family, 14).text == "x" * 8 + "…"


@pytest.mark.parametrize("word", ["word5", "word200", "word399"])
def test_the_words_around_a_match(word: str) -> None:
    shown = around(LONG, 120, [span(LONG, word)])

    assert words(shown) == [word]
    assert utf16(shown.text) <= 120
    assert shown.text.startswith("…") == (word != "word5")
    assert shown.text.endswith("…") == (word != "word399")
    assert set(shown.text.strip("…").split()) <= set(LONG.split())


def test_the_place_with_most_matches_is_shown() -> None:
    spans = [span(LONG, word) for word in ("word9 ", "word300", "word302", "word303")]

    assert words(around(LONG, 120, spans)) == ["word300", "word302", "word303"]


def test_a_name_stands_on_one_line() -> None:
    assert line("a\nb", 10) == "a b"


def test_a_very_long_text_costs_no_more_than_what_is_shown() -> None:
    huge = "가" * 1_000_000

    assert head(huge, 20).text == "가" * 19 + "…"
    assert words(around(huge, 20, [(500_000, 500_002)])) == ["가가"]


@given(ANY_TEXT, st.integers(2, 300), SPANS)
def test_whatever_comes_fits_and_is_marked_inside(text: str, limit: int, spans: list[Span]) -> None:
    for shown in (head(text, limit, spans), around(text, limit, spans), clean(text, spans)):
        ends = [0, *(edge for one in shown.spans for edge in one), len(shown.text)]
        assert ends == sorted(ends)
        assert all(start < end for start, end in shown.spans)
        assert "\n" not in shown.text
        shown.text.encode()
    assert utf16(head(text, limit, spans).text) <= limit
    assert utf16(around(text, limit, spans).text) <= limit


@given(ANY_TEXT, SPANS)
def test_what_is_marked_is_what_was_matched(text: str, spans: list[Span]) -> None:
    inside = [(s, e) for s, e in spans if 0 <= s < e <= len(text)]
    kept = clean(text, inside)
    wanted = "".join(sorted({c for s, e in inside for c in text[s:e]}))

    assert set("".join(words(kept))) <= {" ", *wanted}
