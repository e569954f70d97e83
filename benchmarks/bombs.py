"""What hostile bodies cost: packed bombs in the fetching process, bombs for parsers in the worker processes.

Packed ones come over loopback through the real fetcher, each into a process of its own, whose peak of resident
memory is compared with what it was after a first plain page. Those for parsers go at full weight through the real
workers at their default bounds; each must end as a failure or as a bounded batch, and a plain page right behind it
must be read. Linux only.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.one_fetch import memory
from monitor.core.model import Batch, Failed, Feed, FeedUrl, Page
from monitor.feeds.parser import Parser
from monitor.feeds.workers import Workers
from tests.feeds.bombs import BOMBS
from tests.feeds.packed import PACKED

ROOT = Path(__file__).parent.parent
FEED = Feed(FeedUrl("https://news.example/feed.xml"), "News")
GOOD = b"<rss version='2.0'><channel><item><title>Defector</title></item></channel></rss>"
DEADLINE = 20.0
"""Seconds that a page may take in a worker (its default)."""
KILL = 2.0
"""Seconds that ending an overdue worker may take on top."""
LIMIT = 500
"""Stories of one batch."""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one bomb."""

    name: str
    seconds: float
    megabytes: float
    became: str
    right: bool

    def line(self) -> str:
        return f"  {self.name:<32} {self.seconds:6.2f} s {self.megabytes:7.1f} MB  {self.became[:90]}"


def run() -> Iterator[Figure]:
    """Measure; takes some minutes. Prints what became of each."""
    for title, rows in (("packed", asyncio.run(unpacked())), ("parsers", asyncio.run(parsed()))):
        print(f"{len(rows)} bombs, {title}:")
        for row in rows:
            print(row.line())
        wrong = [row.name for row in rows if not row.right]
        slowest = max(row.seconds for row in rows)
        largest = max(row.megabytes for row in rows)
        if title == "packed":
            yield Figure("packed bombs: neither refused nor read right", len(wrong), "", 0, errors=wrong)
            yield Figure("packed bombs: largest growth of peak memory", largest, "MB", 64)
            yield Figure("packed bombs: slowest", slowest, "s", 5)
        else:
            yield Figure("bombs for parsers: neither failed nor bounded", len(wrong), "", 0, errors=wrong)
            yield Figure("bombs for parsers: growth of the main process", largest, "MB", 64)
            yield Figure("bombs for parsers: slowest", slowest, "s", DEADLINE + KILL)


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """A server that sends the packed bodies, by their place in the table; gives its address."""
    bodies = list(PACKED.values())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while path := (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1][1:]:
                if path == b"plain":
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(GOOD), GOOD))
                    continue
                wrapped = bodies[int(path)]()
                writer.write(wrapped.head())
                for piece in wrapped.pieces:
                    writer.write(piece)
                    await writer.drain()
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def unpacked() -> list[Row]:
    """All packed bombs, each fetched by a process of its own."""
    rows = []
    async with serving() as url:
        for place, (name, make) in enumerate(PACKED.items()):
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "benchmarks.one_fetch",
                url,
                str(place),
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
            )
            found = json.loads((await child.communicate())[0])
            whole = make().whole
            digest = None if whole is None else hashlib.sha256(whole).hexdigest()
            rows.append(
                Row(name, found["seconds"], found["bytes"] / 1e6, found["became"], found["digest"] == digest)
            )
    return rows


async def parsed() -> list[Row]:
    """All bombs for parsers, one after the other through the same workers."""
    workers = Workers()
    parse = Parser(workers)
    rows = []
    try:
        await parse(FEED, page(GOOD))
        for name, make in BOMBS.items():
            body = make(1.0)
            before, started = memory("VmHWM"), time.monotonic()
            answer = await parse(FEED, page(body))
            seconds = time.monotonic() - started
            children = [memory("VmHWM", child.pid or 0) for child in multiprocessing.active_children()]
            grown = memory("VmHWM") - before
            after = await parse(FEED, page(GOOD))
            bounded = isinstance(answer, Failed) or len(answer.stories) <= LIMIT
            became = answer.reason if isinstance(answer, Failed) else f"read, {len(answer.stories)} stories"
            became = f"{len(body) / 1e6:4.1f} MB, worker {max(children, default=0) / 1e6:4.0f} MB: {became}"
            right = bounded and isinstance(after, Batch) and len(after.stories) == 1
            rows.append(Row(name, seconds, grown / 1e6, became, right))
    finally:
        await workers.close()
    return rows


def page(body: bytes) -> Page:
    return Page(FEED.url, FEED.url, body, "digest", "application/rss+xml")
