"""Servers that waste their visitors' time and memory, each in its own way. Loopback only.

Each is a script that answers one connection, and goes on for as long as the visitor lets it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Visit:
    """One request, and how to answer it."""

    path: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


Script = Callable[[Visit], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_BIG = bytes(65_536)


def _dripping(start: bytes, piece: bytes = b" ", pause: float = 0.05) -> Script:
    """A few bytes at a time, for ever."""

    async def script(visit: Visit) -> None:
        visit.writer.write(start)
        while True:
            visit.writer.write(piece)
            await visit.writer.drain()
            await asyncio.sleep(pause)

    return script


def _pouring(start: bytes, piece: bytes) -> Script:
    """As much as the visitor takes, for ever."""

    async def script(visit: Visit) -> None:
        visit.writer.write(start)
        while True:
            visit.writer.write(piece)
            await visit.writer.drain()

    return script


def _saying(answer: bytes, *, close: bool = True) -> Script:
    """This, and then the end, or silence."""

    async def script(visit: Visit) -> None:
        visit.writer.write(answer)
        await visit.writer.drain()
        if not close:
            await visit.reader.read()

    return script


def _resetting(answer: bytes) -> Script:
    """This, and then a reset (RST) instead of an end."""

    async def script(visit: Visit) -> None:
        visit.writer.write(answer)
        await visit.writer.drain()
        held = visit.writer.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        visit.writer.transport.abort()

    return script


def _redirecting(location: str) -> Script:
    """Somewhere else on this server, for ever; `{n}` is the length of the path that was asked for."""

    async def script(visit: Visit) -> None:
        where = location.format(n=len(visit.path))
        visit.writer.write(
            b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % where.encode()
        )
        await visit.writer.drain()

    return script


HOSTS: Mapping[str, Script] = {
    "slow drip of a body": _dripping(OK + b"Content-Length: 1000000\r\n\r\n"),
    "slow drip of chunks": _dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "slow drip of a gzip body": _dripping(OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0" + bytes(6), b"\0"),
    "slow drip of headers": _dripping(OK, b"X-A: b\r\n"),
    "slow drip of the status line": _dripping(b"HTTP/1.1 200 ", b"O"),
    "slow drip of a trailer": _dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: b\r\n"),
    "slow drip of 1xx answers": _dripping(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "endless body": _pouring(OK + b"\r\n", _BIG),
    "endless chunks": _pouring(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + _BIG[1:] + b"\r\n"),
    "endless chunk extension": _pouring(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a" * 65_536),
    "endless trailers": _pouring(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: b\r\n" * 8000),
    "endless headers": _pouring(OK, b"X-A: b\r\n" * 8000),
    "endless header": _pouring(OK + b"X-A: ", b"a" * 65_536),
    "endless status line": _pouring(b"HTTP/1.1 200 ", b"O" * 65_536),
    "endless 1xx answers": _pouring(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000),
    "header of 1 MB": _saying(OK + b"X-A: " + b"a" * 1_000_000 + b"\r\n\r\n"),
    "100,000 headers": _saying(OK + b"X-A: b\r\n" * 100_000 + b"\r\n"),
    "header lines that go on": _saying(OK + b"X-A: b\r\n" + b" c\r\n" * 100_000 + b"\r\n"),
    "redirect to itself": _redirecting("/"),
    "redirects in a circle": _redirecting("/?{n}"),
    "redirects without end": _redirecting("/more{n:x<{n}}"),
    "redirect of 1 MB": _redirecting("/" + "a" * 1_000_000),
    "never answers": _saying(b"", close=False),
    "never answers after its headers": _saying(OK + b"Content-Length: 10\r\n\r\n", close=False),
    "hangs up": _saying(b""),
    "hangs up in the headers": _saying(OK),
    "hangs up in the body": _saying(OK + b"Content-Length: 1000\r\n\r\n<rss>"),
    "hangs up in a chunk": _saying(OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n<rss>"),
    "resets at once": _resetting(b""),
    "resets in the headers": _resetting(OK),
    "resets in the body": _resetting(OK + b"Content-Length: 1000\r\n\r\n<rss>"),
    "length that is none": _saying(OK + b"Content-Length: many\r\n\r\n<rss/>"),
    "length below nothing": _saying(OK + b"Content-Length: -1\r\n\r\n<rss/>"),
    "two lengths": _saying(OK + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\n<rss/>"),
    "length and chunks": _saying(
        OK + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n<rss/>", close=False
    ),
    "chunk of a size that is none": _saying(OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n<rss/>\r\n0\r\n\r\n"),
    "chunk of any size": _saying(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n<rss/>"),
    "rubbish": _saying(bytes(range(256)) * 400),
    "another protocol": _saying(b"SSH-2.0-OpenSSH_9.2\r\n", close=False),
    "plain HTTP 0.9": _saying(b"<rss version='2.0'/>"),
    "NULs in a header": _saying(OK + b"X-A: \0\0\r\n\r\n<rss/>"),
    "switches protocols": _saying(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", close=False),
    "status 999": _saying(b"HTTP/1.1 999 Nonsense\r\nContent-Length: 0\r\n\r\n"),
    "status without number": _saying(b"HTTP/1.1 OK\r\n\r\n"),
    "answers before it is asked, again and again": _saying(
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n") * 1000, close=False
    ),
}  # fmt: skip
"""None of them ever gives a page."""


async def serve(script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection by a script once its request has come."""
    try:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            request = await reader.readuntil(b"\r\n\r\n")
            await script(Visit(request.split(b" ")[1].decode("latin-1"), reader, writer))
            await writer.drain()
            writer.close()
            await writer.wait_closed()
    finally:
        writer.transport.abort()  # whatever the visitor has not taken by now


Accept = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def hosting(accept: Accept, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Accept connections on loopback, and end them all at the end; gives the port."""
    at_work: set[asyncio.Task[None] | None] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        at_work.add(task)
        try:
            with suppress(asyncio.CancelledError):
                await accept(reader, writer)
        finally:
            at_work.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]
    for task in filter(None, tuple(at_work)):
        task.cancel()
        await asyncio.wait([task])
