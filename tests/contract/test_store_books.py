"""The rules files that were in force, and how many stories there were in a time."""

from __future__ import annotations

import pytest

from monitor.core.model import KeptBook
from monitor.ports import Store
from tests.build import NOW, minutes
from tests.contract.outcomes import kept, outcome

TEXT = "\ufeffrules:\r\n  - id: день 총영사관 # \t\n"


def keep(store: Store, version: str, minute: float = 0) -> bool:
    return store.keep_book(version, f"text of {version}", "file", minutes(minute), f"note of {version}")


def test_a_book_comes_back_as_it_was(store: Store) -> None:
    assert store.keep_book("1f0c2a3b", TEXT, "telegram:42", NOW, "rules +день")
    assert store.books(10) == (KeptBook("1f0c2a3b", NOW, "telegram:42", "rules +день"),)
    assert store.book_text("1f0c2a3b") == TEXT


def test_a_note_may_be_missing(store: Store) -> None:
    store.keep_book("v1", "", "file", NOW)
    assert store.books(1) == (KeptBook("v1", NOW, "file", ""),)
    assert store.book_text("v1") == ""


def test_nothing_is_kept_at_first(store: Store) -> None:
    assert store.books(10) == ()
    assert store.book_text("v1") is None


def test_books_come_newest_kept_first(store: Store) -> None:
    for version, minute in (("v1", 5), ("v2", 1), ("v3", 9)):
        assert keep(store, version, minute)
    assert [each.version for each in store.books(10)] == ["v3", "v2", "v1"]
    assert [each.version for each in store.books(2)] == ["v3", "v2"]
    assert store.books(0) == ()


def test_what_is_in_force_already_is_not_kept_again(store: Store) -> None:
    assert keep(store, "v1")
    assert not keep(store, "v1", 9)
    assert store.books(10) == (KeptBook("v1", NOW, "file", "note of v1"),)


def test_what_is_put_back_is_kept_again(store: Store) -> None:
    for version in ("v1", "v2", "v1"):
        assert keep(store, version)
    assert [each.version for each in store.books(10)] == ["v1", "v2", "v1"]
    assert store.book_text("v1") == "text of v1"


@pytest.mark.parametrize(
    ("published", "seen", "counted"),
    [
        pytest.param(None, 0, True, id="no date, seen then"),
        pytest.param(None, -1, False, id="no date, seen before"),
        pytest.param(0, 5, True, id="of that very moment"),
        pytest.param(-1, 5, False, id="older than that, seen since"),
        pytest.param(60, 5, True, id="dated later than it was seen"),
        pytest.param(60, -1, False, id="dated later, but seen before"),
    ],
)
def test_stories_count_from_when_they_were_news(store: Store, published, seen, counted) -> None:
    date = None if published is None else minutes(published)
    store.save(outcome(kept("a story", published=date), at=minutes(seen)))
    assert store.stories_since(NOW) == int(counted)
