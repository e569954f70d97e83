"""Tocsin's own Telegram: a Bot API server on loopback that refuses what Telegram would refuse.

async with BotApi() as api:
    chat = api.private(7, "Ann")
    ...                                        # a bot with base_url f"{api.url}/bot" and api.token
    await chat.says(chat.user, "/start")
    answer = await chat.next_message()
    assert not api.rejected
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from tests.botapi import page, webhook
from tests.botapi.description import Upload
from tests.botapi.errors import ApiError, InvalidRequestError, reject
from tests.botapi.faults import Fault, Faults
from tests.botapi.methods import perform
from tests.botapi.rates import Rates
from tests.botapi.validate import Call, validate
from tests.botapi.world import Request, World

if TYPE_CHECKING:
    from types import TracebackType

TOKEN = "123456:TEST-token-of-the-loopback-server"
WAIT = 5.0
LARGEST = 50 * 1024 * 1024


class BotApi(World):
    """The server with its world. `rejected` lists requests that broke the description: it should stay empty.

    `url` holds once it runs. `stop()` and `start()` play an outage: the port stays the same, the world too.
    """

    def __init__(self, token: str = TOKEN, *, port: int = 0, bot_name: str = "TocsinBot") -> None:
        super().__init__(int(token.partition(":")[0]), bot_name)
        self.token = token
        self.port = port
        self.rejected: list[Request] = []
        self.faults = Faults()
        self.rates = Rates()
        self._logged = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._pump: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; a port of 0 becomes a free one, and stays."""
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/bot{token:[^/]*}/{method}", self._bot)
        page.add_routes(app, self)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._pump = asyncio.create_task(webhook.pump(self.updates))

    async def stop(self) -> None:
        """Stop listening; polls that wait and requests that hang end at once."""
        self.faults.release()
        self.updates.wake()
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait([self._pump])
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = self._pump = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # for tests

    def fail(self, method: str, *faults: Fault, chat: int | None = None) -> None:
        """Let these befall the next requests of a method (`*`: any but getUpdates), of one chat if named."""
        self.faults.add(method, faults, chat)

    def calls(self, method: str) -> list[Request]:
        """The logged requests of one method, oldest first."""
        return [request for request in self.requests if request.method == method]

    async def wait_for(self, method: str, count: int = 1, timeout: float = WAIT) -> Request:  # noqa: ASYNC109
        """Wait until a method was called `count` times in all; the last of them. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while len(self.calls(method)) < count:
                await self.wait_for_more(len(self.requests))
        return self.calls(method)[count - 1]

    async def wait_for_more(self, seen: int) -> None:
        """Wait until more than `seen` requests are logged."""
        while len(self.requests) <= seen:
            self._logged.clear()
            await self._logged.wait()

    # over the wire

    async def _bot(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        raw: dict[str, Any] = {}
        fault: Fault | None = None
        try:
            self._check_token(request.match_info["token"])
            raw = await _parameters(request)
            call = validate(method, raw)
            fault = self.faults.take(method, self._number(call))
            self.rates.count(method, self._number(call))
            skip = fault is not None and not fault.accepted
            body = {"ok": True, "result": None if skip else await perform(self, call)}
            status, description = 200, ""
        except ApiError as problem:
            body, status, description = problem.body(), problem.code, problem.description
            if isinstance(problem, InvalidRequestError):
                self.rejected.append(Request(method, raw, status, description))
        proper = web.json_response(body, status=status)
        shown = status if fault is None else fault.status(status)
        self.requests.append(Request(method, raw, shown, description))
        self._logged.set()
        return proper if fault is None else await fault.answer(request, proper)

    def _check_token(self, token: str) -> None:
        if token == self.token:
            return
        if re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token):
            raise ApiError(401, "Unauthorized")
        raise ApiError(404, "Not Found")

    def _number(self, call: Call) -> int | None:
        chat = call.params.get("chat_id")
        if isinstance(chat, str):
            name = chat.removeprefix("@").lower()
            return next((c.id for c in self.chats.values() if (c.username or "").lower() == name), None)
        return chat


async def _parameters(request: web.Request) -> dict[str, Any]:
    """Query, form, multipart or JSON: what a request carries, by name. Raises InvalidRequestError."""
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            reject("can't parse JSON body")
        if not isinstance(body, dict):
            reject("JSON body is not an object")
        return found | body
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            size = len(value.file.read())
            found[name] = Upload(name, value.filename, size)
        else:
            found[name] = value
    return found
