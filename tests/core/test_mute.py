"""Mutes: what they cover, for whom, and for how long; and what subscriptions mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from monitor.core.board import mark_of, wants
from monitor.core.decide import Arrival, Policy, decide, decide_article
from monitor.core.match import compile_book
from monitor.core.model import (
    Destination,
    Entity,
    Facts,
    Hushed,
    Kind,
    Level,
    Mute,
    MuteKind,
    Outcome,
    QuietHours,
    RecentCard,
    RuleId,
    Story,
    StoryKey,
)
from monitor.core.mute import Mutes, told
from tests.build import (
    CHAT,
    FEED,
    GROUP,
    NOW,
    batch,
    book,
    card,
    facts,
    hit,
    minutes,
    page,
    rule,
    stored,
    story,
    subscription,
)

BOOK = book(
    replace(rule("asylum", "asylum"), tags=("russia", "people")),
    rule("consulate", "consulate", Level.FLASH),
    entities={"sport": Entity("sport", {"en": ("football", "hockey")})},
)
MATCHER = compile_book(BOOK)
STORY = story("Footballer asks for asylum", source="Yonhap News", summary="A football player.")
NIGHT = QuietHours(CHAT, time(9), time(12), ZoneInfo("UTC"), frozenset({Level.FLASH}))


def mute(kind: MuteKind, value: str, until: float = 60, where: Destination = CHAT) -> Mute:
    return Mute(where, kind, value, minutes(until))


def run(*stories: Story, given: Facts) -> Outcome:
    return decide(Arrival(FEED, page(), batch(*stories), NOW, 0.0), given, MATCHER, Policy(), BOOK)


@pytest.mark.parametrize(
    ("kind", "value", "covers"),
    [
        pytest.param(MuteKind.RULE, "asylum", True, id="its-rule"),
        pytest.param(MuteKind.RULE, "consulate", False, id="another-rule"),
        pytest.param(MuteKind.CARD, "7", True, id="its-card"),
        pytest.param(MuteKind.CARD, "8", False, id="another-card"),
        pytest.param(MuteKind.QUERY, "source:yonhap", True, id="its-source"),
        pytest.param(MuteKind.QUERY, "source:tass", False, id="another-source"),
        pytest.param(MuteKind.QUERY, "asylum football", True, id="a-query"),
        pytest.param(MuteKind.QUERY, "asylum -football", False, id="a-query-that-excludes-it"),
        pytest.param(MuteKind.QUERY, "@sport", True, id="an-entity-of-the-rules"),
        pytest.param(MuteKind.QUERY, "@lost", False, id="an-entity-that-the-rules-lost"),
        pytest.param(MuteKind.QUERY, "level:alert", True, id="its-level"),
        pytest.param(MuteKind.QUERY, "rule:consulate", False, id="a-rule-by-query"),
        pytest.param(MuteKind.QUERY, "within:1h asylum", True, id="an-undated-story-is-of-now"),
    ],
)
def test_a_mute_covers(kind: MuteKind, value: str, covers: bool) -> None:
    mutes = Mutes((mute(kind, value),), BOOK.entities, NOW)

    for _ in range(2):
        assert (mutes.silenced(CHAT, STORY, hit("asylum"), 7) is not None) == covers
    assert mutes.silenced(GROUP, STORY, hit("asylum"), 7) is None


def test_a_mute_ends_and_the_longest_one_is_told() -> None:
    short, long = mute(MuteKind.RULE, "asylum", 5), mute(MuteKind.CARD, "7", 50)

    assert Mutes((short, long), {}, NOW).silenced(CHAT, STORY, hit("asylum"), 7) == long
    assert Mutes((short,), {}, minutes(5)).silenced(CHAT, STORY, hit("asylum"), 7) is None


@pytest.mark.parametrize(
    ("kind", "words"),
    [(MuteKind.RULE, "rule 7"), (MuteKind.CARD, "card #7"), (MuteKind.QUERY, '"7"')],
)
def test_a_mute_in_words(kind: MuteKind, words: str) -> None:
    assert told(mute(kind, "7")) == words


def test_who_muted_is_owed_nothing_and_the_hit_is_kept_with_the_reason() -> None:
    given = facts(
        subscriptions=(subscription(CHAT), subscription(GROUP)), mutes=(mute(MuteKind.RULE, "asylum"),)
    )

    outcome = run(STORY, given=given)

    assert [(o.destination, o.kind) for o in outcome.deliveries] == [(GROUP, Kind.ALERT)]
    assert outcome.hushed == (Hushed(1, CHAT, "rule asylum"),)
    assert outcome.stories[0].hits
    assert "muted for telegram:42: rule asylum" in outcome.stories[0].why


def test_what_is_not_muted_of_a_story_still_rings() -> None:
    given = facts(mutes=(mute(MuteKind.RULE, "asylum"),))

    outcome = run(story("Asylum at the consulate"), given=given)

    assert [(o.destination, o.level) for o in outcome.deliveries] == [(CHAT, Level.FLASH)]
    assert outcome.hushed == ()


def test_a_card_that_was_muted_rings_with_its_first_story_that_is_not() -> None:
    muted = story("Asylum at the border", source="Yonhap", url="https://e.example/1")
    loud = story("Asylum at the border", key="2", source="Tass", url="https://e.example/1")
    given = facts(mutes=(mute(MuteKind.QUERY, "source:yonhap"),))

    outcome = run(loud, muted, given=given)

    assert [(o.card, o.kind) for o in outcome.deliveries] == [(1, Kind.ALERT)]
    assert outcome.hushed == ()


def test_two_subscriptions_of_one_chat_are_hushed_only_if_both_are() -> None:
    both = (subscription(CHAT, "asylum"), subscription(CHAT, "consulate"))
    given = facts(subscriptions=both, mutes=(mute(MuteKind.RULE, "asylum"),))

    outcome = run(story("Asylum at the consulate"), given=given)

    assert [o.destination for o in outcome.deliveries] == [CHAT]
    assert outcome.hushed == ()
    assert "muted" not in outcome.stories[0].why


def test_a_muted_card_gets_no_updates_and_is_not_called_untold() -> None:
    first = replace(STORY, url="https://e.example/1")
    told_before = RecentCard(card(), frozenset({RuleId("asylum")}), (mark_of(first),), frozenset({CHAT}))

    outcome = run(
        replace(first, key=StoryKey("2")), given=facts(told_before, mutes=(mute(MuteKind.CARD, "1"),))
    )

    assert outcome.stories[0].card == 1
    assert (outcome.deliveries, outcome.hushed) == ((), ())


def test_what_an_article_newly_hits_can_be_muted_too() -> None:
    given = facts(mutes=(mute(MuteKind.RULE, "asylum"),))

    outcome = decide_article(stored(1, story("A man")), "He asks for asylum.", NOW, given, MATCHER, book=BOOK)

    assert outcome.deliveries == ()
    assert [each.destination for each in outcome.hushed] == [CHAT]
    assert "muted for" in outcome.edits[0].why


@pytest.mark.parametrize(
    ("title", "until"),
    [
        pytest.param("Asylum", NOW.replace(hour=12), id="held"),
        pytest.param("Asylum at the consulate", None, id="a-level-that-rings"),
    ],
)
def test_quiet_hours_hold_what_is_owed_and_not_what_is_decided(title: str, until: object) -> None:
    outcome = run(story(title), given=facts(quiet=(NIGHT,)))

    assert [each.not_before for each in outcome.deliveries] == [until]
    assert outcome.stories[0].hits


def test_quiet_hours_of_one_chat_are_not_those_of_another() -> None:
    given = facts(subscriptions=(subscription(GROUP),), quiet=(NIGHT,))

    assert [each.not_before for each in run(story("Asylum"), given=given).deliveries] == [None]


@pytest.mark.parametrize(
    ("selector", "level"),
    [
        pytest.param("tag:russia", Level.ALERT, id="a-tag-of-the-rule"),
        pytest.param("tag:weather", None, id="a-tag-of-no-rule"),
        pytest.param("level:alert", Level.ALERT, id="its-level"),
        pytest.param("level:info", Level.ALERT, id="a-lower-level"),
        pytest.param("level:flash", None, id="a-higher-level"),
        pytest.param("level:loud", None, id="no-level"),
        pytest.param("asylum", Level.ALERT, id="its-rule"),
        pytest.param("all", Level.ALERT, id="all"),
    ],
)
def test_a_subscription_by_tag_or_level(selector: str, level: Level | None) -> None:
    tags = {each.id: each.tags for each in BOOK.rules}
    waiting = subscription(CHAT, selector)

    assert wants(waiting, (hit("asylum"),), tags) == level
    outcome = run(story("Asylum"), given=facts(subscriptions=(waiting,)))
    assert [each.level for each in outcome.deliveries] == ([] if level is None else [level])
