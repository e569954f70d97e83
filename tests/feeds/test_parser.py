"""Pages parsed in worker processes: what was read comes back, and hostile pages end as words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.core.model import Batch, Failed, Feed, FeedUrl, Page
from monitor.feeds.parser import Parser
from monitor.feeds.workers import Workers
from tests.feeds.bombs import BOMBS

FEED = Feed(FeedUrl("https://news.example/feed.xml"), "News")
START = b"<rss version='2.0'><channel><title>x</title>"
GOOD = START + b"<item><title>North Korean defector</title></item></channel></rss>"


def page(body: bytes) -> Page:
    return Page(FEED.url, FEED.url, body, "digest", "application/rss+xml")


def titles(answer: Batch | Failed) -> list[str]:
    assert isinstance(answer, Batch), answer.reason
    return [story.title for story in answer.stories]


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    workers = Workers(workers=1, deadline=2.0, cpu=2.0, memory=400_000_000)
    yield workers
    await workers.close()


async def test_a_page_is_read_and_a_refusal_comes_back(workers: Workers) -> None:
    parse = Parser(workers)
    assert titles(await parse(FEED, page(GOOD))) == ["North Korean defector"]
    answer = await parse(FEED, page(b"<html>"))
    assert isinstance(answer, Failed)
    assert "web page" in answer.reason


async def test_items_seen_before_are_left_out(workers: Workers) -> None:
    parse = Parser(workers)
    first = await parse(FEED, page(GOOD))
    assert isinstance(first, Batch)
    again = await parse(FEED, page(GOOD), frozenset(first.items))
    assert isinstance(again, Batch)
    assert (len(again.stories), again.known) == (1 - len(first.items), len(first.items))
    assert first.items


async def test_every_named_bomb_ends_as_a_failure_or_a_bounded_batch_and_the_next_page_is_read(
    workers: Workers,
) -> None:
    parse = Parser(workers)
    for name, make in BOMBS.items():
        answer = await parse(FEED, page(make(0.02)))
        assert isinstance(answer, Failed) or len(answer.stories) <= 500, name
        if isinstance(answer, Failed):
            assert answer.feed == FEED.url
            assert "\n" not in answer.reason
    assert titles(await parse(FEED, page(GOOD))) == ["North Korean defector"]
