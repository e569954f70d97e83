"""Items whose very bytes were seen before are left out, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.model import Batch, Feed, FeedUrl
from monitor.feeds.parse import STORY_LIMIT, parse

FEED = Feed(FeedUrl("https://news.example/feed.xml"), "News", lang="ko")


def item(number: int, title: str | None = None, guid: str | None = None) -> str:
    return (
        f"<item><guid>{guid or number}</guid><title>{title or f'Story {number}'}</title><link>/{number}</link>"
        f"<pubDate>2026-09-27 19:{number % 60:02}:00 +0900</pubDate></item>"
    )


def read(*items: str, seen: tuple[str, ...] = (), feed: Feed = FEED, end: str = "") -> Batch:
    body = f"<rss version='2.0'><channel><title>T</title><link>https://news.example</link>{''.join(items)}</channel></rss>"
    found = parse(feed, body.encode() + end.encode(), None, feed.url, frozenset(seen))
    assert isinstance(found, Batch), found.reason
    return found


def test_seen_items_are_left_out_and_counted() -> None:
    first = read(item(1), item(2))
    assert (len(first.stories), len(first.items), first.known) == (2, 2, 0)
    second = read(item(3), item(1), item(2), seen=first.items)
    assert [story.key for story in second.stories] == ["3"]
    assert (second.known, len(second.items), second.title) == (2, 3, "T")
    assert set(first.items) < set(second.items)
    third = read(item(3), item(1), item(2), seen=second.items)
    assert (third.stories, third.known, third.items, third.warnings) == ((), 3, second.items, ())


def test_what_is_left_is_read_as_if_nothing_were_cut() -> None:
    whole = read(item(3), item(2, "edited"), item(1))
    cut = read(item(3), item(2, "edited"), item(1), seen=read(item(2), item(1)).items)
    assert cut.stories == whole.stories[:2]
    assert replace(cut, stories=whole.stories, known=0) == whole


def test_two_items_with_one_id_are_always_read_together() -> None:
    first = read(item(1, guid="x"))
    second = read(item(2, guid="x"), item(1, guid="x"), seen=first.items)
    assert [story.title for story in second.stories] == ["Story 2", "Story 1"]
    assert (second.items, second.known) == ((), 0)
    assert second.stories == read(item(2, guid="x"), item(1, guid="x")).stories


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(FEED, zone="Asia/Vladivostok"), id="zone"),
        pytest.param(replace(FEED, lang="ru"), id="language"),
        pytest.param(replace(FEED, name="New"), id="name"),
        pytest.param(replace(FEED, tags=("x",)), id="tags"),
    ],
)
def test_with_other_options_everything_is_read_anew(other: Feed) -> None:
    found = read(item(1), item(2), seen=read(item(1), item(2)).items, feed=other)
    assert (len(found.stories), found.known) == (2, 0)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param('<item xml:base="http://b.example/x/"><title>B</title></item>', id="base of an item"),
        pytest.param('<item><title base="http://b.example/x/">B</title></item>', id="base of a title"),
        pytest.param('<item xml:base="posts/"><title>B</title></item>', id="relative base"),
        pytest.param(
            '<item xml:lang="ru" xml:base="http://b.example/x/"><title>B</title>'
            '<content type="text/html"><div>a</div></content></item>',
            id="text that is not what it says",
        ),
    ],
)
@pytest.mark.parametrize("end", [pytest.param("", id="well-formed"), pytest.param("</rss>", id="broken")])
def test_the_base_and_language_of_an_item_are_not_those_of_the_next(other: str, end: str) -> None:
    relative = "<item><guid isPermaLink='true'>7bd2</guid><link>post/1</link><title>A</title></item>"
    feed = replace(FEED, lang=None)

    alone = read(relative, feed=feed, end=end).stories[-1]
    behind = read(other, relative, feed=feed, end=end).stories[-1]

    assert behind == alone
    assert (alone.key, alone.url, alone.lang) == ("7bd2", "https://news.example/post/1", None)


def test_a_broken_page_is_read_whole_and_remembers_nothing() -> None:
    first = read(item(1), item(2))
    second = read(item(3), item(1), item(2), seen=first.items, end="<b>")
    assert (len(second.stories), second.items, second.known) == (3, (), 0)


def test_an_archive_is_read_whole() -> None:
    items = [item(number) for number in range(STORY_LIMIT + 1)]
    first = read(*items)
    assert (len(first.stories), first.items) == (STORY_LIMIT, ())
    assert read(*items, seen=read(*items[:20]).items).stories == first.stories
