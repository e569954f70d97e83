"""Worker processes: they read, they are killed, and the next page is read all the same."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal

import pytest

from monitor.core.model import Batch, Failed, Feed, FeedUrl, Page
from monitor.feeds.workers import ParserPool

FEED = Feed(FeedUrl("https://news.example/feed.xml"), "News")
START = b"<rss version='2.0'><channel><title>x</title>"
GOOD = START + b"<item><title>North Korean defector</title></item></channel></rss>"
# Attributes without end make feedparser's work quadratic: this one costs minutes.
SLOW = START + b"<item " + b" ".join(b'a%d="1"' % n for n in range(150_000)) + b"/></channel></rss>"


def page(body: bytes) -> Page:
    return Page(FEED.url, FEED.url, body, "digest", "application/rss+xml")


def titles(answer: Batch | Failed) -> list[str]:
    assert isinstance(answer, Batch), answer.reason
    return [story.title for story in answer.stories]


def workers() -> set[int]:
    return {child.pid or 0 for child in multiprocessing.active_children()}


async def until_gone(gone: set[int]) -> None:
    for _ in range(2000):
        if not gone & workers():
            return
        await asyncio.sleep(0.005)
    pytest.fail(f"still alive: {gone & workers()}")


async def started(before: set[int]) -> int:
    for _ in range(2000):
        new = workers() - before
        if new:
            return new.pop()
        await asyncio.sleep(0.005)
    pytest.fail("no worker was started")


async def test_pages_are_read_in_other_processes_and_refusals_come_back() -> None:
    before = workers()
    pool = ParserPool(workers=1)
    assert workers() == before  # nothing runs before the first page
    try:
        assert titles(await pool(FEED, page(GOOD))) == ["North Korean defector"]
        first = workers() - before
        assert len(first) == 1
        answer = await pool(FEED, page(b"<html>"))
        assert isinstance(answer, Failed)
        assert "web page" in answer.reason
        assert workers() - before == first  # the same worker read both
    finally:
        await pool.close()
    assert not first & workers()


async def test_an_overdue_page_fails_and_the_next_one_is_read() -> None:
    pool = ParserPool(workers=1, deadline=0.5)
    try:
        assert await pool(FEED, page(SLOW)) == Failed(FEED.url, "the page took longer than 0.5 s to read")
        assert titles(await pool(FEED, page(GOOD))) == ["North Korean defector"]
    finally:
        await pool.close()


async def test_a_page_that_eats_too_much_memory_fails_and_the_next_one_is_read() -> None:
    pool = ParserPool(workers=1, memory=150_000_000)
    try:
        answer = await pool(FEED, page(START + b"<item><title>" + b"x" * 18_000_000))
        assert isinstance(answer, Failed)
        assert "too much memory" in answer.reason
        assert titles(await pool(FEED, page(GOOD))) == ["North Korean defector"]
    finally:
        await pool.close()


async def test_a_killed_worker_fails_its_page_only() -> None:
    before = workers()
    pool = ParserPool(workers=2)
    try:
        doomed = asyncio.create_task(pool(FEED, page(SLOW)))
        os.kill(await started(before), signal.SIGKILL)
        others = await asyncio.gather(*(pool(FEED, page(GOOD)) for _ in range(5)))
        assert [titles(answer) for answer in others] == [["North Korean defector"]] * 5
        answer = await doomed
        assert isinstance(answer, Failed)
        assert "broke the program" in answer.reason
    finally:
        await pool.close()


async def test_idle_workers_are_given_back_and_come_again() -> None:
    before = workers()
    pool = ParserPool(workers=1, idle=0.01)
    try:
        assert titles(await pool(FEED, page(GOOD))) == ["North Korean defector"]
        await until_gone(workers() - before)
        assert titles(await pool(FEED, page(GOOD))) == ["North Korean defector"]
    finally:
        await pool.close()


async def test_cancelling_a_page_ends_its_worker() -> None:
    before = workers()
    pool = ParserPool(workers=1)
    try:
        task = asyncio.create_task(pool(FEED, page(SLOW)))
        worker = await started(before)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until_gone({worker})
        assert titles(await pool(FEED, page(GOOD))) == ["North Korean defector"]
    finally:
        await pool.close()


async def test_closing_ends_pages_at_work_and_takes_no_more() -> None:
    before = workers()
    pool = ParserPool(workers=1)
    task = asyncio.create_task(pool(FEED, page(SLOW)))
    waiting = asyncio.create_task(pool(FEED, page(GOOD)))
    await started(before)
    await pool.close()
    closing = Failed(FEED.url, "Tocsin is closing down")
    assert [await task, await waiting, await pool(FEED, page(GOOD))] == [closing] * 3
    assert workers() <= before
