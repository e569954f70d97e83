"""Who waits for what, and who is out of reach."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.model import Destination, Refused
from monitor.ports import Store
from tests.build import CHAT, GROUP, minutes, subscription
from tests.contract.outcomes import LEASE, opened, send

TOPIC = Destination("telegram", "-1001", 7)


def suspend(store: Store, card: int = 1) -> None:
    """CHAT refuses a card for good."""
    store.save(opened(card, CHAT))
    send(store, Refused("blocked by the user", suspend=True))


def test_a_subscription_comes_back_as_it_was(store: Store) -> None:
    wanted = replace(subscription(TOPIC, "r"), title="Охрана «день»", by="telegram:-5")
    assert store.subscribe(wanted)
    assert store.subscriptions(TOPIC) == store.subscriptions() == (wanted,)


def test_a_subscription_that_is_there_is_not_added_again(store: Store) -> None:
    assert store.subscribe(subscription())
    assert not store.subscribe(replace(subscription(), since=minutes(3), title="new"))
    assert store.subscriptions() == (subscription(),)
    assert store.subscribe(subscription(CHAT, "r"))
    assert store.subscribe(subscription(GROUP))
    assert store.status().subscriptions == 3


def test_subscriptions_come_oldest_first(store: Store) -> None:
    late = replace(subscription(CHAT, "late"), since=minutes(5))
    early = replace(subscription(CHAT, "early"), since=minutes(-500))
    for each in (late, subscription(GROUP), early, subscription(CHAT)):
        store.subscribe(each)
    assert store.subscriptions() == (early, subscription(GROUP), subscription(CHAT), late)
    assert store.subscriptions(CHAT) == (early, subscription(CHAT), late)
    assert store.subscriptions(TOPIC) == ()


def test_one_selector_is_removed_or_all_of_one_destination(store: Store) -> None:
    for each in (subscription(CHAT, "r"), subscription(CHAT), subscription(CHAT, "q"), subscription(GROUP)):
        store.subscribe(each)
    assert store.unsubscribe(CHAT, "x") == 0
    assert store.unsubscribe(CHAT, "r") == 1
    assert store.unsubscribe(CHAT, "r") == 0
    assert store.unsubscribe(CHAT, None) == 2
    assert store.unsubscribe(CHAT, None) == 0
    assert store.subscriptions() == (subscription(GROUP),)


def test_a_topic_is_a_destination_of_its_own(store: Store) -> None:
    store.subscribe(subscription(TOPIC))
    assert store.unsubscribe(GROUP, None) == 0
    assert store.subscriptions(GROUP) == ()


def test_what_is_owed_stays_owed_after_unsubscribing(store: Store) -> None:
    store.subscribe(subscription())
    store.save(opened(1, CHAT))
    store.unsubscribe(CHAT, None)
    assert [each.delivery.destination for each in store.claim(minutes(0), LEASE, 10)] == [CHAT]


def test_a_suspension_is_seen_with_its_reason_and_lifted_once(store: Store) -> None:
    assert not store.resume(CHAT)
    suspend(store)
    assert store.status().suspended == {CHAT: "blocked by the user"}
    assert (store.held_back(CHAT), store.held_back(GROUP)) == ("blocked by the user", None)
    assert store.resume(CHAT)
    assert not store.resume(CHAT)
    assert store.status().suspended == {}


def test_subscriptions_outlive_a_suspension(store: Store) -> None:
    store.subscribe(subscription())
    suspend(store)
    assert store.subscriptions() == (subscription(),)


def test_subscribing_lifts_a_suspension_even_if_the_subscription_is_there(store: Store) -> None:
    store.subscribe(subscription())
    suspend(store, 1)
    assert not store.subscribe(subscription())
    assert store.status().suspended == {}
    suspend(store, 2)
    assert store.subscribe(subscription(CHAT, "r"))
    assert store.status().suspended == {}


def test_the_suspension_of_one_destination_is_not_lifted_by_another(store: Store) -> None:
    suspend(store)
    store.subscribe(subscription(GROUP))
    assert store.status().suspended == {CHAT: "blocked by the user"}
