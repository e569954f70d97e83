"""Explanations: every clause with what was found, and the first one that fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.language import Dialect, parse
from monitor.core.match import compile_book
from monitor.core.match.explain import Explainer, Explanation, Shape, Step, explain
from monitor.core.model import Entity, Rule, RuleId
from tests.build import NOW, book, minutes, rule, story
from tests.core.queries import ATOMS, QUERIES, TEXTS

ENTITIES = {
    "mission": Entity(
        "mission", {"en": ("consulate", "embassy"), "ko": ("총영사관", "영사관"), "ru": ("консульство",)}
    ),
    "north": Entity("north", {"en": ("North Korean",), "ko": ("북한",)}),
}


def told(match: str, title: str, unless: str | None = None, text: str = "") -> Explanation:
    return explain(rule("r", match, unless=unless), ENTITIES, story(title, text=text))


def leaves(step: Step) -> list[Step]:
    return [leaf for part in step.parts for leaf in leaves(part)] or [step]


def test_a_hit_shows_each_clause_with_its_surface_form_field_and_place() -> None:
    found = told("@mission defector*", "Defectors at the consulates", text="В консульстве")
    assert found.hit
    assert found.failing is found.blocker is None
    assert found.path == ()
    assert [(leaf.clause, leaf.holds) for leaf in leaves(found.match)] == [
        ("@mission", True),
        ("defector*", True),
    ]
    surfaces = [(e.term, e.surface, e.field, e.start, e.end) for e in found.match.parts[0].evidence]
    assert surfaces == [
        ("consulate", "consulates", "title", 17, 27),
        ("консульство", "консульстве", "text", 2, 13),
    ]


@pytest.mark.parametrize(
    ("match", "title", "path"),
    [
        pytest.param("a1", "x", ["a1"], id="one word"),
        pytest.param("a1 b1 c1", "a1", ["a1 b1 c1", "b1"], id="the first of several that fail"),
        pytest.param(
            "a1 (b1 OR c1)", "a1", ["a1 (b1 OR c1)", "b1 OR c1", "b1"], id="alternatives that are equally far"
        ),
        pytest.param(
            "(a1 b1 c1) OR (d1 e1)",
            "d1 x",
            ["(a1 b1 c1) OR (d1 e1)", "d1 e1", "e1"],
            id="the alternative that comes closest",
        ),
        pytest.param(
            "2of(a1, b1 c1, d1 e1)",
            "a1 d1",
            ["2of(a1, b1 c1, d1 e1)", "d1 e1", "e1"],
            id="the nearest missing part",
        ),
        pytest.param("a1 -b1", "a1 b1", ["a1 -b1", "-b1"], id="what must not be there"),
        pytest.param("title:(a1 b1)", "a1", ["title:a1 title:b1", "title:b1"], id="inside a field"),
        pytest.param("title:a1", "x", ["title:a1"], id="a field"),
        pytest.param("tier:(wire OR state)", "x", ["tier:wire OR tier:state", "tier:wire"], id="a value"),
        pytest.param(
            "a1 NEAR/3 (b1 OR c1)", "a1", ["a1 NEAR/3 (b1 OR c1)", "b1 OR c1", "b1"], id="a side of NEAR"
        ),
        pytest.param("a1 NEAR/2 b1", "a1 x x x b1", ["a1 NEAR/2 b1"], id="sides too far apart"),
        pytest.param("/a[0-9]/", "x", ["/a[0-9]/"], id="a pattern"),
    ],
)
def test_a_miss_names_the_first_clause_that_fails(match, title, path) -> None:
    found = explain(Rule(RuleId("r"), parse(match, Dialect.RULE)), ENTITIES, story(title))
    assert not found.hit
    assert [step.clause for step in found.path][-1] == path[-1]
    assert len(found.path) == len(path)
    assert found.failing is found.blocker is found.path[-1]


@pytest.mark.parametrize(
    ("match", "title", "apart"),
    [
        pytest.param("a1 NEAR/2 b1", "a1 x x x b1", 4, id="too far"),
        pytest.param("a1 NEAR/2 b1", "b1 x x x x a1 x x x b1", 4, id="the nearest counts"),
        pytest.param("a1 ONEAR/3 b1", "b1 a1", 1, id="in the other order"),
        pytest.param("a1 NEAR/s b1", "A1 is here. There is b1.", 5, id="in another sentence"),
        pytest.param("title:(a1 NEAR/2 b1)", "a1 x x x b1", 4, id="inside a field"),
    ],
)
def test_sides_that_are_not_near_enough_say_how_far_they_are(match, title, apart) -> None:
    failing = told(match, title).failing
    assert failing is not None
    assert failing.shape is Shape.NEAR
    assert failing.apart == apart


def test_one_explainer_serves_many_stories() -> None:
    one = Explainer(rule("r", "a1 NEAR/2 b1"), ENTITIES)
    far = [one.explain(story(title)).failing for title in ("a1 x x x b1", "a1 x x x x b1", "a1 x x x b1")]
    assert [step.apart if step else None for step in far] == [4, 5, 4]
    assert one.explain(story("a1 b1")).hit


def test_sides_in_different_fields_have_no_distance() -> None:
    failing = told("a1 NEAR b1", "a1", text="b1").failing
    assert failing is not None
    assert (failing.shape, failing.apart, failing.within) == (Shape.NEAR, None, 8)


def test_what_an_excluding_clause_found_is_shown() -> None:
    found = told("consulate -film", "Consulate shows films")
    assert found.failing is not None
    assert [e.surface for e in found.failing.evidence] == ["films"]


def test_unless_is_shown_with_what_suppressed_the_hit() -> None:
    found = told("consulate", "Consulate shows films", unless="title:(film OR art)")
    assert not found.hit
    assert found.suppressed
    assert found.failing is None
    assert found.blocker is found.unless
    assert found.unless is not None
    assert [e.surface for e in found.unless.evidence] == ["films"]


def test_an_unless_that_is_not_there_lets_the_rule_hit() -> None:
    found = told("consulate", "Consulate opens", unless="film")
    assert found.hit
    assert not found.suppressed
    assert found.unless is not None
    assert not found.unless.holds


def test_a_bound_on_age_counts_from_the_moment_given() -> None:
    rule_ = Rule(RuleId("r"), parse("a1 within:1h", Dialect.RULE))
    old = story("a1", published=NOW)
    assert explain(rule_, {}, old, minutes(30)).hit
    late = explain(rule_, {}, old, minutes(90))
    assert late.failing is not None
    assert late.failing.clause == "within:1h"


@given(match=QUERIES, unless=st.none() | ATOMS, title=TEXTS, text=TEXTS)
def test_an_explanation_agrees_with_the_matcher_and_a_miss_has_a_reason(match, unless, title, text) -> None:
    one = rule("r", match, unless=unless)
    of = story(title, text=text)
    explained = explain(one, {}, of)
    hits = compile_book(book(one)).hits(of)
    assert explained.hit == bool(hits)
    assert (explained.blocker is None) == explained.hit
    assert (explained.match.short == 0) == explained.match.holds
    if hits:
        assert explained.match.evidence == hits[0].evidence
    elif explained.failing is not None:
        assert not explained.failing.holds
