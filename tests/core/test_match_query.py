from __future__ import annotations

import pytest

from monitor.core.errors import QueryError
from monitor.core.language import parse
from monitor.core.match import compile_query
from monitor.core.model import Entity, Evidence, FeedUrl, Story, StoryKey

ENTITIES = {
    "north_korean": Entity(
        "north_korean",
        {"en": ("North Korean", "N. Korean"), "ko": ("북한", "탈북"), "ru": ("северокорейский", "КНДР")},
    ),
    "mission": Entity(
        "mission",
        {
            "en": ("consulate", "embassy"),
            "ko": ("총영사관", "영사관"),
            "ru": ("консульство", "генконсульство"),
        },
    ),
    "names": Entity("names", {"*": ("=Kim",), "ko": ("김정은",)}),
    "broken": Entity("broken", {"en": ("a*b",)}),
    "empty": Entity("empty", {"en": ()}),
}


def story(title: str = "", summary: str = "", text: str = "") -> Story:
    return Story(
        FeedUrl("https://example.org/rss"),
        StoryKey("1"),
        title,
        url="https://example.org/News/1",
        summary=summary,
        text=text,
        author="Jane O'Brien",
        lang="en",
        source="The Korea Herald",
        tags=("wire", "far east"),
        tier="national",
    )


def found(query: str, title: str = "", summary: str = "", text: str = "") -> list[tuple[str, str]] | None:
    """Clause and surface of each piece of evidence."""
    evidence = compile_query(parse(query), ENTITIES).evidence(story(title, summary, text))
    return None if evidence is None else [(one.clause, one.surface) for one in evidence]


@pytest.mark.parametrize(
    ("query", "title", "matches"),
    [
        pytest.param("a b", "b x a", True, id="and"),
        pytest.param("a b", "a", False, id="and lacks one"),
        pytest.param("a OR b", "b", True, id="or"),
        pytest.param("a OR b", "c", False, id="or lacks both"),
        pytest.param("a -b", "a", True, id="not"),
        pytest.param("a -b", "a b", False, id="not but there"),
        pytest.param("a -(b c)", "a b", True, id="not both"),
        pytest.param("a (c OR (d -b))", "a d", True, id="not inside a group"),
        pytest.param("2of(a, b, c)", "a c", True, id="two of three"),
        pytest.param("2of(a, b, c)", "a x", False, id="one of three"),
        pytest.param("a NEAR/2 b", "a x b", True, id="near"),
        pytest.param("a NEAR/2 b", "a x x b", False, id="too far"),
        pytest.param("a NEAR/2 b", "b x a", True, id="near in any order"),
        pytest.param("a ONEAR/2 b", "a x b", True, id="in order"),
        pytest.param("a ONEAR/2 b", "b x a", False, id="out of order"),
        pytest.param("a ONEAR/2 b", "b x x x a b", True, id="in order later"),
        pytest.param("a NEAR b", "a" + " x" * 7 + " b", True, id="usual distance"),
        pytest.param("a NEAR b", "a" + " x" * 8 + " b", False, id="beyond the usual distance"),
        pytest.param("alpha NEAR/s beta", "It had alpha and then beta. Stop", True, id="same sentence"),
        pytest.param("alpha NEAR/s beta", "It had alpha. Then beta", False, id="other sentence"),
        pytest.param("alpha ONEAR/s beta", "It had beta, alpha. Then beta", False, id="same sentence out of order"),
        pytest.param('"a b" NEAR/1 "c d"', "a b c d", True, id="phrases touch"),
        pytest.param("(a OR b) NEAR/1 (c OR d)", "x b d", True, id="groups"),
        pytest.param("(a b) NEAR/2 c", "a c b", True, id="both near"),
        pytest.param("(a b) NEAR/2 c", "a c x x b", False, id="one of both near"),
        pytest.param("c NEAR/2 (a b)", "a c b", True, id="near both"),
        pytest.param("2of(a, b, d) NEAR/2 c", "a c b", True, id="two of them near"),
        pytest.param("c NEAR/2 2of(a, b, d)", "a c x x b", False, id="one of them near"),
        pytest.param("((a b) OR d) NEAR/1 c", "c d", True, id="mixed group"),
        pytest.param("a NEAR/2 b NEAR/2 c", "b a c", True, id="chain over the window"),
        pytest.param("a NEAR/1 b NEAR/1 c", "a x b c", False, id="chain broken"),
        pytest.param("a NEAR/3 (b NEAR/1 c)", "a x x c b", True, id="nested to the right"),
        pytest.param("(a OR (b NEAR/1 c)) NEAR/2 d", "c b x d", True, id="window in a group"),
        pytest.param("a NEAR/2 b NEAR/2 c", "b x a x x c b x c", False, id="no window for a chain"),
        pytest.param("북한 NEAR/1 총영사관", "북한총영사관에", True, id="in one word"),
        pytest.param("북한 ONEAR/1 총영사관", "북한총영사관에", True, id="in one word, in order"),
        pytest.param("총영사관 ONEAR/1 북한", "북한총영사관에", False, id="in one word, out of order"),
        pytest.param("title:a", "a", True, id="title"),
        pytest.param("text:a", "a", True, id="text covers the title"),
        pytest.param("source:(korea NEAR/1 herald)", "", True, id="source by words"),
        pytest.param("source:times", "", False, id="other source"),
        pytest.param("author:O’Brien", "", True, id="author by words"),
        pytest.param('tag:"FAR east"', "", True, id="tag"),
        pytest.param("tag:east", "", False, id="part of a tag"),
        pytest.param("tier:(local OR national)", "", True, id="tier"),
        pytest.param("lang:EN -lang:ko", "", True, id="lang"),
        pytest.param("tag:(wire -sport)", "", True, id="values with a negative"),
        pytest.param("lang:=EN", "", False, id="exact value"),
        pytest.param("url:example.org/news", "", True, id="part of the link"),
        pytest.param("url:=news", "", False, id="exact part of the link"),
        pytest.param("a -title:b", "a b", False, id="negated field"),
        pytest.param("@north_korean @mission", "Консульство КНДР", True, id="entities"),
        pytest.param("@mission.ko", "embassy", False, id="one language"),
        pytest.param("@names.ko", "=Kim", True, id="terms of any language"),
        pytest.param("@names.ko", "KIM", False, id="exact term"),
        pytest.param("@empty OR a", "a", True, id="empty entity"),
        pytest.param("@empty a", "a", False, id="empty entity never matches"),
    ],
)  # fmt: skip
def test_what_matches(query: str, title: str, matches: bool) -> None:
    assert (found(query, title) is not None) is matches


def test_words_may_stand_in_different_fields() -> None:
    assert found("a b c", "a", "b", "c") == [("a", "a"), ("b", "b"), ("c", "c")]


def test_distance_never_crosses_fields() -> None:
    assert found("a NEAR/50 b", "a", "b") is None


def test_title_is_only_the_title() -> None:
    assert found("title:a", "", "a", "a") is None
    assert found("text:(a b)", "", "a", "b") == [("a", "a"), ("b", "b")]


def test_evidence_is_in_reading_order_without_overlaps() -> None:
    finder = compile_query(parse("(@north_korean NEAR/15 @mission) @mission.ko"), ENTITIES)
    evidence = finder.evidence(story("총영사관 앞", "북한 사람이 총영사관에"))
    assert evidence == (
        Evidence("@mission.ko", "총영사관", "title", 0, 4, "총영사관"),
        Evidence("@north_korean", "북한", "summary", 0, 2, "북한"),
        Evidence("@mission", "총영사관", "summary", 7, 11, "총영사관"),
        Evidence("@mission.ko", "총영사관", "summary", 7, 11, "총영사관"),
    )


def test_near_shows_its_shortest_window() -> None:
    assert found("a NEAR/9 b", "a x x b x a b x x a") == [("a", "a"), ("b", "b")]
    finder = compile_query(parse("a NEAR/9 b"), {})
    assert [one.start for one in finder.evidence(story("a x x b x a b x x a")) or ()] == [10, 12]


def test_near_shows_a_window_of_each_field() -> None:
    assert found("a NEAR/2 b", "a b", "b a") == [("a", "a"), ("b", "b"), ("b", "b"), ("a", "a")]


def test_values_are_shown() -> None:
    finder = compile_query(parse("tag:wire url:NEWS"), {})
    assert finder.evidence(story()) == (
        Evidence("tag:wire", "wire", "tag", 0, 4, "wire"),
        Evidence("url:NEWS", "NEWS", "url", 20, 24, "News"),
    )


@pytest.mark.parametrize(
    ("query", "place", "message", "mend"),
    [
        pytest.param("a @mision", "@mision", "no entity @mision", "did you mean @mission?", id="misspelt"),
        pytest.param("@zzz", "@zzz", "no entity @zzz", "known are @broken", id="unknown"),
        pytest.param("@mission.de a", "@mission.de", "no terms in de", "en, ko, ru", id="language"),
        pytest.param("@broken", "*", "a * stands", "pre*", id="broken term"),
    ],
)
def test_entities_that_cannot_be_used(query: str, place: str, message: str, mend: str) -> None:
    with pytest.raises(QueryError) as caught:
        compile_query(parse(query), ENTITIES)
    error = caught.value
    assert error.query[error.position : error.end] == place
    assert message in error.message
    assert mend in error.hint


def test_no_entities_at_all() -> None:
    with pytest.raises(QueryError) as caught:
        compile_query(parse("@x"), {})
    assert caught.value.hint == "no entity is defined"


def test_groups_beside_near_are_bounded() -> None:
    wide = "(" + " ".join(f"w{i}" for i in range(20)) + ")"
    with pytest.raises(QueryError, match="12 pairs"):
        compile_query(parse(f"{wide} NEAR {wide}"), {})


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(" NEAR/50 ".join("a" * 5), id="near"),
        pytest.param(" ONEAR/s ".join("a" * 5), id="onear"),
    ],
)
def test_long_chains_of_near_end(query: str) -> None:
    assert found(query, "a " * 100) is not None
