from datetime import timedelta
from itertools import pairwise

import pytest

from monitor.core.cadence import DAY, Pace, after_poll, spell
from monitor.core.model import (
    Failed,
    Feed,
    FeedState,
    Gone,
    Move,
    RetryLater,
    Rhythm,
    Unchanged,
    Validators,
    Vigil,
)
from tests.build import FEED, NOW, URL, batch, minutes, page, state

PACE = Pace(floor=900, blind=3600)
ETAG = Validators('"1"')
NEW = "https://new.example/rss.xml"


def wait(after: FeedState) -> float:
    assert after.next_poll_at is not None
    return (after.next_poll_at - NOW).total_seconds()


def poll(fetched, *, feed=FEED, before=None, jitter=0.5, pace=PACE, **more) -> FeedState:
    return after_poll(feed, before or state(), fetched, now=NOW, jitter=jitter, pace=pace, **more)


def every(seconds: int) -> Feed:
    return Feed(URL, "Example", every=seconds)


def days_ago(count: float):
    return NOW - timedelta(days=count)


@pytest.mark.parametrize(
    ("fetched", "feed", "ttl", "expected", "why"),
    [
        pytest.param(page(), FEED, None, 1800, "hardly", id="nothing known: twice the floor"),
        pytest.param(
            page(), Feed(URL, "Example", floor=4000), None, 4000, "floor", id="the feed's own floor"
        ),
        pytest.param(
            page(validators=Validators()), FEED, None, 3600, "no validators", id="no validators: hourly"
        ),
        pytest.param(page(max_age=4500), FEED, None, 4500, "max-age", id="max-age above the rhythm"),
        pytest.param(page(max_age=60), FEED, None, 1800, "", id="max-age below the floor"),
        pytest.param(page(max_age=9 * DAY), FEED, None, DAY, "max-age", id="max-age is capped at a day"),
        pytest.param(page(), FEED, 7200, 7200, "ttl", id="ttl of the feed"),
        pytest.param(page(), every(1000), 7200, 1000, "fixed", id="a fixed interval beats the feed's ttl"),
        pytest.param(
            page(max_age=7200), every(1000), None, 7200, "max-age", id="but not the server's max-age"
        ),
        pytest.param(
            page(validators=Validators()), every(1000), None, 1000, "fixed", id="fixed, without validators"
        ),
        pytest.param(page(), every(60), None, 900, "the floor is higher", id="fixed below the floor"),
    ],
)
def test_interval_after_a_success(fetched, feed, ttl, expected, why):
    known = Rhythm(since=NOW, until=NOW)  # nothing seen so far, and since just now
    after = poll(fetched, feed=feed, before=state(rhythm=known), batch=batch(ttl=ttl))
    assert wait(after) == pytest.approx(expected, rel=0.01)
    assert why in after.reason or why == "hardly"


def test_chance_takes_or_adds_a_twentieth_of_a_learnt_interval_and_nothing_of_a_fixed_one():
    assert [wait(poll(Unchanged(URL, ETAG), jitter=jitter)) for jitter in (0.0, 0.5)] == pytest.approx(
        [0.95 * 1800, 1800]
    )
    assert wait(poll(page(), feed=every(1000), jitter=0.0)) == 1000


def test_chance_never_takes_from_the_floor():
    assert wait(poll(page(), jitter=0.0, pace=Pace(floor=900, mean=900))) == 900
    assert wait(poll(page(max_age=5000), jitter=0.0)) == 5000


def test_what_a_304_does_not_say_anew_stays_as_it_was():
    first = poll(page(max_age=5000), batch=batch(ttl=600))
    assert wait(poll(Unchanged(URL), before=first)) == pytest.approx(5000)
    again = poll(Unchanged(URL, max_age=0), before=first)
    assert wait(again) == pytest.approx(1800)
    assert again.rhythm.ttl == 600


def test_a_page_brings_validators_and_ends_a_row_of_failures():
    before = state(
        failures=3,
        failing_since=days_ago(1),
        last_error="down",
        seen_before=False,
        vigil=Vigil(dead_since=NOW),
    )
    after = poll(page(digest="new", validators=Validators('W/"2"', "yesterday")), before=before)
    assert after.validators == Validators('W/"2"', "yesterday")
    assert (after.body_digest, after.failures, after.last_error, after.seen_before) == ("new", 0, None, True)
    assert (after.last_poll_at, after.last_success_at) == (NOW, NOW)
    assert (after.failing_since, after.vigil.dead_since) == (None, None)


def test_unchanged_keeps_validators_unless_new_ones_come():
    before = state(validators=ETAG, failures=2, last_error="down", body_digest="old")
    assert poll(Unchanged(URL), before=before).validators == ETAG
    after = poll(Unchanged(URL, Validators('"2"'), max_age=2000), before=before)
    assert after.validators == Validators('"2"')
    assert (after.body_digest, after.failures, after.last_error) == ("old", 0, None)


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        pytest.param(0, 900, id="first"),
        pytest.param(1, 1800, id="second"),
        pytest.param(3, 7200, id="fourth"),
        pytest.param(9, DAY, id="tenth: a day"),
        pytest.param(5000, DAY, id="for ever: a day"),
    ],
)
def test_failures_double_the_wait_up_to_a_day(failures, expected):
    after = poll(Failed(URL, "timeout"), before=state(failures=failures, validators=ETAG))
    assert wait(after) == pytest.approx(expected)
    assert (after.failures, after.last_error) == (failures + 1, "timeout")
    assert (after.last_success_at, after.failing_since) == (None, NOW)


def test_jitter_never_shortens_a_wait_below_the_floor():
    before = state(validators=ETAG)
    assert wait(poll(Failed(URL, "timeout"), before=before, jitter=0.0)) == 900
    third = state(failures=2, validators=ETAG)
    assert wait(poll(Failed(URL, "timeout"), before=third, jitter=0.0)) == pytest.approx(3240)


def test_a_failing_server_without_validators_is_still_asked_hourly_at_most():
    assert wait(poll(Failed(URL, "timeout"))) == 3600
    assert wait(poll(Failed(URL, "timeout"), before=state(seen_before=False))) == 900


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(5000.0, 5000, id="as asked"),
        pytest.param(1.0, 900, id="less than the floor: the floor"),
        pytest.param(10.0**9, 30 * DAY, id="absurd: a month"),
    ],
)
def test_retry_after_is_obeyed(after, expected):
    polled = poll(RetryLater(URL, "429", after), before=state(validators=ETAG))
    assert wait(polled) == expected
    assert "asked for" in polled.reason


@pytest.mark.parametrize("jitter", [0.0, 0.3, 0.99])
def test_patience_without_a_figure_at_least_doubles_the_wait_each_time(jitter):
    known = state(validators=ETAG, last_poll_at=minutes(-50))
    waits = []
    for turn in range(5):
        known = after_poll(
            FEED,
            known,
            RetryLater(URL, "429"),
            now=known.next_poll_at or NOW,
            jitter=abs(jitter - turn % 2),
            pace=PACE,
        )
        assert known.next_poll_at is not None
        assert known.last_poll_at is not None
        waits.append((known.next_poll_at - known.last_poll_at).total_seconds())
    assert waits[0] >= 6000
    assert all(later >= 2 * before or later >= DAY for before, later in pairwise(waits))


def test_the_first_request_for_patience_of_a_feed_never_asked_before():
    assert wait(poll(RetryLater(URL, "503"), before=state(seen_before=False), jitter=0.0)) == 900


def test_a_fixed_interval_above_the_floor_is_the_least_wait_after_a_failure():
    assert wait(poll(Failed(URL, "timeout"), feed=every(2000), before=state(validators=ETAG))) == 2000


def test_a_refusal_slows_down_at_once():
    before = state(validators=ETAG)
    assert wait(poll(Failed(URL, "404", status=404), before=before)) == 3600
    assert wait(poll(Failed(URL, "500", status=500), before=before)) == 900


@pytest.mark.parametrize(
    ("status", "expected"),
    [pytest.param(403, 7 * DAY, id="refused: weekly"), pytest.param(500, DAY, id="broken: daily")],
)
def test_a_feed_that_fails_for_days_is_dead_and_seldom_asked(status, expected):
    before = state(validators=ETAG, failures=9, failing_since=days_ago(7))
    after = poll(Failed(URL, "no", status=status), before=before)
    assert after.vigil.dead_since == NOW
    assert wait(after) == pytest.approx(expected, rel=0.06)
    later = after_poll(FEED, after, Failed(URL, "no"), now=minutes(9), jitter=0.0, pace=PACE)
    assert later.vigil.dead_since == NOW


@pytest.mark.parametrize(
    ("failures", "since"),
    [
        pytest.param(9, days_ago(6.9), id="many failures in a few days"),
        pytest.param(2, days_ago(60), id="few failures in months: the computer slept"),
    ],
)
def test_a_feed_is_not_given_up_early(failures, since):
    after = poll(Failed(URL, "404", status=404), before=state(failures=failures, failing_since=since))
    assert after.vigil.dead_since is None


def test_our_own_outage_is_never_the_feeds_failure():
    before = state(failures=1, last_error="down", last_poll_at=minutes(-20))
    waits = set()
    for jitter in (0.0, 0.999):
        after = poll(Failed(URL, "no network", offline=True), before=before, jitter=jitter)
        assert (after.failures, after.last_error, after.last_poll_at) == (1, "down", minutes(-20))
        waits.add(round(wait(after)))
    assert waits == {60, 180}


def test_gone_is_never_asked_again():
    after = poll(Gone(URL, "410 Gone"))
    assert after.next_poll_at is None
    assert (after.last_error, after.vigil.dead_since) == ("410 Gone", NOW)


def test_gone_at_the_address_that_it_had_moved_to_sends_back_to_its_own():
    after = poll(Gone(URL, "410 Gone"), before=state(address=NEW))
    assert (after.address, wait(after), after.vigil.dead_since) == (None, 3600, None)


@pytest.mark.parametrize(
    ("before", "to", "address", "move"),
    [
        pytest.param(state(), None, None, None, id="no move"),
        pytest.param(state(), NEW, None, Move(NEW, NOW), id="first seen"),
        pytest.param(state(), URL, None, None, id="to where it is"),
        pytest.param(
            state(move=Move(NEW, days_ago(0.5))),
            NEW,
            None,
            Move(NEW, days_ago(0.5), 2),
            id="not for a day yet",
        ),
        pytest.param(state(move=Move(NEW, days_ago(1))), NEW, NEW, None, id="twice over a day: believed"),
        pytest.param(
            state(move=Move("https://x", days_ago(3), 9)), NEW, None, Move(NEW, NOW), id="elsewhere now"
        ),
        pytest.param(state(move=Move(NEW, days_ago(3))), None, None, None, id="taken back"),
        pytest.param(state(address=NEW), None, NEW, None, id="believed before"),
        pytest.param(
            state(address=NEW, move=Move(URL, days_ago(2))), URL, None, None, id="moved back to its own"
        ),
    ],
)
def test_a_permanent_move_is_believed_after_a_day(before, to, address, move):
    for fetched in (page(moved_to=to), Unchanged(URL, moved_to=to)):
        after = poll(fetched, before=before)
        assert (after.address, after.move) == (address, move)


@pytest.mark.parametrize(
    ("failures", "since", "address"),
    [
        pytest.param(3, days_ago(2), None, id="for long"),
        pytest.param(3, days_ago(1), NEW, id="since yesterday"),
        pytest.param(1, days_ago(9), NEW, id="twice only"),
    ],
)
def test_a_new_address_that_fails_for_long_is_left_again(failures, since, address):
    before = state(address=NEW, failures=failures, failing_since=since)
    after = poll(Failed(URL, "404", status=404), before=before)
    assert after.address == address
    assert ("its own address" in after.reason) == (address is None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 s"), (120, "2 min"), (900, "15 min"), (7200, "2 h"), (DAY, "24 h"), (3 * DAY, "3 d")],
)
def test_durations_are_spelt_for_people(seconds, words):
    assert spell(seconds) == words


def test_the_name_follows_rules_yaml():
    assert poll(page(), before=state(name="Old")).name == "Example"
