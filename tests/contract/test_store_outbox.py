"""Deliveries: owed, claimed, settled; in order, one at a time, fenced."""

from __future__ import annotations

import pytest

from monitor.core.model import (
    Claimed,
    Delivery,
    DeliveryState,
    Destination,
    Kind,
    Later,
    Level,
    Receipt,
    Refused,
    Sent,
    Unknown,
)
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, minutes, subscription
from tests.contract.outcomes import LEASE, grown, kept, opened, outcome, owed, send

THIRD = Destination("terminal")
TOPIC = Destination("telegram", "-1001", 7)


def claim(store: Store, minute: float = 0, limit: int = 10) -> tuple[Claimed, ...]:
    return store.claim(minutes(minute), LEASE, limit)


def cards(claimed: tuple[Claimed, ...]) -> list[int]:
    return [each.delivery.card for each in claimed]


def dead(store: Store) -> list[tuple[int, str]]:
    return [(letter.delivery.card, letter.delivery.reason) for letter in store.status().dead]


def test_a_claimed_delivery_is_in_flight_and_carries_its_card(store: Store) -> None:
    store.save(opened(1, CHAT, level=Level.FLASH))
    (claimed,) = claim(store)
    assert claimed.delivery == Delivery(
        claimed.delivery.id, 1, CHAT, Kind.ALERT, Level.FLASH, DeliveryState.SENDING, attempt=1
    )
    assert claimed.view == store.card(1)
    assert claimed.message is None
    assert claim(store) == ()


def test_nothing_is_owed_in_the_beginning(store: Store) -> None:
    assert claim(store) == ()


def test_the_highest_level_goes_first_then_the_oldest(store: Store) -> None:
    places = [Destination("telegram", str(i)) for i in range(4)]
    for number, (place, level) in enumerate(
        zip(places, (Level.INFO, Level.ALERT, Level.FLASH, Level.ALERT), strict=True), start=1
    ):
        store.save(opened(number, place, level=level))
    assert cards(claim(store)) == [3, 2, 4, 1]


def test_no_more_are_taken_than_asked_for(store: Store) -> None:
    store.save(opened(1, CHAT, GROUP, THIRD))
    assert [each.delivery.destination for each in claim(store, limit=2)] == [CHAT, GROUP]
    assert [each.delivery.destination for each in claim(store, limit=2)] == [THIRD]


def test_a_destination_gets_one_at_a_time_in_order(store: Store) -> None:
    store.save(opened(1, CHAT, GROUP))
    store.save(opened(2, CHAT))
    store.save(opened(3, CHAT, level=Level.FLASH))
    first = claim(store)
    assert [(each.delivery.card, each.delivery.destination) for each in first] == [(3, CHAT), (1, GROUP)]
    assert claim(store) == ()
    assert store.settle(first[0].delivery.id, 1, Sent("m"), NOW)
    send(store, Sent("m"))
    assert cards(claim(store)) == [2]


def test_a_destination_that_rests_is_passed_over(store: Store) -> None:
    store.save(opened(1, CHAT, GROUP, THIRD))
    store.save(opened(2, GROUP))
    some = store.claim(NOW, LEASE, 1, frozenset({CHAT, THIRD}))
    assert [each.delivery.destination for each in some] == [GROUP]
    assert store.claim(NOW, LEASE, 10, frozenset({CHAT, THIRD})) == ()
    assert [each.delivery.destination for each in claim(store)] == [CHAT, THIRD]


@pytest.mark.parametrize(
    ("rests", "left"),
    [
        pytest.param(GROUP, ["telegram:42", "terminal:"], id="a chat with its topics"),
        pytest.param(TOPIC, ["telegram:42", "telegram:-1001", "terminal:"], id="one topic"),
        pytest.param(Destination("telegram"), ["terminal:"], id="a messenger"),
        pytest.param(THIRD, ["telegram:42", "telegram:-1001/7"], id="one without an address"),
    ],
)
def test_what_rests_may_stand_for_more(store: Store, rests: Destination, left: list[str]) -> None:
    store.save(opened(1, CHAT, TOPIC, GROUP, THIRD))
    some = store.claim(NOW, LEASE, 10, frozenset({rests}))
    assert [str(each.delivery.destination) for each in some] == left


def test_sent_is_sent(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Sent("m1"))
    assert claim(store, 60) == ()
    assert (store.status().sent, store.status().owed) == (1, 0)


def test_later_is_owed_but_not_before_its_time(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Later(90, "no route to host"))
    assert claim(store, 1.49) == ()
    (claimed,) = claim(store, 1.5)
    assert (claimed.delivery.attempt, claimed.delivery.repeat) == (2, False)
    assert (claimed.delivery.reason, claimed.delivery.not_before) == ("no route to host", None)


def test_a_wait_that_is_no_failure_gives_the_attempt_back(store: Store) -> None:
    store.save(opened(1, CHAT))
    for minute in range(3):
        send(store, Later(30, "429", counts=False), minute)
    (claimed,) = claim(store, 4)
    assert claimed.delivery.attempt == 1


def test_unknown_is_repeated_once_after_a_pause_and_then_dead(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Unknown("connection broke"))
    assert store.status().owed == 1
    assert claim(store, 0.2) == ()
    (claimed,) = claim(store, 0.25)
    assert (claimed.delivery.attempt, claimed.delivery.repeat) == (2, True)
    assert store.settle(claimed.delivery.id, 2, Unknown("broke again"), minutes(1))
    assert claim(store, 60) == ()
    assert dead(store) == [(1, "broke again")]


def test_a_repeat_stays_marked_through_waits(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Unknown("connection broke"))
    send(store, Later(0, "429", counts=False), 1)
    (claimed,) = claim(store, 1)
    assert claimed.delivery.repeat
    assert store.settle(claimed.delivery.id, 2, Sent("m1"), NOW)
    assert store.status().sent == 1


def test_refused_is_dead_and_the_next_one_goes(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.save(opened(2, CHAT))
    send(store, Refused("cannot parse entities"))
    assert dead(store) == [(1, "cannot parse entities")]
    assert store.status().suspended == {}
    assert cards(claim(store)) == [2]


def test_dead_stays_dead(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Refused("no"))
    store.save(outcome(kept("b", "r", card=1), owe=[owed(1, CHAT)]))
    assert claim(store, 60) == ()
    assert dead(store) == [(1, "no")]


@pytest.mark.parametrize("lift", [pytest.param(True, id="resume"), pytest.param(False, id="subscribe")])
def test_a_suspended_destination_keeps_what_it_is_owed_until_it_is_back(store: Store, lift: bool) -> None:
    for number in (1, 2, 3):
        store.save(opened(number, CHAT, *([GROUP] if number == 3 else [])))
    (first, other) = claim(store)
    assert store.settle(first.delivery.id, 1, Refused("blocked", suspend=True), NOW)
    assert store.settle(other.delivery.id, 1, Sent("m"), NOW)
    assert claim(store, 60) == ()
    store.save(opened(4, CHAT))
    assert claim(store, 60) == ()
    assert store.status().owed == 3
    if lift:
        assert store.resume(CHAT)
    else:
        store.subscribe(subscription(CHAT))
    assert cards(claim(store, 60)) == [2]
    assert dead(store) == [(1, "blocked")]


def test_a_second_refusal_tells_the_newer_reason(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.save(opened(2, CHAT))
    (early,) = claim(store)
    (late,) = claim(store, 2)
    assert early.delivery.id == late.delivery.id
    assert store.settle(late.delivery.id, 2, Refused("blocked", suspend=True), minutes(2))
    store.resume(CHAT)
    send(store, Refused("kicked", suspend=True), 3)
    assert store.status().suspended == {CHAT: "kicked"}


def test_an_update_waits_until_its_alert_was_sent_and_names_its_message(store: Store) -> None:
    store.save(opened(1, CHAT, GROUP))
    store.save(grown(1, to=CHAT))
    alert, _ = claim(store)
    assert alert.delivery.kind is Kind.ALERT
    assert claim(store) == ()
    assert store.settle(alert.delivery.id, 1, Sent("m17"), NOW)
    (update,) = claim(store)
    assert (update.delivery.kind, update.delivery.destination) == (Kind.UPDATE, CHAT)
    assert update.message == "m17"
    assert [each.story.title for each in update.view.stories] == ["story 1", "another"]


def test_an_update_does_not_go_while_its_alert_waits_for_its_time(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.save(grown(1))
    send(store, Later(600, "flood"))
    assert claim(store, 9) == ()
    (claimed,) = claim(store, 10)
    assert claimed.delivery.kind is Kind.ALERT


def test_the_alert_of_another_card_or_destination_frees_no_update(store: Store) -> None:
    store.save(opened(1))
    store.save(opened(2, CHAT))
    store.save(outcome(owe=[owed(1, GROUP), owed(1, CHAT, Kind.UPDATE)]))
    for each in claim(store):
        assert store.settle(each.delivery.id, 1, Sent("m"), NOW)
    assert claim(store) == ()


def test_an_update_of_a_message_without_an_id_names_none(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Sent())
    store.save(grown(1))
    (update,) = claim(store)
    assert update.message is None


def test_a_card_that_grows_while_its_update_is_in_flight_is_updated_again(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Sent("m1"))
    store.save(grown(1, "b"))
    (update,) = claim(store)
    assert len(update.view.stories) == 2
    store.save(grown(1, "c"))
    assert claim(store) == ()
    assert store.settle(update.delivery.id, 1, Sent("m1"), minutes(1))
    (again,) = claim(store, 1)
    assert len(again.view.stories) == 3
    assert again.delivery.attempt == 1
    assert not store.settle(update.delivery.id, 1, Sent("m1"), minutes(1))
    assert store.settle(again.delivery.id, 1, Sent("m1"), minutes(1))
    assert claim(store, 60) == ()


@pytest.mark.parametrize(
    "receipt", [pytest.param(Later(0, "x"), id="later"), pytest.param(Unknown("x"), id="unknown")]
)
def test_an_update_that_failed_while_its_card_grew_is_sent_once_more_only(
    store: Store, receipt: Receipt
) -> None:
    store.save(opened(1, CHAT))
    send(store, Sent("m1"))
    store.save(grown(1, "b"))
    (update,) = claim(store)
    store.save(grown(1, "c"))
    assert store.settle(update.delivery.id, 1, receipt, NOW)
    (again,) = claim(store, 1)
    assert len(again.view.stories) == 3
    assert store.settle(again.delivery.id, 2, Sent("m1"), NOW)
    assert claim(store, 60) == ()


def test_an_update_refused_for_good_is_not_tried_again(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Sent("m1"))
    store.save(grown(1, "b"))
    send(store, Refused("message to edit not found"))
    store.save(grown(1, "c"))
    assert claim(store, 60) == ()
    assert dead(store) == [(1, "message to edit not found")]


def test_no_update_is_owed_of_an_alert_that_was_refused_for_good(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.save(grown(1, "b"))
    send(store, Refused("no rights"))
    assert store.status().owed == 0
    store.save(grown(1, "c"))
    assert store.status().owed == 0
    assert dead(store) == [(1, "no rights")]


def test_a_lease_that_ran_out_lets_another_repeat_the_send(store: Store) -> None:
    store.save(opened(1, CHAT))
    (first,) = claim(store)
    assert claim(store, 0.99) == ()
    (second,) = claim(store, 1)
    assert second.delivery.id == first.delivery.id
    assert (second.delivery.attempt, second.delivery.repeat) == (2, True)
    assert claim(store, 1) == ()


def test_a_destination_is_free_when_the_lease_of_its_send_ran_out(store: Store) -> None:
    store.save(opened(1, CHAT))
    claim(store)
    store.save(opened(2, CHAT, level=Level.FLASH))
    assert cards(claim(store, 0.5)) == []
    assert cards(claim(store, 1)) == [2]
    send_two = claim(store, 2)
    assert [(each.delivery.card, each.delivery.repeat) for each in send_two] == [(2, True)]


def test_an_answer_is_fenced_by_its_attempt(store: Store) -> None:
    store.save(opened(1, CHAT))
    (first,) = claim(store)
    (second,) = claim(store, 2)
    assert not store.settle(first.delivery.id, first.delivery.attempt, Sent("late"), minutes(2))
    assert store.status().owed == 1
    assert store.settle(second.delivery.id, second.delivery.attempt, Sent("m2"), minutes(2))
    assert not store.settle(
        second.delivery.id, second.delivery.attempt, Refused("no", suspend=True), minutes(2)
    )
    assert (store.status().sent, store.status().suspended) == (1, {})


def test_a_late_answer_counts_as_long_as_nobody_else_took_over(store: Store) -> None:
    store.save(opened(1, CHAT))
    (first,) = claim(store)
    assert store.settle(first.delivery.id, 1, Sent("m1"), minutes(60))
    assert store.status().sent == 1


@pytest.mark.parametrize(("delivery", "attempt"), [(1, 0), (1, 2), (99, 1)])
def test_an_answer_to_nothing_changes_nothing(store: Store, delivery: int, attempt: int) -> None:
    store.save(opened(1, CHAT))
    claim(store)
    before = store.status()
    assert not store.settle(delivery, attempt, Sent("m"), NOW)
    assert store.status() == before


def test_what_was_never_claimed_cannot_be_settled(store: Store) -> None:
    store.save(opened(1, CHAT))
    assert not store.settle(1, 0, Sent("m"), NOW)
    assert store.status().owed == 1


def test_after_a_crash_what_was_in_flight_is_owed_as_a_repeat(store: Store) -> None:
    store.save(opened(1, CHAT, GROUP))
    store.save(opened(2, THIRD))
    done = claim(store, limit=2)
    assert store.settle(done[1].delivery.id, 1, Sent("m"), NOW)
    assert store.recover(minutes(0.1)) == 1
    assert store.recover(minutes(0.1)) == 0
    assert not store.settle(done[0].delivery.id, 1, Sent("late"), minutes(0.1))
    again = claim(store, 0.1)
    assert [(c.delivery.card, c.delivery.destination, c.delivery.repeat) for c in again] == [
        (1, CHAT, True),
        (2, THIRD, False),
    ]
    assert again[0].delivery.attempt == 2


def test_an_update_in_flight_in_a_crash_is_sent_once_more_with_all_that_is_new(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Sent("m1"))
    store.save(grown(1, "b"))
    claim(store)
    store.save(grown(1, "c"))
    assert store.recover(NOW) == 1
    (again,) = claim(store)
    assert (len(again.view.stories), again.message, again.delivery.repeat) == (3, "m1", True)
    assert store.settle(again.delivery.id, 2, Sent("m1"), NOW)
    assert claim(store, 60) == ()
