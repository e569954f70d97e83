"""Listens for WebSub hubs at CALLBACK_PORT: the only part of Tocsin that the world may call.

It stands behind a reverse proxy that has TLS and leads CALLBACK_URL here. All that it knows is
`.../websub/TOKEN`; everything else, and every unknown token, is the same 404. Bodies are bounded in size and
time, and never unpacked or parsed: they are read to check their signature.
"""

from __future__ import annotations

import asyncio
import logging
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from monitor.feeds.websub import WebSub

log = logging.getLogger(__name__)

BODY_LIMIT = 5_000_000
"""Bytes of a pushed body that are taken."""

DEADLINE = 10.0
"""Seconds in which a request has to be here, whole."""

AT_A_TIME = 20
"""Requests that are read at a time; hubs come back with what is refused."""

_PATH = re.compile(r"(?:/[^/]{1,100}){0,10}?/websub/([A-Za-z0-9_-]{16,100})")


class Callback:
    """Serves a `WebSub` over HTTP between `start` and `close`, or as `async with`."""

    def __init__(self, websub: WebSub, *, port: int, host: str = "") -> None:
        """`host` is the address to listen at, all by default; of `port` 0 any free one."""
        self._websub = websub
        self._host = host or None
        self._wanted = port
        self._busy = 0
        self._later: set[asyncio.Task[None]] = set()
        server = web.Server(self._handle, access_log=None, auto_decompress=False, keepalive_timeout=15.0)
        self._runner = web.ServerRunner(server, shutdown_timeout=1.0)
        self.port = port

    async def start(self) -> None:
        """Begin to listen; raises OSError if the port is taken."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._wanted)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Listen no more, and finish what was heard."""
        await self._runner.cleanup()
        while self._later:
            await asyncio.wait(self._later)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        """One request; the answer says no more than it must."""
        found = _PATH.fullmatch(request.path)
        if found is None or not self._websub.knows(found[1]):
            return _answer(HTTPStatus.NOT_FOUND)
        if request.method == "GET":
            return await self._asked(found[1], dict(request.query))
        if request.method != "POST":
            return _answer(HTTPStatus.METHOD_NOT_ALLOWED)
        if self._busy >= AT_A_TIME:
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE)
        self._busy += 1
        try:
            return await self._told(found[1], request)
        finally:
            self._busy -= 1

    async def _asked(self, token: str, query: Mapping[str, str]) -> web.Response:
        """A hub asks whether we want what we asked for, or says that it will not serve us."""
        if query.get("hub.mode") == "denied":
            await self._websub.heard(token, query)
            return _answer(HTTPStatus.OK)
        challenge = self._websub.verify(token, query)
        if challenge is None:
            return _answer(HTTPStatus.NOT_FOUND)
        await self._websub.heard(token, query)
        return _answer(HTTPStatus.OK, challenge)

    async def _told(self, token: str, request: web.BaseRequest) -> web.Response:
        """A hub brings news. A wrong signature is thanked for like a right one (section 8)."""
        coded = request.headers.get("Content-Encoding", "identity").strip().lower()
        if coded != "identity":
            return _answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        body = await _body(request)
        if body is None:
            return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        signature = request.headers.get("X-Hub-Signature", "")
        task = asyncio.create_task(self._receive(token, body, signature))
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        return _answer(HTTPStatus.ACCEPTED)

    async def _receive(self, token: str, body: bytes, signature: str) -> None:
        if not await self._websub.receive(token, body, signature):
            log.warning("push ignored: its signature is missing or wrong")


async def _body(request: web.BaseRequest) -> bytes | None:
    """The body as it came over the wire; None if it is too large or too slow."""
    if (request.content_length or 0) > BODY_LIMIT:
        return None
    body = bytearray()
    try:
        async with asyncio.timeout(DEADLINE):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > BODY_LIMIT:
                    return None
    except TimeoutError:
        return None
    return bytes(body)


def _answer(status: HTTPStatus, text: str = "") -> web.Response:
    # As plain text that no browser takes for a page: the challenge is a stranger's.
    headers = {"Server": "Tocsin", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return web.Response(status=status, text=text, headers=headers)
