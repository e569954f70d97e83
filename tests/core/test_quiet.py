"""Quiet hours: whatever the clocks do, what is held comes out, and only at night is anything held."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.core.model import Level, QuietHours
from monitor.core.quiet import begins_next, held_until
from tests.build import CHAT

ZONES = (
    "Asia/Seoul",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
)
NIGHT = QuietHours(CHAT, time(22), time(7), ZoneInfo("Asia/Seoul"), frozenset({Level.FLASH}))
BERLIN = replace(NIGHT, zone=ZoneInfo("Europe/Berlin"))

hours = st.builds(
    QuietHours,
    st.just(CHAT),
    st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    st.sampled_from([ZoneInfo(name) for name in ZONES]),
    st.just(frozenset({Level.FLASH})),
).filter(lambda quiet: quiet.begins != quiet.ends)
moments = st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        pytest.param(NIGHT, "2026-09-27T22:00+09:00", "2026-09-28T07:00+09:00", id="it-begins"),
        pytest.param(NIGHT, "2026-09-28T06:59:59+09:00", "2026-09-28T07:00+09:00", id="after-midnight"),
        pytest.param(NIGHT, "2026-09-28T07:00+09:00", None, id="it-is-over"),
        pytest.param(NIGHT, "2026-09-27T21:59:59+09:00", None, id="not-yet"),
        pytest.param(
            replace(NIGHT, begins=time(12), ends=time(14)),
            "2026-09-27T13:00+09:00",
            "2026-09-27T14:00+09:00",
            id="at-noon",
        ),
        pytest.param(BERLIN, "2026-03-28T23:00+01:00", "2026-03-29T07:00+02:00", id="a-night-of-eight-hours"),
        pytest.param(BERLIN, "2026-10-24T23:00+02:00", "2026-10-25T07:00+01:00", id="a-night-of-ten-hours"),
        pytest.param(
            replace(BERLIN, ends=time(2, 30)), "2026-03-29T00:30+01:00", "2026-03-29T03:30+02:00", id="an-end-left-out"
        ),
        pytest.param(
            replace(BERLIN, ends=time(2, 30)), "2026-10-25T02:31+02:00", None, id="an-end-that-comes-twice-counts-first"
        ),
    ],
)  # fmt: skip
def test_alerts_wait_for_the_end_of_the_night(quiet: QuietHours, now: str, until: str | None) -> None:
    assert held_until(quiet, Level.ALERT, utc(now)) == (None if until is None else utc(until))
    assert held_until(quiet, Level.FLASH, utc(now)) is None


@given(hours, moments)
def test_what_is_held_comes_out_within_a_day_and_is_not_held_again(quiet: QuietHours, now: datetime) -> None:
    until = held_until(quiet, Level.INFO, now)
    assert held_until(quiet, Level.FLASH, now) is None
    if until is not None:
        assert now < until <= now + timedelta(hours=49)
        assert held_until(quiet, Level.INFO, until) is None


@given(hours, moments, st.timedeltas(timedelta(), timedelta(days=2)))
def test_later_alerts_never_come_out_before_earlier_ones(
    quiet: QuietHours, now: datetime, later: timedelta
) -> None:
    first = held_until(quiet, Level.INFO, now) or now
    second = held_until(quiet, Level.INFO, now + later) or now + later
    assert first <= second


@given(hours, moments, st.sampled_from([timedelta(days=-1), timedelta(days=1), timedelta(hours=-1)]))
def test_a_clock_that_jumps_changes_only_which_night_it_is(
    quiet: QuietHours, now: datetime, jump: timedelta
) -> None:
    until = held_until(quiet, Level.INFO, now + jump)
    assert until is None or now + jump < until <= now + jump + timedelta(hours=49)


@given(hours, moments)
def test_an_alert_is_held_if_the_clock_stands_in_the_hours(quiet: QuietHours, now: datetime) -> None:
    around = {(now + timedelta(hours=h)).astimezone(quiet.zone).utcoffset() for h in range(-49, 50, 7)}
    assume(len(around) == 1)  # no change of the clocks is near
    clock = now.astimezone(quiet.zone).time()
    if quiet.begins < quiet.ends:
        asleep = quiet.begins <= clock < quiet.ends
    else:
        asleep = clock >= quiet.begins or clock < quiet.ends
    assert (held_until(quiet, Level.INFO, now) is not None) == asleep


@given(hours, moments)
def test_the_next_night_begins_within_three_days(quiet: QuietHours, now: datetime) -> None:
    assert now < begins_next(quiet, now) <= now + timedelta(days=3)
