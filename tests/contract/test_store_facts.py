"""The clerk's one question."""

from __future__ import annotations

import pytest

from monitor.core.model import (
    Card,
    Destination,
    Feed,
    FeedUrl,
    Kind,
    Level,
    RecentCard,
    Refused,
    RuleId,
    Sent,
    Story,
    StoryMark,
)
from monitor.core.text import canonical_url, fingerprint, title_words
from monitor.ports import Store
from tests.build import CHAT, FEED, GROUP, NOW, URL, card, minutes, state, story, subscription
from tests.contract.outcomes import grown, kept, opened, outcome, owed, send


def keys(*names: str) -> list[Story]:
    return [story(name) for name in names]


def recent(store: Store, minute: float = 0) -> list[int]:
    return [each.card.number for each in store.facts_for(URL, [], minutes(minute)).cards]


def test_nothing_is_known_in_the_beginning(store: Store) -> None:
    facts = store.facts_for(URL, keys("a"), NOW)
    assert facts.state == state(seen_before=False)
    assert (facts.known, facts.cards, facts.subscriptions, facts.next_card) == ({}, (), (), 1)


def test_known_are_those_of_the_keys_asked_for_that_are_stored(store: Store) -> None:
    store.save(outcome(kept("a"), kept("b")))
    assert store.facts_for(URL, keys("b", "c"), NOW).known.keys() == {"b"}
    assert store.facts_for(URL, [], NOW).known == {}


def test_the_same_key_in_another_feed_is_another_story(store: Store) -> None:
    store.save(outcome(kept("a")))
    other = FeedUrl("https://other.example/")
    store.sync_feeds([FEED, Feed(other, "other")], NOW)
    assert store.facts_for(other, keys("a"), NOW).known == {}
    store.save(outcome(kept("a", feed=other), url=other))
    assert store.status().stories == 2


def test_a_page_of_very_many_stories_is_asked_for_at_once(store: Store) -> None:
    store.save(outcome(*(kept(f"story {i}") for i in range(0, 3000, 2))))
    found = store.facts_for(URL, keys(*(f"story {i}" for i in range(3000))), NOW).known
    assert found.keys() == {f"story {i}" for i in range(0, 3000, 2)}


@pytest.mark.parametrize("key", ["", "a\x00b", 'кто\'s "there" %_*?', "😀" * 300])
def test_any_text_can_be_a_key(store: Store, key: str) -> None:
    store.save(outcome(kept("title", key=key)))
    assert store.facts_for(URL, keys(key, key + "x"), NOW).known.keys() == {key}


def test_a_card_is_recent_by_its_last_story(store: Store) -> None:
    store.save(opened(1, at=minutes(0)))
    store.save(opened(2, at=minutes(10)))
    assert recent(store, 0) == [2, 1]
    assert recent(store, 10) == [2]
    assert recent(store, 10.01) == []
    store.save(grown(1, at=minutes(20)))
    assert recent(store, 20) == [1]


def test_a_card_tells_its_rules_its_stories_and_who_was_told(store: Store) -> None:
    url = "https://News.example/a/?utm_source=rss#top"
    store.save(
        outcome(
            kept("Defector enters consulate", "r", "q", card=1, url=url, published=minutes(-3)),
            kept("Перебежчик в консульстве", card=1),
            cards=[card(1, Level.FLASH)],
            owe=[owed(1, CHAT), owed(1, GROUP)],
        )
    )
    expected = RecentCard(
        card=card(1, Level.FLASH),
        rules=frozenset({RuleId("r"), RuleId("q")}),
        stories=(
            StoryMark(
                feed=URL,
                canonical_url=canonical_url(url),
                fingerprint=fingerprint("Defector enters consulate"),
                words=title_words("Defector enters consulate"),
                published=minutes(-3),
            ),
            StoryMark(
                feed=URL,
                canonical_url=None,
                fingerprint=fingerprint("Перебежчик в консульстве"),
                words=title_words("Перебежчик в консульстве"),
                published=None,
            ),
        ),
        told=frozenset({CHAT, GROUP}),
    )
    assert store.facts_for(URL, [], NOW).cards == (expected,)
    assert expected.stories[0].canonical_url is not None


def test_told_is_who_was_sent_owed_or_refused_an_alert_but_not_an_update(store: Store) -> None:
    third, fourth = Destination("terminal"), Destination("telegram", "-100", 7)
    store.save(opened(1, CHAT))
    send(store, Sent("m1"))
    store.save(outcome(owe=[owed(1, GROUP)]))
    send(store, Refused("no rights"))
    store.save(outcome(owe=[owed(1, third), owed(1, fourth, Kind.UPDATE)]))
    assert store.facts_for(URL, [], NOW).cards[0].told == {CHAT, GROUP, third}


def test_subscriptions_come_oldest_first_without_those_out_of_reach(store: Store) -> None:
    store.subscribe(subscription(CHAT, "r"))
    store.subscribe(subscription(GROUP))
    store.subscribe(subscription(CHAT))
    assert store.facts_for(URL, [], NOW).subscriptions == store.subscriptions()
    store.save(opened(1, CHAT))
    send(store, Refused("blocked", suspend=True))
    assert store.facts_for(URL, [], NOW).subscriptions == (subscription(GROUP),)


def test_the_next_card_follows_the_highest(store: Store) -> None:
    store.save(outcome(cards=[Card(7, Level.INFO, NOW), Card(3, Level.INFO, NOW)]))
    assert store.facts_for(URL, [], NOW).next_card == 8
