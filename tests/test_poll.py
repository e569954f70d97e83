import asyncio
import logging

import pytest

from db import open_store
from monitor.core.decide import Policy
from monitor.core.errors import StoreError
from monitor.core.match import compile_book
from monitor.core.model import Failed, Feed, FeedUrl, Gone, Page, RetryLater, Unchanged
from monitor.ingest import Ingest
from monitor.poll import Poll, Polled
from tests.build import NOW, batch, book, rule, story, subscription
from tests.fakes import FakeFetch, FakeParse, FixedClock, inline

A = Feed(FeedUrl("https://a.example/rss"), "A")
B = Feed(FeedUrl("https://b.example/rss"), "B")


def page(feed: Feed, body: bytes) -> Page:
    return Page(feed.url, feed.url, body, body.decode())


class Desk:
    """Poll over a memory store with feeds A and B."""

    def __init__(self, fetch: FakeFetch, batches=(), width=20, feeds=(A, B)) -> None:
        self.clock = FixedClock()
        self.store = open_store("memory:", now=NOW)
        self.store.sync_feeds(feeds, NOW)
        self.store.subscribe(subscription())
        matcher = compile_book(book(rule("asylum", "asylum")))
        self.done: list[Polled] = []
        self.poll = Poll(
            store=self.store,
            feeds=lambda: {feed.url: feed for feed in feeds},
            fetch=fetch,
            parse=FakeParse(dict(batches)),
            ingest=Ingest(self.store, lambda: matcher, Policy(), self.clock, lambda: 0.0),
            offload=inline,
            clock=self.clock,
            on_done=self.done.append,
            width=width,
        )

    def state(self, feed: Feed):
        return next(s for s in self.store.feed_states() if s.url == feed.url)


async def test_due_feeds_are_polled_and_their_stories_saved():
    fetch = FakeFetch(A=[page(A, b"1")], B=[Unchanged(B.url)])
    desk = Desk(fetch, {b"1": batch(story("Asylum", feed=A.url), feed=A.url)})
    assert await desk.poll.tick() == 2
    await desk.poll.drain()
    assert {p.feed.name: p.outcome is not None for p in desk.done} == {"A": True, "B": False}
    assert desk.store.status().stories == 1
    assert await desk.poll.tick() == 0
    assert desk.poll.ticked_at == NOW


async def test_a_feed_in_flight_is_not_polled_again_and_the_width_is_kept():
    fetch = FakeFetch(A=[Unchanged(A.url)], B=[Unchanged(B.url)])
    fetch.gate = asyncio.Event()
    desk = Desk(fetch, width=1)
    assert [await desk.poll.tick() for _ in range(3)] == [1, 0, 0]
    fetch.gate.set()
    await desk.poll.drain()
    assert await desk.poll.tick() == 1
    await desk.poll.drain()
    assert sorted(fetch.asked) == ["A", "B"]


@pytest.mark.parametrize(
    ("answer", "error", "level"),
    [
        pytest.param(Failed(A.url, "404: gone fishing"), "404: gone fishing", logging.WARNING, id="failure"),
        pytest.param(RetryLater(A.url, "429", 5000.0), "429", logging.WARNING, id="patience"),
        pytest.param(Gone(A.url, "410"), "410", logging.WARNING, id="gone"),
    ],
)
async def test_one_bad_feed_is_noted_and_the_others_go_on(answer, error, level, caplog):
    caplog.set_level(logging.INFO)
    desk = Desk(FakeFetch(A=[answer], B=[Unchanged(B.url)]))
    await desk.poll.tick()
    await desk.poll.drain()
    assert desk.state(A).last_error == error
    assert desk.state(B).last_error is None
    assert [r.levelno for r in caplog.records if "failed feed=A" in r.getMessage()] == [level]


async def test_a_lasting_failure_is_a_warning_once(caplog):
    caplog.set_level(logging.INFO)
    desk = Desk(FakeFetch(A=[Failed(A.url, "down")]), feeds=(A,))
    for _ in range(3):
        await desk.poll.tick()
        await desk.poll.drain()
        desk.clock.forward(90_000)
    assert [r.levelname for r in caplog.records if "failed feed" in r.getMessage()] == [
        "WARNING",
        "INFO",
        "INFO",
    ]


async def test_a_page_that_cannot_be_parsed_is_a_failure_and_keeps_the_old_validators():
    desk = Desk(FakeFetch(A=[page(A, b"html")], B=[Unchanged(B.url)]), {b"html": Failed(A.url, "a web page")})
    await desk.poll.tick()
    await desk.poll.drain()
    assert (desk.state(A).last_error, desk.state(A).body_digest) == ("a web page", None)


async def test_a_poll_that_cannot_be_saved_rests_for_a_minute(caplog):
    fetch = FakeFetch(A=[StoreError("disk full"), Unchanged(A.url)], B=[Unchanged(B.url)])
    desk = Desk(fetch)
    await desk.poll.tick()
    await desk.poll.drain()
    assert "poll not saved feed=A" in caplog.text
    assert await desk.poll.tick() == 0
    desk.clock.forward(61)
    assert await desk.poll.tick() == 1
    await desk.poll.drain()
    assert fetch.asked.count("A") == 2


async def test_feeds_no_longer_in_the_book_are_not_polled():
    desk = Desk(FakeFetch(B=[Unchanged(B.url)]), feeds=(B,))
    desk.store.sync_feeds((A, B), NOW)
    assert await desk.poll.tick() == 1
    await desk.poll.drain()


async def test_stopping_cancels_fetches_and_leaves_the_feeds_due():
    fetch = FakeFetch(A=[Unchanged(A.url)], B=[Unchanged(B.url)])
    fetch.gate = asyncio.Event()
    desk = Desk(fetch)
    await desk.poll.tick()
    await asyncio.sleep(0)
    await desk.poll.stop()
    assert desk.done == []
    assert len(desk.store.due_feeds(NOW, 10)) == 2


async def test_a_tick_amid_which_it_is_told_to_stop_starts_nothing():
    fetch = FakeFetch(A=[Unchanged(A.url)], B=[Unchanged(B.url)])
    desk = Desk(fetch)
    ticking = asyncio.create_task(desk.poll.tick())
    await asyncio.sleep(0)  # it asks the store what is due
    await desk.poll.stop()
    assert await ticking == 0
    assert fetch.asked == []


async def test_what_is_odd_about_a_feed_is_said_once_until_it_changes(caplog):
    odd = batch(feed=A.url, warnings=("odd date",))
    desk = Desk(FakeFetch(A=[page(A, b"1"), page(A, b"2")]), {b"1": odd, b"2": odd}, feeds=(A,))
    caplog.set_level(logging.DEBUG)
    for _ in range(2):
        await desk.poll.tick()
        await desk.poll.drain()
        desk.clock.forward(90_000)
    assert [r.levelname for r in caplog.records if "odd date" in r.getMessage()] == ["WARNING", "DEBUG"]
