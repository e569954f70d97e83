from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.language import parse
from monitor.core.match import AnyOf, Token, compile_book, compile_query
from monitor.core.match.fuzzy import within_one_edit
from monitor.core.match.plan import Nearly
from monitor.core.model import Entity, FeedUrl, Rule, RuleBook, RuleId, Story, StoryKey

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=300)


def surfaces(query: str, title: str, entities: dict[str, Entity] | None = None) -> list[str] | None:
    story = Story(FeedUrl("https://example.org/rss"), StoryKey("1"), title)
    found = compile_query(parse(query), entities or {}).evidence(story)
    return None if found is None else [one.surface for one in found]


def entity(*terms: str) -> dict[str, Entity]:
    return {"e": Entity("e", {"en": terms})}


@pytest.mark.parametrize(
    ("query", "title", "found"),
    [
        pytest.param("Vladivostok~", "to Vladivostok", ["Vladivostok"], id="itself"),
        pytest.param("Vladivostok~", "VLADIBOSTOK", ["VLADIBOSTOK"], id="another letter"),
        pytest.param("Vladivostok~", "Vladivostock Vladivosttok", ["Vladivostock", "Vladivosttok"], id="a letter more"),
        pytest.param("Vladivostok~", "Vladvostok ladivostok", ["Vladvostok", "ladivostok"], id="a letter less"),
        pytest.param("Vladivostok~", "Vladivotsok lVadivostok", ["Vladivotsok", "lVadivostok"], id="exchanged"),
        pytest.param("Vladivostok~", "Vladibostok's ships", ["Vladibostok's"], id="form of a misspelling"),
        pytest.param("Vladivostok~", "Vladivostoks", ["Vladivostoks"], id="form"),
        pytest.param("Vladivostok~", "Vladibostock", None, id="two edits"),
        pytest.param("Vladivostok~", "Vladivostoksky", None, id="another ending"),
        pytest.param("embassy~", "embasies", ["embasies"], id="stem of a misspelt plural"),
        pytest.param("Владивосток~", "во Влодивостоке", ["Влодивостоке"], id="russian case of a misspelling"),
        pytest.param("Владивосток~", "Vladivostok", None, id="another script"),
        pytest.param("Камчатка~", "на Камчтаке", ["Камчтаке"], id="exchanged in a stem"),
        pytest.param("Москва~", "маска", None, id="two edits in a short word"),
        pytest.param('"Kim Vladivostok"~', "Kim Vladibostok", ["Kim Vladibostok"], id="phrase"),
        pytest.param('"Kim Vladivostok"~', "Kin Vladivostok", None, id="short word of a phrase"),
        pytest.param('"北 Vladivostok"~', "北 Vladibostok", ["北 Vladibostok"], id="phrase with han"),
        pytest.param('"Vladivostok G20000"~', "Vladibostok G20000", ["Vladibostok G20000"], id="with a number"),
        pytest.param('"Vladivostok consulate"~', "Vladivostok konsulate", ["Vladivostok konsulate"], id="two words"),
        pytest.param('"Vladivostok 총영사관"~', "Vladibostok 총영사관에", ["Vladibostok 총영사관"], id="with hangul"),
    ],
)  # fmt: skip
def test_words_within_one_edit(query: str, title: str, found: list[str] | None) -> None:
    assert surfaces(query, title) == found


@pytest.mark.parametrize(
    ("terms", "title", "found"),
    [
        pytest.param(("Slovania~", "Slovenia"), "in Slovenia", None, id="named word"),
        pytest.param(("Slovania~", "Slovenia"), "Slovenia's", None, id="form of a named word"),
        pytest.param(("Slovania~", "Slovenia"), "Slovinia", ["Slovinia"], id="misspelling of either"),
        pytest.param(("Slovania~",), "in Slovenia", ["Slovenia"], id="not named"),
        pytest.param(("embassy~", "embassies"), "the embasies", ["embasies"], id="its own form named"),
        pytest.param(("defector~", "radar detector"), "a detector", None, id="word of a named phrase"),
    ],
)
def test_a_word_that_an_entity_names_is_no_misspelling(
    terms: tuple[str, ...], title: str, found: list[str] | None
) -> None:
    fuzzy, *others = terms
    entities = {"e": Entity("e", {"en": (fuzzy,)}), "f": Entity("f", {"en": tuple(others)})}
    assert surfaces("@e", title, entities) == found
    assert surfaces(fuzzy, title, entities) == found


def test_places_are_in_order_and_all_of_them() -> None:
    assert surfaces("@e x", "Vladibostok x Vladivostok", entity("Vladivostok~")) == [
        "Vladibostok",
        "x",
        "Vladivostok",
    ]


def test_a_fuzzy_term_stands_beside_near() -> None:
    assert surfaces("Vladivostok~ NEAR/1 consulate", "Vladibostok consulate") == ["Vladibostok", "consulate"]
    assert surfaces("Vladivostok~ NEAR/1 consulate", "Vladibostok its consulate") is None


def test_a_fuzzy_term_wakes_by_either_half() -> None:
    plan = compile_query(parse("Vladivostok~"), {}).plan
    assert plan == AnyOf((Token("vladivostok"), Nearly("vladi", "ostok")))


@pytest.mark.parametrize(
    "text", ["Vladivostok", "Vladívostok", "Vladlvostok", "Valdivostok", "Vladivsotok", "Vladivosto"]
)
def test_a_misspelt_word_wakes_its_rule(text: str) -> None:
    story = Story(FeedUrl("https://example.org/rss"), StoryKey("1"), f"News from {text}")
    book = compile_book(RuleBook(rules=(Rule(RuleId("east"), parse("Vladivostok~")),)))
    assert [hit.rule for hit in book.hits(story)] == ["east"]
    assert book.hits(replace(story, title="News from Vladimir, and others")) == ()


def edits(word: str) -> set[str]:
    """All words over a small alphabet within one edit."""
    letters = "abc"
    out = {word}
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        out |= {head + one + tail for one in letters}
        out |= {head + tail[1:]} | {head + one + tail[1:] for one in letters if tail}
    out |= {word[:at] + b + a + word[at + 2 :] for at, (a, b) in enumerate(pairwise(word))}
    return out


@STEADY
@given(st.text("abc", min_size=6, max_size=8), st.text("abc", min_size=5, max_size=9))
def test_one_edit_is_what_it_says(one: str, other: str) -> None:
    assert within_one_edit(one, other) is (other in edits(one))


@STEADY
@given(st.text("abc", min_size=6, max_size=8), st.data())
def test_every_edit_is_found(word: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(sorted(edits(word))))
    assert surfaces(f"{word}~", other) == [other]
