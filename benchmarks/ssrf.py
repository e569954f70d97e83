"""Server-side request forgery: each vector through the real fetcher, as a feed's address, as a redirect, as a guest's.

A canary listens on loopback, on both kinds of address; Python itself reports each connection that is tried (its audit
events), so that packets to elsewhere count as well. Nothing but the site that redirects may ever be connected to.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from benchmarks.figures import Figure
from monitor.core.model import Failed, Feed, FeedState, FeedUrl, Fetched
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList
from tests.feeds.vectors import GUESTS, HOSTS, LOCATIONS, STATUS, URLS, lookup

START = "start.example"
MOVED = b"HTTP/1.1 %d Elsewhere\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
EVERYTHING = AllowList.read("0.0.0.0/0, ::/0")


@dataclass
class Watch:
    """What was connected to, or would have been; `active` while a vector is tried."""

    active: bool = False
    tried: list[str] = field(default_factory=list)
    heard: int = 0  # connections that reached the canary

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.active and event in ("socket.connect", "socket.sendto"):
            self.tried.append(repr(arguments[1]))


@dataclass
class Site:
    """Redirects to wherever it is told; counts how often it is asked."""

    answer: bytes = b""
    port: int = 0
    asked: int = 0


def run() -> Iterator[Figure]:
    """Measure; prints each vector that was not refused."""
    yield from asyncio.run(measure())


async def measure() -> list[Figure]:
    watch, site = Watch(), Site()
    sys.addaudithook(watch.hook)
    urls = {name: f"http://{host}:{{port}}/" for name, host in HOSTS.items()} | dict(URLS)
    tried, open_doors = 0, list[str]()

    async def count(name: str, allowed: int, asking: Callable[[], Awaitable[Fetched]]) -> None:
        nonlocal tried
        tried += 1
        watch.tried.clear()
        heard, site.asked, watch.active = watch.heard, 0, True
        answer = await asking()
        watch.active = False
        # To the site that redirects, one connection for each time that it was asked; with IPv6 none.
        strange = [place for place in watch.tried if place != repr(("127.0.0.1", site.port))]
        if not isinstance(answer, Failed) or strange or watch.heard > heard or len(watch.tried) > allowed:
            open_doors.append(f"{name}: {type(answer).__name__} {watch.tried} heard={watch.heard - heard}")

    async with canary(watch) as port, redirecting(site):
        for name, url in urls.items():
            where = url.format(port=port)
            await count(name, 0, partial(ask, where))
            await count(f"{name}, of a guest", 0, partial(ask, where, guest=True))
        for name, url in GUESTS.items():
            await count(f"{name}, of a guest", 0, partial(ask, url, guest=True))
        for name, url in (urls | dict(LOCATIONS)).items():
            location = url.format(port=port, site=site.port).replace("\n", "")
            for status in STATUS:
                site.answer = MOVED % (status, location.encode())
                start = f"http://{START}:{site.port}/"
                await count(f"{status} to {name}", 6, partial(ask, start, redirected=True))
        await asyncio.sleep(0.2)  # what is on its way arrives
        heard = watch.heard
        # The canary does hear: the same address, allowed.
        async with Fetcher(version="0", clock=lambda: datetime.now(UTC), gap=0, allow=EVERYTHING) as fetcher:
            await fetcher.page(f"http://127.0.0.1:{port}/")
            alive = watch.heard - heard
    for line in open_doors:
        print(f"  NOT REFUSED {line}")
    print(f"{len(urls) + len(LOCATIONS) + len(GUESTS)} vectors, tried in {tried} ways")
    return [
        Figure("SSRF vectors", len(urls) + len(LOCATIONS) + len(GUESTS), "", 60, least=True),
        Figure("ways in that were not refused", len(open_doors), "", 0, errors=open_doors),
        Figure("connections to the canary", heard, "", 0),
        Figure("connections to the canary where they are allowed", alive, "", 1, least=True),
    ]


async def ask(url: str, *, guest: bool = False, redirected: bool = False) -> Fetched:
    """One vector, by a new fetcher; nothing is allowed but what has to be for this kind of vector."""
    allow = EVERYTHING if guest else AllowList.read(START) if redirected else None
    async with Fetcher(
        version="0", clock=lambda: datetime.now(UTC), lookup=resolve, gap=0, allow=allow
    ) as fetcher:
        if guest:
            return await fetcher.page(url, guest=True)
        return await fetcher(Feed(FeedUrl(url), "x"), FeedState(FeedUrl(url), "x"))


async def resolve(host: str) -> Sequence[str]:
    return ["127.0.0.1"] if host == START else await lookup(host)


@asynccontextmanager
async def canary(watch: Watch) -> AsyncIterator[int]:
    """Listens on all addresses of this machine, in both families where there are two."""

    async def hear(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        watch.heard += 1
        writer.close()

    both = socket.has_dualstack_ipv6()
    listener = socket.create_server(
        ("::" if both else "0.0.0.0", 0),
        family=socket.AF_INET6 if both else socket.AF_INET,
        dualstack_ipv6=both,
    )
    async with await asyncio.start_server(hear, sock=listener):
        yield listener.getsockname()[1]


@asynccontextmanager
async def redirecting(site: Site) -> AsyncIterator[None]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                site.asked += 1
                writer.write(site.answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    async with server:
        yield
