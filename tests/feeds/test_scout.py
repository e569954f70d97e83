"""Looking for feeds: a site's own, those at the usual places, and whether a feed answers."""

from __future__ import annotations

from collections import defaultdict

import pytest

from monitor.core.model import Batch, Failed, Feed, FeedUrl, Page
from monitor.feeds.parse import parse
from monitor.feeds.scout import MOST_SHOWN, Scout, whole
from tests.feeds.answering_site import fetcher, ok, to

RSS = (
    b"<rss version='2.0'><channel><title>The News</title><language>ko</language>"
    b"<item><title>One</title><link>https://a.example/1</link><pubDate>Sun, 27 Sep 2026 09:00:00 GMT</pubDate></item>"
    b"<item><title>Two</title><link>https://a.example/2</link></item></channel></rss>"
)
NOT_FOUND = ok(b"no", status="404 Not Found")


async def inline(feed: Feed, page: Page, seen: frozenset[str] = frozenset()) -> Batch | Failed:
    return parse(feed, page.body, page.content_type, page.url)


@pytest.fixture
async def scout(site):
    site.answers = defaultdict(lambda: NOT_FOUND)
    async with fetcher() as here:
        yield Scout(fetch=here, page=here.page, parse=inline)


def html(*links: str) -> bytes:
    named = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links)
    return ok(f"<!doctype html><html><head>{named}</head></html>".encode(), "Content-Type: text/html")


def asked(site) -> list[str]:
    return [request.split(b" ")[1].decode() for request in site.requests]


async def test_a_feeds_address_is_taken_as_it_is(site, scout):
    site.answers["/rss"] = ok(RSS)
    found = await scout.look(site.url("/rss"))
    (feed,) = found.feeds
    assert found.is_feed
    assert (feed.url, feed.title, feed.stories, feed.lang) == (site.url("/rss"), "The News", 2, "ko")
    assert feed.titles == ("One", "Two")
    assert feed.newest is not None
    assert asked(site) == ["/rss"]


async def test_the_feeds_that_a_page_names_are_read(site, scout):
    site.answers |= {"/": html("/broken", "/rss"), "/rss": ok(RSS)}
    found = await scout.look(site.url("/"))
    assert [feed.url for feed in found.feeds] == [site.url("/rss")]
    assert not found.is_feed
    assert asked(site) == ["/", "/broken", "/rss"]


async def test_of_very_many_feeds_a_few_are_read_and_the_others_named(site, scout):
    site.answers |= {"/": html(*(f"/rss{n}" for n in range(8)))} | {f"/rss{n}": ok(RSS) for n in range(8)}
    found = await scout.look(site.url("/"))
    assert len(found.feeds) == MOST_SHOWN
    assert [one.url for one in found.named] == [site.url(f"/rss{n}") for n in range(MOST_SHOWN, 8)]
    assert len(site.requests) == 1 + MOST_SHOWN


async def test_the_usual_places_are_tried_only_where_nothing_is_named(site, scout):
    site.answers |= {"/": html(), "/rss.xml": ok(RSS)}
    found = await scout.look(site.url("/"))
    assert [feed.url for feed in found.feeds] == [site.url("/rss.xml")]
    assert asked(site) == ["/", "/feed/", "/rss", "/rss.xml"]


async def test_a_page_without_any_feed_says_so(site, scout):
    site.answers["/"] = html()
    found = await scout.look(site.url("/"))
    assert found.feeds == ()
    assert "web page" in found.reason
    assert "none at the usual places" in found.reason


async def test_named_feeds_that_cannot_be_read_are_told(site, scout):
    site.answers["/"] = html("/a")
    found = await scout.look(site.url("/"))
    assert found.reason == "the page names feeds, but none of them can be read"
    assert [one.url for one in found.named] == [site.url("/a")]


async def test_a_feed_that_moved_for_good_is_found_at_its_new_place(site, scout):
    site.answers |= {"/old": to("/new", "301 Moved Permanently"), "/new": ok(RSS)}
    found = await scout.look(site.url("/old"))
    assert found.feeds[0].url == site.url("/new")


async def test_what_cannot_be_reached_is_told_and_nothing_else_is_asked(site, scout):
    found = await scout.look(site.url("/gone"))
    assert "404" in found.reason
    assert asked(site) == ["/gone"]


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "https://u:p@a.example/", "ftp://a.example/"])
async def test_what_is_no_web_address_is_not_asked(scout, address):
    assert "no web address" in (await scout.look(address)).reason


async def test_no_private_host_is_looked_at(site):
    async with fetcher(allow=None) as here:
        found = await Scout(fetch=here, page=here.page, parse=inline).look(site.url("/"))
    assert "private" in found.reason
    assert site.connections == 0


async def test_no_feed_of_a_page_leads_to_a_private_host(site, scout):
    site.answers["/"] = html("http://10.0.0.1/rss")
    found = await scout.look(site.url("/"))
    assert found.feeds == ()
    assert asked(site) == ["/"]


async def test_a_check_tells_how_a_feed_does(site, scout):
    site.answers |= {"/rss": ok(RSS), "/page": html("/rss")}
    fine = await scout.check(Feed(FeedUrl(site.url("/rss")), "Fine"))
    bad = await scout.check(Feed(FeedUrl(site.url("/page")), "Bad"))
    gone = await scout.check(Feed(FeedUrl(site.url("/gone")), "Gone"))
    assert fine.preview is not None
    assert (fine.preview.stories, fine.reason) == (2, "")
    assert bad.preview is None
    assert "web page" in bad.reason
    assert "404" in gone.reason


@pytest.mark.parametrize(
    ("written", "address"),
    [
        pytest.param("example.org", "https://example.org", id="host"),
        pytest.param(" https://example.org/rss ", "https://example.org/rss", id="spaces"),
        pytest.param("feed://example.org/rss", "http://example.org/rss", id="feed-scheme"),
        pytest.param("feed:https://example.org/rss", "https://example.org/rss", id="feed-before-https"),
        pytest.param("example.org:8080/x", "https://example.org:8080/x", id="port"),
        pytest.param("mailto:a@b.example", None, id="mail"),
        pytest.param("a b", None, id="words"),
    ],
)
def test_what_somebody_typed_becomes_an_address(written, address):
    assert whole(written) == address
