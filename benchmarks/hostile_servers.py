"""The servers for `hostile_hosts`, each kind in a process of its own, on all loopback addresses.

python -m benchmarks.hostile_servers healthy|hostile

Prints its ports as JSON and serves until it is ended. Which hostile host a visitor meets is told by the third and
fourth number of the address that it came to.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import trustme

from benchmarks.startup import Feeds
from tests.feeds.hostile_hosts import HOSTS, Accept, serve

SCRIPTS = tuple(HOSTS.values())
EVERYWHERE = "0.0.0.0"


async def healthy() -> dict[str, int]:
    """A feed of ten stories at every address and path, with new bytes each time."""
    feeds, times = Feeds(), count()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                feeds.paths.clear()
                body = feeds.document(request.split(b" ")[1].decode()) + b"<!-- %d -->" % next(times)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%s"
                    % (len(body), body)
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return {"http": await listening(answer)}


async def hostile() -> dict[str, int]:
    """Every kind of trouble: by the address on the port `http`, and one port for each fault of TLS."""

    async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        third, fourth = writer.get_extra_info("sockname")[0].split(".")[2:]
        await serve(SCRIPTS[(int(third) * 256 + int(fourth)) % len(SCRIPTS)], reader, writer)

    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            pass
        writer.close()

    authority, now = trustme.CA(), datetime.now(UTC)
    page = partial(serve, HOSTS["rubbish"])
    return {
        "http": await listening(http),
        "self-signed": await listening(page, tls_of(authority.issue_cert("127.66.0.1"))),
        "expired": await listening(
            page, tls_of(authority.issue_cert("a.example", not_after=now - timedelta(1)))
        ),
        "reset in the handshake": await listening(reset),
        "silent in the handshake": await listening(mute),
        "never accepted": full(),
    }


def tls_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def listening(accept: Accept, tls: ssl.SSLContext | None = None) -> int:
    server = await asyncio.start_server(accept, EVERYWHERE, 0, ssl=tls, backlog=1000)
    port: int = server.sockets[0].getsockname()[1]
    SERVERS.append(server)
    return port


SERVERS: list[asyncio.Server] = []
FULL: list[socket.socket] = []


def full() -> int:
    """A port whose queue of connections is full and never served: packets to it vanish."""
    listener = socket.create_server((EVERYWHERE, 0), backlog=1)
    port: int = listener.getsockname()[1]
    FULL.append(listener)
    for _ in range(8):
        visitor = socket.socket()
        visitor.settimeout(0)
        visitor.connect_ex(("127.0.0.1", port))
        FULL.append(visitor)
    return port


async def main(kind: str) -> None:
    print(json.dumps(await (healthy() if kind == "healthy" else hostile())), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
