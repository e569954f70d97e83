"""Bodies over the wire: bombs are refused, honest pages come out whole, however they are packed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import pytest

from monitor.core.model import Failed, Feed, FeedState, FeedUrl, Page
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList
from tests.feeds.hostile_hosts import hosting
from tests.feeds.packed import PACKED, Wrapped


async def send(wrapped: Wrapped, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(wrapped.head())
        for piece in wrapped.pieces:
            writer.write(piece)
            await writer.drain()
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("name", [name for name in PACKED if name != "plain, 1-byte chunks"])  # slow to send
async def test_a_packed_body_is_refused_or_comes_out_whole(name: str) -> None:
    wrapped = PACKED[name]()
    async with (
        hosting(partial(send, wrapped)) as port,
        Fetcher(version="1", clock=lambda: datetime.now(UTC), allow=AllowList.read("127.0.0.1")) as fetch,
    ):
        url = FeedUrl(f"http://127.0.0.1:{port}/")
        answer = await fetch(Feed(url, "x"), FeedState(url, "x"))
    if wrapped.whole is None:
        assert isinstance(answer, Failed)
        assert any(word in answer.reason for word in ("pack", "larger", "broke off"))
    else:
        assert isinstance(answer, Page), answer
        assert answer.body == wrapped.whole
