"""A web site that answers as a test tells it, and one fetch of a page of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from monitor.core.model import Failed, Feed, FeedState, FeedUrl, Fetched, Validators
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList

BODY = b"<rss version='2.0'><channel/></rss>"
NOW = datetime(2026, 9, 27, 10, 0, tzinfo=UTC)
LOOPBACK = AllowList.read("127.0.0.0/8")
NONE = Validators()

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """A server that answers each path with the bytes, or by the script, that the test gives it."""

    answers: dict[str, bytes | Script] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(request)
                answer = self.answers[request.split(b" ")[1].decode()]
                if callable(answer):
                    await answer(writer)
                    break
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def headers(self, at: int = -1) -> dict[str, bytes]:
        lines = self.requests[at].split(b"\r\n")[1:-2]
        return {name.decode().lower(): value for name, _, value in (line.partition(b": ") for line in lines)}


def ok(body: bytes = BODY, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def to(location: str, status: str = "302 Found") -> bytes:
    return ok(b"moved", f"Location: {location}", status=status)


async def silent(writer: asyncio.StreamWriter) -> None:
    await writer.drain()
    await asyncio.sleep(5)


async def fetch(
    url: str,
    validators: Validators = NONE,
    digest: str | None = None,
    *,
    address: str | None = None,
    feed: Feed | None = None,
    **options: Any,
) -> Fetched:
    """One fetch of a feed; the pause between two requests to a site is left out unless a test wants it."""
    feed = feed or Feed(FeedUrl(url), "Example")
    state = FeedState(feed.url, feed.name, validators, digest, address=address)
    async with fetcher(**options) as here:
        return await here(feed, state)


def fetcher(**options: Any) -> Fetcher:
    settings: dict[str, Any] = {"version": "1.2", "clock": lambda: NOW, "allow": LOOPBACK, "gap": 0.0}
    return Fetcher(**settings | options)


async def reason(url: str, **options: Any) -> str:
    answer = await fetch(url, **options)
    assert isinstance(answer, Failed)
    return answer.reason
