"""Bodies packed so as to burst whoever unpacks them, and honest ones that are packed strangely.

Each is what a server sends: its own headers, the bytes in the pieces in which they come, and what is right: the
page, or None where only a refusal is.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, repeat

PAGE = b"<rss version='2.0'><channel>" + b"<item><title>Defector</title></item>" * 500 + b"</channel></rss>"
LARGE = (b"<rss version='2.0'><channel>" + PAGE * 1100)[:19_900_000]
_ZEROS = bytes(10_000_000)
_PIECE = 65_536


@dataclass(frozen=True)
class Wrapped:
    """One answer. Without `length` it ends with the connection."""

    headers: tuple[str, ...]
    pieces: Iterable[bytes]
    whole: bytes | None  # what must come out; None: it must be refused
    length: int | None = None
    chunked: bool = False

    def head(self) -> bytes:
        """The start of the answer, up to its body."""
        lines = ["HTTP/1.1 200 OK", "Content-Type: application/rss+xml", *self.headers]
        if self.length is not None:
            lines.append(f"Content-Length: {self.length}")
        lines.append("Transfer-Encoding: chunked" if self.chunked else "Connection: close")
        return "\r\n".join([*lines, "", ""]).encode()


def _cut(data: bytes) -> Iterable[bytes]:
    return (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))


def _sent(encoding: str, data: bytes, whole: bytes | None) -> Wrapped:
    return Wrapped((f"Content-Encoding: {encoding}",) if encoding else (), _cut(data), whole, len(data))


def _deflated(wbits: int, times: int) -> bytes:
    """Zeros, packed a thousandfold: a block that stands alone, again and again."""
    packer = zlib.compressobj(9, wbits=wbits)
    start = packer.compress(_ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(_ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * (times - 1) + packer.flush()


def _bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _zstd() -> bytes:
    """A real Zstandard frame (RFC 8878) of 2 GB: blocks of 128 KB, each one byte said to repeat."""
    block = ((131_072 << 3) | (1 << 1)).to_bytes(3, "little") + b"\0"
    return bytes.fromhex("28b52ffd0058") + block * 16_000 + bytes.fromhex("010000")


def _chunks(piece: bytes, times: int | None = None) -> Iterable[bytes]:
    """Chunks of HTTP, sent many at a time."""
    one = b"%x\r\n%s\r\n" % (len(piece), piece)
    many = max(1, _PIECE // len(one))
    if times is None:
        return repeat(one * many)
    return chain(repeat(one * many, times // many), [one * (times % many), b"0\r\n\r\n"])


_G = zlib.MAX_WBITS + 16
_NAMED = b"\x1f\x8b\x08\x08" + bytes(6)  # a gzip header whose file name follows

PACKED: Mapping[str, Callable[[], Wrapped]] = {
    "gzip, 2 GB in one stream": lambda: _sent("gzip", _deflated(_G, 200), None),
    "gzip, 4 GB in one stream": lambda: _sent("x-gzip", _deflated(_G, 400), None),
    "gzip, 2 GB in 200 streams": lambda: _sent("gzip", gzip.compress(_ZEROS) * 200, None),
    "deflate, 2 GB": lambda: _sent("deflate", _deflated(zlib.MAX_WBITS, 200), None),
    "deflate bare, 2 GB": lambda: _sent("deflate", _deflated(-zlib.MAX_WBITS, 200), None),
    "brotli": lambda: _sent("br", bytes.fromhex("5b ff ff af 02 c0 22 79") * 400, None),
    "zstd, 2 GB": lambda: _sent("zstd", _zstd(), None),
    "compress": lambda: _sent("compress", b"\x1f\x9d" + bytes(5000), None),
    "unheard of": lambda: _sent("x-bomb", bytes(5000), None),
    "gzip in gzip, said so": lambda: _sent("gzip, gzip", gzip.compress(gzip.compress(_ZEROS) * 200), None),
    "gzip in deflate, said so": lambda: _sent("gzip,deflate", zlib.compress(gzip.compress(_ZEROS)), None),
    "brotli in gzip, said so": lambda: _sent("br, gzip", gzip.compress(bytes(5000)), None),
    "gzip, said by two headers": lambda: Wrapped(
        ("Content-Encoding: gzip", "Content-Encoding: gzip"), _cut(gzip.compress(gzip.compress(PAGE))), None
    ),
    "zstd, said to be gzip": lambda: _sent("gzip", _zstd(), None),
    "gzip cut in half": lambda: _sent("gzip", gzip.compress(LARGE)[:20_000], None),
    "gzip without its last byte": lambda: _sent("gzip", gzip.compress(LARGE)[:-1], None),
    "gzip, bomb cut in half": lambda: _sent("gzip", _deflated(_G, 200)[:1_000_000], None),
    "deflate cut": lambda: _sent("deflate", zlib.compress(PAGE)[:-5], None),
    "deflate bare, cut": lambda: _sent("deflate", _bare(PAGE)[:-2], None),
    "shorter than announced": lambda: Wrapped(
        ("Content-Encoding: gzip",), _cut(gzip.compress(PAGE)), None, 10**6
    ),
    "gzip, wrong checksum": lambda: _sent("gzip", gzip.compress(PAGE)[:-8] + bytes(8), None),
    "gzip, name without end": lambda: _sent("gzip", _NAMED + b"n" * 6_000_000, None),
    "gzip, 6 MB of empty blocks": lambda: _sent(
        "gzip", b"\x1f\x8b\x08\x00" + bytes(6) + b"\0\0\0\xff\xff" * 1_200_000, None
    ),
    "gzip, empty streams without end": lambda: _sent("gzip", gzip.compress(b"") * 200_000, None),
    "plain, 100 MB": lambda: Wrapped((), repeat(bytes(_PIECE), 1600), None, 1600 * _PIECE),
    "plain, endless": lambda: Wrapped((), repeat(bytes(_PIECE)), None),
    "plain, announced as a terabyte": lambda: Wrapped((), repeat(bytes(_PIECE), 10), None, 10**12),
    "plain, endless chunks": lambda: Wrapped((), _chunks(bytes(8000)), None, chunked=True),
    "plain, 1-byte chunks": lambda: Wrapped((), _chunks(b" ", 2_000_000), b" " * 2_000_000, chunked=True),
    "gzip, endless chunks": lambda: Wrapped(
        ("Content-Encoding: gzip",), _chunks(gzip.compress(bytes(50_000))), None, chunked=True
    ),
    "gzip, right": lambda: _sent("gzip", gzip.compress(PAGE), PAGE),
    "gzip, right, 19.9 MB": lambda: _sent("gzip", gzip.compress(LARGE), LARGE),
    "plain, right, 19.9 MB": lambda: _sent("", LARGE, LARGE),
    "gzip, right, in many streams": lambda: _sent(
        "gzip", b"".join(gzip.compress(PAGE[at : at + 100]) for at in range(0, len(PAGE), 100)), PAGE
    ),
    "gzip, right, rubbish behind": lambda: _sent("gzip", gzip.compress(PAGE) + b"rubbish" * 9999, PAGE),
    "gzip in gzip, unsaid": lambda: _sent(
        "gzip", gzip.compress(gzip.compress(PAGE, mtime=0)), gzip.compress(PAGE, mtime=0)
    ),
    "deflate, right": lambda: _sent("deflate", zlib.compress(PAGE), PAGE),
    "deflate bare, right": lambda: _sent("deflate", _bare(PAGE), PAGE),
    "identity, right": lambda: _sent("identity", PAGE, PAGE),
}
