from dataclasses import replace

import pytest

from monitor.core.cadence import Pace
from monitor.core.decide import Arrival, Policy, decide, mark_of, wants
from monitor.core.match import compile_book
from monitor.core.model import Kind, Level, RecentCard, RuleId, StoryKey
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
    state,
    story,
    subscription,
)

BOOK = book(
    rule("asylum", "asylum"),
    rule("consulate", "consulate", Level.FLASH),
    rule("weather", "rain", Level.INFO),
)
MATCHER = compile_book(BOOK)
POLICY = Policy(Pace())


def run(*stories, given=None, policy=POLICY, **fields):
    arrival = Arrival(FEED, page(), batch(*stories, **fields), NOW, 0.0)
    return decide(arrival, given or facts(), MATCHER, policy)


def owed(outcome):
    return [(o.card, o.destination, o.kind, o.level) for o in outcome.deliveries]


def recent(number, *stories, rules=("asylum",), told=()):
    return RecentCard(
        card(number), frozenset(map(RuleId, rules)), tuple(mark_of(s) for s in stories), frozenset(told)
    )


def test_a_story_without_a_hit_is_kept_and_nobody_is_owed_anything():
    outcome = run(story("Market closes higher"))
    assert [(k.story.title, k.hits, k.card) for k in outcome.stories] == [("Market closes higher", (), None)]
    assert (outcome.cards, outcome.deliveries) == ((), ())


def test_a_hit_opens_a_card_and_owes_an_alert_to_each_subscriber():
    given = facts(subscriptions=(subscription(CHAT), subscription(GROUP, "asylum")))
    outcome = run(story("Worker asks for asylum"), given=given)
    assert [k.card for k in outcome.stories] == [1]
    assert [(c.number, c.level, c.opened_at) for c in outcome.cards] == [(1, Level.ALERT, NOW)]
    assert owed(outcome) == [(1, CHAT, Kind.ALERT, Level.ALERT), (1, GROUP, Kind.ALERT, Level.ALERT)]


def test_a_subscriber_of_another_rule_is_owed_nothing():
    assert owed(run(story("Asylum"), given=facts(subscriptions=(subscription(CHAT, "weather"),)))) == []


def test_several_rules_on_one_story_are_one_alert_at_the_highest_level():
    given = facts(subscriptions=(subscription(CHAT, "asylum"), subscription(CHAT, "consulate")))
    outcome = run(story("Asylum at the consulate"), given=given)
    assert owed(outcome) == [(1, CHAT, Kind.ALERT, Level.FLASH)]
    assert [h.rule for h in outcome.stories[0].hits] == ["asylum", "consulate"]
    assert outcome.cards[0].level is Level.FLASH


def test_known_stories_and_repeated_keys_are_skipped():
    twice = story("Asylum", key="k")
    outcome = run(
        story("Asylum old", key="old"), twice, twice, given=facts(known=frozenset({StoryKey("old")}))
    )
    assert [k.story.key for k in outcome.stories] == ["k"]


@pytest.mark.parametrize(
    ("stories", "expected"),
    [
        pytest.param(
            [story("c"), story("b"), story("a")], ["a", "b", "c"], id="undated: reversed, newest comes first"
        ),
        pytest.param(
            [
                story("b", published=minutes(2)),
                story("a", published=minutes(1)),
                story("c", published=minutes(3)),
            ],
            ["a", "b", "c"],
            id="by date",
        ),
        pytest.param(
            [story("u"), story("a", published=minutes(1)), story("b", published=minutes(2))],
            ["a", "b", "u"],
            id="an undated one counts as the newest",
        ),
    ],
)
def test_stories_are_decided_oldest_first(stories, expected):
    assert [k.story.title for k in run(*stories).stories] == expected


def test_first_sight_of_a_feed_stores_cards_but_alerts_nobody():
    given = facts(state=state(seen_before=False))
    outcome = run(story("Asylum"), given=given)
    assert owed(outcome) == []
    assert [k.card for k in outcome.stories] == [1]
    assert "first sight" in outcome.stories[0].why
    assert outcome.state.seen_before
    loud = run(story("Asylum"), given=given, policy=Policy(alert_on_first_poll=True))
    assert owed(loud) == [(1, CHAT, Kind.ALERT, Level.ALERT)]


FIRST = story("North Korean worker asks for asylum", url="https://a.example/1")
AGAIN = story("North Korean worker asks for asylum", key="2", url="https://b.example/2")


def test_a_second_outlet_updates_the_card_of_those_who_were_told():
    outcome = run(AGAIN, given=facts(recent(7, FIRST, told=[CHAT])))
    assert outcome.stories[0].card == 7
    assert outcome.cards == ()
    assert owed(outcome) == [(7, CHAT, Kind.UPDATE, Level.ALERT)]


def test_who_was_not_told_of_the_card_gets_an_alert():
    given = facts(recent(7, FIRST, told=[CHAT]), subscriptions=(subscription(CHAT), subscription(GROUP)))
    assert owed(run(AGAIN, given=given)) == [
        (7, CHAT, Kind.UPDATE, Level.ALERT),
        (7, GROUP, Kind.ALERT, Level.ALERT),
    ]


def test_two_reports_in_one_page_are_one_alert_and_no_update():
    assert owed(run(FIRST, AGAIN)) == [(1, CHAT, Kind.ALERT, Level.ALERT)]


def test_a_later_report_in_the_page_can_raise_the_level_of_the_alert():
    first = story("Asylum at a mission in the town", url="https://a.example/1", published=minutes(1))
    second = replace(first, key=StoryKey("2"), title="Consulate confirms the report", published=minutes(2))
    outcome = run(
        first, second, given=facts(subscriptions=(subscription(CHAT, "all"), subscription(CHAT, "consulate")))
    )
    assert {k.card for k in outcome.stories} == {1}
    assert outcome.cards[0].level is Level.FLASH
    assert owed(outcome) == [(1, CHAT, Kind.ALERT, Level.FLASH)]


def test_an_update_is_owed_once_at_the_highest_level():
    stories = [
        replace(AGAIN, key=StoryKey("2"), published=minutes(1)),
        replace(AGAIN, key=StoryKey("3"), title=AGAIN.title + " at consulate", published=minutes(2)),
        replace(AGAIN, key=StoryKey("4"), published=minutes(3)),
    ]
    outcome = run(*stories, given=facts(recent(7, FIRST, told=[CHAT])))
    assert owed(outcome) == [(7, CHAT, Kind.UPDATE, Level.FLASH)]
    assert [(c.number, c.level) for c in outcome.cards] == [(7, Level.FLASH)]


def test_deciding_twice_on_the_same_facts_gives_the_same_outcome():
    assert run(FIRST, AGAIN) == run(FIRST, AGAIN)


def test_the_feeds_ttl_reaches_the_cadence():
    assert "ttl" in run(ttl=7200).state.reason


def test_what_a_subscription_waits_for():
    hits = [hit("asylum", Level.INFO), hit("consulate", Level.FLASH)]
    assert wants(subscription(selector="all"), hits) is Level.FLASH
    assert wants(subscription(selector="asylum"), hits) is Level.INFO
    assert wants(subscription(selector="weather"), hits) is None


def test_a_story_without_an_address_has_no_canonical_one():
    assert mark_of(story("A")).canonical_url is None
