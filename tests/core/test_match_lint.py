from __future__ import annotations

import pytest

from monitor.core.language import parse
from monitor.core.match.lint import Sample, lint, lint_entity, sample, unused_entities
from monitor.core.model import Entity, Feed, FeedUrl, Level, Rule, RuleBook, RuleId, Story, StoryKey

FEEDS = (
    Feed(FeedUrl("https://example.org/en"), "English", "en", ("wire",), "national"),
    Feed(FeedUrl("https://example.org/ko"), "Korean", "ko", ("wire", "north"), "local"),
    Feed(FeedUrl("https://example.org/ko2"), "Korean too", "ko"),
)
ENTITIES = {
    "mission": Entity("mission", {"en": ("consulate", "UN"), "ko": ("총영사관",)}),
    "english": Entity("english", {"en": ("embassy",), "ko": ()}),
    "any": Entity("any", {"*": ("Kim",)}),
    "empty": Entity("empty", {"en": ()}),
}
ARCHIVE = Sample(
    1000,
    {
        "president": 51,
        "consulate": 50,
        "перебежчик": 40,
        "перебежчик0": 70,
        "영사": 400,
        "사관": 90,
        "총영": 80,
        "xyz": 1000,
    },
)


def doubts(query: str, feeds: tuple[Feed, ...] = (), archive: Sample | None = None) -> list[tuple[str, str]]:
    """What each doubt points at, and what it says."""
    return [
        (query[one.position : one.end], one.message) for one in lint(parse(query), ENTITIES, feeds, archive)
    ]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("consulate asylum", id="words"),
        pytest.param('"in asylum"', id="short word in a phrase"),
        pytest.param("북 北", id="one syllable"),
        pytest.param("=US", id="very spelling"),
        pytest.param("lang:ko asylum", id="value"),
        pytest.param("consulate -title:consulate", id="only not in the title"),
        pytest.param("2of(asylum, consulate, embassy) -(asylum embassy)", id="some of both"),
        pytest.param("asylum OR (consulate -asylum)", id="beside an alternative"),
        pytest.param("@mission.en -@mission.ko", id="one language without the other"),
        pytest.param("asylum after:2026-09-01 before:2026-09-02", id="days"),
        pytest.param("asylum tier:national -tier:local", id="tier"),
        pytest.param("asylum -asylam", id="other word"),
        pytest.param("gift -=GIFT", id="not in that spelling"),
        pytest.param("asylum asylum*", id="word and prefix"),
        pytest.param("@mission @any", id="entities with terms in every language"),
        pytest.param("@english lang:en", id="entity in its language"),
        pytest.param("@english.en", id="entity of a language"),
    ],
)
def test_good_queries_raise_no_doubt(query: str) -> None:
    assert doubts(query, FEEDS, ARCHIVE) == []


@pytest.mark.parametrize(
    ("query", "place", "message"),
    [
        pytest.param("US consulate", "US", "so short", id="two letters"),
        pytest.param("consulate (ЕС OR asylum)", "ЕС", "so short", id="two cyrillic letters"),
        pytest.param("title:x consulate", "x", "so short", id="in a field"),
        pytest.param(
            "consulate -consulates", "-consulates", "can never match", id="excluded in another form"
        ),
        pytest.param(
            "(consulate asylum) -asylum", "-asylum", "can never match", id="excluded beside a group"
        ),
        pytest.param(
            "consulate -(asylum OR consulate)", "-(asylum OR consulate)", "can never match", id="or"
        ),
        pytest.param("film consulate -(film consulate)", "-(film consulate)", "can never match", id="and"),
        pytest.param("title:consulate -consulate", "-consulate", "can never match", id="in the title"),
        pytest.param(
            "title:consulate -text:consulate", "-text:consulate", "can never match", id="in the text"
        ),
        pytest.param("asylum NEAR consulate -asylum", "-asylum", "can never match", id="near"),
        pytest.param("2of(asylum, consulate) -asylum", "-asylum", "can never match", id="all of"),
        pytest.param("(film OR (film asylum)) -film", "-film", "can never match", id="in every alternative"),
        pytest.param("asylum OR (consulate (film -consulate))", "-consulate", "can never match", id="deep"),
        pytest.param("=GIFT -gift", "-gift", "can never match", id="spelling without its word"),
        pytest.param("@mission.en -@mission", "-@mission", "can never match", id="entity"),
        pytest.param("asylum lang:en lang:ko", "lang:ko", "one lang", id="two languages"),
        pytest.param(
            "asylum after:2026-09-02 before:2026-09-02", "before:2026-09-02", "before it begins", id="days"
        ),
        pytest.param("asylum OR asylums", "asylums", "stands here already", id="said twice"),
        pytest.param("@mission OR asylum OR @mission", "@mission", "stands here already", id="entity twice"),
        pytest.param("2of(asylum, consulate, Asylum)", "Asylum", "already", id="counted twice"),
        pytest.param("asylum lang:xx", "xx", "no feed has the lang xx", id="language"),
        pytest.param("asylum tier:(local OR state)", "state", "no feed has the tier state", id="tier"),
        pytest.param("asylum tag:=Wires", "=Wires", "no feed has the tag Wires", id="tag"),
        pytest.param(
            "@english", "@english", "no term in ko, the language of 2 feeds", id="language of feeds"
        ),
        pytest.param("@empty asylum", "@empty", "has no term", id="no term"),
        pytest.param("president", "president", "about 5% of the stories", id="common"),
        pytest.param("перебежчик", "перебежчик", "about 7% of the stories", id="common in russian"),
        pytest.param("총영사관", "총영사관", "about 8% of the stories", id="common in korean"),
    ],
)
def test_doubts_name_their_place(query: str, place: str, message: str) -> None:
    (found,) = doubts(query, FEEDS, ARCHIVE)
    assert found[0] == place
    assert message in found[1]


def test_doubts_are_in_order() -> None:
    assert [place for place, _ in doubts("EU US -EU", FEEDS)] == ["EU", "US", "-EU", "EU"]


def test_values_are_only_known_where_feeds_say_them_all() -> None:
    unknown = (*FEEDS, Feed(FeedUrl("https://example.org/x"), "Another"))
    assert doubts("asylum lang:xx", unknown) == []
    assert doubts("asylum lang:xx tier:xx tag:xx url:xx") == []


def test_a_word_is_common_by_the_share_that_is_given() -> None:
    query = parse("xyz consulate embass*")
    assert [one.position for one in lint(query, {}, archive=ARCHIVE)] == [0]
    assert [one.position for one in lint(query, {}, archive=ARCHIVE, most=0.04)] == [0, 4]
    assert lint(query, {}, archive=Sample(0, {})) == ()


def test_an_archive_counts_stories_not_words() -> None:
    feed = FeedUrl("https://example.org/rss")
    stories = [Story(feed, StoryKey("1"), "asylum asylum"), Story(feed, StoryKey("2"), "x", summary="Asylum")]
    archive = sample(stories)
    assert archive.stories == 2
    assert archive.tokens["asylum"] == 2


def test_short_terms_of_entities() -> None:
    assert lint_entity(Entity("e", {"en": ("UN", "=US", "consulate"), "ru": ("ЕС",), "*": ("UN",)})) == (
        "UN",
        "ЕС",
    )


def test_entities_that_nobody_uses() -> None:
    rule = Rule(RuleId("r"), parse("@mission.en"), parse("@any"), Level.ALERT)
    book = RuleBook(entities=ENTITIES, rules=(rule,))
    assert unused_entities(book) == ("english", "empty")
    assert unused_entities(book, included=["empty"]) == ("english",)
