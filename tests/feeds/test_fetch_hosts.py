"""Fetching by host: which hosts are reached at all, and how many requests each of them hears at once."""

from __future__ import annotations

import asyncio

import pytest

from monitor.core.model import Feed, FeedState, FeedUrl, Page
from monitor.feeds.guard import AllowList
from tests.feeds.answering_site import Site, fetch, fetcher, ok, reason, silent


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
async def test_a_private_address_is_refused_before_a_packet_leaves(site: Site, host: str) -> None:
    assert "ALLOW_HOSTS" in await reason(site.url(host=host), allow=None)
    assert site.connections == 0


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1"], id="private"),
        pytest.param(["8.8.8.8", "127.0.0.1"], id="public and private"),
        pytest.param(["::ffff:127.0.0.1"], id="wrapped"),
        pytest.param(["fe80::1%1"], id="link-local"),
    ],
)
async def test_a_name_is_refused_if_any_of_its_addresses_is(site: Site, addresses: list[str]) -> None:
    async def lookup(_: str) -> list[str]:
        return addresses

    assert "ALLOW_HOSTS" in await reason(site.url(host="news.example"), allow=None, lookup=lookup)
    assert site.connections == 0


async def test_a_name_is_looked_up_once_and_cannot_change_its_mind(site: Site) -> None:
    asked: list[str] = []

    async def rebinding(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1" if len(asked) == 1 else "10.0.0.1"]

    site.answers["/"] = ok()
    assert isinstance(await fetch(site.url(host="news.example"), lookup=rebinding), Page)
    assert asked == ["news.example"]
    assert site.headers()["host"] == f"news.example:{site.port}".encode()


async def test_a_host_may_be_allowed_by_name(site: Site) -> None:
    async def lookup(_: str) -> list[str]:
        return ["127.0.0.1"]

    site.answers["/"] = ok()
    url = site.url(host="nas.home")
    assert isinstance(await fetch(url, allow=AllowList.read("nas.home"), lookup=lookup), Page)
    assert "ALLOW_HOSTS" in await reason(url, allow=AllowList.read("other.home"), lookup=lookup)


async def test_the_system_knows_our_own_host(site: Site) -> None:
    site.answers["/"] = ok()
    assert isinstance(await fetch(site.url(host="localhost"), allow=AllowList.read("localhost")), Page)
    assert "ALLOW_HOSTS" in await reason(site.url(host="localhost"), allow=None)


async def test_a_proxy_gets_every_request(site: Site) -> None:
    site.answers["http://news.example/f"] = ok()
    page = await fetch("http://news.example/f", proxy=site.url(), allow=None)
    assert isinstance(page, Page)
    assert site.requests[0].startswith(b"GET http://news.example/f HTTP/1.1")
    assert "ALLOW_HOSTS" in await reason("http://10.0.0.1/", proxy=site.url(), allow=None)


async def test_a_host_hears_one_request_at_a_time_on_one_connection(site: Site) -> None:
    busy = 0
    most = 0
    site.answers = {f"/{n}": ok() for n in range(5)}

    async def lookup(_: str) -> list[str]:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.002)
        busy -= 1
        return ["127.0.0.1"]

    feeds = [Feed(FeedUrl(site.url(f"/{n}", "news.example")), "x") for n in range(5)]
    async with fetcher(lookup=lookup) as here:
        answers = await asyncio.gather(*(here(feed, FeedState(feed.url, "x")) for feed in feeds))
    assert all(isinstance(answer, Page) for answer in answers)
    assert (most, site.connections) == (1, 1)


async def test_the_overall_limit_holds_over_many_hosts(site: Site) -> None:
    busy = 0
    most = 0
    site.answers["/"] = ok()

    async def lookup(_: str) -> list[str]:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.002)
        busy -= 1
        return ["127.0.0.1"]

    feeds = [Feed(FeedUrl(site.url(host=f"host{n}.example")), "x") for n in range(6)]
    async with fetcher(lookup=lookup, limit=2) as here:
        await asyncio.gather(*(here(feed, FeedState(feed.url, "x")) for feed in feeds))
    assert most == 2


async def test_waiting_for_a_busy_host_does_not_use_up_the_deadline(site: Site) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.03)
        writer.write(ok())
        await writer.drain()

    site.answers["/"] = slow
    feed = Feed(FeedUrl(site.url()), "x")
    async with fetcher(deadline=0.2) as here:
        answers = await asyncio.gather(*(here(feed, FeedState(feed.url, "x")) for _ in range(10)))
    assert all(isinstance(answer, Page) for answer in answers)


async def test_a_cancelled_fetch_leaves_the_host_free(site: Site) -> None:
    asked = asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await silent(writer)

    site.answers |= {"/slow": slow, "/": ok()}
    async with fetcher() as here:
        first = Feed(FeedUrl(site.url("/slow")), "x")
        task = asyncio.create_task(here(first, FeedState(first.url, "x")))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        feed = Feed(FeedUrl(site.url()), "x")
        assert isinstance(await here(feed, FeedState(feed.url, "x")), Page)
