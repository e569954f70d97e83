"""Feeds in the store: listed, due, remembered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor.core.match.plan import Everything
from monitor.core.model import Feed, FeedUrl, Validators
from monitor.ports import Store
from tests.build import FEED, NOW, URL, minutes, state, story
from tests.contract.outcomes import kept, outcome

OTHER = Feed(FeedUrl("https://other.example/feed"), "another")


def due(store: Store, minute: float = 0, limit: int = 10) -> list[FeedUrl]:
    return [each.url for each in store.due_feeds(minutes(minute), limit)]


def test_a_new_feed_is_due_at_once_and_nothing_is_known_of_it(store: Store) -> None:
    (found,) = store.due_feeds(NOW, 10)
    assert found == state(seen_before=False)


def test_an_empty_store_has_no_feeds(new_store: Callable[[], Store]) -> None:
    store = new_store()
    assert store.feed_states() == store.due_feeds(NOW, 10) == ()


def test_a_feed_is_due_from_its_time_on(store: Store) -> None:
    store.save_state(state(next_poll_at=minutes(5)))
    assert due(store, 4.99) == []
    assert due(store, 5) == [URL]


def test_the_longest_overdue_comes_first_and_the_limit_cuts_the_rest(store: Store) -> None:
    third = Feed(FeedUrl("https://third.example/"), "third")
    store.sync_feeds([FEED, OTHER, third], NOW)
    store.save_state(state(next_poll_at=minutes(2)))
    store.save_state(state(url=OTHER.url, next_poll_at=minutes(3)))
    store.save_state(state(url=third.url, next_poll_at=minutes(1)))
    assert due(store, 5) == [third.url, URL, OTHER.url]
    assert due(store, 5, limit=2) == [third.url, URL]


def test_feeds_equally_overdue_come_in_the_order_of_their_listing(store: Store) -> None:
    store.sync_feeds([OTHER, FEED], minutes(-5))
    store.save_state(state(next_poll_at=minutes(-5)))
    assert due(store) == [URL, OTHER.url]


def test_a_feed_that_is_gone_is_never_due_but_still_listed(store: Store) -> None:
    gone = state(next_poll_at=None, reason="410 Gone")
    store.save_state(gone)
    assert due(store, 10**6) == []
    assert store.feed_states() == (gone,)


def test_all_that_polling_taught_is_kept(store: Store) -> None:
    taught = state(
        validators=Validators('W/"caf\xe9\xff"', "Thu, 24 Sep 2026 10:00:00 GMT"),
        body_digest="d41d8",
        next_poll_at=minutes(30) + timedelta(microseconds=1),
        last_poll_at=minutes(1),
        last_success_at=minutes(-5),
        failures=3,
        last_error="no route to host",
        seen_before=False,
        reason="3 failures: backing off",
    )
    store.save_state(taught)
    assert store.feed_states() == (taught,)
    assert store.facts_for(URL, [], NOW).state == taught


def test_feeds_are_shown_by_name_whatever_its_case(store: Store) -> None:
    third = Feed(FeedUrl("https://third.example/"), "Another")
    store.sync_feeds([FEED, third, OTHER], NOW)
    assert [each.url for each in store.feed_states()] == [OTHER.url, third.url, URL]


def test_a_known_feed_keeps_its_state_and_takes_the_new_name(store: Store) -> None:
    store.save_state(state(next_poll_at=minutes(7), failures=2))
    store.sync_feeds([Feed(URL, "Renamed")], minutes(1))
    assert store.feed_states() == (state(name="Renamed", next_poll_at=minutes(7), failures=2),)


@pytest.mark.parametrize("by_save", [pytest.param(True, id="save"), pytest.param(False, id="save_state")])
def test_a_poll_that_began_before_a_renaming_does_not_undo_it(store: Store, by_save: bool) -> None:
    store.sync_feeds([Feed(URL, "Renamed")], NOW)
    if by_save:
        store.save(outcome(failures=1))
    else:
        store.save_state(state(failures=1))
    assert store.feed_states() == (state(name="Renamed", failures=1),)


def test_a_feed_no_longer_listed_is_not_due_but_keeps_its_stories_and_state(store: Store) -> None:
    store.save(outcome(kept("a story"), next_poll_at=minutes(7)))
    store.sync_feeds([OTHER], minutes(1))
    assert due(store, 60) == [OTHER.url]
    assert [each.url for each in store.feed_states()] == [OTHER.url]
    assert [each.story.title for each in store.candidates(Everything())] == ["a story"]
    store.sync_feeds([FEED, OTHER], minutes(2))
    assert store.facts_for(URL, [], NOW).state == state(next_poll_at=minutes(7))
    assert due(store, 7) == [OTHER.url, URL]


def test_a_poll_that_ends_after_its_feed_was_removed_is_kept_without_listing_it(store: Store) -> None:
    store.sync_feeds([], NOW)
    store.save(outcome(kept("late")))
    store.save_state(state(failures=1))
    assert store.feed_states() == store.due_feeds(minutes(60), 10) == ()
    assert store.facts_for(URL, [story("late")], NOW).known.keys() == {"late"}


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda s: s.facts_for(OTHER.url, [], NOW), id="facts_for"),
        pytest.param(lambda s: s.save(outcome(url=OTHER.url)), id="save"),
        pytest.param(lambda s: s.save_state(state(url=OTHER.url)), id="save_state"),
    ],
)
def test_a_feed_never_synced_is_a_key_error(store: Store, ask: Callable[[Store], object]) -> None:
    with pytest.raises(KeyError, match=OTHER.url):
        ask(store)
