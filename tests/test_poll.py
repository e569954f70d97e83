import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from db import open_store
from monitor.core.decide import Policy
from monitor.core.errors import StoreError
from monitor.core.match import compile_book
from monitor.core.model import Failed, Feed, FeedUrl, Gone, Page, RetryLater, Unchanged
from monitor.ingest import Ingest
from monitor.poll import HEAVY, Poll, Polled
from tests.build import NOW, batch, book, minutes, rule, story, subscription
from tests.fakes import FakeFetch, FakeParse, FixedClock, inline

A = Feed(FeedUrl("https://a.example/rss"), "A")
B = Feed(FeedUrl("https://b.example/rss"), "B")


def page(feed: Feed, body: bytes) -> Page:
    return Page(feed.url, feed.url, body, body.decode())


class Desk:
    """Poll over a memory store with feeds A and B."""

    def __init__(
        self, fetch, batches=(), *, width=20, feeds=(A, B), starts=None, articles=None, wanted=None
    ) -> None:
        self.clock = FixedClock()
        self.store = open_store("memory:", now=NOW)
        self.store.sync_feeds(feeds, NOW)
        self.store.subscribe(subscription())
        matcher = compile_book(book(rule("asylum", "asylum")))
        self.done: list[Polled] = []
        self.parse = FakeParse(dict(batches))
        self.ingest = Ingest(self.store, lambda: matcher, Policy(), self.clock, lambda: 0.0)
        self.poll = Poll(
            store=self.store,
            feeds=lambda: {feed.url: feed for feed in feeds},
            fetch=fetch,
            parse=self.parse,
            ingest=self.ingest,
            offload=inline,
            clock=self.clock,
            on_done=self.done.append,
            width=width,
            starts=starts,
            articles=articles,
            wanted=wanted,
        )

    def down_since(self):
        return self.poll.network.down_since

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


OFFLINE = Failed(A.url, "no name server answers", offline=True)


async def rounds(desk, count, seconds):
    """Poll what is due again and again."""
    for _ in range(count):
        await desk.poll.tick()
        await desk.poll.drain()
        desk.clock.forward(seconds)


async def test_an_outage_of_ours_is_not_the_feeds_fault_and_ends_with_the_first_answer():
    fetch = FakeFetch(A=[OFFLINE, OFFLINE, Unchanged(A.url)], B=[OFFLINE, OFFLINE, Unchanged(B.url)])
    desk = Desk(fetch)
    await rounds(desk, 1, 0)
    assert desk.down_since() == NOW
    assert (desk.state(A).failures, desk.state(A).last_error) == (0, None)
    due = desk.state(A).next_poll_at
    assert due is not None
    assert 60 <= (due - NOW).total_seconds() <= 180
    await rounds(desk, 30, 60)
    assert desk.down_since() is None
    assert (desk.state(A).failures, desk.state(A).last_error) == (0, None)


async def test_when_the_network_is_back_the_others_are_asked_at_once():
    desk = Desk(FakeFetch(A=[OFFLINE], B=[OFFLINE, Unchanged(B.url)]))
    await rounds(desk, 1, 0)
    desk.store.save_state(replace(desk.state(A), next_poll_at=desk.clock() + timedelta(hours=1)))
    while desk.down_since() is not None:
        await rounds(desk, 1, 30)
    assert desk.state(A).next_poll_at <= desk.clock()


async def test_who_alone_cannot_be_reached_is_blamed():
    desk = Desk(FakeFetch(A=[OFFLINE], B=[Unchanged(B.url)]))
    await rounds(desk, 40, 60)
    assert desk.state(A).failures >= 1
    assert desk.state(B).failures == 0


async def test_a_clock_that_was_set_back_holds_up_no_feed(caplog):
    desk = Desk(FakeFetch(A=[Unchanged(A.url)], B=[Unchanged(B.url)]))
    await rounds(desk, 1, 0)
    planned = (desk.state(A).next_poll_at - NOW).total_seconds()
    desk.clock.forward(-5 * 3_600)
    await rounds(desk, 1, 0)
    assert (desk.state(A).next_poll_at - desk.clock()).total_seconds() == planned
    assert "set back" in caplog.text
    desk.clock.forward(planned)
    assert await desk.poll.tick() == 2
    await desk.poll.drain()


async def test_what_fell_due_together_is_not_begun_together():
    feeds = tuple(Feed(FeedUrl(f"https://f{i}.example/"), f"F{i}") for i in range(10))
    fetch = FakeFetch(**{feed.name: [Unchanged(feed.url)] for feed in feeds})
    desk = Desk(fetch, feeds=feeds, starts=lambda: 3.0)
    begun = []
    for _ in range(12):
        begun.append(await desk.poll.tick())
        await desk.poll.drain()
        desk.clock.forward(0.5)
    assert begun == [3, 1, 2, 1, 2, 1, 0, 0, 0, 0, 0, 0]


async def test_while_heavy_pages_wait_for_the_parser_no_poll_is_begun():
    heavy = b" " * (HEAVY + 1)
    fetch = FakeFetch(A=[page(A, heavy)], B=[Unchanged(B.url)])
    desk = Desk(fetch, {heavy: Failed(A.url, "nothing in it")})
    desk.parse.gate = asyncio.Event()
    desk.store.save_state(replace(desk.state(B), next_poll_at=minutes(1)))
    assert await desk.poll.tick() == 1
    for _ in range(20):
        await asyncio.sleep(0)
    assert desk.parse.seen
    desk.clock.forward(60)
    assert await desk.poll.tick() == 0
    desk.parse.gate.set()
    await desk.poll.drain()
    assert await desk.poll.tick() == 1
    await desk.poll.drain()


async def test_the_parser_is_told_which_items_were_seen():
    fetch = FakeFetch(A=[page(A, b"1"), page(A, b"2")])
    first = batch(story("One", feed=A.url), feed=A.url, items=("i1",))
    desk = Desk(fetch, {b"1": first, b"2": batch(feed=A.url, known=1, items=("i1", "i2"))}, feeds=(A,))
    await rounds(desk, 2, 90_000)
    assert desk.parse.seen == [frozenset(), {"i1"}]
    assert desk.store.seen_items(A.url) == {"i1", "i2"}


class FakeArticles:
    """`ports.Articles`: the text of each story, by title."""

    def __init__(self, **texts: str | None) -> None:
        self.texts = texts
        self.asked: list[str] = []

    async def __call__(self, feed, story):
        self.asked.append(story.title)
        return self.texts.get(story.title)


def link(title: str, **fields):
    return story(title, feed=A.url, url=f"https://a.example/{title}", **fields)


@pytest.mark.parametrize(
    ("full_text", "matching", "asked"),
    [
        pytest.param(False, False, [], id="nobody asks for them"),
        pytest.param(False, True, ["Asylum"], id="those that match"),
        pytest.param(True, False, ["Harbour", "Asylum", "Long"], id="a feed that asks for all"),
    ],
)
async def test_articles_of_new_stories_are_read_where_wanted(full_text, matching, asked):
    feed = replace(A, full_text=full_text)
    second = batch(
        link("Old"),
        link("Harbour", published=minutes(1)),
        link("Asylum", published=minutes(2)),
        link("Long", text="asylum " * 600, published=minutes(3)),
        story("Unlinked asylum", feed=A.url),
        feed=A.url,
    )
    articles = FakeArticles(Harbour="Whoever wants asylum, the article says.", Asylum=None, Long="short")
    fetch = FakeFetch(A=[page(A, b"1"), page(A, b"2")])
    desk = Desk(fetch, {b"1": batch(link("Old"), feed=A.url), b"2": second}, feeds=(feed,), articles=articles)
    desk.poll._matching = matching
    await rounds(desk, 2, 90_000)
    assert sorted(articles.asked) == sorted(asked)
    alerts = {owed.card for polled in desk.done if polled.outcome for owed in polled.outcome.deliveries}
    assert len(alerts) == 3 + full_text


async def test_no_articles_are_read_of_a_feed_seen_for_the_first_time():
    articles = FakeArticles()
    desk = Desk(
        FakeFetch(A=[page(A, b"1")]),
        {b"1": batch(link("Asylum"), feed=A.url)},
        feeds=(replace(A, full_text=True),),
        articles=articles,
    )
    await rounds(desk, 1, 0)
    assert articles.asked == []


@pytest.mark.parametrize(
    ("feed", "matching", "asked"),
    [
        pytest.param(A, False, [], id="nobody asks for them"),
        pytest.param(A, True, ["Asylum"], id="those that match"),
        pytest.param(replace(A, full_text=True), False, ["Asylum", "Harbour"], id="a feed that asks for all"),
    ],
)
async def test_articles_for_which_the_last_run_had_no_time_are_read_by_the_next(feed, matching, asked):
    articles = FakeArticles(Asylum="Whoever wants asylum " * 9, Harbour="The harbour " * 9)
    pages = {
        b"1": batch(link("Early"), feed=A.url),
        b"2": batch(link("Harbour"), link("Read"), link("Asylum"), story("Unlinked", feed=A.url), feed=A.url),
    }
    fetch = FakeFetch(A=[page(A, b"1"), page(A, b"2")])
    desk = Desk(fetch, pages, feeds=(feed,), articles=articles)
    desk.poll._articles = None  # so far nobody had time
    await rounds(desk, 2, 90_000)
    desk.ingest.article(A, link("Read"), "It was read in time.")
    desk.poll._articles, desk.poll._matching = articles, matching

    await desk.poll.resume()
    await desk.poll.drain()
    await desk.poll.resume()
    await desk.poll.drain()

    assert sorted(articles.asked) == asked  # once


async def test_articles_of_a_feed_that_is_not_listed_any_more_are_left():
    articles = FakeArticles()
    desk = Desk(
        FakeFetch(A=[page(A, b"1")], B=[Unchanged(B.url)]),
        {b"1": batch(link("Asylum"), feed=A.url)},
        feeds=(A, B),
        articles=articles,
    )
    await rounds(desk, 1, 0)
    desk.poll._matching, desk.poll._feeds = True, lambda: {B.url: B}
    await desk.poll.resume()
    assert articles.asked == []


async def test_an_article_of_a_story_that_is_not_stored_is_put_aside():
    desk = Desk(FakeFetch(A=[Unchanged(A.url)]), feeds=(A,))
    assert desk.ingest.article(A, link("Nobody"), "text") is None


async def test_what_is_noticed_of_a_feed_is_logged_and_kept_to_be_told(caplog):
    pages = {b"1": batch(link("1"), link("2"), feed=A.url), b"2": batch(link("3"), link("4"), feed=A.url)}
    desk = Desk(FakeFetch(A=[page(A, b"1"), page(A, b"2"), Gone(A.url, "410")]), pages, feeds=(A,))
    await rounds(desk, 3, 90_000)
    told = [notice.text for notice in desk.store.untold(9)]
    assert ["gap" in told[0], "dead" in told[1]] == [True, True]
    assert caplog.text.count("noticed feed=A") == 2


async def test_the_budget_is_shared_by_what_is_known_of_the_feeds():
    desk = Desk(FakeFetch(A=[Unchanged(A.url)], B=[Unchanged(B.url)]))
    desk.ingest.balance([A, B, Feed(FeedUrl("https://new.example/"), "New")])
    assert desk.ingest._policy.pace.constant is not None


async def test_while_nobody_wants_anything_nothing_is_asked():
    wanted = [False]
    fetch = FakeFetch(A=[Unchanged(A.url)], B=[Unchanged(B.url)])
    desk = Desk(fetch, wanted=lambda: wanted[0])
    await rounds(desk, 2, 900)
    assert fetch.asked == []
    assert desk.poll.ticked_at is not None
    wanted[0] = True
    await rounds(desk, 1, 0)
    assert sorted(fetch.asked) == ["A", "B"]
