"""The store in figures."""

from __future__ import annotations

from monitor.core.model import Destination, Later, Refused, Sent, StoreStatus, Unknown
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, card, minutes, state, subscription
from tests.contract.outcomes import LEASE, grown, kept, opened, outcome, send


def test_the_figures_of_an_empty_store(store: Store) -> None:
    assert store.status() == StoreStatus(feeds=(state(seen_before=False),))


def test_stories_hits_cards_and_subscriptions_are_counted(store: Store) -> None:
    store.subscribe(subscription())
    store.subscribe(subscription(GROUP))
    store.save(outcome(kept("a"), kept("b", "r", "q", card=1), kept("c", "r"), cards=[card(1), card(2)]))
    status = store.status()
    assert (status.stories, status.hits, status.cards, status.subscriptions) == (3, 3, 2, 2)
    assert status.feeds == store.feed_states()


def test_owed_counts_what_waits_and_what_is_in_flight(store: Store) -> None:
    store.save(opened(1, CHAT, GROUP, at=minutes(1)))
    store.save(opened(2, CHAT, at=minutes(2)))
    assert (store.status().owed, store.status().oldest_owed_at, store.status().sent) == (3, minutes(1), 0)
    (first, _) = store.claim(minutes(3), LEASE, 10)
    assert (store.status().owed, store.status().oldest_owed_at) == (3, minutes(1))
    assert store.settle(first.delivery.id, 1, Sent("m"), minutes(3))
    assert (store.status().owed, store.status().oldest_owed_at, store.status().sent) == (2, minutes(1), 1)


def test_what_waits_to_be_tried_again_is_as_old_as_it_is(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Later(3600, "flood"), 5)
    assert (store.status().owed, store.status().oldest_owed_at) == (1, NOW)


def test_what_is_held_for_a_suspended_destination_is_owed_but_is_no_backlog(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.save(opened(2, CHAT))
    send(store, Refused("blocked", suspend=True))
    store.save(opened(3, GROUP, at=minutes(7)))
    assert (store.status().owed, store.status().oldest_owed_at) == (2, minutes(7))
    store.resume(CHAT)
    assert (store.status().owed, store.status().oldest_owed_at) == (2, NOW)


def test_dead_letters_are_shown_newest_first_and_all_counted(store: Store) -> None:
    for number in range(1, 26):
        store.save(opened(number, CHAT))
        send(store, Refused(f"reason {number}"), number)
    status = store.status()
    assert status.dead_count == 25
    assert [(each.delivery.card, each.at) for each in status.dead] == [
        (n, minutes(n)) for n in range(25, 5, -1)
    ]
    assert status.dead[0].delivery.reason == "reason 25"
    assert status.owed == 0


def test_a_delivery_that_died_by_silence_is_a_dead_letter(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.save(grown(1))
    send(store, Unknown("silence"), 1)
    send(store, Unknown("silence"), 2)
    (letter,) = store.status().dead
    assert (letter.at, letter.delivery.repeat, letter.delivery.attempt) == (minutes(2), True, 2)


def test_every_suspended_destination_is_shown(store: Store) -> None:
    places = {Destination("telegram", "-100", topic): f"reason {topic}" for topic in (None, 1, 2)}
    for number, (place, reason) in enumerate(places.items(), start=1):
        store.save(opened(number, place))
        send(store, Refused(reason, suspend=True))
    assert store.status().suspended == places


def test_hearts_show_their_last_beat(store: Store) -> None:
    store.beat("poll", NOW)
    store.beat("deliver", minutes(1))
    store.beat("poll", minutes(2))
    assert store.status().beats == {"poll": minutes(2), "deliver": minutes(1)}
