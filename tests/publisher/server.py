"""The server: answers each path by its script, and writes down every request before it answers."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Self

from tests.publisher.log import Log, Seen

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

ENDLESS = 120_000_000
"""Bytes after which an endless body ends all the same, for readers without a limit."""

Header = tuple[str, bytes]


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 200
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    seconds: float = 0.0  # it takes so long
    endless: bool = False
    broken: bool = False  # half of the body comes, then the connection breaks
    lethal: bool = False  # who asks is killed half way through the body, if it can be
    mute: bool = False  # the connection ends without a word


@dataclass(frozen=True)
class Visit:
    """A request, as a script sees it."""

    seen: Seen
    before: tuple[Seen, ...]  # requests for the same path until now
    start: float  # of the clock, epoch seconds
    urls: Callable[[str, str], str]  # absolute addresses: (host, path)

    @property
    def number(self) -> int:
        """How many came before."""
        return len(self.before)

    @property
    def days(self) -> float:
        """Time since the start."""
        return (self.seen.at - self.start) / 86_400

    def date(self, later: float = 0.0) -> bytes:
        """The clock as HTTP writes it, so many seconds later."""
        return http_date(self.seen.at + later)


Script = Callable[[Visit], Reply]


def http_date(at: float) -> bytes:
    """A moment as HTTP writes it."""
    return format_datetime(datetime.fromtimestamp(int(at), UTC), usegmt=True).encode()


@dataclass
class Publisher:
    """Serves while the `async with` block runs. `clock` gives the time that answers and the log go by."""

    scripts: Mapping[str, Script]
    clock: Callable[[], float]
    address: str = "127.0.0.1"
    port: int = 0
    hosts: bool = True  # feeds live on hosts of their own, else all on `address`
    tls: ssl.SSLContext | None = None
    tls_port: int = 0
    kill: Callable[[], None] | None = None
    run: int = 1
    start: float = 0.0
    log: Log = field(default_factory=Log)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        self.start = self.clock()
        server = await asyncio.start_server(self._talk, self.address, self.port, backlog=1024)
        await self._stack.enter_async_context(server)
        self.port = server.sockets[0].getsockname()[1]
        if self.tls is not None:
            secure = await asyncio.start_server(self._talk, self.address, 0, ssl=self.tls)
            await self._stack.enter_async_context(secure)
            self.tls_port = secure.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def url(self, host: str, path: str) -> str:
        """The address of a path; `localhost` is served over TLS, where there is TLS."""
        if host == "localhost" and self.tls is not None:
            return f"https://localhost:{self.tls_port}{path}"
        return f"http://{host if self.hosts else self.address}:{self.port}{path}"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = next(self._numbers)
        with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            while await self._answer(await reader.readuntil(b"\r\n\r\n"), writer, connection):
                pass
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _answer(self, request: bytes, writer: asyncio.StreamWriter, connection: int) -> bool:
        """Answer one request; whether the connection stays."""
        first, *lines = request.decode("latin-1").split("\r\n")[:-2]
        method, path, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip().encode("latin-1") for name, _, value in
                   (line.partition(":") for line in lines)}  # fmt: skip
        host = headers.get("host", b"").decode("latin-1").partition(":")[0]
        seen = Seen(self.clock(), time.monotonic(), host, method, path, headers, connection, self.run)
        before = tuple(self.log.of(path))
        self.log.add(seen)
        script = self.scripts.get(path.partition("?")[0], nothing)
        reply = script(Visit(seen, before, self.start, self.url))
        seen.status = reply.status
        seen.given = {name.lower(): value for name, value in reply.headers}
        if reply.seconds:
            await asyncio.sleep(reply.seconds)
        try:
            return await self._send(reply, seen, writer)
        finally:
            seen.ended = time.monotonic()

    async def _send(self, reply: Reply, seen: Seen, writer: asyncio.StreamWriter) -> bool:
        if reply.mute:
            return False
        length = (
            ()
            if reply.endless or reply.status == 304
            else (("Content-Length", str(len(reply.body)).encode()),)
        )
        lines = [f"HTTP/1.1 {reply.status} {reply.status}".encode()]
        for name, value in (("Date", http_date(seen.at)), *length, *reply.headers):
            lines.append(name.encode() + b": " + value)
        writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
        if reply.endless:
            while seen.sent < ENDLESS:
                writer.write(reply.body)
                await writer.drain()
                seen.sent += len(reply.body)
            return False
        if reply.lethal and self.kill is not None:
            await self._send_half(reply, seen, writer)
            self.kill()
            return False
        if reply.broken or reply.lethal:
            await self._send_half(reply, seen, writer)
            return False
        if seen.method != "HEAD" and reply.status != 304:
            writer.write(reply.body)
            seen.sent = len(reply.body)
        await writer.drain()
        return seen.given.get("connection") != b"close"

    async def _send_half(self, reply: Reply, seen: Seen, writer: asyncio.StreamWriter) -> None:
        seen.sent = len(reply.body) // 2
        writer.write(reply.body[: seen.sent])
        await writer.drain()
        await asyncio.sleep(0.02)


def nothing(_: Visit) -> Reply:
    """There is nothing at this path."""
    return Reply(404, body=b"nothing here")
