"""A short, seeded run of the simulation that `python -m benchmarks cadence` makes in full."""

import pytest

from benchmarks.cadence import Case, compare
from benchmarks.postings import DAY, END, HOUR, made_up


@pytest.fixture(scope="module")
def results():
    return compare(Case("short", made_up(40, 7), HOUR, 120.0))


def test_all_ways_use_the_same_budget(results):
    assert {name: round(each.used, 1) for name, each in results.items()} == dict.fromkeys(results, 1.0)


def test_stories_wait_about_half_as_long_as_with_equal_intervals(results):
    assert results["ours"].mean < 0.65 * results["uniform"].mean
    assert results["ours"].quantile(0.95) < 1.1 * results["uniform"].quantile(0.95)


def test_it_comes_near_an_oracle_that_knows_the_true_rates(results):
    assert results["ours"].mean < 1.2 * results["oracle"].mean


def test_made_up_feeds_post_as_often_as_they_say():
    histories = made_up(60, 1)
    said = sum(sum(history.rates) / len(history.rates) * END for history in histories)
    assert sum(len(history.posts) for history in histories) == pytest.approx(said, rel=0.1)
    assert made_up(3, 5) == made_up(3, 5)
    assert max(history.posts[-1] for history in histories) > END - DAY
