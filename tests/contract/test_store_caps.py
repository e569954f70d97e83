"""Caps, preferences, escalations, and a clock that was set back, in every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.model import (
    Claimed,
    Destination,
    Gathered,
    Kind,
    Later,
    Level,
    Manner,
    Preferences,
    QuietHours,
    Refused,
    Sent,
    Waiting,
)
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, URL, card, minutes
from tests.contract.outcomes import LEASE, grown, kept, opened, outcome, owed, send

TOPIC = Destination("telegram", "-1001", 7)
SEOUL = ZoneInfo("Asia/Seoul")
DAY = timedelta(days=1)


def take(store: Store, minute: float) -> list[Claimed]:
    """Send all that is due, one after the other."""
    out: list[Claimed] = []
    while claimed := store.claim(minutes(minute), LEASE, 10):
        for each in claimed:
            assert store.settle(
                each.delivery.id, each.delivery.attempt, Sent(f"m{each.delivery.id}"), minutes(minute)
            )
        out += claimed
    return out


def numbers(claims: list[Claimed]) -> list[int]:
    return [each.delivery.card for each in claims]


def test_what_is_over_the_cap_comes_in_one_summary_an_hour_later(store: Store) -> None:
    store.prefer(CHAT, Preferences(cap=2))
    for number in range(1, 10):
        store.save(opened(number, CHAT))

    assert numbers(take(store, 0)) == [1, 2]
    assert store.waiting(CHAT, NOW) == (Waiting(CHAT, None, 7, NOW, minutes(60)),)
    assert take(store, 59) == []
    (summary,) = take(store, 60)
    assert (summary.delivery.kind, summary.delivery.parts) == (Kind.SUMMARY, 1)
    assert summary.digest is not None
    assert summary.digest.digest.cards == (9, 8, 7, 6, 5, 4, 3)
    assert [view.card.number for view in summary.digest.views] == [9, 8, 7, 6, 5]
    assert summary.delivery.about == "summary 1"
    assert store.status().owed == 0


def test_a_flash_is_no_business_of_the_cap(store: Store) -> None:
    store.prefer(CHAT, Preferences(cap=1))
    for number in (1, 2, 3):
        store.save(opened(number, CHAT, level=Level.FLASH))
    store.save(opened(4, CHAT))
    store.save(opened(5, CHAT))
    assert numbers(take(store, 0)) == [1, 2, 3, 4]


def test_the_cap_lets_the_more_urgent_through(store: Store) -> None:
    store.prefer(CHAT, Preferences(cap=1))
    store.save(opened(1, CHAT, level=Level.INFO))
    store.save(opened(2, CHAT))
    assert numbers(take(store, 0)) == [2]


def test_the_cap_counts_an_hour(store: Store) -> None:
    store.prefer(CHAT, Preferences(cap=1))
    store.save(opened(1, CHAT))
    assert numbers(take(store, 0)) == [1]
    store.save(opened(2, CHAT, at=minutes(59)))
    assert take(store, 59) == []
    store.save(opened(3, CHAT, at=minutes(60)))
    assert numbers(take(store, 60)) == [3]


def test_what_is_in_flight_or_will_be_tried_again_counts_for_the_cap(store: Store) -> None:
    store.prefer(CHAT, Preferences(cap=2))
    store.save(opened(1, CHAT))
    send(store, Later(600, "flood"))
    store.save(opened(2, CHAT, level=Level.ALERT))
    store.save(opened(3, CHAT))
    assert store.claim(minutes(1), LEASE, 10) == ()
    assert store.waiting(CHAT, minutes(1))[0].cards == 1
    assert store.claim(minutes(10), LEASE, 10)[0].delivery.card == 1
    store.save(opened(4, CHAT))
    assert store.claim(minutes(10.1), LEASE, 10) == ()
    assert store.waiting(CHAT, minutes(10))[0].cards == 2


def test_a_topic_has_the_cap_of_its_chat_and_counts_for_itself(store: Store) -> None:
    store.prefer(GROUP, Preferences(cap=1))
    for number in (1, 2):
        store.save(opened(number, GROUP, TOPIC))
    sent = take(store, 0)
    assert [(each.delivery.card, each.delivery.destination) for each in sent] == [(1, GROUP), (1, TOPIC)]


@pytest.mark.parametrize("cap", [None, 0])
def test_without_a_cap_all_comes(store: Store, cap: int | None) -> None:
    store.prefer(GROUP, Preferences(cap=1))
    store.prefer(CHAT, Preferences(cap=cap))
    for number in (1, 2, 3):
        store.save(opened(number, CHAT))
    assert numbers(take(store, 0)) == [1, 2, 3]


def test_a_card_that_was_held_back_owes_no_update_and_is_known_as_such(store: Store) -> None:
    store.prefer(CHAT, Preferences(cap=1))
    store.save(opened(1, CHAT))
    store.save(opened(2, CHAT))
    store.save(grown(2))
    before = {each.card.number: each for each in store.facts_for(URL, (), NOW).cards}
    assert before[2].told == {CHAT}
    assert numbers(take(store, 0)) == [1]
    after = {each.card.number: each for each in store.facts_for(URL, (), NOW).cards}
    assert after[2].told == frozenset()
    assert after[2].gathered == {Gathered(2, CHAT, Level.ALERT, None)}
    assert store.status().owed == 0


def test_quiet_hours_come_before_the_cap(store: Store) -> None:
    store.prefer(CHAT, Preferences(cap=1))
    store.set_quiet(CHAT, QuietHours(CHAT, NOW.time(), minutes(30).time(), ZoneInfo("UTC")), NOW)
    store.save(opened(1, CHAT))
    store.save(opened(2, CHAT))
    assert take(store, 0) == []
    assert (store.held(CHAT, NOW), store.waiting(CHAT, NOW)) == (2, ())
    assert numbers(take(store, 30)) == [1]
    assert store.waiting(CHAT, minutes(30))[0].due_at == minutes(90)


def test_preferences_are_kept_one_by_one_and_a_topic_does_as_its_chat(store: Store) -> None:
    assert store.preferences(CHAT) == Preferences()
    store.prefer(GROUP, Preferences(zone=SEOUL, silent=frozenset({"info", "alert"})))
    store.prefer(GROUP, Preferences(protected=True, preview=False, cap=20))
    assert store.preferences(GROUP) == Preferences(SEOUL, frozenset({"info", "alert"}), True, False, 20)
    store.prefer(TOPIC, Preferences(silent=frozenset(), cap=0))
    assert store.preferences(TOPIC) == Preferences(SEOUL, frozenset(), True, False, 0)
    assert store.preferences(CHAT) == Preferences()


def test_what_is_claimed_tells_how_it_is_to_come(store: Store) -> None:
    store.prefer(GROUP, Preferences(zone=SEOUL, protected=True))
    store.prefer(TOPIC, Preferences(preview=True))
    store.set_language(GROUP, "ko")
    store.save(opened(1, CHAT, TOPIC))
    manners = {each.delivery.destination: each.manner for each in take(store, 0)}
    assert manners == {CHAT: Manner(), TOPIC: Manner(SEOUL, protected=True, preview=True, language="ko")}
    store.set_language(TOPIC, "ru")
    store.save(opened(2, TOPIC))
    assert [each.manner.language for each in take(store, 1)] == ["ru"]


def escalated(store: Store, number: int = 1) -> None:
    """A card of which nobody is told but by an escalation."""
    store.save(opened(number, level=Level.FLASH))
    store.save(outcome(owe=[owed(number, CHAT, Kind.ESCALATION, Level.FLASH)]))


def test_an_escalation_is_a_message_of_its_own(store: Store) -> None:
    store.save(opened(1, CHAT, level=Level.FLASH))
    escalated(store)
    escalated(store)
    assert [each.delivery.kind for each in take(store, 0)] == [Kind.ALERT, Kind.ESCALATION]


def test_an_update_edits_an_escalation_where_there_was_no_alert(store: Store) -> None:
    escalated(store)
    store.save(grown(1))
    assert [each.delivery.kind for each in store.claim(NOW, LEASE, 10)] == [Kind.ESCALATION]
    store.recover(NOW)
    (sent, update) = take(store, 0)
    assert (update.delivery.kind, update.message) == (Kind.UPDATE, f"m{sent.delivery.id}")


def test_an_update_edits_the_alert_where_there_are_both(store: Store) -> None:
    store.save(opened(1, CHAT, level=Level.FLASH))
    (alert,) = take(store, 0)
    escalated(store)
    take(store, 1)
    store.save(grown(1))
    (update,) = take(store, 2)
    assert update.message == f"m{alert.delivery.id}"


def test_no_update_is_owed_of_an_escalation_that_was_refused(store: Store) -> None:
    escalated(store)
    store.save(grown(1, "b"))
    send(store, Refused("no"))
    assert store.status().owed == 0
    store.save(grown(1, "c"))
    assert store.status().owed == 0


def test_the_alert_may_still_be_updated_though_its_escalation_was_refused(store: Store) -> None:
    store.save(opened(1, CHAT, level=Level.FLASH))
    take(store, 0)
    escalated(store)
    store.save(grown(1))
    refused = store.claim(minutes(1), LEASE, 10)[0]
    assert refused.delivery.kind is Kind.ESCALATION
    assert store.settle(refused.delivery.id, 1, Refused("no"), minutes(1))
    assert [each.delivery.kind for each in take(store, 1)] == [Kind.UPDATE]


def test_an_update_refused_for_good_stays_listed(store: Store) -> None:
    store.save(opened(1, CHAT))
    take(store, 0)
    store.save(grown(1))
    send(store, Refused("message to edit not found"), 1)
    store.requeue(None, minutes(2))
    send(store, Refused("again"), 2)
    assert store.status().dead_count == 1


def test_an_update_that_was_refused_stays_listed_whatever_becomes_of_a_later_alert(store: Store) -> None:
    escalated(store)
    take(store, 0)
    store.save(grown(1))
    send(store, Refused("message to edit not found"), 1)
    store.save(outcome(owe=[owed(1, CHAT, level=Level.FLASH)]))
    send(store, Refused("no"), 2)
    assert [letter.delivery.kind for letter in store.status().dead] == [Kind.ALERT, Kind.UPDATE]


def test_a_send_that_is_tried_later_is_not_tried_a_day_later_because_the_clock_was_set_back(
    store: Store,
) -> None:
    store.save(opened(1, CHAT))
    (claimed,) = store.claim(NOW + DAY, LEASE, 1)
    assert store.settle(claimed.delivery.id, 1, Later(60, "flood"), NOW + DAY)
    assert store.claim(NOW, LEASE, 1) == ()
    assert store.claim(minutes(0.9), LEASE, 1) == ()
    assert numbers(take(store, 1)) == [1]


def test_a_lease_given_by_a_clock_that_was_ahead_ends_in_time(store: Store) -> None:
    store.save(opened(1, CHAT))
    assert len(store.claim(NOW + DAY, LEASE, 1)) == 1
    assert store.claim(NOW, LEASE, 1) == ()
    (again,) = store.claim(minutes(1), LEASE, 1)
    assert again.delivery.repeat


def test_what_was_held_by_a_clock_that_was_ahead_rings_in_time(store: Store) -> None:
    hours = QuietHours(CHAT, minutes(-60).time(), minutes(60).time(), ZoneInfo("UTC"))
    store.set_quiet(CHAT, hours, NOW)
    until = minutes(60) + DAY
    held = replace(owed(1), not_before=until)
    store.save(outcome(kept("a", "r", card=1), cards=[card(1)], owe=[held], at=NOW + DAY))
    assert take(store, 0) == []
    assert numbers(take(store, 60)) == [1]


def test_what_was_held_by_a_clock_that_was_ahead_rings_at_once_by_day(store: Store) -> None:
    store.set_quiet(CHAT, QuietHours(CHAT, minutes(60).time(), minutes(120).time(), ZoneInfo("UTC")), NOW)
    held = replace(owed(1), not_before=minutes(120) + DAY)
    store.save(outcome(kept("a", "r", card=1), cards=[card(1)], owe=[held], at=minutes(70) + DAY))
    assert numbers(take(store, 0)) == [1]
