"""A line that can go dead without a sign: bytes are swallowed, nobody is told, and what it swallowed stays swallowed.

As when a router forgets a connection, or a firewall begins to drop: both ends believe that they are connected.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self


@dataclass
class BlackHole:
    """A way to a port on loopback. While it is `open` all is swallowed; connections that met it stay dead."""

    port: int  # where it leads
    open: bool = False
    swallowed: int = 0  # connections
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Its own address."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        ways = [asyncio.ensure_future(self._pass(*way)) for way in ((reader, back), (there, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass  # the end of the test; the server of asyncio calls a handler that was cancelled a failed one
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            for end in (writer, back):
                end.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, until the end, or until the hole was open when something came."""
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if self.open:
                    self.swallowed += 1
                    await asyncio.Event().wait()  # dead for good, and nobody is told
                writer.write(data)
                await writer.drain()
