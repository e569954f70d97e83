"""Near misses: exactly one clause keeps a rule from hitting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.authoring.nearmiss import Cause, NearMiss, NearMisses
from monitor.core.match.explain import explain
from monitor.core.match.plan import AllOf, AnyOf, Plan, Token
from monitor.core.model import Entity
from monitor.core.text import index_text
from tests.build import rule, story
from tests.core.queries import ATOMS, QUERIES, TEXTS

ENTITIES = {"mission": Entity("mission", {"en": ("consulate",), "ko": ("영사관",)})}


def missed(match: str, title: str, unless: str | None = None) -> NearMiss | None:
    found = NearMisses([rule("r", match, unless=unless)], ENTITIES).of(story(title))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("match", "unless", "title", "cause", "clause", "had", "against"),
    [
        pytest.param(
            "@mission asylum", None, "Consulates open", Cause.LACKS, "asylum", ["Consulates"], [], id="a word"
        ),
        pytest.param(
            "asylum @mission", None, "Asylum", Cause.LACKS, "@mission", ["Asylum"], [], id="an entity"
        ),
        pytest.param(
            "a1 NEAR/2 b1", None, "a1 x x b1", Cause.FAR, "a1 NEAR/2 b1", ["a1", "b1"], [], id="nearness"
        ),
        pytest.param("a1 NEAR/2 b1", None, "a1 x", Cause.LACKS, "b1", ["a1"], [], id="a side of NEAR"),
        pytest.param("a1 -b1", None, "a1 b1", Cause.EXCLUDED, "-b1", ["a1"], ["b1"], id="an exclusion"),
        pytest.param("a1", "b1", "a1 b1", Cause.UNLESS, "b1", ["a1"], ["b1"], id="unless"),
        pytest.param("2of(a1, b1, c1)", None, "c1", Cause.LACKS, "a1", ["c1"], [], id="one of two"),
        pytest.param("(a1 b1) OR (c1 d1)", None, "d1", Cause.LACKS, "c1", ["d1"], [], id="of an alternative"),
        pytest.param("a1 OR (b1 c1)", None, "b1", Cause.LACKS, "c1", ["b1"], [], id="the alternative begun"),
    ],
)
def test_a_story_that_lacks_one_clause_is_near(  # noqa: PLR0917 - a row of the table
    match, unless, title, cause, clause, had, against
) -> None:
    miss = missed(match, title, unless)
    assert miss is not None
    assert (miss.cause, miss.clause) == (cause, clause)
    assert [e.surface for e in miss.had] == had
    assert [e.surface for e in miss.against] == against
    assert not miss.explanation.hit


@pytest.mark.parametrize(
    ("match", "unless", "title"),
    [
        pytest.param("a1 b1", None, "a1 b1", id="a hit"),
        pytest.param("a1 b1 c1", None, "a1", id="two clauses"),
        pytest.param("a1", None, "x", id="nothing of the only clause"),
        pytest.param("a1 -b1", None, "x", id="nothing that is asked for"),
        pytest.param("a1 OR b1", None, "x", id="nothing of any alternative"),
        pytest.param("a1 b1", "c1", "a1 c1", id="a clause and unless"),
        pytest.param("(a1 NEAR/2 b1) c1", None, "c1", id="both sides of NEAR"),
    ],
)
def test_a_story_that_lacks_more_or_has_nothing_is_not_near(match, unless, title) -> None:
    assert missed(match, title, unless) is None


def test_several_rules_are_told_in_their_order() -> None:
    rules = [rule("one", "a1 b1"), rule("two", "c1"), rule("three", "a1 d1")]
    assert [miss.rule for miss in NearMisses(rules, {}).of(story("a1"))] == ["one", "three"]


@pytest.mark.parametrize("match", ["a1", "a1 OR b1", "1of(a1, b1)"])
def test_rules_that_nothing_can_just_miss_need_no_stories(match) -> None:
    assert NearMisses([rule("r", match)], {}).plan is None


def satisfied(plan: Plan, tokens: frozenset[str]) -> bool:
    match plan:
        case Token(text=text, prefix=prefix):
            return any(token.startswith(text) if prefix else token == text for token in tokens)
        case AllOf(parts=parts):
            return all(satisfied(part, tokens) for part in parts)
        case AnyOf(parts=parts):
            return any(satisfied(part, tokens) for part in parts)
        case _:
            return True


@given(match=QUERIES, unless=st.none() | st.just("c1"), title=TEXTS, text=TEXTS)
def test_no_near_miss_is_lost_by_the_plan(match, unless, title, text) -> None:
    near = NearMisses([rule("r", match, unless=unless)], {})
    of = story(title, text=text)
    if near.of(of):
        assert near.plan is not None
        assert satisfied(near.plan, frozenset(index_text(of.title, of.summary, of.text).split()))


@given(match=QUERIES, unless=st.none() | ATOMS, title=TEXTS, text=TEXTS)
def test_near_misses_are_what_their_explanations_say(match, unless, title, text) -> None:
    one, of = rule("r", match, unless=unless), story(title, text=text)
    explained = explain(one, {}, of)
    against = explained.unless is not None and explained.unless.holds
    near = explained.match.found > 0 and explained.match.short + against == 1
    assert bool(NearMisses([one], {}).of(of)) == near
