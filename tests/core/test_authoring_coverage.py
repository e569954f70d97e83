"""Coverage: where no live feed could ever satisfy a rule, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.authoring.coverage import Cell, Refused, Standing, coverage, refusal
from monitor.core.language import Dialect, parse
from monitor.core.model import Entity, Feed, FeedState, FeedUrl, Rule, RuleBook, RuleId
from tests.build import NOW, book, rule

ENTITIES = {
    "mission": Entity("mission", {"en": ("consulate",), "ko": ("영사관",)}),
    "names": Entity("names", {"*": ("Kim", "Ким")}),
}


def feed(lang: str | None = "en", tier: str | None = "wire", **fields) -> Feed:
    url = FeedUrl(f"https://{lang}.{tier}.example/{len(fields)}")
    return replace(Feed(url, "Daily NK", lang=lang, tags=("korea",), tier=tier), **fields)


def refused(match: str, lang: str | None, unless: str | None = None) -> Refused | None:
    wanted = Rule(RuleId("r"), parse(match, Dialect.RULE), parse(unless) if unless else None)
    return refusal(wanted, feed(lang), ENTITIES)


@pytest.mark.parametrize(
    ("match", "lang"),
    [
        pytest.param("consulate", "en", id="a word in its language"),
        pytest.param("consulate", "de", id="Latin letters for any language that has them"),
        pytest.param("영사관", "ko", id="Hangul"),
        pytest.param("北노동자", "ko", id="Han in Korean"),
        pytest.param("UNHCR 영사관", "ko", id="an acronym is read everywhere"),
        pytest.param("2026 консульство", "ru", id="numbers are read everywhere"),
        pytest.param("@mission", "ko", id="an entity with terms of the language"),
        pytest.param("@mission.ko", "ko", id="one language of an entity"),
        pytest.param("@names", "ru", id="terms of any language in its letters"),
        pytest.param("consulate OR 영사관", "ko", id="one alternative is enough"),
        pytest.param("2of(consulate, 영사관, 망명)", "ko", id="enough parts"),
        pytest.param("영사관 -film", "ko", id="what must not be there needs no form"),
        pytest.param("영사관 author:smith", "ko", id="what only a story has"),
        pytest.param("title:영사관", "ko", id="a field of words"),
        pytest.param("lang:en", "en", id="the language asked for"),
        pytest.param("tier:(wire OR state) tag:korea source:nk consulate", "en", id="the feed asked for"),
        pytest.param("consulate -tier:state", "en", id="another tier excluded"),
        pytest.param("/x/", "ko", id="nobody knows of a pattern"),
        pytest.param(
            "consulate 영사관 @mission.ko lang:fr", None, id="a feed without a language may hold all"
        ),
    ],
)
def test_what_a_feed_could_satisfy(match, lang) -> None:
    assert refused(match, lang) is None


@pytest.mark.parametrize(
    ("match", "lang", "standing", "clause"),
    [
        pytest.param("consulate", "ko", Standing.NO_FORM, "consulate", id="no form"),
        pytest.param("영사관", "en", Standing.NO_FORM, "영사관", id="another script"),
        pytest.param("영사관 consulate", "ko", Standing.NO_FORM, "consulate", id="one clause of two"),
        pytest.param("영사관 NEAR consulate", "ko", Standing.NO_FORM, "consulate", id="a side of NEAR"),
        pytest.param("@mission", "ru", Standing.NO_FORM, "@mission", id="an entity without the language"),
        pytest.param("@mission.en", "ko", Standing.NO_FORM, "@mission.en", id="another language of it"),
        pytest.param("@names", "ko", Standing.NO_FORM, "@names", id="terms of any language in other letters"),
        pytest.param("consulate OR embassy", "ru", Standing.NO_FORM, "consulate", id="no alternative"),
        pytest.param(
            "2of(consulate, 영사관, embassy)", "ko", Standing.NO_FORM, "consulate", id="too few parts"
        ),
        pytest.param("title:consulate", "ru", Standing.NO_FORM, "consulate", id="in a field"),
        pytest.param(
            "consulate lang:ko", "en", Standing.EXCLUDED, "lang:ko", id="another language asked for"
        ),
        pytest.param(
            "consulate tier:state", "en", Standing.EXCLUDED, "tier:state", id="another tier asked for"
        ),
        pytest.param("consulate -tag:korea", "en", Standing.EXCLUDED, "-tag:korea", id="its tag excluded"),
        pytest.param(
            "consulate -(tag:x OR tier:wire)", "en", Standing.EXCLUDED, "-(tag:x OR tier:wire)", id="either"
        ),
        pytest.param(
            "consulate -2of(tag:x, tag:korea, tier:wire)", "en", Standing.EXCLUDED, None, id="two of three"
        ),
    ],
)
def test_what_a_feed_can_never_satisfy(match, lang, standing, clause) -> None:
    found = refused(match, lang)
    assert found is not None
    assert found.standing is standing
    assert clause in (None, found.clause)


@pytest.mark.parametrize(
    ("unless", "standing"),
    [
        pytest.param("tier:wire", Standing.EXCLUDED, id="always true of the feed"),
        pytest.param("tier:wire tag:korea", Standing.EXCLUDED, id="all of it"),
        pytest.param("tier:wire film", None, id="only with a word"),
        pytest.param("film", None, id="a word"),
        pytest.param("after:2020-01-01", None, id="a date"),
    ],
)
def test_an_unless_may_exclude_a_whole_feed(unless, standing) -> None:
    found = refused("consulate", "en", unless)
    assert (found.standing if found else None) is standing


def cells(feeds: list[Feed], *states: FeedState, match: str = "@mission") -> tuple[Cell, ...]:
    known = {state.url: state for state in states}
    return coverage(RuleBook(tuple(feeds), ENTITIES, (rule("r", match),)), known).cells


def told(cell: Cell) -> tuple[object, ...]:
    return cell.lang, cell.tier, cell.standing, cell.feeds, cell.able, cell.live


def test_every_language_meets_every_tier() -> None:
    found = cells([feed("en", "wire"), feed("ru", "local")])
    assert [told(cell) for cell in found] == [
        ("en", "local", Standing.NO_FEED, 0, 0, 0),
        ("en", "wire", Standing.COVERED, 1, 1, 1),
        ("ko", "local", Standing.NO_FEED, 0, 0, 0),
        ("ko", "wire", Standing.NO_FEED, 0, 0, 0),
        ("ru", "local", Standing.NO_FORM, 1, 0, 0),
        ("ru", "wire", Standing.NO_FEED, 0, 0, 0),
    ]
    assert found[4].clause == "@mission"


def state(of: Feed, failures: int = 0, *, gone: bool = False) -> FeedState:
    return FeedState(of.url, of.name, next_poll_at=None if gone else NOW, last_poll_at=NOW, failures=failures)


@pytest.mark.parametrize(
    ("made", "standing", "live"),
    [
        pytest.param([(0, False), (2, False)], Standing.COVERED, 2, id="two bad polls are nothing"),
        pytest.param([(0, False), (3, False)], Standing.COVERED, 1, id="one of two fails"),
        pytest.param([(3, False), (0, True)], Standing.FAILING, 0, id="one fails, one is gone"),
        pytest.param([(0, True), (9, True)], Standing.GONE, 0, id="all are gone"),
    ],
)
def test_feeds_that_fail_or_are_gone_do_not_count(made, standing, live) -> None:
    feeds = [feed(every=1), feed(every=2, name="x")]
    states = [state(of, count, gone=gone) for of, (count, gone) in zip(feeds, made, strict=True)]
    english = next(cell for cell in cells(feeds, *states) if cell.lang == "en")
    assert (english.standing, english.feeds, english.able, english.live) == (standing, 2, 2, live)


def test_only_feeds_that_could_satisfy_it_count() -> None:
    feeds = [feed(), feed(tags=("sport",), name="x")]
    english = next(cell for cell in cells(feeds, match="@mission tag:sport") if cell.lang == "en")
    assert told(english) == ("en", "wire", Standing.COVERED, 2, 1, 1)


def test_a_rule_is_blind_where_no_feed_of_a_language_serves_it() -> None:
    feeds = [feed("en"), feed("en", "local"), feed("ko"), feed(None, None)]
    found = coverage(
        RuleBook(tuple(feeds), ENTITIES, (rule("r", "영사관"), rule("q", "tier:wire @mission"))), {}
    )
    assert found.blind == (("r", "en"), ("q", None))
    assert found.langs == ("en", "ko", None)
    assert found.tiers == ("local", "wire", None)
    assert not found.polled


def test_a_book_without_rules_has_nothing_to_tell() -> None:
    assert coverage(book(), {}).cells == ()
