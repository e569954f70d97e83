"""Keys: the same for the same story at every reading, and never one for two stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest

from monitor.core.identity import candidates, distinct, key_of, settled
from monitor.core.model import FeedUrl, Story, StoryKey

FEED = FeedUrl("https://news.example/feed.xml")
NOON = datetime(2026, 9, 27, 12, 0, tzinfo=UTC)


def story(
    title: str, *, guid: str = "x", link: str | None = None, at: datetime | None = None, doubt: str = ""
) -> Story:
    url = None if link is None else f"https://news.example/{link}"
    return Story(FEED, key_of(guid, url, title, "", at), title, url, published=at, doubt=doubt)


class Shelf:
    """What a store does with a page: keys that it knows are edits, others are new."""

    def __init__(self) -> None:
        self.kept: dict[StoryKey, Story] = {}

    def page(self, *stories: Story) -> list[str]:
        """Titles of what is new in a page."""
        found, _ = distinct(list(stories))
        asked = {key for one in found for key in candidates(one)}
        under = settled(found, {key: one for key, one in self.kept.items() if key in asked})
        assert len({one.key for one in under}) == len(under)
        new = [one.title for one in under if one.key not in self.kept]
        self.kept |= {one.key: one for one in under}
        return new


ONE = story("One", link="1", at=NOON)
TWO = story("Two", link="2", at=NOON + timedelta(hours=1))
THREE = story("Three", link="3", at=NOON + timedelta(hours=2))


def test_two_stories_with_one_id_both_survive_whatever_their_order() -> None:
    for page in permutations([ONE, TWO, THREE]):
        found, repeated = distinct(list(page))
        assert repeated == 0
        keys = {one.title: one.key for one in found}
        assert keys["One"] == "x"
        assert len(set(keys.values())) == 3
        assert keys == {one.title: one.key for one in distinct([ONE, TWO, THREE])[0]}


def test_undated_stories_with_one_id_keep_their_keys_whatever_their_order() -> None:
    undated = [replace(one, published=None) for one in (ONE, TWO, THREE)]
    ways = [{one.title: one.key for one in distinct(list(page))[0]} for page in permutations(undated)]
    assert ways[0]["One"] == "x"
    assert all(way == ways[0] for way in ways)


def test_repetitions_are_left_out() -> None:
    assert distinct([ONE, TWO, ONE]) == (distinct([ONE, TWO])[0], 1)


def test_one_id_and_one_link_are_told_apart_by_title_and_date() -> None:
    same = [story("News", link="live", at=NOON + timedelta(hours=n)) for n in range(3)]
    for page in permutations(same):
        found, _ = distinct(list(page))
        keys = {one.published: one.key for one in found}
        assert keys[NOON] == "x"
        assert len(set(keys.values())) == 3


@pytest.mark.parametrize("first", [ONE, TWO], ids=["the older was alone", "the newer was alone"])
def test_a_second_story_with_the_id_is_new_and_the_first_is_not(first: Story) -> None:
    other = TWO if first is ONE else ONE
    shelf = Shelf()
    assert shelf.page(first) == [first.title]
    assert shelf.page(other, first) == [other.title]
    assert shelf.page(first, other) == []


def test_a_key_stays_when_the_other_story_is_gone_from_the_page() -> None:
    shelf = Shelf()
    assert shelf.page(TWO, ONE) == ["Two", "One"]
    assert shelf.page(TWO) == []
    assert shelf.page(ONE) == []
    assert shelf.page(THREE) == ["Three"]
    assert shelf.page(THREE, TWO) == []
    assert shelf.page(THREE) == []
    assert {one.title for one in shelf.kept.values()} == {"One", "Two", "Three"}


def test_a_store_that_kept_only_one_of_them_knows_it_again() -> None:
    shelf = Shelf()
    shelf.page(TWO, ONE)
    del shelf.kept[StoryKey("x")]
    assert shelf.page(TWO) == []
    assert shelf.page(ONE) == ["One"]


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param(replace(ONE, title="One, corrected"), id="title"),
        pytest.param(replace(ONE, published=NOON + timedelta(days=1)), id="date"),
        pytest.param(replace(ONE, title="Uno", published=None), id="title and date, not the address"),
        pytest.param(replace(ONE, url="https://news.example/one"), id="address"),
        pytest.param(replace(ONE, url="https://news.example/one", published=None), id="address, date gone"),
        pytest.param(
            replace(ONE, url="https://news.example/uno", title="Uno"), id="address and title, not the date"
        ),
        pytest.param(replace(ONE, url=None, title="Uno"), id="address gone"),
    ],
)
def test_an_edited_story_keeps_its_key(edited: Story) -> None:
    shelf = Shelf()
    shelf.page(ONE)
    assert shelf.page(edited) == []
    assert len(shelf.kept) == 1


def test_a_story_with_a_key_of_its_own_keeps_it_when_it_is_edited() -> None:
    shelf = Shelf()
    shelf.page(ONE, TWO)
    assert shelf.page(replace(TWO, title="Two, corrected")) == []
    assert shelf.page(replace(TWO, title="Two, again"), ONE) == []


def test_a_date_replaced_by_first_sight_says_nothing_against_a_story() -> None:
    shelf = Shelf()
    shelf.page(ONE)
    shelf.kept[StoryKey("x")] = replace(
        ONE, published=NOON - timedelta(hours=9), doubt="it lay in the future"
    )
    assert shelf.page(replace(ONE, url="https://news.example/uno")) == []


def test_whatever_a_feed_with_one_id_for_all_shows_is_new_just_once() -> None:
    random = Random(4)  # noqa: S311 - pages to try
    stories = [
        story(
            f"Story {n}",
            guid=random.choice("xy"),
            link=f"a/{n}" if n % 5 else None,
            at=NOON + timedelta(minutes=n),
        )
        for n in range(60)
    ]
    linked = [one for one in stories if one.url]
    shelf = Shelf()
    seen: list[str] = []
    for end in range(3, len(linked) + 1, 2):
        window = linked[max(end - 12, 0) : end]
        page = random.sample(window, random.randint(2, len(window)))
        seen += shelf.page(*page)
    assert len(seen) == len(set(seen)) == len(shelf.kept)


def test_candidates_hold_every_key_that_a_page_can_give() -> None:
    pages = [[ONE, TWO], [TWO], [TWO, replace(TWO, title="2")], [replace(ONE, url=None), TWO]]
    for page in pages:
        for one in distinct(page)[0]:
            assert one.key in candidates(replace(one, key=StoryKey("x")))
            assert candidates(one)[0] == "x"
            assert set(candidates(one)) == set(candidates(replace(one, key=StoryKey("x"))))


def test_stories_that_nobody_knows_stay_as_they_are() -> None:
    assert settled([ONE, THREE], {}) == (ONE, THREE)
    assert settled([ONE], {StoryKey("y"): TWO}) == (ONE,)


def test_stories_that_only_an_unbelievable_date_tells_apart_keep_two_keys() -> None:
    """Their dates told them apart in the page, and were then taken from them."""
    page = [ONE, *[replace(ONE, title="Two", published=NOON + timedelta(days=days)) for days in (900, 901)]]
    found = [one if one == ONE else replace(one, doubt="from the future") for one in distinct(page)[0]]
    under = settled(found, {StoryKey("x"): ONE})
    assert len({one.key for one in under}) == len(found) == 3
