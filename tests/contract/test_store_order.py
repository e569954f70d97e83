"""One send at a time in a chat, whatever its topics; what failed keeps its place."""

from __future__ import annotations

from monitor.core.model import Claimed, Destination, Later, Level, Refused, Sent
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, minutes
from tests.contract.outcomes import LEASE, opened, send

TOPIC = Destination("telegram", "-1001", 7)


def claim(store: Store, minute: float = 0) -> tuple[Claimed, ...]:
    return store.claim(minutes(minute), LEASE, 10)


def cards(claimed: tuple[Claimed, ...]) -> list[int]:
    return [each.delivery.card for each in claimed]


def test_the_topics_of_a_chat_take_turns(store: Store) -> None:
    store.save(opened(1, GROUP, TOPIC, Destination("telegram", "-10017"), Destination("other", "-1001")))
    first = claim(store)
    assert [str(each.delivery.destination) for each in first] == [
        "telegram:-1001",
        "telegram:-10017",
        "other:-1001",
    ]
    assert claim(store) == ()
    assert store.settle(first[0].delivery.id, 1, Sent("m"), NOW)
    assert [each.delivery.destination for each in claim(store)] == [TOPIC]


def test_what_failed_and_waits_holds_back_what_follows_in_its_chat(store: Store) -> None:
    store.save(opened(1, TOPIC))
    send(store, Later(600, "no route to host"))
    store.save(opened(2, GROUP))
    store.save(opened(3, CHAT))
    send(store, Sent("m"))
    store.save(opened(4, TOPIC, level=Level.FLASH))
    (flash,) = claim(store)
    assert flash.delivery.card == 4
    assert store.settle(flash.delivery.id, 1, Sent("m"), NOW)
    send(store, Sent("m"), 10)
    assert [(each.delivery.card, each.delivery.destination) for each in claim(store, 10)] == [(2, GROUP)]


def test_a_wait_that_is_no_failure_holds_back_nothing(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Later(600, "no such messenger", counts=False))
    store.save(opened(2, CHAT))
    assert cards(claim(store)) == [2]


def test_what_waits_in_a_suspended_topic_holds_back_no_other(store: Store) -> None:
    store.save(opened(1, TOPIC))
    store.save(opened(2, TOPIC))
    send(store, Later(600, "no route to host"))
    store.save(opened(3, TOPIC, level=Level.FLASH))
    send(store, Refused("topic deleted", suspend=True))
    store.save(opened(4, GROUP))
    assert cards(claim(store)) == [4]
