"""A small WebSub hub on loopback (W3C WebSub section 5): asks back, distributes, signs; and can misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web


@dataclass
class Hub:
    """Keeps who subscribed. `status` is its answer to requests; `asks_back` whether it verifies the intent."""

    status: int = 202
    asks_back: bool = True
    lease: int | None = 864_000
    changed_topic: str | None = None  # asked back about instead
    asked: list[dict[str, str]] = field(default_factory=list)
    said: list[tuple[int, str]] = field(default_factory=list)  # answers to asking back
    port: int = 0
    _later: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hub"

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None))
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.settled()
        await self._session.close()
        await self._runner.cleanup()

    async def settled(self) -> None:
        """Wait until everybody was asked back."""
        while self._later:
            await self._later.pop()

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self.status == 202 and self.asks_back:
            self._later.append(asyncio.create_task(self._ask_back(form)))
        return web.Response(status=self.status)

    async def _ask_back(self, form: dict[str, str]) -> None:
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": self.changed_topic or form["hub.topic"],
            "hub.challenge": "challenge-123",
        }
        if form["hub.mode"] == "subscribe" and self.lease is not None:
            query["hub.lease_seconds"] = str(self.lease)
        self.said.append(await self.get(form["hub.callback"], **query))

    async def get(self, url: str, **query: str) -> tuple[int, str]:
        async with self._session.get(url, params=query) as answer:
            return answer.status, await answer.text()

    async def send(
        self, body: bytes, *, to: str | None = None, method: str = "sha256", **headers: str
    ) -> int:
        """Distribute content to the last one who asked, signed with the secret that came along."""
        last = self.asked[-1]
        digest = hmac.new(last["hub.secret"].encode(), body, getattr(hashlib, method)).hexdigest()
        given = {"X-Hub-Signature": f"{method}={digest}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        async with self._session.post(
            to or last["hub.callback"], data=io.BytesIO(body), headers=given
        ) as answer:
            return answer.status

    def path(self) -> str:
        """Of the callback that was named last."""
        return urlsplit(self.asked[-1]["hub.callback"]).path
