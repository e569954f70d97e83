"""One decision becomes true, whole or not at all, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.match.plan import Everything
from monitor.core.model import (
    CardStory,
    Evidence,
    FeedUrl,
    Hit,
    Kept,
    Kind,
    Level,
    Outcome,
    RuleId,
    Sent,
    StoredStory,
)
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, card, hit, minutes, state, story
from tests.contract.outcomes import LEASE, grown, kept, opened, outcome, owed, send

RICH = Kept(
    story(
        "«Перебежчик» 'enters' 총영사관 \"U.S.\"",
        key="guid:1",
        url="https://news.example/1?a=b&c=d",
        summary="summary; drop table stories --",
        text="text\nwith lines\x00and more 😀",
        author="A. N. Other",
        published=minutes(-17.5),
        lang="ru",
        tags=("wire", "местные"),
        tier="official",
    ),
    (
        Hit(
            RuleId("defection"),
            Level.FLASH,
            (
                Evidence("@seeks", "перебежчик", "title", 1, 11, "Перебежчик"),
                Evidence("@mission", "총영사관", "title", 21, 25, "총영사관"),
            ),
        ),
        Hit(RuleId("another"), Level.INFO, ()),
    ),
    1,
    "a new event",
)


def everything(store: Store) -> object:
    """All that can be seen of a store."""
    facts = store.facts_for(story().feed, [story(), RICH.story], minutes(-(10**4)))
    return (
        store.status(),
        facts,
        store.cards(100),
        list(store.candidates(Everything())),
        store.subscriptions(),
    )


def test_what_was_saved_comes_back_as_it_was(store: Store) -> None:
    store.save(outcome(RICH, cards=[card(1, Level.FLASH)], at=minutes(2)))
    (stored,) = store.candidates(Everything())
    assert stored == StoredStory(1, RICH.story, minutes(2), (RuleId("defection"), RuleId("another")), 1)
    view = store.card(1)
    assert view is not None
    assert view.card == card(1, Level.FLASH)
    assert view.stories == (CardStory(RICH.story, minutes(2), RICH.hits),)


def test_a_story_without_a_hit_is_kept(store: Store) -> None:
    store.save(outcome(kept("quiet")))
    (stored,) = store.candidates(Everything())
    assert stored == StoredStory(1, story("quiet"), NOW)
    assert store.status().hits == 0


def test_a_hit_without_a_card_is_kept(store: Store) -> None:
    store.save(outcome(kept("first sight", "r")))
    (stored,) = store.candidates(Everything())
    assert (stored.rules, stored.card) == (("r",), None)
    assert store.status().hits == 1


def test_the_state_becomes_true_with_the_stories(store: Store) -> None:
    store.save(outcome(kept("a"), body_digest="d", next_poll_at=minutes(15)))
    assert store.feed_states() == (state(body_digest="d", next_poll_at=minutes(15)),)


def test_saving_twice_is_saving_once(store: Store) -> None:
    twice = outcome(RICH, kept("quiet"), cards=[card(1)], owe=[owed(1, CHAT), owed(1, GROUP)])
    store.save(twice)
    before = everything(store)
    store.save(twice)
    assert everything(store) == before


def test_saving_twice_sends_nothing_twice(store: Store) -> None:
    alert, update = opened(1, CHAT), grown(1)
    for each in (alert, alert, update, update):
        store.save(each)
    send(store, Sent("m1"))
    send(store, Sent("m1"))
    before = everything(store)
    store.save(alert)
    store.save(update)
    assert everything(store) == before
    assert store.claim(minutes(1), LEASE, 10) == ()


def test_the_first_word_on_a_story_stands(store: Store) -> None:
    store.save(outcome(kept("old title", "r", key="k")))
    store.save(outcome(kept("new title", "r", "q", key="k", card=1), cards=[card()]))
    (stored,) = store.candidates(Everything())
    assert (stored.story.title, stored.rules, stored.card) == ("old title", ("r",), None)


def test_a_key_that_comes_twice_in_one_outcome_is_stored_once(store: Store) -> None:
    store.save(outcome(kept("one", key="k"), kept("two", key="k"), kept("three")))
    assert [each.story.title for each in store.candidates(Everything())] == ["three", "one"]


def test_a_card_rises_and_never_falls_and_keeps_its_opening(store: Store) -> None:
    store.save(outcome(cards=[card(1, Level.ALERT)]))
    store.save(outcome(cards=[card(1, Level.FLASH, minutes(9))]))
    store.save(outcome(cards=[card(1, Level.INFO, minutes(-9))]))
    view = store.card(1)
    assert view is not None
    assert view.card == card(1, Level.FLASH, NOW)


BAD: list[Outcome] = [
    outcome(kept("a", "r", card=1), cards=[card(1)], owe=[owed(1), owed(2)], failures=5),
    outcome(kept("a", "r", card=1), kept("b", "r", card=2), cards=[card(1)], owe=[owed(1)], failures=5),
    outcome(kept("a", "r", card=1), kept("b", "r", "r", card=1), cards=[card(1)], owe=[owed(1)], failures=5),
    outcome(
        kept("a", "r", card=1),
        kept("b", feed=FeedUrl("https://other.example/")),
        cards=[card(1)],
        owe=[owed(1)],
        failures=5,
    ),
]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        pytest.param(BAD[0], r"cards that do not exist: \[2\]", id="delivery of a card that does not exist"),
        pytest.param(BAD[1], r"cards that do not exist: \[2\]", id="story on a card that does not exist"),
        pytest.param(BAD[2], r"two hits of one rule", id="two hits of one rule on one story"),
        pytest.param(BAD[3], r"a story of https://other", id="story of another feed"),
    ],
)
def test_half_a_save_is_no_save(store: Store, bad: Outcome, why: str) -> None:
    before = everything(store)
    with pytest.raises(ValueError, match=why):
        store.save(bad)
    assert everything(store) == before
    store.save(replace(bad, stories=bad.stories[:1], deliveries=bad.deliveries[:1]))
    assert store.status().owed == 1


def test_a_time_without_a_zone_cannot_be_stored(store: Store) -> None:
    before = everything(store)
    with pytest.raises(ValueError, match="without a zone"):
        store.save(outcome(kept("a"), kept("b", published=NOW.replace(tzinfo=None))))
    assert everything(store) == before


def test_a_card_that_is_stored_already_can_be_named(store: Store) -> None:
    store.save(opened(1))
    store.save(outcome(kept("b", "r", card=1), owe=[owed(1)]))
    view = store.card(1)
    assert view is not None
    assert [each.story.title for each in view.stories] == ["story 1", "b"]
    assert [each.hits for each in view.stories] == [(hit("r"),), (hit("r"),)]


def test_an_alert_owed_twice_stays_one(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.save(outcome(kept("b", "r", card=1), owe=[owed(1, CHAT, level=Level.FLASH)]))
    (claimed,) = store.claim(NOW, LEASE, 10)
    assert claimed.delivery.level is Level.ALERT
    store.save(outcome(kept("c", "r", card=1), owe=[owed(1, CHAT)]))
    assert store.settle(claimed.delivery.id, 1, Sent("m1"), NOW)
    store.save(outcome(kept("d", "r", card=1), owe=[owed(1, CHAT)]))
    assert store.claim(minutes(9), LEASE, 10) == ()
    assert (store.status().owed, store.status().sent) == (0, 1)


def test_an_update_that_still_waits_stays_as_it_is(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Sent("m1"))
    store.save(grown(1, "b"))
    store.save(outcome(kept("c", "r", card=1), owe=[owed(1, CHAT, Kind.UPDATE, Level.FLASH)], at=minutes(5)))
    assert (store.status().owed, store.status().oldest_owed_at) == (1, NOW)
    (claimed,) = store.claim(minutes(6), LEASE, 10)
    assert claimed.delivery.level is Level.ALERT


def test_an_update_that_was_sent_becomes_owed_again(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Sent("m1"))
    store.save(grown(1, "b"))
    first = send(store, Sent("m1"))
    store.save(grown(1, "c", at=minutes(5)))
    assert (store.status().owed, store.status().oldest_owed_at) == (1, minutes(5))
    (claimed,) = store.claim(minutes(6), LEASE, 10)
    assert claimed.delivery.attempt == 1
    assert not claimed.delivery.repeat
    assert not store.settle(first, 1, Sent("late"), minutes(6))
