from __future__ import annotations

from monitor.core.quota import Bucket, Rate, Verdict, take

RATE = Rate(burst=3, every=10.0)


def asked(*moments: float, rate: Rate = RATE) -> list[Verdict]:
    """What somebody is told who asks at these moments."""
    bucket: Bucket | None = None
    told = []
    for moment in moments:
        told.append(take(bucket, rate, moment))
        bucket = told[-1].bucket
    return told


def test_so_many_at_once_and_then_a_polite_no_and_silence() -> None:
    told = asked(0, 0, 0, 0, 1, 2)
    assert [each.granted for each in told] == [True, True, True, False, False, False]
    assert [each.tell for each in told] == [False, False, False, True, False, False]
    assert [round(each.wait, 6) for each in told] == [0, 0, 0, 10, 9, 8]


def test_what_is_left_comes_back_with_time_and_with_it_the_polite_no() -> None:
    told = asked(0, 0, 0, 0, 10, 10)
    assert [each.granted for each in told] == [True, True, True, False, True, False]
    assert [each.tell for each in told] == [False, False, False, True, False, True]


def test_nobody_saves_more_than_a_bucket() -> None:
    told = asked(0, *([10_000] * 4))
    assert [each.granted for each in told] == [True, True, True, True, False]


def test_a_clock_that_goes_back_takes_nothing_and_gives_nothing() -> None:
    told = asked(100, 0, 0, 0)
    assert [each.granted for each in told] == [True, True, True, False]


def test_in_the_long_run_it_is_one_every_so_often() -> None:
    told = asked(*(0.5 * i for i in range(2_000)))  # 1000 seconds
    assert sum(each.granted for each in told) == 3 + 99
