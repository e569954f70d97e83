"""Rates kept whatever the line does, and what refusals teach: pure, on a clock of the test's own."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from monitor.core.model import Destination
from monitor.core.pacing import (
    CHAT_COOLS,
    FIRST_WAIT,
    HOTTEST,
    HOUR,
    LONGEST_WAIT,
    REACH,
    TELEGRAM,
    Heat,
    Line,
    Pace,
    Place,
    Rates,
    chat_of,
    is_group,
    kept,
    restored,
    wait,
)
from tests.build import CHAT, GROUP, NOW


@pytest.mark.parametrize(
    ("destination", "group"),
    [
        pytest.param(CHAT, False, id="private chat"),
        pytest.param(GROUP, True, id="group or channel"),
        pytest.param(Destination("telegram", "@news"), True, id="channel by name"),
        pytest.param(Destination("terminal"), False, id="terminal"),
    ],
)
def test_a_group_is_told_by_its_id(destination: Destination, group: bool) -> None:
    assert is_group(destination) == group


def test_topics_share_the_limits_of_their_chat() -> None:
    assert chat_of(Destination("telegram", "-1001", 7)) == GROUP


def test_twenty_a_minute_are_one_every_three_seconds() -> None:
    assert (TELEGRAM.chat, TELEGRAM.group * 20, TELEGRAM.per_second) == (1.0, 60.0, 30)
    assert Rates() == Rates(0.0, 0.0, None)


def test_the_gap_of_a_chat_counts_from_the_answer() -> None:
    place = Place(3.0)
    assert place.ready < 0
    assert place.sent(10.0, accepted=True).ready == 13.0
    assert place.sent(10.0, accepted=False).ready == 13.0


@pytest.mark.parametrize(
    ("after", "degrees", "seconds"),
    [
        pytest.param(3.0, 0.0, 3.0, id="the first is kept to the letter"),
        pytest.param(FIRST_WAIT, 0.0, FIRST_WAIT, id="without a word of how long"),
        pytest.param(3.0, 1.0, 10.0, id="the second waits longer"),
        pytest.param(3.0, 2.0, 20.0, id="the third still longer"),
        pytest.param(3.0, 50.0, LONGEST_WAIT, id="bounded"),
        pytest.param(43_838.0, 2.0, 43_838.0, id="never less than asked for"),
    ],
)
def test_waits_grow_with_each_refusal(after: float, degrees: float, seconds: float) -> None:
    assert wait(after, degrees) == seconds


def test_a_refused_chat_waits_slows_down_and_speeds_up_again_slowly() -> None:
    place = Place(1.0).sent(100.0, accepted=False).flooded(100.0, 60.0)
    assert place.ready == 160.0
    gaps = []
    now = 160.0
    for _ in range(25):
        place = place.sent(now, accepted=True)
        gaps.append(place.ready - now)
        now = place.ready
    assert 1.9 < gaps[0] < 2.0
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] == 1.0
    assert 17 <= sum(gap > 1.0 for gap in gaps) <= 1 / CHAT_COOLS


def test_refusals_in_a_row_heat_up_to_a_bound() -> None:
    place = Place(1.0)
    for at in range(9):
        place = place.flooded(float(at), 1.0)
    assert place.heat.degrees == HOTTEST
    assert place.flooded(9.0, 0.5).ready == pytest.approx(9.0 + FIRST_WAIT * 2**HOTTEST, rel=0.01)


def test_a_shorter_wait_never_ends_a_longer_one() -> None:
    place = Place(1.0).flooded(0.0, 43_838.0).flooded(10.0, 1.0)
    assert place.ready == 43_838.0
    assert place.sent(20.0, accepted=True).ready == 43_838.0


def test_time_alone_cools_too() -> None:
    heat = Heat(2.0, 0.0)
    assert [heat.now(at) for at in (-5.0, 0.0, HOUR, 2 * HOUR, 9 * HOUR)] == [2.0, 2.0, 1.0, 0.0, 0.0]
    assert heat.fallen(HOUR, 0.25) == Heat(0.75, HOUR)
    place = Place(1.0, 5.0, heat)
    assert [place.idle(at) for at in (1.0, 6.0, 2 * HOUR)] == [False, False, True]


def simulated(line: Line, seed: int, seconds: float, slowest: float) -> list[float]:
    """When messages arrive at the other side, if each is sent as soon as the line opens."""
    random, now, arrivals = Random(seed), 0.0, []  # noqa: S311 - dice of a test
    flying: list[tuple[float, int]] = []
    while now < seconds:
        opens = line.opens(now)
        landing = min(flying, default=(float("inf"), 0))
        now = min(opens, landing[0])
        if landing[0] <= opens:
            flying.remove(landing)
            line = line.landed(now, landing[1], accepted=True)
            continue
        line = line.started(now)
        takes = random.uniform(0.0, slowest)
        arrivals.append(now + random.random() * min(takes, REACH))
        flying.append((now + takes, line.last))
    return sorted(arrivals)


@pytest.mark.parametrize("slowest", [0.001, 0.05, 0.2, 2.0], ids=lambda seconds: f"up to {seconds} s")
def test_no_second_has_more_messages_than_granted_however_late_they_arrive(slowest: float) -> None:
    arrivals = simulated(Line(30), 5, 20.0, slowest)
    worst = max(
        sum(at <= other < at + 1.0 for other in arrivals[i : i + 40]) for i, at in enumerate(arrivals)
    )
    assert worst <= 30
    if slowest <= 0.05:
        assert len(arrivals) / 20.0 > 28


def test_messages_leave_smoothly_not_in_bursts() -> None:
    line, at_once = Line(30), 0
    while line.opens(0.0) == 0.0:
        line, at_once = line.started(0.0), at_once + 1
    assert at_once == 8  # a quarter of a second's, for a machine that was busy
    assert line.opens(0.0) < line.started(line.opens(0.0)).opens(0.0) < 0.06
    assert line.opens(5.0) == 5.0


def test_an_ungranted_line_is_always_open_but_for_refusals() -> None:
    line = Line().started(1.0).landed(1.0, 0, accepted=True)
    assert (line, line.opens(1.0)) == (Line(), 1.0)
    assert Line().flooded(1.0, 9.0).opens(2.0) == 10.0


def test_a_refusal_of_all_holds_all_and_slows_all_down() -> None:
    line = Line(30).flooded(100.0, 7.0)
    assert line.opens(100.0) == 107.0
    assert line.started(107.0).opens(107.0) == pytest.approx(107.0 + 1 / 15, abs=0.001)
    again = line.flooded(103.0, 5.0)
    assert (again.held, again.heat) == (108.0, line.heat)
    assert line.flooded(108.0, 5.0).held == pytest.approx(118.0, abs=0.1)
    for _ in range(600):
        line = line.landed(110.0, 0, accepted=True)
    assert not line.heat.degrees


def test_a_hot_line_lets_fewer_into_each_second() -> None:
    line = Line(2, heat=Heat(HOTTEST, 0.0)).started(0.0)
    assert line.opens(20.0) == 20.0
    line = line.started(20.0)
    assert line.opens(20.0) == pytest.approx(27.75, abs=0.1)


def test_one_or_two_refused_chats_are_their_own_affair_three_together_are_all() -> None:
    line = Line(30).chat_flooded(0.0, "a", 43_838.0).chat_flooded(1.0, "b", 5.0)
    assert line.opens(2.0) == 2.0
    assert line.chat_flooded(2.0, "a", 9.0).opens(2.0) == 2.0  # the same chat again
    assert line.chat_flooded(11.5, "c", 9.0).opens(12.0) == 12.0  # long after
    line = line.chat_flooded(2.0, "c", 9.0)
    assert line.opens(2.0) == 11.0  # the longest but one
    assert line.chat_flooded(3.0, "d", 20.0).opens(3.0) == 23.0  # more of the same
    assert line.chat_flooded(3.0, "d", 43_838.0).opens(3.0) == 3.0 + LONGEST_WAIT


def test_what_was_learnt_goes_on_in_the_next_process() -> None:
    place = Place(1.0).flooded(500.0, 43_838.0)
    pace = kept("telegram:42", place.ready, place.heat, 500.0, NOW)
    assert pace == Pace("telegram:42", NOW, NOW + timedelta(seconds=43_838), 1.0)
    ready, heat = restored(pace, 7.0, NOW + timedelta(seconds=43_800))
    assert ready == 45.0
    assert heat.now(7.0) == 0.0
    ready, heat = restored(pace, 7.0, NOW + timedelta(seconds=1_800))
    assert (ready, heat.now(7.0)) == (42_045.0, 0.5)


@pytest.mark.parametrize(
    ("passed", "left"),
    [
        pytest.param(10.0, 50.0, id="later"),
        pytest.param(90.0, 0.0, id="over"),
        pytest.param(-86_400.0, 60.0, id="the clock was set back a day"),
    ],
)
def test_a_wait_is_never_longer_than_it_was(passed: float, left: float) -> None:
    pace = Pace("telegram", NOW, NOW + timedelta(seconds=60), 2.0)
    date = NOW + timedelta(seconds=passed)
    assert pace.left(date) == left
    assert restored(pace, 0.0, date)[0] == left


@pytest.mark.parametrize(
    ("pace", "over"),
    [
        pytest.param(Pace("x", NOW, NOW, 0.0), True, id="cold and no wait"),
        pytest.param(Pace("x", NOW, NOW, 0.1), False, id="warm"),
        pytest.param(Pace("x", NOW, NOW + timedelta(seconds=1), 0.0), False, id="a wait"),
    ],
)
def test_what_holds_back_nothing_is_over(pace: Pace, over: bool) -> None:
    assert pace.over == over
