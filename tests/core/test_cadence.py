from datetime import timedelta

import pytest

from monitor.core.cadence import DAY, Pace, after_poll, spell
from monitor.core.model import Failed, Feed, FeedState, Gone, RetryLater, Unchanged, Validators
from tests.build import FEED, NOW, URL, page, state

PACE = Pace(floor=900, blind=3600)


def wait(after: FeedState) -> float:
    assert after.next_poll_at is not None
    return (after.next_poll_at - NOW).total_seconds()


def poll(fetched, *, feed=FEED, before=None, jitter=0.0, pace=PACE, ttl=None) -> FeedState:
    return after_poll(feed, before or state(), fetched, now=NOW, jitter=jitter, pace=pace, ttl=ttl)


def every(seconds: int) -> Feed:
    return Feed(URL, "Example", every=seconds)


@pytest.mark.parametrize(
    ("fetched", "feed", "ttl", "expected", "why"),
    [
        pytest.param(page(), FEED, None, 900, "floor", id="the floor, when nobody wishes more"),
        pytest.param(
            page(validators=Validators()), FEED, None, 3600, "no validators", id="no validators: hourly"
        ),
        pytest.param(page(max_age=1200), FEED, None, 1200, "max-age", id="max-age above the floor"),
        pytest.param(page(max_age=60), FEED, None, 900, "floor", id="max-age below the floor"),
        pytest.param(page(max_age=9 * DAY), FEED, None, DAY, "max-age", id="max-age is capped at a day"),
        pytest.param(page(), FEED, 7200, 7200, "ttl", id="ttl of the feed"),
        pytest.param(
            page(max_age=7200), every(1000), 7200, 1000, "fixed", id="a fixed interval beats the server"
        ),
        pytest.param(
            page(validators=Validators()), every(1000), None, 1000, "fixed", id="fixed, without validators"
        ),
        pytest.param(page(), every(60), None, 900, "POLL_FLOOR is higher", id="fixed below the floor"),
    ],
)
def test_interval_after_a_success(fetched, feed, ttl, expected, why):
    after = poll(fetched, feed=feed, ttl=ttl)
    assert wait(after) == expected
    assert why in after.reason


def test_jitter_lengthens_a_learnt_interval_by_up_to_a_tenth_and_never_a_fixed_one():
    assert wait(poll(page(), jitter=0.5)) == pytest.approx(945)
    assert wait(poll(page(), feed=every(1000), jitter=0.5)) == 1000


def test_a_page_brings_validators_and_ends_a_row_of_failures():
    before = state(failures=3, last_error="down", seen_before=False)
    after = poll(page(digest="new", validators=Validators('W/"2"', "yesterday")), before=before)
    assert after.validators == Validators('W/"2"', "yesterday")
    assert (after.body_digest, after.failures, after.last_error, after.seen_before) == ("new", 0, None, True)
    assert (after.last_poll_at, after.last_success_at) == (NOW, NOW)


def test_unchanged_keeps_validators_unless_new_ones_come():
    before = state(validators=Validators('"1"'), failures=2, last_error="down")
    assert poll(Unchanged(URL), before=before).validators == Validators('"1"')
    after = poll(Unchanged(URL, Validators('"2"'), max_age=2000), before=before)
    assert after.validators == Validators('"2"')
    assert (wait(after), after.failures, after.last_error) == (2000, 0, None)


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
    after = poll(Failed(URL, "timeout"), before=state(failures=failures), jitter=0.5)
    assert wait(after) == pytest.approx(expected)
    assert (after.failures, after.last_error) == (failures + 1, "timeout")
    assert after.last_success_at is None


def test_jitter_never_shortens_a_wait_below_the_floor():
    assert wait(poll(Failed(URL, "timeout"), jitter=0.0)) == 900
    assert wait(poll(Failed(URL, "timeout"), before=state(failures=2), jitter=0.0)) == pytest.approx(3240)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(5000.0, 5000, id="as asked"),
        pytest.param(1.0, 900, id="less than the floor: the floor"),
        pytest.param(10.0**9, 30 * DAY, id="absurd: a month"),
    ],
)
def test_retry_after_is_obeyed(after, expected):
    assert wait(poll(RetryLater(URL, "429", after))) == expected


def test_patience_without_a_figure_is_a_failure_like_others():
    assert wait(poll(RetryLater(URL, "503"), before=state(failures=1), jitter=0.5)) == pytest.approx(1800)


def test_a_fixed_interval_above_the_floor_is_the_least_wait_after_a_failure():
    assert wait(poll(Failed(URL, "timeout"), feed=every(2000))) == 2000


def test_gone_is_never_asked_again():
    after = poll(Gone(URL, "410 Gone"))
    assert after.next_poll_at is None
    assert after.last_error == "410 Gone"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 s"), (120, "2 min"), (900, "15 min"), (7200, "2 h"), (DAY, "24 h"), (3 * DAY, "3 d")],
)
def test_durations_are_spelt_for_people(seconds, words):
    assert spell(seconds) == words


def test_the_name_follows_rules_yaml():
    assert poll(page(), before=state(name="Old")).name == "Example"
    assert poll(page()).next_poll_at == NOW + timedelta(seconds=900)
