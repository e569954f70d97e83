"""Whose turn it is: one conversation per site, a pause between two, and nobody held up for long by a silent one."""

from __future__ import annotations

import asyncio

import pytest

from monitor.core.model import Feed, FeedState, FeedUrl, Page
from monitor.feeds.lanes import STRAGGLERS, Lanes, site_of
from tests.feeds.answering_site import Site, fetcher, ok, silent, to


class Talks:
    """Conversations that last until they are told to end."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.going: list[str] = []
        self.most = 0
        self.ends: dict[str, asyncio.Event] = {}
        self.tasks: list[asyncio.Task[None]] = []

    async def begin(self, *names: str, site: str = "a.example") -> None:
        for name in names:
            self.ends[name] = asyncio.Event()
            self.tasks.append(asyncio.create_task(self._talk(name, site)))
        await settle()

    async def end(self, *names: str) -> None:
        for name in names:
            self.ends[name].set()
        await settle()

    async def _talk(self, name: str, site: str) -> None:
        async with self.lanes.lane(site):
            self.going.append(name)
            self.most = max(self.most, len(self.going))
            await self.ends[name].wait()
            self.going.remove(name)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def passed(seconds: float) -> None:
    await asyncio.sleep(seconds)
    await settle()


async def test_a_site_is_talked_to_by_one_in_order_of_arrival() -> None:
    talks = Talks(Lanes(10))
    await talks.begin("1", "2", "3")
    await talks.begin("elsewhere", site="b.example")
    assert talks.going == ["1", "elsewhere"]
    await talks.end("1")
    assert talks.going == ["elsewhere", "2"]
    await talks.end("2", "3", "elsewhere")
    assert talks.going == []


async def test_waiting_for_a_site_takes_no_place_from_others() -> None:
    talks = Talks(Lanes(2))
    await talks.begin("1", "2", "3")
    await talks.begin("elsewhere", site="b.example")
    await talks.begin("too many", site="c.example")
    assert talks.going == ["1", "elsewhere"]
    await talks.end("elsewhere")
    assert talks.going == ["1", "too many"]
    await talks.end(*talks.ends)
    assert talks.going == []


async def test_a_silent_conversation_gives_its_lane_and_its_place_free() -> None:
    talks = Talks(Lanes(1, patience=0.005))
    await talks.begin("silent", "2")
    assert talks.going == ["silent"]
    await passed(0.01)
    assert talks.going == ["silent", "2"]
    await talks.end("silent", "2")
    await talks.begin("3", "4")
    assert talks.going == ["3"]
    await talks.end("3", "4")


async def test_only_a_few_go_on_beside_the_lane() -> None:
    talks = Talks(Lanes(10, patience=0.005))
    names = [str(n) for n in range(STRAGGLERS + 3)]
    await talks.begin(*names)
    await passed(0.06)
    assert talks.going == names[: STRAGGLERS + 1]
    await talks.end("0")  # who held the lane for too long becomes one of the few
    assert talks.going == names[1 : STRAGGLERS + 2]
    await talks.end(*names)
    assert talks.most == STRAGGLERS + 1
    assert talks.going == []


async def test_between_two_requests_to_a_site_there_is_a_pause() -> None:
    lanes = Lanes(10, gap=0.02)
    loop = asyncio.get_running_loop()
    ends: list[float] = []
    waits: list[float] = []
    for _ in range(3):
        async with lanes.lane("a.example"):
            waits.append(loop.time() - ends[-1] if ends else 1.0)
            ends.append(loop.time())
    assert min(waits) >= 0.02


async def test_nothing_is_kept_of_a_site_that_nobody_waits_for() -> None:
    lanes = Lanes(10, gap=0.005)
    async with lanes.lane("a.example"):
        pass
    assert len(lanes) == 1  # its pause is not over
    await passed(0.01)
    assert len(lanes) == 0


async def test_who_is_cancelled_while_waiting_leaves_nothing_behind() -> None:
    talks = Talks(Lanes(1, gap=0.005))
    await talks.begin("1", "2", "3")
    talks.tasks[1].cancel()
    await talks.end("1")
    await passed(0.02)
    assert talks.going == ["3"]
    talks.tasks[2].cancel()
    await passed(0.02)
    assert len(talks.lanes) == 0
    await talks.begin("4", "5")
    talks.tasks[3].cancel()
    await passed(0.02)
    assert talks.going[-1] == "5"
    await talks.end("5")


@pytest.mark.parametrize(
    ("url", "site"),
    [
        pytest.param("https://www.news.example/feed", "news.example", id="www"),
        pytest.param("http://News.Example.:8080/other", "news.example", id="spelling and port"),
        pytest.param("http://me:pw@news.example/", "news.example", id="login"),
        pytest.param("http://0x7f.1/", "127.0.0.1", id="address in disguise"),
        pytest.param("http://[::1]/", "::1", id="address"),
    ],
)
def test_a_site_is_one_however_it_is_written(url: str, site: str) -> None:
    assert site_of(url) == site


async def test_one_silent_feed_does_not_hold_up_the_others_of_its_site(site: Site) -> None:
    asked = asyncio.Event()

    async def deaf(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await silent(writer)

    site.answers |= {"/deaf": deaf} | {f"/{n}": ok() for n in range(3)}
    feeds = [Feed(FeedUrl(site.url(path)), "x") for path in ("/deaf", "/0", "/1", "/2")]
    async with fetcher(patience=0.01) as fetch:
        first = asyncio.create_task(fetch(feeds[0], FeedState(feeds[0].url, "x")))
        await asked.wait()
        answers = await asyncio.gather(*(fetch(feed, FeedState(feed.url, "x")) for feed in feeds[1:]))
        assert not first.done()
        first.cancel()
        await asyncio.wait([first])
    assert all(isinstance(answer, Page) for answer in answers)


async def test_redirects_wait_for_their_turn_too_and_use_the_same_connection(site: Site) -> None:
    site.answers |= {"/a": to("/b"), "/b": to("/c"), "/c": ok()}
    feed = Feed(FeedUrl(site.url("/a")), "x")
    loop = asyncio.get_running_loop()
    async with fetcher(gap=0.02) as fetch:
        began = loop.time()
        assert isinstance(await fetch(feed, FeedState(feed.url, "x")), Page)
        assert loop.time() - began >= 0.04
    assert site.connections == 1
