"""Listens for HTTP on a port of ours: Telegram's webhook, readers of Atom feeds. What it does not know is a 404.

It stands behind a reverse proxy that has TLS, or on loopback. Bodies are bounded in size and time, and read only
after whoever knocks was let in.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from typing import Self

log = logging.getLogger(__name__)

DEADLINE = 10.0
"""Seconds in which a request has to be here, whole."""

AT_A_TIME = 40
"""Requests that are dealt with at a time."""


@dataclass(frozen=True, slots=True)
class Knock:
    """A request that was let in."""

    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to it."""

    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def anybody(headers: Mapping[str, str]) -> HTTPStatus | None:
    """Lets everybody in."""
    del headers
    return None


@dataclass(frozen=True, slots=True)
class Room:
    """Something that can be asked for: by which method, at which path, with a body of at most `limit` bytes."""

    method: str
    path: re.Pattern[str]
    answer: Callable[[Knock], Awaitable[Reply]]
    limit: int = 0
    refusal: Callable[[Mapping[str, str]], HTTPStatus | None] = anybody  # why not, before any body is read


class Door:
    """Serves rooms between `start` and `close`, or as `async with`."""

    def __init__(self, rooms: Sequence[Room], *, port: int, host: str = "") -> None:
        """`host` is the address to listen at, all by default; of `port` 0 any free one."""
        self._rooms = tuple(rooms)
        self._host = host or None
        self._busy = 0
        server = web.Server(self._handle, access_log=None, auto_decompress=False, keepalive_timeout=60.0)
        self._runner = web.ServerRunner(server, shutdown_timeout=1.0)
        self.port = port

    async def start(self) -> None:
        """Begin to listen; raises OSError if the port is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self.port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        there = [room for room in self._rooms if room.path.fullmatch(request.path)]
        if not there:
            return _said(Reply(HTTPStatus.NOT_FOUND))
        method = "GET" if request.method == "HEAD" else request.method
        room = next((room for room in there if room.method == method), None)
        if room is None:
            return _said(Reply(HTTPStatus.METHOD_NOT_ALLOWED))
        headers = {name.lower(): value for name, value in request.headers.items()}
        refused = room.refusal(headers)
        if refused is not None:
            return _said(Reply(refused))
        if self._busy >= AT_A_TIME:
            return _said(Reply(HTTPStatus.SERVICE_UNAVAILABLE))
        self._busy += 1
        try:
            body = await _body(request, room.limit)
            if isinstance(body, HTTPStatus):
                return _said(Reply(body))
            return _said(await room.answer(Knock(request.path, headers, body)))
        finally:
            self._busy -= 1


async def _body(request: web.BaseRequest, limit: int) -> bytes | HTTPStatus:
    """The body as it came over the wire, or what is wrong with it."""
    if (request.content_length or 0) > limit:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    body = bytearray()
    try:
        async with asyncio.timeout(DEADLINE):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    except TimeoutError:
        return HTTPStatus.REQUEST_TIMEOUT
    return bytes(body)


def _said(reply: Reply) -> web.Response:
    usual = {
        "Server": "Tocsin",
        "X-Content-Type-Options": "nosniff",
        "Content-Type": "text/plain; charset=utf-8",
    }
    response = web.Response(status=reply.status, body=reply.body, headers={**usual, **reply.headers})
    if reply.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        response.force_close()  # what is left of it is not read
    return response


__all__ = ["Door", "Knock", "Reply", "Room", "anybody"]
