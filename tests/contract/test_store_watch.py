"""What polling learns beside the page: rhythm, moves, what is amiss, what must be told, what others promised."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.model import Feed, FeedUrl, Move, Notice, Push, Rhythm, Validators, Vigil
from monitor.ports import Store
from tests.build import FEED, NOW, URL, minutes, state
from tests.contract.outcomes import kept, outcome

LEARNT = state(
    validators=Validators('W/"é"', "yesterday", "https://elsewhere.example/rss"),
    failures=2,
    failing_since=minutes(-50),
    address="https://new.example/rss",
    move=Move("https://newer.example/rss", minutes(-90), 3),
    hub="https://hub.example/",
    topic="https://topic.example/",
    rhythm=Rhythm(
        since=minutes(-900),
        until=minutes(-1),
        posts=12.25,
        span=86_400.5,
        hours=tuple(float(hour) for hour in range(24)),
        days=(1.5,) * 7,
        last_post=minutes(-3),
        room=30,
        ttl=3600,
        skip_hours=(1, 2),
        skip_days=(6,),
        least=600,
    ),
    vigil=Vigil(
        gap_at=minutes(-7),
        gaps=3,
        strange=2,
        silent_since=minutes(-6),
        endless_since=minutes(-5),
        dead_since=minutes(-4),
        today=17,
        day="2026-09-27",
        left_out=4,
    ),
)


def test_all_that_was_learnt_comes_back(store: Store) -> None:
    store.save_state(LEARNT)
    assert store.feed_states() == (LEARNT,)
    assert store.due_feeds(NOW, 1) == (LEARNT,)
    assert store.facts_for(URL, [], NOW).state == LEARNT
    store.save_state(state())
    assert store.feed_states() == (state(),)


def test_new_feeds_become_due_one_after_the_other(store: Store) -> None:
    more = [FEED, *(Feed(FeedUrl(f"https://{i}.example/"), f"{i}") for i in range(3))]
    store.sync_feeds(more, NOW, lambda index, count: NOW + timedelta(minutes=10 * index + count))
    assert {s.name: s.next_poll_at for s in store.feed_states()} == {
        "Example": NOW,
        "0": minutes(3),
        "1": minutes(13),
        "2": minutes(23),
    }


@pytest.mark.parametrize(
    ("fields", "at", "hastened"),
    [
        pytest.param({"next_poll_at": minutes(30)}, 5, True, id="sooner"),
        pytest.param({"next_poll_at": minutes(3)}, 5, False, id="due before anyway"),
        pytest.param(
            {"next_poll_at": minutes(30), "failures": 1}, 5, False, id="failing: it asked for patience"
        ),
        pytest.param({"next_poll_at": None}, 5, False, id="gone"),
    ],
)
def test_a_feed_is_hastened(store: Store, fields: dict[str, object], at: float, hastened: bool) -> None:
    before = state(**fields)
    store.save_state(before)
    assert store.hasten(URL, minutes(at)) is hastened
    assert store.feed_states()[0].next_poll_at == (minutes(at) if hastened else before.next_poll_at)


def test_unlisted_and_unknown_feeds_are_not_hastened(store: Store) -> None:
    store.save_state(state(next_poll_at=minutes(30)))
    store.sync_feeds([], NOW)
    assert not store.hasten(URL, minutes(5))
    assert not store.hasten(FeedUrl("https://nobody.example/"), minutes(5))


@pytest.mark.parametrize(
    ("last", "due", "expected"),
    [
        pytest.param(60, 90, 30, id="polled in the future: as long from now as it would have been"),
        pytest.param(60, None, None, id="gone stays gone"),
        pytest.param(60, 50, 0, id="overdue: now"),
        pytest.param(-5, 90, 90, id="polled in the past: as planned"),
    ],
)
def test_when_the_clock_is_set_back(
    store: Store, last: float, due: float | None, expected: float | None
) -> None:
    store.save_state(state(last_poll_at=minutes(last), next_poll_at=None if due is None else minutes(due)))
    assert store.rewind(NOW) == int(last > 0)
    (after,) = store.feed_states()
    assert after.next_poll_at == (None if expected is None else minutes(expected))
    assert store.rewind(NOW) == 0


def test_notices_wait_until_they_were_told(store: Store) -> None:
    store.save(outcome(notices=("one", "two")))
    store.save_state(state(), ("three",), minutes(1))
    store.save_state(state())
    assert store.untold(2) == (Notice(1, URL, "one", NOW), Notice(2, URL, "two", NOW))
    store.told(2, minutes(2))
    assert [each.text for each in store.untold(9)] == ["three"]
    store.told(3, minutes(2))
    assert store.untold(9) == ()


def test_a_notice_is_kept_once_however_often_its_outcome_is_saved(store: Store) -> None:
    for _ in range(2):
        store.save(outcome(notices=("one",)))
    assert len(store.untold(9)) == 1


def test_what_feeds_brought(store: Store) -> None:
    store.save(outcome(kept("a", "r"), kept("b"), at=minutes(0)))
    store.save(outcome(kept("c", "r", "q"), at=minutes(10)))
    assert store.hits_of_feeds(minutes(0)) == {URL: 2}
    assert store.hits_of_feeds(minutes(5)) == {URL: 1}
    assert store.hits_of_feeds(minutes(50)).get(URL, 0) == 0


def test_robots_files_are_kept(store: Store) -> None:
    assert store.robots("https://a.example") is None
    store.keep_robots("https://a.example", "User-agent: *", NOW)
    store.keep_robots("https://a.example", "", minutes(1))
    assert store.robots("https://a.example") == (minutes(1), "")


def test_subscriptions_at_hubs_are_kept(store: Store) -> None:
    push = Push(URL, "https://hub.example/", "https://t.example/", "token", "secret", NOW)
    assert store.pushes() == ()
    store.save_push(push)
    agreed = Push(URL, push.hub, push.topic, "token", "secret", NOW, minutes(90), 2, ending=True)
    store.save_push(agreed)
    assert store.pushes() == (agreed,)
    store.drop_push(URL)
    store.drop_push(URL)
    assert store.pushes() == ()
    with pytest.raises(KeyError):
        store.save_push(Push(FeedUrl("https://nobody.example/"), "h", "t", "token", "secret", NOW))
