"""Drafts of changes and paused feeds, whatever the store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from db import open_store
from monitor.core.model import Draft, DraftKind, FeedUrl
from monitor.ports import Store
from tests.build import FEED, NOW, URL, minutes, state

DRAFT = Draft(
    0,
    DraftKind.EDIT_RULE,
    "border",
    (("match", "граница OR 국경"), ("unless", "")),
    "1f0c2a3b",
    "telegram:42",
    "Ann",
    NOW,
)


def test_a_draft_comes_back_under_the_number_that_it_was_given(store: Store) -> None:
    number = store.keep_draft(DRAFT, minutes(-1))
    assert store.draft(number) == replace(DRAFT, number=number)
    assert store.draft(number + 1) is None


def test_numbers_are_never_given_twice(store: Store) -> None:
    first = store.keep_draft(DRAFT, minutes(-1))
    assert store.drop_draft(first)
    assert not store.drop_draft(first)
    assert store.keep_draft(DRAFT, minutes(-1)) > first


def test_what_has_expired_goes_when_another_comes_and_the_newest_stands_first(store: Store) -> None:
    old = store.keep_draft(DRAFT, minutes(-1))
    kept = store.keep_draft(replace(DRAFT, kind=DraftKind.PUT_BACK, made_at=minutes(5)), NOW)
    assert [each.number for each in store.drafts()] == [kept, old]
    newest = store.keep_draft(replace(DRAFT, made_at=minutes(9)), minutes(5))
    assert [each.number for each in store.drafts()] == [newest, kept]


def test_a_draft_that_was_made_anew_has_another_base(store: Store) -> None:
    number = store.keep_draft(DRAFT, minutes(-1))
    store.redo_draft(number, "22222222", minutes(7))
    assert store.draft(number) == replace(DRAFT, number=number, base="22222222", made_at=minutes(7))
    store.redo_draft(number + 1, "33333333", minutes(8))
    assert store.draft(number + 1) is None


def test_a_paused_feed_is_not_due_until_it_is_resumed(store: Store) -> None:
    assert [each.url for each in store.due_feeds(NOW, 9)] == [URL]
    assert store.pause_feed(URL, NOW)
    assert not store.pause_feed(URL, minutes(1))
    assert store.due_feeds(minutes(60), 9) == ()
    assert [each.paused_since for each in store.feed_states()] == [NOW]
    assert store.resume_feed(URL)
    assert not store.resume_feed(URL)
    assert [each.paused_since for each in store.due_feeds(NOW, 9)] == [None]


def test_a_poll_that_was_in_flight_leaves_the_pause(store: Store) -> None:
    store.pause_feed(URL, NOW)
    store.save_state(state(next_poll_at=minutes(1)))
    store.sync_feeds([FEED], minutes(2))
    assert store.due_feeds(minutes(5), 9) == ()


@pytest.mark.parametrize("feed", [pytest.param("https://never.example/", id="never synced")])
def test_only_known_feeds_can_be_paused(store: Store, feed: str) -> None:
    with pytest.raises(KeyError):
        store.pause_feed(FeedUrl(feed), NOW)
    assert not store.resume_feed(FeedUrl(feed))


def test_both_survive_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    store = open_store(url, now=NOW)
    store.sync_feeds([FEED], NOW)
    number = store.keep_draft(DRAFT, minutes(-1))
    store.pause_feed(URL, NOW)
    store.close()
    store = open_store(url, now=minutes(5))
    assert store.draft(number) == replace(DRAFT, number=number)
    assert store.due_feeds(minutes(5), 9) == ()
    store.close()
