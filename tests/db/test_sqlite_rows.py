"""Rows and models are two forms of one thing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.rows import maybe_text, maybe_time, to_text, to_time

MOMENTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.integers(-23, 23).map(lambda h: timezone(timedelta(hours=h))),
)
QUICK = settings(database=None, derandomize=True, deadline=None, max_examples=100)


@QUICK
@given(MOMENTS)
def test_a_moment_comes_back_in_utc(moment: datetime) -> None:
    assert to_time(to_text(moment)) == moment
    assert to_time(to_text(moment)).tzinfo == UTC


@QUICK
@given(MOMENTS, MOMENTS)
def test_stored_moments_sort_as_they_follow_each_other(one: datetime, other: datetime) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)
    assert len(to_text(one)) == len(to_text(other)) == 32


def test_no_moment_is_none() -> None:
    assert maybe_text(None) is None
    assert maybe_time(None) is None


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        to_text(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
