"""Faults to inject: what may happen instead of a proper answer.

`accepted` says whether the request took effect before the fault: a message sent and then a dropped
connection is what makes a delivery ambiguous.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from aiohttp import web

from tests.botapi.errors import ApiError


class Fault(ABC):
    """What befalls one request. `answer` gets the proper response, made only if `accepted`."""

    @property
    @abstractmethod
    def accepted(self) -> bool:
        """Whether the request takes effect nevertheless."""

    @abstractmethod
    async def answer(self, request: web.Request, proper: web.Response) -> web.StreamResponse:
        """What goes over the wire instead of the `proper` response."""

    def status(self, proper: int) -> int:
        """What the request log shows: 0 if nothing whole went out."""
        del proper
        return 0


@dataclass(frozen=True, slots=True)
class Refuse(Fault):
    """A refusal in JSON, for example 429 or 403."""

    code: int
    description: str
    parameters: dict[str, int] | None = None
    accepted: ClassVar[bool] = False

    async def answer(self, request: web.Request, proper: web.Response) -> web.StreamResponse:
        """The error envelope."""
        del request, proper
        body = ApiError(self.code, self.description, self.parameters).body()
        return web.json_response(body, status=self.code)

    def status(self, proper: int) -> int:
        """As sent."""
        del proper
        return self.code


def too_many(retry_after: int | None) -> Refuse:
    """429; with None it comes without `parameters`, as some proxies and servers send it."""
    if retry_after is None:
        return Refuse(429, "Too Many Requests")
    return Refuse(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


@dataclass(frozen=True, slots=True)
class Html(Fault):
    """A gateway's own page instead of the API's JSON."""

    code: int = 502
    accepted: bool = False

    async def answer(self, request: web.Request, proper: web.Response) -> web.StreamResponse:
        """The page."""
        del request, proper
        page = (
            f"<html><head><title>{self.code}</title></head><body><h1>{self.code}</h1><hr>nginx</body></html>"
        )
        return web.Response(text=page, status=self.code, content_type="text/html")

    def status(self, proper: int) -> int:
        """As sent."""
        del proper
        return self.code


@dataclass(frozen=True, slots=True)
class Drop(Fault):
    """The connection ends without an answer."""

    accepted: bool = False

    async def answer(self, request: web.Request, proper: web.Response) -> web.StreamResponse:
        """Nothing."""
        _cut(request)
        return proper


@dataclass(frozen=True, slots=True)
class Half(Fault):
    """The answer begins and breaks off in the middle."""

    accepted: bool = True

    async def answer(self, request: web.Request, proper: web.Response) -> web.StreamResponse:
        """Headers that promise a whole body, and half of it."""
        body = proper.body if isinstance(proper.body, bytes) else b"{}"
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        _cut(request)
        return response


@dataclass(frozen=True, slots=True)
class Hang(Fault):
    """No answer until `release()`, or until somebody gives up; then the connection ends."""

    accepted: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request, proper: web.Response) -> web.StreamResponse:
        """Silence."""
        await self.released.wait()
        _cut(request)
        return proper

    def release(self) -> None:
        """Let go of the request that hangs."""
        self.released.set()


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


class Faults:
    """Which fault awaits which request: first come, first served, by method and, if named, by chat."""

    def __init__(self) -> None:
        self.waiting: list[tuple[str, int | None, Fault]] = []
        self.hanging: list[Hang] = []

    def add(self, method: str, faults: tuple[Fault, ...], chat: int | None) -> None:
        """Queue faults for the next requests of a method (`*`: any but getUpdates)."""
        self.waiting += [(method, chat, fault) for fault in faults]

    def take(self, method: str, chat: int | None) -> Fault | None:
        """The fault for this request, or None."""
        for index, (wanted, where, fault) in enumerate(self.waiting):
            if (wanted == method or (wanted == "*" and method != "getUpdates")) and where in {None, chat}:
                del self.waiting[index]
                if isinstance(fault, Hang):
                    self.hanging.append(fault)
                return fault
        return None

    def release(self) -> None:
        """Let go of everything that hangs."""
        for fault in self.hanging:
            fault.release()
        self.hanging.clear()
