from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.board import chosen
from monitor.core.discretion import open_to, shown, shown_story, without_others
from monitor.core.language import parse
from monitor.core.model import (
    Card,
    CardStory,
    CardView,
    Destination,
    Level,
    Rule,
    RuleId,
    StoredStory,
    Subscription,
    Watch,
    personal,
)
from tests.build import CHAT, NOW, hit, story

MINE, THEIRS = RuleId("watch-1"), RuleId("watch-2")


def on_card(title: str, *rules: str, level: Level = Level.ALERT) -> CardStory:
    return CardStory(story(title), NOW, tuple(hit(rule, level) for rule in rules))


def card(*stories: CardStory, level: Level = Level.ALERT) -> CardView:
    return CardView(Card(1, level, NOW), stories)


@pytest.mark.parametrize(
    ("rule", "is_personal"),
    [
        ("watch-1", True),
        ("watch-123", True),
        ("watch-", False),
        ("watch-x", False),
        ("border", False),
        ("a-watch-1", False),
    ],
)
def test_which_rules_are_personal(rule: str, is_personal: bool) -> None:
    assert personal(rule) is is_personal


def test_a_rule_of_the_book_is_open_to_all_and_a_personal_one_to_its_chat() -> None:
    assert open_to(RuleId("border"), ())
    assert open_to(MINE, {MINE})
    assert not open_to(THEIRS, {MINE})


def test_a_card_without_personal_hits_is_shown_as_it_is() -> None:
    view = card(on_card("a", "border"))
    assert shown(view) is view
    assert without_others(view, {MINE}) is view


def test_a_card_without_any_hit_is_shown_as_it_is() -> None:
    view = card(on_card("a"))
    assert shown(view) is view


def test_hits_stories_and_level_of_others_are_left_out() -> None:
    both, alone = (
        on_card("a", "border", "watch-2", level=Level.INFO),
        on_card("b", "watch-2", level=Level.FLASH),
    )
    seen = shown(card(both, alone, level=Level.FLASH))
    assert seen == card(on_card("a", "border", level=Level.INFO), level=Level.INFO)


def test_a_card_that_only_others_opened_is_not_shown() -> None:
    view = card(on_card("a", "watch-2"))
    assert shown(view, {MINE}) is None
    assert shown(view, {THEIRS}) is view
    assert without_others(view, {MINE}) == card()


def test_what_became_of_a_story_is_shown_as_far_as_it_is_the_business_of_a_chat() -> None:
    plain = StoredStory(1, story(), NOW, (RuleId("border"),), 7)
    both = replace(plain, rules=(RuleId("border"), THEIRS))
    alone = replace(plain, rules=(THEIRS,))
    assert shown_story(plain) is plain
    assert shown_story(both) == plain
    assert shown_story(alone) == replace(plain, rules=(), card=None)
    assert shown_story(alone, {THEIRS}) is alone


@pytest.mark.parametrize("selector", ["all", "tag:x", "level:info", "watch-2", "border"])
def test_no_selector_of_others_means_a_personal_rule(selector: str) -> None:
    assert not chosen(selector, MINE, Level.FLASH, ("x",))
    assert chosen("watch-1", MINE, Level.FLASH, ())


def test_a_watch_is_a_rule_for_its_chat() -> None:
    watch = Watch(12, CHAT, "망명 border", "telegram:42", NOW)
    query = parse(watch.query)
    assert watch.rule(query) == Rule(RuleId("watch-12"), query, level=Level.ALERT, name="망명 border")
    assert watch.subscription == Subscription(CHAT, "watch-12", NOW, "telegram:42")
    assert Destination.read("telegram:42") == CHAT
