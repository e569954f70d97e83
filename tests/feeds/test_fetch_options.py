"""What a feed may ask for itself, and what else is fetched: articles, and forms for hubs."""

from __future__ import annotations

import pytest

from monitor.core.model import Failed, Feed, FeedUrl, Page
from monitor.feeds.guard import AllowList
from tests.feeds.answering_site import BODY, Site, fetch, fetcher, ok, to


async def lookup(_: str) -> list[str]:
    return ["127.0.0.1"]


def with_headers(url: str, *headers: tuple[str, str], proxy: str | None = None) -> Feed:
    return Feed(FeedUrl(url), "Example", headers=headers, proxy=proxy)


async def test_a_feeds_own_headers_go_to_its_own_site_only(site: Site) -> None:
    site.answers |= {"/a": to("/b"), "/b": to(f"http://localhost:{site.port}/c"), "/c": ok()}
    feed = with_headers(site.url("/a"), ("X-Key", "${FEED_KEY}"), ("user-agent", "Reader/1"))
    page = await fetch(feed.url, feed=feed, lookup=lookup, variables={"FEED_KEY": "s3cret"})
    assert isinstance(page, Page)
    assert [site.headers(n).get("x-key") for n in range(3)] == [b"s3cret", b"s3cret", None]
    assert site.headers(0)["user-agent"] == b"Reader/1"
    assert site.headers(2)["user-agent"] == b"Tocsin/1.2"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Host", "evil.example", id="another host"),
        pytest.param("If-None-Match", "*", id="a condition"),
        pytest.param("Accept-Encoding", "br", id="a coding that we do not read"),
        pytest.param("Referer", "https://a.example/", id="where we come from"),
        pytest.param("X-A", "1\r\nX-Evil: 1", id="two in one"),
        pytest.param("X A", "1", id="no name"),
    ],
)
async def test_the_protocol_stays_ours(site: Site, name: str, value: str) -> None:
    site.answers["/f"] = ok()
    feed = with_headers(site.url("/f"), (name, value))
    assert isinstance(await fetch(feed.url, feed=feed), Page)
    assert set(site.headers()) == {"host", "user-agent", "accept", "accept-encoding"}
    assert site.headers()["host"] == f"127.0.0.1:{site.port}".encode()
    assert site.headers()["accept-encoding"] == b"gzip, deflate"


async def test_a_variable_that_is_not_set_is_named(site: Site) -> None:
    feed = with_headers(site.url("/f"), ("X-Key", "${FEED_KEY}"))
    answer = await fetch(feed.url, feed=feed)
    assert isinstance(answer, Failed)
    assert "FEED_KEY" in answer.reason
    assert site.connections == 0


async def test_a_feed_may_have_a_proxy_of_its_own(site: Site) -> None:
    site.answers["http://news.example/f"] = ok()
    feed = with_headers("http://news.example/f", proxy="http://${FEED_HOST}")
    page = await fetch(
        feed.url,
        feed=feed,
        allow=None,
        proxy="http://127.0.0.1:1",
        variables={"FEED_HOST": f"127.0.0.1:{site.port}"},
    )
    assert isinstance(page, Page)


async def test_a_page_is_fetched_without_conditions(site: Site) -> None:
    site.answers["/article"] = ok(BODY, 'ETag: "1"', "Content-Type: text/html")
    async with fetcher() as here:
        page = await here.page(site.url("/article#top"))
    assert isinstance(page, Page)
    assert (page.body, page.url) == (BODY, site.url("/article"))
    assert site.headers()["accept"].startswith(b"text/html")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080/", "http://nas.home/", "http://me:pw@news.example/", "http://news.example:22/"],
)
async def test_a_guest_may_not_go_where_the_operator_may(url: str) -> None:
    async with fetcher(lookup=lookup, allow=AllowList.read("127.0.0.0/8,nas.home")) as here:
        assert isinstance(await here.page(url, guest=True), Failed)


async def test_a_guests_redirects_and_names_are_judged_as_strictly(site: Site) -> None:
    site.answers["/f"] = ok()
    url = site.url("/f", "news.example")
    async with fetcher(lookup=lookup) as here:
        assert isinstance(await here.page(url), Page)  # the operator allows loopback
        said = await here.page("http://news.example/f", guest=True)
    assert isinstance(said, Failed)
    assert "private or reserved" in said.reason
    assert site.connections == 1


async def test_a_form_is_posted_and_follows_only_redirects_that_keep_it(site: Site) -> None:
    site.answers |= {"/hub": to("/there", "307 Temporary Redirect"), "/there": ok(b"", status="202 Accepted")}
    async with fetcher() as here:
        assert await here.post(site.url("/hub"), {"hub.mode": "subscribe", "hub.topic": "a&b"}) == 202
    assert b"POST /there " in site.requests[-1]  # behind the form before it
    assert site.headers()["content-type"] == b"application/x-www-form-urlencoded"

    site.answers["/other"] = to("/there", "302 Found")
    async with fetcher() as here:
        assert await here.post(site.url("/other"), {}) == 302
        said = await here.post("http://10.0.0.1/", {})
    assert isinstance(said, Failed)


@pytest.mark.parametrize("host", ["①②⑦.0.0.1", "127。0。0。1", "%31%32%37.0.0.1", "127.0.0.1%00.example"])
async def test_hosts_that_libraries_fold_into_addresses_are_refused(site: Site, host: str) -> None:
    assert isinstance(await fetch(f"http://{host}:{site.port}/", allow=None), Failed)
    assert site.connections == 0
