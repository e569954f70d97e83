"""Serves a folder of feeds on every loopback address, as a good web server does: ETags, 304s, gzip.

A process of its own, `python -m benchmarks.polling.server FOLDER`; prints its port. Its CPU time is nobody's.
"""

from __future__ import annotations

import asyncio
import re
import sys
import zlib
from functools import lru_cache
from pathlib import Path

_ASKED = re.compile(rb"GET (?:http://[^/ ]+)?/(\d+)\.xml ")
_CONDITION = re.compile(rb"\r\nif-none-match:\s*([^\r\n]*)", re.IGNORECASE)
_GZIP = re.compile(rb"\r\naccept-encoding:[^\r\n]*gzip", re.IGNORECASE)


@lru_cache(maxsize=1000)
def packed(path: Path, changed: int) -> bytes:
    """The file as it goes over the wire; a changed one is packed anew."""
    packer = zlib.compressobj(5, wbits=16 + zlib.MAX_WBITS)
    return packer.compress(path.read_bytes()) + packer.flush()


class Connection(asyncio.Protocol):
    """One connection, kept alive."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._heard = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Only this machine may ask."""
        assert isinstance(transport, asyncio.Transport)
        if transport.get_extra_info("peername")[0].startswith("127."):
            self._transport = transport
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._heard += data
        while self._transport is not None and b"\r\n\r\n" in self._heard:
            request, _, self._heard = self._heard.partition(b"\r\n\r\n")
            self._transport.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        asked = _ASKED.match(request)
        path = self._folder / f"{asked[1].decode()}.xml" if asked else self._folder
        if not path.is_file():
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        about = path.stat()
        tag = b'"%x-%x"' % (about.st_mtime_ns, about.st_size)
        condition = _CONDITION.search(request)
        if condition is not None and condition[1].strip() == tag:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n"
        zipped = _GZIP.search(request) is not None
        body = packed(path, about.st_mtime_ns) if zipped else path.read_bytes()
        coding = b"Content-Encoding: gzip\r\n" if zipped else b""
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nETag: %b\r\n%bContent-Length: %d\r\n\r\n"
            % (tag, coding, len(body))
        ) + body


async def serve(folder: Path) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(folder), "0.0.0.0", 0, backlog=1000
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
