"""The small HTTP server: who is let in, and what is too large, too slow or too many."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus

import pytest

from monitor.door import AT_A_TIME, Door, Knock, Reply, Room


async def echo(knock: Knock) -> Reply:
    return Reply(HTTPStatus.OK, knock.path.encode() + b" " + knock.body, {"X-Said": "yes"})


def closed(headers: Mapping[str, str]) -> HTTPStatus | None:
    return None if headers.get("x-key") == "sesame" else HTTPStatus.FORBIDDEN


POST = Room("POST", re.compile("/in"), echo, limit=10)
GET = Room("GET", re.compile("/in"), echo)
LOCKED = Room("POST", re.compile("/locked"), echo, 10, closed)


async def asked(door: Door, request: bytes) -> bytes:
    """The whole answer to a request as it goes over the wire."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(request)
    data = await reader.read()
    writer.close()
    return data


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("sent", "status", "body"),
    [
        pytest.param(request("POST", "/in", "Content-Length: 2", body=b"hi"), 200, b"/in hi", id="a body"),
        pytest.param(request("GET", "/in"), 200, b"/in ", id="none"),
        pytest.param(request("HEAD", "/in"), 200, b"", id="only the head"),
        pytest.param(request("PUT", "/in"), 405, b"", id="another method"),
        pytest.param(request("GET", "/out"), 404, b"", id="another path"),
        pytest.param(request("POST", "/in", "Content-Length: 11"), 413, b"", id="said to be too large"),
        pytest.param(
            request("POST", "/in", "Transfer-Encoding: chunked", body=b"b\r\n12345678901\r\n0\r\n\r\n"),
            413,
            b"",
            id="too large without a word",
        ),
        pytest.param(request("POST", "/locked", "Content-Length: 9999"), 403, b"", id="no key"),
        pytest.param(request("POST", "/locked", "X-Key: sesame"), 200, b"/locked ", id="the key"),
    ],
)
async def test_what_is_answered(sent: bytes, status: int, body: bytes) -> None:
    async with Door([POST, GET, LOCKED], port=0, host="127.0.0.1") as door:
        head, _, found = (await asked(door, sent)).partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert found == body
    assert b"Server: Tocsin" in head
    assert b"nosniff" in head


async def test_too_many_at_a_time_come_back_later() -> None:
    gate, here = asyncio.Event(), asyncio.Event()
    waiting = 0

    async def wait(knock: Knock) -> Reply:
        nonlocal waiting
        waiting += 1
        if waiting == AT_A_TIME:
            here.set()
        await gate.wait()
        return await echo(knock)

    async with Door([Room("GET", re.compile("/in"), wait)], port=0, host="127.0.0.1") as door:
        first = [asyncio.create_task(asked(door, request("GET", "/in"))) for _ in range(AT_A_TIME)]
        await here.wait()
        assert b" 503 " in (await asked(door, request("GET", "/in"))).split(b"\r\n")[0]
        gate.set()
        assert all(b" 200 " in each.split(b"\r\n")[0] for each in await asyncio.gather(*first))


async def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind() -> None:
    async with Door([GET], port=0, host="127.0.0.1") as door:
        with pytest.raises(OSError, match="address already in use"):
            await Door([GET], port=door.port, host="127.0.0.1").start()
        assert b" 200 " in await asked(door, request("GET", "/in"))
