"""Feeds on loopback whose pages a test changes while the bot runs."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Self
from xml.sax.saxutils import escape

from aiohttp import web

NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an RSS feed, five minutes old unless `published` says otherwise."""

    title: str
    text: str = ""
    published: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(minutes=5))
    number: int = field(default_factory=lambda: next(NUMBERS))

    @property
    def link(self) -> str:
        """Where it stands: a site that nobody asks."""
        return f"https://news.example/{self.number}"

    def xml(self) -> str:
        """The item as RSS."""
        return (
            f"<item><title>{escape(self.title)}</title><link>{self.link}</link><guid>{self.link}</guid>"
            f"<description>{escape(self.text)}</description><pubDate>{format_datetime(self.published)}</pubDate></item>"
        )


@dataclass(frozen=True, slots=True)
class Page:
    """What a path answers; a `silent` one never does."""

    body: bytes
    status: int = 200
    kind: str = "application/rss+xml; charset=utf-8"
    silent: bool = False


class Site:
    """The server. `asked` counts the requests of each path, the path written without its slash."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self._pages: dict[str, Page] = {}
        self._editions = itertools.count(1)
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path; with `localhost` as its host, it is that of another publisher."""
        return f"http://{host}:{self._port}/{path}"

    def serve(self, path: str, page: Page) -> None:
        """From now on, a path answers this."""
        self._pages[path] = page

    def carry(self, path: str, *items: Item) -> None:
        """From now on, a path is a feed with these items; each time it is another page, as many sites build it."""
        body = (
            f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{path}</title>'
            f"<link>https://news.example/</link><generator>edition {next(self._editions)}</generator>"
            f"{''.join(item.xml() for item in items)}</channel></rss>"
        )
        self.serve(path, Page(body.encode()))

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        self.asked[path] += 1
        page = self._pages.get(path)
        if page is None:
            return web.Response(status=404)
        if page.silent:
            await self._closing.wait()
        etag = f'"{hashlib.blake2b(page.body, digest_size=8).hexdigest()}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        headers = {"ETag": etag, "Content-Type": page.kind}
        return web.Response(body=page.body, status=page.status, headers=headers)
