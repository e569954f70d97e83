"""The outbox as people see it; what is dead is owed again; where no send is repeated."""

from __future__ import annotations

import pytest

from monitor.core.model import DeliveryState, Destination, Kind, Refused, Sent, Unknown
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, minutes
from tests.contract.outcomes import LEASE, grown, opened, send

TOPIC = Destination("telegram", "-1001", 7)
NOT_REPEATED = "it may have arrived, and sends to this chat are not repeated"


def listed(store: Store, *states: DeliveryState, at: Destination | None = None) -> list[tuple[int, str, str]]:
    return [
        (entry.delivery.card, str(entry.delivery.destination), entry.delivery.state)
        for entry in store.outbox(99, states, at)
    ]


def test_the_outbox_is_listed_newest_first(store: Store) -> None:
    store.save(opened(1, CHAT, GROUP))
    store.save(opened(2, TOPIC))
    store.save(opened(3, Destination("telegram", "-10012")))
    send(store, Refused("no", suspend=True), 1)
    assert listed(store) == [
        (3, "telegram:-10012", "owed"),
        (2, "telegram:-1001/7", "owed"),
        (1, "telegram:-1001", "owed"),
        (1, "telegram:42", "dead"),
    ]
    assert listed(store, DeliveryState.DEAD, DeliveryState.SENT) == [(1, "telegram:42", "dead")]
    assert listed(store, at=GROUP) == [(2, "telegram:-1001/7", "owed"), (1, "telegram:-1001", "owed")]
    assert listed(store, at=TOPIC) == [(2, "telegram:-1001/7", "owed")]
    assert len(store.outbox(2)) == 2


def test_an_entry_tells_since_when_and_what_holds_it(store: Store) -> None:
    store.save(opened(1, CHAT, at=minutes(-3)))
    store.save(opened(2, CHAT))
    send(store, Refused("blocked", suspend=True), 1)
    store.send_once(CHAT, once=True)
    waiting, dead = store.outbox(9)
    assert (waiting.owed_at, waiting.settled_at, waiting.held, waiting.repeats) == (
        NOW,
        None,
        "blocked",
        False,
    )
    assert (dead.owed_at, dead.settled_at) == (minutes(-3), minutes(1))
    assert (dead.delivery.reason, dead.delivery.attempt) == ("blocked", 1)


def test_one_dead_delivery_or_all_are_owed_again(store: Store) -> None:
    for number in (1, 2, 3):
        store.save(opened(number, CHAT))
        send(store, Refused("no"))
    first = store.outbox(9)[-1].delivery.id
    assert store.requeue(first, minutes(1)) == 1
    assert store.requeue(first, minutes(1)) == 0
    assert store.requeue(99, minutes(1)) == 0
    assert store.status().dead_count == 2
    (claimed,) = store.claim(minutes(1), LEASE, 9)
    assert (claimed.delivery.card, claimed.delivery.attempt, claimed.delivery.repeat) == (1, 2, False)
    assert store.settle(claimed.delivery.id, 2, Sent("m"), minutes(1))
    assert store.requeue(None, minutes(1)) == 2
    assert store.requeue(None, minutes(1)) == 0
    assert store.status().oldest_owed_at == minutes(1)


def test_what_may_have_arrived_is_marked_when_it_is_owed_again(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Unknown("broke"))
    send(store, Unknown("broke again"), 1)
    assert store.requeue(None, minutes(2)) == 1
    (claimed,) = store.claim(minutes(2), LEASE, 9)
    assert claimed.delivery.repeat


def test_a_destination_is_sent_to_once_until_that_is_taken_back(store: Store) -> None:
    assert store.send_once(TOPIC, once=True)
    assert not store.send_once(TOPIC, once=True)
    assert store.sends_once() == {TOPIC}
    assert store.send_once(TOPIC, once=False)
    assert not store.send_once(TOPIC, once=False)
    assert store.sends_once() == frozenset()


def test_where_sends_are_not_repeated_an_unknown_one_is_dead_with_its_reason(store: Store) -> None:
    store.send_once(CHAT, once=True)
    store.save(opened(1, CHAT))
    store.save(grown(1))
    send(store, Unknown("connection broke"))
    assert store.claim(minutes(60), LEASE, 9) == ()
    (letter,) = store.status().dead
    assert letter.delivery.reason == f"connection broke; {NOT_REPEATED}"
    assert letter.delivery.repeat
    assert store.status().owed == 0
    assert store.requeue(None, minutes(60)) == 1
    (claimed,) = store.claim(minutes(60), LEASE, 9)
    assert claimed.delivery.repeat
    assert store.settle(claimed.delivery.id, 2, Unknown("broke again"), minutes(61))
    assert [each.delivery.reason for each in store.status().dead] == ["broke again"]


@pytest.mark.parametrize("crash", [pytest.param(True, id="crash"), pytest.param(False, id="lease")])
def test_where_sends_are_not_repeated_one_cut_short_is_dead(store: Store, crash: bool) -> None:
    store.send_once(CHAT, once=True)
    store.save(opened(1, CHAT, GROUP))
    store.save(grown(1))
    assert len(store.claim(NOW, LEASE, 9)) == 2
    if crash:
        assert store.recover(minutes(2)) == 2
    (again,) = store.claim(minutes(2), LEASE, 9)
    assert (again.delivery.destination, again.delivery.repeat) == (GROUP, True)
    (letter,) = store.status().dead
    assert (letter.delivery.destination, letter.delivery.repeat) == (CHAT, True)
    assert letter.delivery.reason == f"Tocsin ended amid the send; {NOT_REPEATED}"
    assert letter.at == minutes(2)
    assert store.status().owed == 1


def test_an_edit_is_repeated_everywhere(store: Store) -> None:
    store.send_once(CHAT, once=True)
    store.save(opened(1, CHAT))
    send(store, Sent("m"))
    store.save(grown(1))
    (update,) = store.claim(NOW, LEASE, 9)
    assert update.delivery.kind is Kind.UPDATE
    assert store.recover(NOW) == 1
    (again,) = store.claim(NOW, LEASE, 9)
    assert again.delivery.id == update.delivery.id
