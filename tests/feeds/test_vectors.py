"""Server-side request forgery: every vector is refused in words, and the canary on loopback hears nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.core.model import Failed, Feed, FeedState, FeedUrl, Fetched, Page
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList, refusal_for_guest
from tests.feeds.answering_site import Site, ok, to
from tests.feeds.vectors import DNS, GUESTS, HOSTS, LOCATIONS, STATUS, URLS, lookup

EVERYTHING = AllowList.read("0.0.0.0/0, ::/0, printer.local, localhost")
REFUSED = ("private or reserved", "not well formed", "is not http or https", "not an IP address")


@pytest.fixture
async def canary() -> AsyncIterator[Site]:
    here = Site()
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    async with server:
        yield here


async def resolve(host: str) -> Sequence[str]:
    return ["127.0.0.1"] if host == "start.example" else await lookup(host)


async def ask(url: str, *, guest: bool = False, allow: AllowList | None = None) -> Fetched:
    async with Fetcher(
        version="1", clock=lambda: datetime.now(UTC), lookup=resolve, gap=0, allow=allow
    ) as fetcher:
        if guest:
            return await fetcher.page(url, guest=True)
        return await fetcher(Feed(FeedUrl(url), "x"), FeedState(FeedUrl(url), "x"))


def direct() -> list[str]:
    return [f"http://{host}:{{port}}/" for host in HOSTS.values()] + list(URLS.values())


def names() -> list[str]:
    return [*HOSTS, *URLS]


@pytest.mark.parametrize("url", direct(), ids=names())
async def test_no_address_leads_inside(canary: Site, url: str) -> None:
    answer = await ask(url.format(port=canary.port))
    assert isinstance(answer, Failed)
    assert any(words in answer.reason for words in REFUSED), answer.reason
    assert canary.connections == 0


class Everywhere(dict[str, Any]):
    """The same answer at every path."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def __missing__(self, path: str) -> bytes:
        return self.answer


@pytest.mark.parametrize("location", [*direct(), *LOCATIONS.values()], ids=[*names(), *LOCATIONS])
async def test_no_redirect_leads_inside(canary: Site, site: Site, location: str) -> None:
    wanted = location.format(port=canary.port, site=site.port)
    for status in STATUS:
        # The bytes as a hostile server would write them, but in one line: what follows would be another header.
        site.answers = Everywhere(to(wanted.replace("\n", ""), f"{status} Elsewhere"))
        url = f"http://start.example:{site.port}/"
        answer = await ask(url, allow=AllowList.read("start.example"))
        assert isinstance(answer, Failed)
        assert canary.connections == 0
    # Some of these are paths on the same site, so that the chain ends there: in a circle, or after a few steps.
    assert {site.headers(at)["host"] for at in range(len(site.requests))} == {b"start.example:%d" % site.port}
    assert len(site.requests) <= 6 * len(STATUS)


async def test_a_name_that_turns_private_between_two_requests_is_refused(canary: Site, site: Site) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1", "127.0.0.2"]])

    async def rebinding(_: str) -> Sequence[str]:
        return next(answers)

    url = f"http://rebinding.example:{site.port}/"
    site.answers = {"/": to("/again").replace(b"Location", b"Connection: close\r\nLocation")}
    feed = Feed(FeedUrl(url), "x")
    async with Fetcher(
        version="1",
        clock=lambda: datetime.now(UTC),
        lookup=rebinding,
        gap=0,
        allow=AllowList.read("127.0.0.1"),
    ) as fetcher:
        answer = await fetcher(feed, FeedState(feed.url, "x"))
    assert isinstance(answer, Failed)
    assert "10.0.0.1 is a private or reserved address" in answer.reason
    assert len(site.requests) == 1


@pytest.mark.parametrize("url", GUESTS.values(), ids=GUESTS)
async def test_people_in_a_chat_may_send_less_than_the_operator(url: str) -> None:
    said = refusal_for_guest(url)
    assert said
    assert "ALLOW_HOSTS" not in said
    assert "secret" not in said
    assert "rules.yaml" not in said
    assert isinstance(await ask(url, guest=True, allow=EVERYTHING), Failed)


@pytest.mark.parametrize("url", direct(), ids=names())
async def test_no_address_of_a_guest_leads_inside_even_if_the_operator_allows_everything(
    canary: Site, url: str
) -> None:
    assert isinstance(await ask(url.format(port=canary.port), guest=True, allow=EVERYTHING), Failed)
    assert canary.connections == 0


@pytest.mark.parametrize(
    "name", [name for name in HOSTS.values() if name in DNS or name.endswith(".example")]
)
async def test_names_of_guests_are_judged_by_what_they_resolve_to(name: str) -> None:
    # An allowed port, so that nothing but the answer of the resolver is left to object to.
    answer = await ask(f"http://{name}:8080/", guest=True, allow=EVERYTHING)
    assert isinstance(answer, Failed)
    assert any(words in answer.reason for words in (*REFUSED, "name of local networks")), answer.reason


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example.org/feed.xml",
        "http://news.example.org:8080/feed?a=b@c",
        "https://xn--c1avg.example:8443/",
        "http://뉴스.한국/rss",
        "http://93.184.215.14/feed",
        "http://[2606:4700:4700::1111]/feed",
    ],
)
def test_ordinary_addresses_are_fine_for_everybody(url: str) -> None:
    assert refusal_for_guest(url) is None


async def test_what_the_operator_allows_is_reached(canary: Site) -> None:
    canary.answers = {"/": ok()}
    url = f"http://printer.local:{canary.port}/"
    assert isinstance(await ask(url, allow=EVERYTHING), Page)
    assert canary.connections == 1
