from dataclasses import replace

import pytest

from monitor.core.model import Feed, FeedUrl
from monitor.watchlist import MOST, Watchlist, weighed
from tests.build import FEED, book

OTHER = Feed(FeedUrl("https://other.example/rss"), "Other", weight=3.0)


def test_the_feeds_are_those_of_the_rules_in_force():
    given = [book(feeds=(FEED,))]
    watchlist = Watchlist(lambda: given[0])
    first = watchlist.feeds()
    assert first == {FEED.url: FEED}
    assert watchlist.feeds() is first
    given[0] = book(feeds=(FEED, OTHER))
    assert watchlist.feeds().keys() == {FEED.url, OTHER.url}


@pytest.mark.parametrize(
    ("hits", "weight"),
    [
        pytest.param(0, 3.0, id="nothing"),
        pytest.param(1, 4.5, id="one hit"),
        pytest.param(7, 7.5, id="some"),
        pytest.param(10**6, 3.0 * MOST, id="at most"),
    ],
)
def test_a_feed_that_brings_something_weighs_more(hits, weight):
    assert weighed(OTHER, hits) == replace(OTHER, weight=weight)


def test_new_counts_weigh_at_once():
    watchlist = Watchlist(lambda: book(feeds=(FEED, OTHER)))
    assert watchlist.feeds()[OTHER.url].weight == 3.0
    watchlist.weigh({OTHER.url: 1})
    assert {feed.name: feed.weight for feed in watchlist.feeds().values()} == {"Example": 1.0, "Other": 4.5}
