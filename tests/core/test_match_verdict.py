"""What marks tell of rules: a book decides as each of its queries does alone."""

from __future__ import annotations

import pytest

from monitor.core.language import Dialect, parse
from monitor.core.match import compile_book, compile_query
from monitor.core.model import Entity, FeedUrl, Guard, Rule, RuleBook, RuleId, Story, StoryKey

ENTITIES = {
    "korea": Entity(
        "korea",
        {"en": ("Korea", "Seoul"), "ru": ("Корея",)},
        (Guard(frozenset({"Korea"}), ("North Korea",)),),
    ),
    "drink": Entity("drink", {"en": ("tea", "black coffee")}),
}
STORIES = (
    "Green tea with milk",
    "Black coffee and green milk",
    "Coffee, black. Tea in Korea",
    "Tea — black coffee in Seoul",
    "Green – tea of North Korea",
    "Молоко. Надежда пьёт чай",
    "надежды на чай, Надеждой",
    "Он пьёт чай\nНадежда тоже, И надежда",
    "Чай любит Надеждина",
    "커피 한 잔, 녹차와 우유",
    "녹차우유 값",
)


def story(title: str, text: str = "") -> Story:
    return Story(FeedUrl("https://example.org/rss"), StoryKey("1"), title, text=text)


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        pytest.param("tea", [0, 2, 3, 4], id="word"),
        pytest.param('"green tea"', [0, 4], id="phrase"),
        pytest.param('"black coffee"', [1, 3], id="phrase-in-order"),
        pytest.param('milk OR "black coffee"', [0, 1, 3], id="either"),
        pytest.param("@drink", [0, 1, 2, 3, 4], id="entity"),
        pytest.param("@drink -milk", [2, 3, 4], id="not"),
        pytest.param('@drink -"black coffee"', [0, 2, 4], id="not-a-phrase"),
        pytest.param("(tea milk) OR (coffee -milk)", [0, 2, 3], id="groups-of-both"),
        pytest.param("2of(tea, milk, green)", [0, 1, 4], id="two-of"),
        pytest.param("2of(tea, milk, @korea)", [0, 2, 3], id="two-of-with-a-guard"),
        pytest.param("@korea", [2, 3], id="guarded"),
        pytest.param("tea -@korea", [0, 4], id="not-guarded"),
        pytest.param("title:(tea milk)", [0], id="field"),
        pytest.param("-title:milk tea", [2, 3, 4], id="not-in-a-field"),
        pytest.param("tea NEAR/1 black", [2, 3], id="near"),
        pytest.param("(tea OR @korea) NEAR/2 green", [0, 4], id="near-a-group"),
        pytest.param("@korea NEAR/9 tea", [2, 3], id="near-guarded"),
        pytest.param("Надежда", [5, 6, 7], id="name"),
        pytest.param('"— Надежда"', [5, 6, 7], id="name-with-a-dash"),
        pytest.param("녹차", [9, 10], id="hangul"),
        pytest.param('"녹차 우유"', [9, 10], id="hangul-joined"),
    ],
)
def test_a_book_decides_as_its_queries_do(query: str, hit: list[int]) -> None:
    parsed = parse(query, Dialect.RULE)
    one = Rule(RuleId("one"), parsed)
    twice = RuleBook(entities=ENTITIES, rules=(one, Rule(RuleId("two"), parsed)))
    finder = compile_query(parsed, ENTITIES)
    matcher = compile_book(twice)
    for title in STORIES:
        for each in (story(title), story("News", title)):
            alone = finder.evidence(each)
            hits = matcher.hits(each)
            assert [found.evidence for found in hits] == ([] if alone is None else [alone, alone]), title
            assert matcher.fired(each) == tuple(found.rule for found in hits)
    assert [at for at, title in enumerate(STORIES) if matcher.fired(story(title))] == hit


def test_what_speaks_against_a_rule_counts_however_sure_it_is() -> None:
    rule = Rule(RuleId("tea"), parse("tea"), parse('"black coffee" OR title:milk'))
    matcher = compile_book(RuleBook(rules=(rule,)))
    assert [at for at, title in enumerate(STORIES) if matcher.fired(story(title))] == [2, 4]
