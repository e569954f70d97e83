from __future__ import annotations

import random

import pytest

from monitor.core.errors import QueryError
from monitor.core.language import Dialect, parse
from monitor.core.match import AllOf, AnyOf, Everything, Plan, Token, compile_book, compile_query
from monitor.core.match.index import MEMO_LIMIT, WakeIndex
from monitor.core.match.plan import Run
from monitor.core.model import Entity, FeedUrl, Level, Rule, RuleBook, RuleId, Story, StoryKey
from monitor.core.text import Words


def story(title: str, summary: str = "") -> Story:
    return Story(FeedUrl("https://example.org/rss"), StoryKey("1"), title, summary=summary)


def rule(name: str, match: str, unless: str | None = None) -> Rule:
    return Rule(RuleId(name), parse(match, Dialect.RULE), parse(unless) if unless else None, Level.FLASH)


ENTITIES = {
    "north_korean": Entity(
        "north_korean",
        {"en": ("North Korean", "N. Korean"), "ko": ("북한", "탈북"), "ru": ("северокорейский", "КНДР")},
    ),
    "mission": Entity(
        "mission",
        {
            "en": ("consulate", "embassy"),
            "ko": ("총영사관", "영사관", "대사관"),
            "ru": ("консульство", "генконсульство", "посольство"),
        },
    ),
    "seeks_refuge": Entity(
        "seeks_refuge",
        {
            "en": ("defector", "defected", "asylum"),
            "ko": ("망명", "탈북"),
            "ru": ("перебежчик", "убежище", "сбежал"),
        },
    ),
}
WATCH = RuleBook(
    entities=ENTITIES,
    rules=(
        rule("mission", "@mission"),
        rule("defection", "(@north_korean NEAR/15 @mission) @seeks_refuge", "title:(film OR anniversary)"),
        rule("prefix", "vladiv*"),
        rule("anything", "source:x OR lang:en"),
    ),
)


@pytest.mark.parametrize(
    ("title", "rules"),
    [
        pytest.param(
            "North Korean defector enters U.S. consulate seeking asylum", ["mission", "defection"], id="en"
        ),
        pytest.param(
            "탈북민, 블라디보스토크 미국총영사관 진입… 망명 신청", ["mission", "defection"], id="ko"
        ),
        pytest.param(
            "Северокорейские перебежчики попросили убежища в генконсульстве",
            ["mission", "defection"],
            id="ru",
        ),
        pytest.param("Embassy hosts North Korean film festival", ["mission"], id="no refuge"),
        pytest.param("Film on North Korean asylum at embassy", ["mission"], id="unless"),
        pytest.param("News of Vladivostok", ["prefix"], id="prefix"),
        pytest.param("", [], id="empty"),
    ],
)
def test_stories_hit_their_rules_in_order(title: str, rules: list[str]) -> None:
    hits = compile_book(WATCH).hits(story(title))
    assert [hit.rule for hit in hits] == rules
    assert all(hit.level is Level.FLASH and hit.evidence for hit in hits)


def test_a_book_with_an_unknown_entity_is_refused() -> None:
    with pytest.raises(QueryError, match="no entity @x"):
        compile_book(RuleBook(rules=(rule("a", "a", "@x"),)))


def test_an_empty_book_hits_nothing() -> None:
    assert compile_book(RuleBook()).hits(story("anything")) == ()


TOKEN_A, TOKEN_B = Token("alpha"), Token("b")


@pytest.mark.parametrize(
    ("query", "plan"),
    [
        pytest.param("alpha", TOKEN_A, id="word"),
        pytest.param("alpha b", AllOf((TOKEN_A, TOKEN_B)), id="and"),
        pytest.param("alpha OR b", AnyOf((TOKEN_A, TOKEN_B)), id="or"),
        pytest.param("alpha -b", TOKEN_A, id="not"),
        pytest.param("alpha (b b)", AllOf((TOKEN_A, TOKEN_B)), id="flattened"),
        pytest.param("alpha OR (b OR b)", AnyOf((TOKEN_A, TOKEN_B)), id="flattened or"),
        pytest.param("alpha NEAR b", AllOf((TOKEN_A, TOKEN_B)), id="near"),
        pytest.param("2of(alpha, b, c)", AnyOf((TOKEN_A, TOKEN_B, Token("c"))), id="two of three"),
        pytest.param("2of(alpha, b)", AllOf((TOKEN_A, TOKEN_B)), id="two of two"),
        pytest.param("2of(alpha, b, source:x)", AnyOf((TOKEN_A, TOKEN_B)), id="two of three, one unknown"),
        pytest.param("1of(alpha, source:x)", Everything(), id="one of two, one unknown"),
        pytest.param("title:alpha", TOKEN_A, id="indexed field"),
        pytest.param("source:alpha tag:b", Everything(), id="other fields"),
        pytest.param("alpha OR tag:b", Everything(), id="or other field"),
        pytest.param("alph*", Token("alph", prefix=True), id="prefix"),
        pytest.param('"1,00"*', AllOf((Token("1"), Token("00", prefix=True))), id="number prefix"),
        pytest.param("총영사관", Run((Token("총영"), Token("영사"), Token("사관")), "총영사관"), id="hangul"),
        pytest.param("북", Token("북"), id="syllable"),
        pytest.param("K팝", AllOf((Token("k"), Token("팝", prefix=True))), id="syllable with endings"),
        pytest.param("北京", AllOf((Token("北"), Token("京"))), id="han"),
        pytest.param("stories", AnyOf((Token("storie"), Token("story"))), id="several keys"),
        pytest.param("ꟿ", Everything(), id="unknown to the index"),
        pytest.param("ꟿꟿꟿ*", Everything(), id="prefix unknown to the index"),
        pytest.param("ꟿ OR a", Everything(), id="or unknown"),
    ],
)  # fmt: skip
def test_plans_restrict_what_can_be_restricted(query: str, plan: Plan) -> None:
    assert compile_query(parse(query), {}).plan == plan


def test_an_unknown_syllable_restricts_nothing() -> None:
    assert compile_query(parse("ꥠ"), {}).plan == Everything()


def test_waking_costs_the_rarer_part_of_a_rule() -> None:
    index = WakeIndex()
    for number in range(5):
        index.add(number, AllOf((Token("police"), Token(f"rare{number}"))))
    index.add(5, Everything())
    index.add(6, AnyOf((Token("police"), Everything())))
    index.add(7, AllOf((AnyOf((Token("x"), Token("y"))), Token("vladivo", prefix=True))))
    assert index.awake(Words("police")) == [5, 6]
    assert index.awake(Words("rare3 police"), Words("x")) == [3, 5, 6]
    assert index.awake(Words("Vladivostok x")) == [5, 6, 7]


def test_a_token_that_wakes_many_rules_wakes_no_more() -> None:
    index = WakeIndex()
    for number in range(10):
        index.add(number, Token("consulates"))
    index.add(10, AllOf((Token("consulates"), Token("defection"))))
    assert index.awake(Words("consulates")) == list(range(10))
    assert index.awake(Words("defection consulates")) == list(range(11))
    index.add(11, Token("defection"))
    assert index.awake(Words("defection")) == [10, 11], "what was remembered of a text before is forgotten"


@pytest.mark.parametrize(
    ("run", "title", "awake"),
    [
        pytest.param(Run((Token("평양"),), "평양", begins=True), "평양에서", True, id="begins"),
        pytest.param(Run((Token("평양"),), "평양", begins=True), "태평양", False, id="does not begin"),
        pytest.param(Run((Token("망명"),), "망명", ends=True), "정치망명", True, id="ends"),
        pytest.param(Run((Token("망명"),), "망명", ends=True), "망명을", False, id="does not end"),
        pytest.param(Run((Token("북한"),), "북한", begins=True, ends=True), "북한 북한은", True, id="alone"),
        pytest.param(Run((Token("북한"),), "북한", begins=True, ends=True), "북한은", False, id="not alone"),
        pytest.param(Run((Token("망명"),), "망명"), "희망명단", True, id="inside"),
        pytest.param(Run((Token("영사"), Token("사관")), "영사관"), "영사와 사관", False, id="in two words"),
    ],
)
def test_a_run_wakes_where_it_stands_as_it_must(run: Run, title: str, awake: bool) -> None:
    index = WakeIndex()
    index.add(0, run)
    assert index.awake(Words(title)) == [0] * awake


def test_a_rule_is_added_without_the_others() -> None:
    book = compile_book(RuleBook(entities=ENTITIES, rules=WATCH.rules[:2]))
    more = book.with_rule(rule("tea", "tea")).with_rule(rule("always", "tea"))
    more = more.with_rule(rule("last", "tea"))
    changed = more.with_rule(rule("mission", "tea")).with_rule(rule("always", "coffee"))
    one = story("Tea at the embassy")
    assert [hit.rule for hit in book.hits(one)] == ["mission"]
    assert [hit.rule for hit in more.hits(one)] == ["mission", "tea", "always", "last"]
    assert [hit.rule for hit in changed.hits(one)] == ["mission", "tea", "last"]
    assert [hit.rule for hit in changed.hits(story("embassy coffee"))] == ["always"]
    assert [hit.rule for hit in more.hits(story("embassy coffee"))] == ["mission"]


def test_two_books_made_of_one_do_not_depend_on_each_other() -> None:
    book = compile_book(RuleBook(entities=ENTITIES))
    for query in ("tea", "tea coffee", "@mission OR tea", '"green tea"'):
        grown = book.with_rule(rule("one", query))
        assert [hit.rule for hit in grown.hits(story("Green tea and coffee"))] == ["one"], query
        assert grown.hits(story("Coffee at last")) == ()


def test_a_rule_that_always_wakes_can_be_added() -> None:
    book = compile_book(RuleBook(rules=(rule("a", "source:x"),))).with_rule(rule("b", "source:x"))
    one = Story(FeedUrl("https://example.org/rss"), StoryKey("1"), "", source="x")
    assert [hit.rule for hit in book.hits(one)] == ["a", "b"]


def test_a_rule_that_cannot_be_used_is_not_added() -> None:
    book = compile_book(WATCH)
    with pytest.raises(QueryError, match="no entity @x"):
        book.with_rule(rule("a", "@x"))
    assert [hit.rule for hit in book.hits(story("embassy"))] == ["mission"]


def test_what_chunks_wake_is_forgotten_when_too_much() -> None:
    index = WakeIndex()
    index.add(0, Token("tea"))
    index.memo.update((f"filler{number}", None) for number in range(MEMO_LIMIT))
    assert index.awake(Words("green tea")) == [0]
    assert len(index.memo) <= 2


def test_long_chunks_are_not_remembered() -> None:
    index = WakeIndex()
    index.add(0, Token("tea"))
    long = "-".join(["green"] * 20)
    assert index.awake(Words(f"{long}-tea")) == [0]
    assert index.memo == {}


def test_sleeping_rules_change_no_hits() -> None:
    """A big book finds what each of its rules finds alone."""
    chance = random.Random(7)  # noqa: S311 - made-up rules
    words = [
        "north",
        "korean",
        "consulate",
        "embassies",
        "북한",
        "총영사관에",
        "убежища",
        "tea",
        "U.S.",
        "北노동자",
        "Россия",
        "российский",
        "Надежда",
        "надежды.",
        "президент",
        "/te[ax]/",
    ]
    queries = [
        f"{chance.choice(words)} {chance.choice(['', 'OR ', 'NEAR/3 ', '-'])}{chance.choice(words)}"
        for _ in range(200)
    ]
    book = RuleBook(rules=tuple(rule(str(i), query) for i, query in enumerate(queries)))
    matcher = compile_book(book)
    finders = [compile_query(parse(query, Dialect.RULE), {}) for query in queries]
    for _ in range(50):
        one = story(" ".join(chance.choices(words, k=5)), " ".join(chance.choices(words, k=8)))
        alone = {str(i): finder.evidence(one) for i, finder in enumerate(finders)}
        assert {str(hit.rule): hit.evidence for hit in matcher.hits(one)} == {
            name: evidence for name, evidence in alone.items() if evidence is not None
        }
        assert matcher.fired(one) == tuple([hit.rule for hit in matcher.hits(one)])
