"""robots.txt, for those who want it kept: only a clear Disallow counts, and a site is asked once a day."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from monitor.core.model import Failed, Feed, FeedState, FeedUrl, Page
from monitor.feeds.robots import Kept
from tests.feeds.answering_site import NOW, Site, fetch, fetcher, ok, reason, to

OURS = b"User-agent: Tocsin\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n"


class Memory:
    """A shelf, as a store keeps one."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}

    async def recall(self, origin: str) -> Kept | None:
        return self.kept.get(origin)

    async def keep(self, kept: Kept) -> None:
        self.kept[kept.origin] = kept


def asked(site: Site, path: str = "/robots.txt") -> int:
    return sum(request.startswith(f"GET {path} ".encode()) for request in site.requests)


async def test_without_the_option_nobody_asks_for_it(site: Site) -> None:
    site.answers |= {"/robots.txt": ok(b"User-agent: *\nDisallow: /"), "/f": ok()}
    assert isinstance(await fetch(site.url("/f")), Page)
    assert asked(site) == 0


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        pytest.param(OURS, "/f", True, id="our own group counts, not that of all"),
        pytest.param(OURS, "/private/f", False, id="disallowed to us"),
        pytest.param(b"User-agent: *\nDisallow: /f", "/f", False, id="disallowed to all"),
        pytest.param(b"User-agent: *\nDisallow: /f\nAllow: /f.xml", "/f.xml", True, id="allowed again"),
        pytest.param(b"User-agent: other\nDisallow: /", "/f", True, id="another's"),
        pytest.param(b"\xff\xfe\x00 nonsense\nDisallow /", "/f", True, id="nonsense"),
        pytest.param(b"", "/f", True, id="empty"),
    ],
)
async def test_what_it_says_is_kept_to(site: Site, text: bytes, path: str, allowed: bool) -> None:
    site.answers |= {"/robots.txt": ok(text), path: ok()}
    answer = await fetch(site.url(path), robots=True)
    assert isinstance(answer, Page) is allowed
    assert asked(site, path) == allowed


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ok(b"", status="404 Not Found"), id="none"),
        pytest.param(ok(b"User-agent: *\nDisallow: /", status="500 Oops"), id="a fault"),
        pytest.param(b"SMTP ready\r\n\r\n", id="nonsense"),
        pytest.param(ok(b"x" * 600_000), id="too large"),
        pytest.param(to("http://10.0.0.1/robots.txt"), id="a redirect to a private address"),
    ],
)
async def test_one_that_cannot_be_had_stops_nothing(site: Site, answer: bytes) -> None:
    site.answers |= {"/robots.txt": answer, "/f": ok()}
    assert isinstance(await fetch(site.url("/f"), robots=True), Page)


async def test_the_targets_of_redirects_are_judged_too(site: Site) -> None:
    site.answers |= {"/robots.txt": ok(OURS), "/f": to("/private/f")}
    assert "robots.txt of 127.0.0.1 asks us not to" in await reason(site.url("/f"), robots=True)
    assert asked(site, "/private/f") == 0


async def test_a_site_is_asked_for_it_once_a_day(site: Site) -> None:
    now = NOW
    site.answers |= {"/robots.txt": ok(OURS)} | {f"/{n}": ok() for n in range(4)}
    feeds = [Feed(FeedUrl(site.url(f"/{n}")), "x") for n in range(4)]
    async with fetcher(robots=True, clock=lambda: now) as fetch_it:
        await asyncio.gather(*(fetch_it(feed, FeedState(feed.url, "x")) for feed in feeds))
        assert asked(site) == 1
        now += timedelta(hours=23)
        await fetch_it(feeds[0], FeedState(feeds[0].url, "x"))
        assert asked(site) == 1
        now += timedelta(hours=1)
        await fetch_it(feeds[0], FeedState(feeds[0].url, "x"))
        assert asked(site) == 2


async def test_with_a_shelf_that_holds_across_restarts(site: Site) -> None:
    shelf = Memory()
    site.answers |= {"/robots.txt": ok(OURS), "/f": ok()}
    for later in (0, 23):
        clock = NOW + timedelta(hours=later)
        answer = await fetch(site.url("/private/f"), robots=True, shelf=shelf, clock=lambda at=clock: at)
        assert isinstance(answer, Failed)
    assert asked(site) == 1
