"""Undoes a body's content coding piece by piece, and never holds more than it was allowed to.

A few kilobytes can stand for gigabytes ("zip bombs"), and HTTP libraries inflate before anyone can count. So
the raw bytes come here, and both what arrives and what comes out of it is bounded. gzip (RFC 1952) and
deflate (RFC 1950, or bare RFC 1951 as some servers send it) are read; anything else, and codings inside one
another, are refused: we do not ask for them.
"""

from __future__ import annotations

import zlib
from enum import Enum
from io import BytesIO

_SLICE = 65536  # bytes inflated at a time: how far a limit can be overshot
_GZIP_START = b"\x1f\x8b"
_STREAMS = 1000  # gzip streams in a row; packers that work in blocks need some 300 for the largest page


class Coding(Enum):
    """How a body is coded on its way."""

    PLAIN = "identity"
    GZIP = "gzip"
    DEFLATE = "deflate"


class BodyError(ValueError):
    """A body that cannot be decoded, or only into too much; its text is for people. Caught by `fetch`."""


def coding(header: str) -> Coding:
    """The coding that a Content-Encoding header names; raises BodyError for those we never asked for."""
    names = [
        name for name in (part.strip().lower() for part in header.split(",")) if name not in ("", "identity")
    ]
    if not names:
        return Coding.PLAIN
    if len(names) > 1:
        message = (
            f"the server packed the page several times over ({', '.join(names)[:60]}), which we do not unpack"
        )
        raise BodyError(message)
    match names[0]:
        case "gzip" | "x-gzip":
            return Coding.GZIP
        case "deflate":
            return Coding.DEFLATE
        case other:
            message = (
                f"the server packed the page with {other[:30]!r} although we accept only gzip and deflate; "
                "its publisher has to mend that"
            )
            raise BodyError(message)


class Decoder:
    """Takes a body chunk by chunk and gives it back decoded: `add` each chunk, then `finish`.

    `wire_limit` bounds the packed bytes that come in, `body_limit` what comes out; a body that is not
    packed has only the second one. All methods raise BodyError; the decoder is of no use afterwards.
    """

    def __init__(self, how: Coding, *, wire_limit: int, body_limit: int) -> None:
        self._how = how
        self._wire_limit = body_limit if how is Coding.PLAIN else wire_limit
        self._body_limit = body_limit
        self._arrived = 0
        self._size = 0
        self._body = (
            BytesIO()
        )  # grows in place and gives its bytes away uncopied: a list would need them twice
        self._start = b""  # of a deflate stream, until there is enough to see its kind
        self._inflater = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS) if how is Coding.GZIP else None
        self._streams = 1
        self._ended = False  # what still comes means nothing

    def announce(self, size: int) -> None:
        """Hear how many bytes are said to come: an honest giant is refused before its first byte."""
        if size > self._wire_limit:
            packed = "" if self._how is Coding.PLAIN else " even packed"
            message = f"the page is larger than {_megabytes(self._wire_limit)}{packed}"
            raise BodyError(message)

    def add(self, chunk: bytes) -> None:
        """Take the next bytes as they came over the wire."""
        self._arrived += len(chunk)
        self.announce(self._arrived)
        if self._how is Coding.PLAIN:
            self._keep(chunk)
            return
        if self._inflater is None:
            chunk = self._start + chunk
            if len(chunk) < 2:  # noqa: PLR2004 - the header of a zlib stream has two bytes
                self._start = chunk
                return
            self._start = b""
            wbits = zlib.MAX_WBITS if _zlib_header(chunk) else -zlib.MAX_WBITS
            self._inflater = zlib.decompressobj(wbits=wbits)
        elif self._inflater.eof:
            chunk = self._next_stream(chunk)
        while chunk and not self._ended:
            chunk = self._inflate(self._inflater, chunk)

    def finish(self) -> bytes:
        """The whole body, now that the last chunk was added."""
        whole = self._how is Coding.PLAIN or not self._arrived or (self._inflater and self._inflater.eof)
        if not whole:
            message = "the packed page broke off before its end"
            raise BodyError(message)
        return self._body.getvalue()

    def _inflate(self, inflater: zlib._Decompress, chunk: bytes) -> bytes:
        """Inflate until the stream or the chunk ends; returns what belongs to the stream behind it."""
        while True:
            try:
                piece = inflater.decompress(chunk, _SLICE)
            except zlib.error:
                message = f"the page is not packed with {self._how.value} as the server says, or is damaged"
                raise BodyError(message) from None
            self._keep(piece)
            if inflater.eof:
                return self._next_stream(inflater.unused_data)
            chunk = inflater.unconsumed_tail
            if not chunk and len(piece) < _SLICE:
                return b""

    def _next_stream(self, rest: bytes) -> bytes:
        """A gzip body may be several streams in a row (RFC 1952 section 2.2); other bytes mean nothing."""
        rest, self._start = self._start + rest, b""
        if self._how is Coding.GZIP and rest.startswith(_GZIP_START):
            self._streams += 1
            if self._streams > _STREAMS:
                message = "the page is packed in too many pieces"
                raise BodyError(message)
            self._inflater = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            return rest
        if self._how is Coding.GZIP and _GZIP_START.startswith(rest):
            self._start = rest  # perhaps the first byte of one
        else:
            self._ended = True
        return b""

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._body_limit:
            message = f"the page unpacks to more than {_megabytes(self._body_limit)}"
            raise BodyError(message)
        self._body.write(piece)


def _zlib_header(start: bytes) -> bool:
    """Whether a deflate stream has the header of RFC 1950 section 2.2."""
    return start[0] & 0x0F == zlib.DEFLATED and int.from_bytes(start[:2], "big") % 31 == 0


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:g} MB"
