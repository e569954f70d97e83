"""A site on loopback for the tests that fetch."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.feeds.answering_site import Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    here = Site()
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    async with server:
        yield here
