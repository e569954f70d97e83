"""Excepted terms: what they take away from an entity, and what they leave."""

from __future__ import annotations

import pytest

from monitor.core.language import parse
from monitor.core.match import compile_query
from monitor.core.model import Entity, FeedUrl, Guard, Story, StoryKey

ENTITIES = {
    "city": Entity("city", {"ko": ("*평양",)}, (Guard(frozenset({"*평양"}), ("태평양", "평양냉면")),)),
    "korea": Entity(
        "korea",
        {"en": ("Korea", "Korean", "Seoul"), "ru": ("Корея",)},
        (Guard(frozenset({"Korea", "Korean"}), ("North Korea", "North Korean")),),
    ),
    "twice": Entity(
        "twice",
        {"en": ("red", "blue")},
        (Guard(frozenset({"red"}), ("red sea",)), Guard(frozenset({"blue"}), ())),
    ),
}


def surfaces(query: str, title: str, text: str = "") -> list[str] | None:
    story = Story(feed=FeedUrl("x"), key=StoryKey("x"), title=title, text=text)
    found = compile_query(parse(query), ENTITIES).evidence(story)
    return None if found is None else [one.surface for one in found]


@pytest.mark.parametrize(
    ("query", "title", "found"),
    [
        pytest.param("@city", "태평양 회의", None, id="only-inside"),
        pytest.param("@city", "태평양과 평양", ["평양"], id="inside-and-outside"),
        pytest.param("@city", "평양냉면 평양", ["평양"], id="at-the-begin-of-the-longer-term"),
        pytest.param("@korea", "North Koreans and South Korea", ["Korea"], id="forms-of-the-excepted-term"),
        pytest.param("@korea", "North Korean envoy in Seoul", ["Seoul"], id="an-unguarded-term-beside"),
        pytest.param("@korea", "north korea", None, id="whatever-its-case"),
        pytest.param("@korea.ru", "в Корее", ["Корее"], id="another-language"),
        pytest.param("@korea.ru", "Korea", None, id="only-the-language-asked-for"),
        pytest.param("@twice", "red sea, blue sea, red", ["blue", "red"], id="each-guard-for-its-terms"),
        pytest.param("@city NEAR/2 회의", "태평양 회의", None, id="beside-near"),
        pytest.param("회의 -@city", "태평양 회의", ["회의"], id="negated"),
        pytest.param(
            "(@city OR 회의) NEAR/3 서울", "태평양 회의 서울", ["회의", "서울"], id="in-a-group-beside-near"
        ),
    ],
)
def test_a_place_inside_an_excepted_one_does_not_count(query, title, found):
    assert surfaces(query, title) == found


def test_each_field_is_looked_at_for_itself():
    assert surfaces("@city", "태평양", "평양") == ["평양"]
    assert surfaces("title:@city", "태평양", "평양") is None
