"""Sockets that count what they receive, so that no server can keep us busy with what never becomes a page.

HTTP has places without a bound: answers before the answer (1xx), extensions of chunks, trailers. Libraries read them
and forget them, as fast as they come, and until the deadline nobody else gets a turn (measured: two such servers take a
whole processor). Here every byte counts from the last request on, whatever it means.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

HEAD_LIMIT = 800_000
"""Bytes until the headers are read: many times what servers send, and room for the start of a body behind them."""

_FRAMES = 1_000_000  # bytes besides those of the body: the lengths of chunks, what TLS adds


class FloodError(ConnectionAbortedError):
    """The server sends and sends; the connection is of no use any more."""


class MeteredSocket(socket.socket):
    """A TCP socket whose reading ends with a FloodError when more came after the last request than may."""

    __slots__ = ("left",)

    def __init__(self, family: int, kind: int, protocol: int) -> None:
        super().__init__(family, kind, protocol)
        self.left = HEAD_LIMIT

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As usual, counted."""
        data = super().recv(size, flags)
        self._count(len(data))
        return data

    def recv_into(self, buffer: WriteableBuffer, size: int = 0, flags: int = 0, /) -> int:
        """As usual, counted."""
        number = super().recv_into(buffer, size, flags)
        self._count(number)
        return number

    def send(self, data: ReadableBuffer, flags: int = 0, /) -> int:
        """As usual; what comes from now on is the answer to this."""
        self.left = HEAD_LIMIT
        return super().send(data, flags)

    def sendmsg(self, *arguments: Any) -> int:  # noqa: ANN401 - as the library has it
        """As `send`."""
        self.left = HEAD_LIMIT
        return super().sendmsg(*arguments)

    def _count(self, number: int) -> None:
        self.left -= number
        if self.left < 0:
            message = "more than a page may have"
            raise FloodError(message)


class Meters:
    """The metered sockets that are open, to be found by their number."""

    def __init__(self) -> None:
        self._open: WeakValueDictionary[int, MeteredSocket] = WeakValueDictionary()

    def open(self, family: int, kind: int, protocol: int) -> MeteredSocket:
        """A new one."""
        found = MeteredSocket(family, kind, protocol)
        self._open[found.fileno()] = found
        return found

    def expect(self, number: int, body: int) -> None:
        """The headers are read on this socket: now a body of so many bytes may come."""
        found = self._open.get(number)
        if found is not None:
            found.left = body + body // 4 + _FRAMES


def flooded(error: BaseException | None) -> bool:
    """Whether a FloodError was the cause, however deep."""
    while error is not None:
        if isinstance(error, FloodError):
            return True
        error = error.__cause__ or error.__context__
    return False
