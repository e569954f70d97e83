"""Digests in every store: gathered, made when they are due, sent in parts, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.model import (
    Claimed,
    Destination,
    DigestWish,
    Every,
    Gathered,
    Kind,
    Later,
    Level,
    Outcome,
    Preferences,
    QuietHours,
    Refused,
    Schedule,
    Sent,
    Unknown,
    Waiting,
)
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, URL, card, minutes
from tests.contract.outcomes import LEASE, kept, opened, outcome, owed, send

TOPIC = Destination("telegram", "-1001", 7)
MOVED = Destination("telegram", "-100999")
HOURLY = Schedule(Every.HOUR)
DAILY = Schedule(Every.DAY, time(8))  # NOW is a Sunday, 10:00
WEEKLY = Schedule(Every.WEEK, time(8), 2)
ELEVEN = minutes(60)
EIGHT = NOW.replace(day=28, hour=8)


def gathering(
    number: int,
    schedule: Schedule | None = HOURLY,
    where: Destination = CHAT,
    level: Level = Level.ALERT,
    at: datetime = NOW,
) -> Outcome:
    """A card of one story that somebody wants in a digest."""
    what = outcome(kept(f"story {number}", "ba"[number % 2], card=number), cards=[card(number, level)], at=at)
    return replace(what, gathered=(Gathered(number, where, level, schedule),))


def wish(store: Store, schedule: Schedule | None = HOURLY, where: Destination = CHAT) -> None:
    store.set_digest(DigestWish(where, "all", schedule))


def claim(store: Store, at: datetime) -> tuple[Claimed, ...]:
    return store.claim(at, LEASE, 10)


def take(store: Store, at: datetime) -> list[Claimed]:
    """Send all that is due, one after the other."""
    out: list[Claimed] = []
    while claimed := claim(store, at):
        for each in claimed:
            assert store.settle(each.delivery.id, each.delivery.attempt, Sent("m"), at)
        out += claimed
    return out


def listed(claims: list[Claimed]) -> list[list[int]]:
    """The cards of each message."""
    return [[view.card.number for view in each.digest.views] for each in claims if each.digest is not None]


def test_what_is_gathered_comes_when_its_hour_is_full(store: Store) -> None:
    wish(store)
    store.save(gathering(1))
    store.save(gathering(2, level=Level.INFO))

    assert claim(store, ELEVEN - timedelta(seconds=1)) == ()
    assert store.status().owed == 0
    (claimed,) = claim(store, ELEVEN)
    assert (claimed.delivery.kind, claimed.delivery.destination) == (Kind.DIGEST, CHAT)
    assert (claimed.delivery.part, claimed.delivery.parts) == (1, 1)
    assert claimed.delivery.about == "digest 1"
    assert claimed.view == store.card(1)
    assert listed([claimed]) == [[1, 2]]
    made = store.digest(1)
    assert made is not None
    assert claimed.digest is not None
    assert claimed.digest.digest == made
    assert (made.kind, made.schedule, made.begun_at, made.made_at) == (Kind.DIGEST, HOURLY, NOW, ELEVEN)
    assert (made.cards, made.listed, made.destination) == ((1, 2), 2, CHAT)


def test_an_empty_digest_is_not_sent(store: Store) -> None:
    wish(store)
    assert take(store, ELEVEN) == []
    store.save(gathering(1))
    assert len(take(store, ELEVEN)) == 1
    assert take(store, minutes(600)) == []
    assert store.digest(2) is None


def test_a_card_is_told_in_one_digest_only(store: Store) -> None:
    wish(store)
    store.save(gathering(1))
    store.save(gathering(1))
    assert listed(take(store, ELEVEN)) == [[1]]
    store.save(gathering(1, at=ELEVEN))
    assert take(store, minutes(600)) == []
    assert store.facts_for(URL, (), NOW).cards[0].gathered == {Gathered(1, CHAT, Level.ALERT, HOURLY)}


def test_the_facts_tell_who_wants_what_in_a_digest(store: Store) -> None:
    wish(store, DAILY)
    store.set_digest(DigestWish(CHAT, "border", None))
    store.set_digest(DigestWish(GROUP, "tag:east", WEEKLY))
    store.set_digest(DigestWish(CHAT, "all", HOURLY))

    assert store.facts_for(URL, (), NOW).digests == (
        DigestWish(GROUP, "tag:east", WEEKLY),
        DigestWish(CHAT, "all", HOURLY),
        DigestWish(CHAT, "border", None),
    )
    assert store.digests(CHAT) == (DigestWish(CHAT, "all", HOURLY), DigestWish(CHAT, "border", None))
    assert store.drop_digests(CHAT, "none") == 0
    assert store.drop_digests(CHAT, "border") == 1
    assert store.drop_digests(CHAT, None) == 1
    assert store.digests(CHAT) == ()
    assert len(store.digests(GROUP)) == 1


def test_an_alert_takes_its_card_out_of_what_is_gathered(store: Store) -> None:
    wish(store)
    store.save(gathering(1))
    store.save(gathering(2))
    store.save(outcome(owe=[owed(1, level=Level.FLASH)]))
    sent = take(store, minutes(1))
    assert [each.delivery.kind for each in sent] == [Kind.ALERT]
    assert listed(take(store, ELEVEN)) == [[2]]


def test_who_was_told_of_a_card_is_not_told_again_in_a_digest(store: Store) -> None:
    wish(store)
    store.save(opened(1, CHAT))
    store.save(replace(outcome(), gathered=(Gathered(1, CHAT, Level.ALERT, HOURLY),)))
    assert store.waiting(CHAT, NOW) == ()


def test_what_waits_tells_how_much_and_until_when(store: Store) -> None:
    wish(store, DAILY)
    store.set_digest(DigestWish(CHAT, "level:info", HOURLY))
    store.save(gathering(1, DAILY))
    store.save(gathering(2, DAILY, at=minutes(5)))
    store.save(gathering(3, HOURLY, at=minutes(7)))
    store.save(gathering(4, HOURLY, where=GROUP))

    assert store.waiting(CHAT, minutes(8)) == (
        Waiting(CHAT, DAILY, 2, NOW, EIGHT),
        Waiting(CHAT, HOURLY, 1, minutes(7), ELEVEN),
    )


def test_a_daily_digest_comes_by_the_clock_of_its_chat(store: Store) -> None:
    wish(store, DAILY)
    store.prefer(CHAT, Preferences(zone=ZoneInfo("Asia/Seoul")))
    store.save(gathering(1, DAILY))
    at_eight_in_seoul = NOW.replace(hour=23)
    assert take(store, at_eight_in_seoul - timedelta(seconds=1)) == []
    assert listed(take(store, at_eight_in_seoul)) == [[1]]


def test_a_topic_lives_by_the_clock_of_its_chat(store: Store) -> None:
    wish(store, DAILY, TOPIC)
    store.prefer(GROUP, Preferences(zone=ZoneInfo("Asia/Seoul")))
    store.save(gathering(1, DAILY, TOPIC))
    assert [each.due_at for each in store.waiting(TOPIC, NOW)] == [NOW.replace(hour=23)]


def test_a_long_digest_comes_in_parts_one_after_the_other(store: Store) -> None:
    wish(store)
    for number in range(1, 26):
        store.save(gathering(number))
    store.save(opened(30, CHAT, level=Level.INFO, at=ELEVEN))

    sent = take(store, ELEVEN)

    assert [each.delivery.kind for each in sent] == [Kind.ALERT, Kind.DIGEST, Kind.DIGEST, Kind.DIGEST]
    assert [each.delivery.about for each in sent[1:]] == [
        "digest 1 (1/3)",
        "digest 1 (2/3)",
        "digest 1 (3/3)",
    ]
    assert [card for some in listed(sent) for card in some] == [*range(25, 0, -2), *range(24, 0, -2)]
    assert [len(each) for each in listed(sent)] == [10, 10, 5]


def test_a_part_that_fails_is_tried_again_alone_and_the_next_ones_wait_for_it(store: Store) -> None:
    wish(store)
    for number in range(1, 46):
        store.save(gathering(number))
    parts: list[int] = []
    for _ in range(2):
        (claimed,) = claim(store, ELEVEN)
        parts.append(claimed.delivery.part)
        assert store.settle(claimed.delivery.id, claimed.delivery.attempt, Sent("m"), ELEVEN)
    (third,) = claim(store, ELEVEN)
    assert store.settle(third.delivery.id, 1, Later(60, "flood"), ELEVEN)
    assert claim(store, minutes(60.5)) == ()
    parts += [each.delivery.part for each in take(store, minutes(61))]
    assert parts == [1, 2, 3, 4, 5]
    assert store.status().sent == 5


def test_a_part_that_is_refused_is_listed_and_can_be_sent_again(store: Store) -> None:
    wish(store)
    for number in range(1, 26):
        store.save(gathering(number))
    send(store, Sent("m"), 60)
    send(store, Refused("no"), 60)
    assert [each.delivery.part for each in take(store, ELEVEN)] == [3]
    (letter,) = store.status().dead
    assert (letter.delivery.about, letter.delivery.reason) == ("digest 1 (2/3)", "no")
    assert store.requeue(None, ELEVEN) == 1
    (again,) = claim(store, ELEVEN)
    assert (again.delivery.part, again.delivery.attempt) == (2, 2)


def test_a_part_of_which_nobody_knows_is_repeated_once_marked(store: Store) -> None:
    wish(store)
    store.save(gathering(1))
    send(store, Unknown("broke"), 60)
    (again,) = claim(store, minutes(61))
    assert (again.delivery.repeat, again.delivery.attempt) == (True, 2)


@pytest.mark.parametrize("crashed", [pytest.param(True, id="crash"), pytest.param(False, id="no-answer")])
def test_a_digest_is_sent_at_most_once_where_that_is_wished(store: Store, crashed: bool) -> None:
    wish(store)
    store.send_once(CHAT, once=True)
    store.save(gathering(1))
    (claimed,) = claim(store, ELEVEN)
    if crashed:
        assert store.recover(minutes(61)) == 1
    else:
        assert store.settle(claimed.delivery.id, 1, Unknown("broke"), minutes(61))
    assert claim(store, minutes(120)) == ()
    assert store.status().dead_count == 1


def test_quiet_hours_hold_a_digest(store: Store) -> None:
    wish(store)
    store.set_quiet(CHAT, QuietHours(CHAT, time(10), time(13), ZoneInfo("UTC")), NOW)
    store.save(gathering(1))
    assert take(store, ELEVEN) == []
    assert store.held(CHAT, ELEVEN) == 1
    assert listed(take(store, NOW.replace(hour=13))) == [[1]]


def test_a_suspended_destination_gets_its_digest_when_it_is_back(store: Store) -> None:
    wish(store)
    store.save(opened(1, CHAT))
    send(store, Refused("blocked", suspend=True))
    store.save(gathering(2))
    assert take(store, ELEVEN) == []
    assert store.resume(CHAT)
    assert listed(take(store, ELEVEN)) == [[2]]


@pytest.mark.parametrize(
    "change",
    [pytest.param(None, id="ended"), pytest.param(DAILY, id="another-time")],
)
def test_what_was_gathered_goes_out_when_nobody_wishes_it_any_more(
    store: Store, change: Schedule | None
) -> None:
    wish(store)
    store.save(gathering(1))
    if change is None:
        store.drop_digests(CHAT, "all")
    else:
        wish(store, change)
    assert listed(take(store, minutes(1))) == [[1]]


def test_a_digest_can_be_sent_now_and_the_next_one_has_only_what_came_since(store: Store) -> None:
    wish(store)
    assert store.send_digest(CHAT, NOW) == 0
    store.save(gathering(1))
    store.save(gathering(2, where=GROUP))
    assert store.send_digest(CHAT, minutes(1)) == 1
    assert store.waiting(CHAT, minutes(1)) == ()
    assert listed(take(store, minutes(1))) == [[1], [2]]  # nobody wishes a digest in the group
    store.save(gathering(3, at=minutes(2)))
    assert listed(take(store, ELEVEN)) == [[3]]


def test_each_period_has_one_digest_even_if_the_clock_is_set_back_a_little(store: Store) -> None:
    wish(store)
    store.save(gathering(1))
    assert listed(take(store, ELEVEN)) == [[1]]
    store.save(gathering(2, at=minutes(55)))
    assert take(store, minutes(61)) == []
    assert listed(take(store, minutes(120))) == [[2]]


def test_what_was_gathered_tomorrow_waits_no_longer_than_a_period(store: Store) -> None:
    wish(store, DAILY)
    ahead = timedelta(days=1)
    store.save(gathering(1, DAILY, at=NOW + ahead))
    assert take(store, NOW) == []
    assert listed(take(store, EIGHT)) == [[1]]


def test_cards_stand_by_level_and_rule_the_newest_first(store: Store) -> None:
    wish(store)
    store.save(gathering(2))
    for number in (1, 4, 6, 3):  # odd ones hit a, even ones b
        store.save(gathering(number, level=Level.INFO))
    assert listed(take(store, ELEVEN)) == [[2, 3, 1, 6, 4]]


def test_a_card_without_a_story_is_listed_all_the_same(store: Store) -> None:
    wish(store)
    bare = replace(outcome(cards=[card(1)]), gathered=(Gathered(1, CHAT, Level.INFO, HOURLY),))
    store.save(bare)
    assert listed(take(store, ELEVEN)) == [[1]]


def test_what_tells_of_several_cards_is_not_owed_by_a_story(store: Store) -> None:
    with pytest.raises(ValueError, match="digest"):
        store.save(outcome(cards=[card(1)], owe=[owed(1, kind=Kind.DIGEST)]))
    with pytest.raises(ValueError, match="do not exist"):
        store.save(replace(outcome(), gathered=(Gathered(9, CHAT, Level.INFO, HOURLY),)))


def test_a_digest_follows_its_chat(store: Store) -> None:
    wish(store, where=TOPIC)
    store.prefer(GROUP, Preferences(protected=True))
    store.set_language(GROUP, "ko")
    store.save(gathering(1, where=TOPIC))
    store.save(gathering(2, where=TOPIC))
    store.send_digest(TOPIC, NOW)
    store.save(gathering(3, where=TOPIC))
    there = replace(MOVED, topic=7)
    wish(store, DAILY, there)
    store.save(gathering(3, where=there))

    store.move_destination(GROUP, MOVED)
    store.move_destination(GROUP, MOVED)

    assert store.digests(there) == (DigestWish(there, "all", DAILY),)
    assert store.preferences(MOVED).protected
    assert (store.language(MOVED), store.language(GROUP)) == ("ko", None)
    made = store.digest(1)
    assert made is not None
    assert made.destination == there
    sent = take(store, NOW)
    assert [(each.delivery.destination, each.manner.protected) for each in sent] == [
        (there, True),
        (there, True),
    ]
    assert listed(sent) == [[1, 2], [3]]
