"""Finds the publisher's address inside the redirect links of Google News, Google Alerts and Bing News. Pure.

Feeds of these searches link to their own click counters. Where the true address stands in such a link it is
read from there, without a request: readers land on the publisher's page, and a story has the same address,
and key, whichever feed brings it. Bing changes the rest of its links at every poll, so nothing else of them
would be stable.

Links of Google News are a small message in base64, in the wire format of Protocol Buffers: field 4 (1 in
some) held the address until the middle of 2024. Since then most hold a token that only Google can resolve;
such a link stays as it is, without its query.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from monitor.core.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from urllib.parse import SplitResult

_LONGEST = 4096  # characters of a link that is looked into
_NESTED = 3  # a click counter may lead to another one
_BYTES = 2  # the wire type of a text
_VARINT = 0

_GOOGLE_ARTICLE = re.compile(r"/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/([A-Za-z0-9_=-]{8,3000})")
_GOOGLE = re.compile(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}")
_NAMED = re.compile("bing|google", re.IGNORECASE)  # what a link must name to be one of theirs
_UNSAFE = re.compile('[\x00-\x20\x7f<>"]')


def direct(url: str) -> str | None:
    """The publisher's address in a redirect link of a known aggregator; None if it is no such, or does not tell."""
    found: str | None = None
    for _ in range(_NESTED):
        inner = _inner(found or url)
        if inner is None:
            break
        found = inner
    return found


def unwrapped(url: str) -> str:
    """The address to keep for a story's link: the publisher's where it can be known.

    A link of Google News that does not tell it goes without its query, which varies with who asks; any other
    link stays as it is.
    """
    found = direct(url)
    if found is not None:
        return found
    return url.partition("#")[0].partition("?")[0] if is_opaque(url) else url


def is_opaque(url: str) -> bool:
    """Whether it is a link of Google News that does not tell where it leads."""
    parts = _parts(url)
    return parts is not None and _google_token(parts) is not None and direct(url) is None


def _inner(url: str) -> str | None:
    """What one redirect link holds."""
    parts = _parts(url)
    if parts is None:
        return None
    for reader in _READERS:
        found = reader(parts)
        if found is not None and (clean := _address(found)) is not None:
            return clean
    return None


def _parts(url: str) -> SplitResult | None:
    if len(url) > _LONGEST or not _NAMED.search(url):
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def _address(found: str) -> str | None:
    """A web address that may be followed: strangers wrote the link that it stood in."""
    found = _UNSAFE.sub(lambda bad: f"%{ord(bad[0]):02X}", found.strip())
    return found if canonical_url(found) is not None else None


def _query(parts: SplitResult) -> Mapping[str, list[str]]:
    try:
        return parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return {}


def _first(parts: SplitResult, *names: str) -> str | None:
    given = _query(parts)
    return next((given[name][0] for name in names if name in given), None)


def _bing_news(parts: SplitResult) -> str | None:
    """`bing.com/news/apiclick.aspx?url=...`."""
    if not _is_host(parts, "bing.com") or parts.path.lower() != "/news/apiclick.aspx":
        return None
    return _first(parts, "url")


def _bing_click(parts: SplitResult) -> str | None:
    """`bing.com/ck/a?u=a1...`: base64 behind two characters."""
    if not _is_host(parts, "bing.com") or parts.path != "/ck/a":
        return None
    given = _first(parts, "u")
    data = _unpacked(given[2:]) if given and given.startswith("a1") else None
    return _text(data) if data else None


def _google_alert(parts: SplitResult) -> str | None:
    """`google.com/url?url=...` of Google Alerts and of Google's search."""
    if not _GOOGLE.fullmatch(parts.hostname or "") or parts.path != "/url":
        return None
    return _first(parts, "url", "q")


def _google_news(parts: SplitResult) -> str | None:
    """The address in an article's token, if it is of the kind that holds one."""
    token = _google_token(parts)
    data = _unpacked(token) if token else None
    texts = (_text(value) for value in _fields(data or b""))
    return next((text for text in texts if text and text.startswith(("http://", "https://"))), None)


def _google_token(parts: SplitResult) -> str | None:
    if not _is_host(parts, "news.google.com"):
        return None
    found = _GOOGLE_ARTICLE.fullmatch(parts.path)
    return found[1] if found else None


_READERS: tuple[Callable[[SplitResult], str | None], ...] = (
    _bing_news,
    _bing_click,
    _google_news,
    _google_alert,
)


def _is_host(parts: SplitResult, name: str) -> bool:
    host = (parts.hostname or "").rstrip(".")
    return host in {name, f"www.{name}"}


def _unpacked(written: str) -> bytes | None:
    """The bytes of a base64 text in the alphabet of addresses (RFC 4648 section 5), padded or not."""
    try:
        return base64.b64decode(written.rstrip("=") + "=" * (-len(written.rstrip("=")) % 4), b"-_")
    except (binascii.Error, ValueError):
        return None


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _fields(message: bytes) -> Iterator[bytes]:
    """The texts of a message in the wire format of Protocol Buffers; ends where it is no such message."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        if key & 7 == _VARINT:
            _, at = _varint(message, at)
        elif key & 7 == _BYTES:
            size, at = _varint(message, at)
            if size > len(message) - at:
                return
            yield message[at : at + size]
            at += size
        else:
            return


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """A number of variable length and where it ends; at the message's end, what there is."""
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 or shift > 63:  # noqa: PLR2004 - seven bits a byte, 64 bits in all
            break
    return value, at
