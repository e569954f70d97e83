from dataclasses import replace

import pytest

from monitor.core.cadence import Pace
from monitor.core.decide import Arrival, Policy, decide, decide_article, mark_of, wants
from monitor.core.match import compile_book
from monitor.core.model import Kind, Level, RecentCard, RuleId, StoryKey, Vigil
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
    stored,
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
        story("Asylum old", key="old"),
        twice,
        twice,
        given=facts(known={StoryKey("old"): stored(1, story("Asylum old", key="old"), "asylum")}),
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


EDITED = story("Worker in the harbour", key="k", url="https://a.example/9", published=minutes(-60))


def known(of, *rules, **fields):
    """Facts with one stored story."""
    there = stored(5, of, *rules, card=fields.pop("card", None), article=fields.pop("article", False))
    return facts(known={of.key: there}, **fields)


def test_an_edit_without_a_new_hit_becomes_the_stored_version_and_tells_nobody():
    now = replace(EDITED, title="Workers in the harbour")
    outcome = run(now, given=known(EDITED))
    assert outcome.stories == outcome.deliveries == outcome.cards == ()
    (edit,) = outcome.edits
    assert (edit.id, edit.story, edit.hits, edit.card, edit.keep, edit.why) == (5, now, (), None, True, "")


def test_an_edit_that_a_rule_newly_matches_is_told_like_a_new_story():
    outcome = run(replace(EDITED, summary="He asks for asylum"), given=known(EDITED))
    assert owed(outcome) == [(1, CHAT, Kind.ALERT, Level.ALERT)]
    (edit,) = outcome.edits
    assert (edit.card, [h.rule for h in edit.hits]) == (1, ["asylum"])
    assert "since it was edited it matches asylum" in edit.why


def test_an_edit_that_another_rule_matches_updates_the_card_of_those_who_have_it():
    old = replace(EDITED, title="Worker asks for asylum")
    given = known(
        old,
        "asylum",
        card=7,
        cards=(recent(7, old, told=[CHAT]),),
        subscriptions=(subscription(CHAT), subscription(GROUP)),
    )
    outcome = run(replace(old, title="Worker asks for asylum in consulate"), given=given)
    assert owed(outcome) == [(7, CHAT, Kind.UPDATE, Level.FLASH), (7, GROUP, Kind.ALERT, Level.FLASH)]
    assert [(c.number, c.level) for c in outcome.cards] == [(7, Level.FLASH)]
    assert outcome.edits[0].card == 7


def test_an_edit_of_an_old_story_stays_on_its_old_card():
    old = replace(EDITED, title="Worker asks for asylum")
    given = known(old, "asylum", card=2, old_cards=(recent(2, old, told=[CHAT]),))
    outcome = run(replace(old, title="Worker asks for asylum in consulate"), given=given)
    assert owed(outcome) == [(2, CHAT, Kind.UPDATE, Level.FLASH)]
    assert [c.number for c in outcome.cards] == [2]


def test_a_rule_that_matched_before_is_not_told_again():
    old = replace(EDITED, title="Worker asks for asylum")
    given = known(old, "asylum", card=7, cards=(recent(7, old, told=[CHAT]),))
    outcome = run(replace(old, title="Worker asks for asylum again"), given=given)
    assert (owed(outcome), outcome.cards) == ([], ())
    assert [h.rule for h in outcome.edits[0].hits] == ["asylum"]


def test_an_unchanged_story_is_nothing():
    outcome = run(EDITED, given=known(EDITED))
    assert outcome.stories == outcome.edits == ()


def test_a_date_nine_hours_ahead_is_not_true_nine_hours_later():
    undated = replace(EDITED, published=None)
    later = Arrival(FEED, page(), batch(replace(EDITED, published=minutes(540))), minutes(600), 0.0)
    assert decide(later, known(undated), MATCHER, POLICY).edits == ()


def test_a_date_that_moves_into_the_future_does_not_touch_a_stored_story():
    undated = replace(EDITED, published=None)
    assert run(replace(EDITED, published=minutes(9_000)), given=known(undated)).edits == ()


def test_a_story_under_a_new_id_is_an_old_one_that_takes_the_new_id():
    there = stored(5, EDITED)
    outcome = run(replace(EDITED, key=StoryKey("new")), given=facts(alike=(there,)))
    assert outcome.stories == ()
    (edit,) = outcome.edits
    assert (edit.id, edit.story.key, edit.keep) == (5, "new", False)
    assert outcome.state.vigil.gap_at is None


def test_edits_come_oldest_first():
    one, two = (replace(EDITED, key=StoryKey(key), title=f"Title {key}") for key in ("one", "two"))
    given = facts(known={"one": stored(9, one), "two": stored(3, two)})
    now = (replace(one, summary="x"), replace(two, summary="x"))
    assert [edit.id for edit in run(*now, given=given).edits] == [3, 9]


def test_a_date_in_the_future_is_replaced_by_first_sight_and_marked():
    (kept,) = run(story("Title", published=minutes(9_000))).stories
    assert kept.story.published == NOW
    assert "future" in kept.story.doubt


def test_a_page_without_a_known_story_is_a_gap_that_is_told():
    outcome = run(story("One"), story("Two"))
    assert outcome.state.vigil.gap_at == NOW
    assert ["gap" in notice for notice in outcome.notices] == [True]
    assert run(story("One"), story("Two"), known=5).state.vigil.gap_at is None


def test_the_digests_of_the_page_are_handed_on():
    assert run(items=("a", "b")).items == ("a", "b")


def test_hub_and_topic_are_remembered_those_of_the_headers_first():
    after = run(hub="https://hub.example/", topic="https://a.example/rss").state
    assert (after.hub, after.topic) == ("https://hub.example/", "https://a.example/rss")
    headed = page(hub="https://other.example/", topic="https://t.example/")
    arrival = Arrival(FEED, headed, batch(hub="https://hub.example/"), NOW, 0.0)
    after = decide(arrival, facts(), MATCHER, POLICY).state
    assert (after.hub, after.topic) == ("https://other.example/", "https://t.example/")


def test_of_an_endless_feed_all_is_matched_and_some_is_stored():
    lasting = state(vigil=Vigil(endless_since=NOW, today=2_000, day="2026-09-27", left_out=1_050))
    stories = [story(f"Noise {i}") for i in range(60)] + [
        story("Asylum"),
        *(story(f"More {i}") for i in range(9)),
    ]
    outcome = run(*stories, given=facts(state=lasting))
    assert len(outcome.stories) == 51
    assert [k.story.title for k in outcome.stories if k.hits] == ["Asylum"]
    assert owed(outcome) == [(1, CHAT, Kind.ALERT, Level.ALERT)]
    assert (outcome.state.vigil.today, outcome.state.vigil.left_out) == (2_070, 1_069)
    quiet = [k.story.title for k in outcome.stories if not k.hits]
    assert quiet[0] == "Noise 49"  # the newest stay; pages list them first


def test_an_article_takes_the_place_of_what_the_feed_carries():
    there = stored(5, EDITED, article=False)
    outcome = decide_article(there, "He asked for asylum.", NOW, known(EDITED), MATCHER)
    (edit,) = outcome.edits
    assert (edit.story.text, edit.article, edit.keep) == ("He asked for asylum.", True, False)
    assert owed(outcome) == [(1, CHAT, Kind.ALERT, Level.ALERT)]
    assert outcome.state == state()
