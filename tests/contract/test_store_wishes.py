"""Mutes and quiet hours in every store: kept, ended, and what they hold comes out in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from monitor.core.model import Destination, Hushed, Kind, Later, Level, Mute, MuteKind, QuietHours, Sent
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, URL, card, minutes
from tests.contract.outcomes import LEASE, kept, opened, outcome, owed, send

TOPIC = Destination("telegram", "-1001", 7)
NIGHT = QuietHours(CHAT, time(9), time(12), ZoneInfo("Asia/Seoul"), frozenset({Level.FLASH}))
DAY = replace(NIGHT, zone=ZoneInfo("UTC"))  # NOW is 10:00
NOON = NOW.replace(hour=12)


def mute(
    value: str = "r", until: float = 60, kind: MuteKind = MuteKind.RULE, where: Destination = CHAT
) -> Mute:
    return Mute(where, kind, value, minutes(until), "telegram:42")


def held(store: Store, number: int = 1, level: Level = Level.ALERT) -> None:
    """An alert that waits until noon."""
    due = replace(owed(number, level=level), not_before=NOON)
    store.save(outcome(kept(f"s{number}", "r", card=number), cards=[card(number, level)], owe=[due]))


def due(store: Store, minute: float) -> list[int]:
    return [each.delivery.card for each in store.claim(minutes(minute), LEASE, 10)]


def send_due(store: Store) -> int:
    """Send the one alert that is due at noon; its card."""
    (claimed,) = store.claim(NOON, LEASE, 10)
    assert store.settle(claimed.delivery.id, claimed.delivery.attempt, Sent("m"), NOON)
    return claimed.delivery.card


def test_a_mute_comes_back_as_it_was_until_it_ends(store: Store) -> None:
    for each in (mute("r", 60), mute("망명 OR x", 30, MuteKind.QUERY), mute("r", 5, where=TOPIC)):
        store.mute(each)

    assert store.mutes(CHAT, NOW) == (mute("망명 OR x", 30, MuteKind.QUERY), mute("r", 60))
    assert store.mutes(CHAT, minutes(30)) == (mute("r", 60),)
    assert store.mutes(GROUP, NOW) == ()
    assert store.facts_for(URL, (), NOW).mutes == (
        mute("r", 60),
        mute("망명 OR x", 30, MuteKind.QUERY),
        mute("r", 5, where=TOPIC),
    )


def test_muting_again_changes_the_end(store: Store) -> None:
    store.mute(mute("r", 60))
    store.mute(mute("r", 5))

    assert store.mutes(CHAT, NOW) == (mute("r", 5),)


def test_one_mute_is_ended_or_all_of_a_destination(store: Store) -> None:
    for each in (mute("r"), mute("q"), mute("7", kind=MuteKind.CARD), mute("r", where=GROUP), mute("old", 1)):
        store.mute(each)

    assert store.unmute(CHAT, MuteKind.QUERY, "r", minutes(2)) == 0
    assert store.unmute(CHAT, MuteKind.RULE, "r", minutes(2)) == 1
    assert store.unmute(CHAT, None, "", minutes(2)) == 2
    assert store.facts_for(URL, (), NOW).mutes == (mute("r", where=GROUP),)


def test_quiet_hours_come_back_as_they_were(store: Store) -> None:
    assert store.quiet(CHAT) is None
    store.set_quiet(CHAT, DAY, NOW)
    store.set_quiet(CHAT, NIGHT, NOW)

    assert store.quiet(CHAT) == NIGHT
    assert store.quiet(GROUP) is None
    assert store.facts_for(URL, (), NOW).quiet == (NIGHT,)
    assert store.set_quiet(CHAT, None, NOW) == 0
    assert store.quiet(CHAT) is None


def test_held_alerts_come_out_afterwards_in_order(store: Store) -> None:
    for number in (1, 2, 3):
        held(store, number)

    assert store.held(CHAT, NOW) == 3
    assert due(store, 119) == []
    assert [send_due(store) for _ in range(3)] == [1, 2, 3]
    assert store.held(CHAT, NOON) == 0


def test_saving_again_holds_no_alert_that_was_sent(store: Store) -> None:
    held(store)
    store.set_quiet(CHAT, None, NOW)
    assert due(store, 0) == [1]
    held(store)

    assert due(store, 119) == [1], "its lease ran out; it is not held anew"


def test_ending_quiet_hours_lets_everything_go_and_new_ones_hold_what_waits(store: Store) -> None:
    held(store)
    assert store.set_quiet(CHAT, None, NOW) == 0
    assert store.held(CHAT, NOW) == 0
    assert store.set_quiet(CHAT, DAY, NOW) == 1
    assert store.held(CHAT, NOW) == 1
    assert store.set_quiet(GROUP, None, NOW) == 0
    assert due(store, 1) == []
    store.set_quiet(CHAT, None, NOW)
    assert due(store, 1) == [1]


def test_a_wait_that_has_another_reason_is_left_alone(store: Store) -> None:
    store.save(opened(1, CHAT))
    send(store, Later(3600, "too many requests", counts=False))

    assert store.set_quiet(CHAT, None, NOW) == 0
    assert due(store, 1) == []


def test_a_level_that_rings_is_not_held_by_new_quiet_hours(store: Store) -> None:
    store.save(opened(1, CHAT, level=Level.FLASH))

    assert store.set_quiet(CHAT, DAY, NOW) == 0
    assert due(store, 0) == [1]


@pytest.mark.parametrize(("until", "out"), [(None, [1]), (NOON, [])])
def test_news_that_may_ring_let_the_held_alert_of_their_card_go(
    store: Store, until: datetime | None, out: list[int]
) -> None:
    held(store)
    news = replace(owed(1, CHAT, Kind.UPDATE, Level.FLASH), not_before=until)
    store.save(outcome(kept("more", "r", card=1), owe=[news]))

    claimed = store.claim(NOW, LEASE, 10)

    assert [(each.delivery.card, each.delivery.level) for each in claimed] == [(n, Level.FLASH) for n in out]


def test_an_update_of_a_sent_alert_is_not_held(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.claim(NOW, LEASE, 1)
    store.set_quiet(CHAT, DAY, NOW)
    news = replace(owed(1, CHAT, Kind.UPDATE), not_before=NOON)
    store.save(outcome(kept("more", "r", card=1), owe=[news]))

    assert store.held(CHAT, NOW) == 0


def test_who_was_not_told_of_a_card_is_known_until_they_are(store: Store) -> None:
    hushing = replace(opened(1, GROUP), hushed=(Hushed(1, CHAT, "rule r"), Hushed(1, GROUP, "rule r")))
    store.save(hushing)
    store.save(hushing)

    assert store.hushed(CHAT, [1, 2]) == {1: "rule r"}
    assert store.hushed(CHAT, [2]) == {}
    assert store.hushed(GROUP, [1]) == {}, "they were owed an alert"
    store.save(outcome(kept("more", "r", card=1), owe=[owed(1, CHAT)]))
    assert store.hushed(CHAT, [1]) == {}


def test_wishes_follow_a_chat_to_its_new_address(store: Store) -> None:
    new = Destination("telegram", "-100777")
    store.mute(mute(where=GROUP))
    store.mute(mute("t", where=TOPIC))
    store.mute(mute("mine"))
    store.set_quiet(TOPIC, replace(NIGHT, destination=TOPIC), NOW)
    store.set_quiet(CHAT, NIGHT, NOW)
    store.save(replace(opened(1), hushed=(Hushed(1, GROUP, "rule r"), Hushed(1, CHAT, "rule q"))))

    store.move_destination(GROUP, new)

    there = replace(new, topic=7)
    assert store.mutes(new, NOW) == (mute(where=new),)
    assert store.mutes(there, NOW) == (mute("t", where=there),)
    assert store.mutes(CHAT, NOW) == (mute("mine"),)
    assert store.quiet(there) == replace(NIGHT, destination=there)
    assert store.quiet(TOPIC) is None
    assert store.quiet(CHAT) == NIGHT
    assert store.hushed(new, [1]) == {1: "rule r"}
    assert store.hushed(CHAT, [1]) == {1: "rule q"}


def test_what_was_owed_before_the_night_and_not_sent_waits_it_out(store: Store) -> None:
    store.set_quiet(CHAT, DAY, minutes(-120))
    store.save(opened(1, CHAT, at=minutes(-120)))
    store.save(opened(2, CHAT, level=Level.FLASH))
    store.save(opened(3, GROUP))

    assert due(store, 0) == [2, 3]
    assert store.held(CHAT, NOW) == 1
    assert due(store, 119) == [2, 3]
    for each in store.claim(minutes(125), LEASE, 1):
        assert store.settle(each.delivery.id, each.delivery.attempt, Sent("m"), minutes(125))
    assert 1 in due(store, 126)
