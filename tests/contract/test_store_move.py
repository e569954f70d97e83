"""A chat has a new address: all that lies under the old one follows, whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.model import Destination, Kind, Later, Level, Receipt, Refused, Sent
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, minutes, subscription
from tests.contract.outcomes import LEASE, grown, kept, opened, outcome, owed, send

NEW = Destination("telegram", "-1009")
TOPIC, NEW_TOPIC = replace(GROUP, topic=7), replace(NEW, topic=7)
ALIKE = Destination("telegram", "-10011")
"""Its address begins as that of GROUP, and is another chat."""


def test_subscriptions_of_the_chat_and_its_topics_follow(store: Store) -> None:
    for place in (GROUP, TOPIC, ALIKE, CHAT):
        store.subscribe(subscription(place))
    store.subscribe(subscription(GROUP, "r"))
    assert store.move_destination(GROUP, NEW) == 3
    assert store.move_destination(GROUP, NEW) == 0
    assert {(each.destination, each.selector) for each in store.subscriptions()} == {
        (NEW, "all"),
        (NEW, "r"),
        (NEW_TOPIC, "all"),
        (ALIKE, "all"),
        (CHAT, "all"),
    }
    assert store.subscriptions(NEW_TOPIC) == (subscription(NEW_TOPIC),)


def test_what_the_new_address_has_stays(store: Store) -> None:
    there = replace(subscription(NEW), title="There")
    store.subscribe(there)
    store.subscribe(subscription(GROUP))
    assert store.move_destination(GROUP, NEW) == 0
    assert store.subscriptions() == (there,)


def test_suspensions_and_switches_follow(store: Store) -> None:
    for number, place in enumerate((TOPIC, ALIKE), start=1):
        store.save(opened(number, place))
        send(store, Refused(f"no rights {number}", suspend=True))
    store.send_once(GROUP, once=True)
    store.send_once(CHAT, once=True)
    store.move_destination(GROUP, NEW)
    assert store.status().suspended == {NEW_TOPIC: "no rights 1", ALIKE: "no rights 2"}
    assert store.sends_once() == {NEW, CHAT}


def test_what_is_owed_follows_and_goes_on_where_it_was(store: Store) -> None:
    store.save(opened(1, GROUP, CHAT))
    store.save(opened(2, TOPIC))
    store.save(opened(3, GROUP, level=Level.FLASH))
    send(store, Later(600, "no route to host"))
    store.move_destination(TOPIC, NEW)
    (first,) = store.claim(minutes(10), LEASE, 1)
    assert (first.delivery.card, first.delivery.destination, first.delivery.attempt) == (3, NEW, 2)
    assert store.settle(first.delivery.id, 2, Sent("m"), minutes(10))
    assert [str(each.delivery.destination) for each in store.outbox(9)] == [
        "telegram:-1009",
        "telegram:-1009/7",
        "telegram:42",
        "telegram:-1009",
    ]


def test_a_send_in_flight_is_settled_at_the_new_address(store: Store) -> None:
    store.save(opened(1, GROUP))
    (flying,) = store.claim(NOW, LEASE, 9)
    store.move_destination(GROUP, NEW)
    store.save(opened(2, NEW))
    assert store.claim(NOW, LEASE, 9) == ()
    assert store.settle(flying.delivery.id, 1, Sent("m5"), NOW)
    store.save(grown(1, to=NEW))
    (second,) = store.claim(NOW, LEASE, 9)
    assert second.delivery.card == 2
    assert store.settle(second.delivery.id, 1, Sent("m6"), NOW)
    (update,) = store.claim(NOW, LEASE, 9)
    assert update.message == "m5"


def test_a_card_that_was_told_is_not_told_again_and_its_old_message_is_forgotten(store: Store) -> None:
    store.save(opened(1, GROUP))
    send(store, Sent("m5"))
    store.save(grown(1, "b", to=GROUP))
    store.move_destination(GROUP, NEW)
    assert store.status().owed == 0
    store.save(outcome(owe=[owed(1, NEW)]))
    assert store.claim(NOW, LEASE, 9) == ()
    store.save(outcome(kept("c", "r", card=1), owe=[owed(1, NEW, Kind.UPDATE)]))
    (update,) = store.claim(NOW, LEASE, 9)
    assert (update.delivery.kind, update.message) == (Kind.UPDATE, None)


def test_an_update_that_waits_for_its_alert_follows(store: Store) -> None:
    store.save(opened(1, GROUP))
    store.save(grown(1, to=GROUP))
    store.move_destination(GROUP, NEW)
    send(store, Sent("m5"))
    (update,) = store.claim(NOW, LEASE, 9)
    assert (update.delivery.destination, update.message) == (NEW, "m5")


@pytest.mark.parametrize(
    ("here", "there", "left"),
    [
        pytest.param(Sent("old"), None, "sent", id="sent here and owed there"),
        pytest.param(None, Sent("new"), "sent", id="owed here and sent there"),
        pytest.param(Refused("no"), None, "owed", id="dead here and owed there"),
        pytest.param(None, Refused("no"), "owed", id="owed here and dead there"),
        pytest.param(None, None, "owed", id="owed in both"),
        pytest.param(Sent("old"), Sent("new"), "sent", id="sent in both"),
    ],
)
def test_a_card_owed_at_both_addresses_is_owed_once(
    store: Store, here: Receipt | None, there: Receipt | None, left: str
) -> None:
    store.save(opened(1, GROUP, NEW))
    first, second = store.claim(NOW, LEASE, 9)
    for claimed, receipt in ((first, here), (second, there)):
        settling = receipt or Later(0, "wait", counts=False)
        assert store.settle(claimed.delivery.id, 1, settling, NOW)
    store.move_destination(GROUP, NEW)
    (entry,) = store.outbox(9)
    assert (entry.delivery.destination, entry.delivery.state) == (NEW, left)


def test_resuming_a_chat_resumes_its_topics_and_no_others(store: Store) -> None:
    for number, place in enumerate((GROUP, TOPIC, ALIKE), start=1):
        store.save(opened(number, place))
        send(store, Refused("kicked", suspend=True))
    assert store.resume(TOPIC)
    assert set(store.status().suspended) == {GROUP, ALIKE}
    store.save(opened(4, TOPIC))
    send(store, Refused("kicked", suspend=True))
    assert store.resume(GROUP)
    assert set(store.status().suspended) == {ALIKE}
    assert not store.resume(GROUP)


def test_subscribing_a_chat_lifts_no_suspension_of_its_topics(store: Store) -> None:
    store.save(opened(1, TOPIC))
    send(store, Refused("topic deleted", suspend=True))
    store.subscribe(subscription(GROUP))
    assert set(store.status().suspended) == {TOPIC}
