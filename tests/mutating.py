"""Damages documents as networks, disks, editors and attackers do, always in the same way for the same seed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

_TAG = re.compile(rb"<[^<>]{1,200}>")
_ENCODING = re.compile(rb"encoding=[\"'][^\"']{1,40}[\"']")
_CLAIMS = (
    b"utf-8",
    b"utf-16",
    b"euc-kr",
    b"windows-1251",
    b"koi8-r",
    b"us-ascii",
    b"utf-7",
    b"idna",
    b"zip",
    b"\xff",
)
_WRITTEN = ("utf-16", "utf-32", "utf-8-sig", "cp949", "cp1251", "koi8-r", "cp1252", "cp037")
_NASTY = (
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"<?xml version='1.0'?>",
    *(b"&#x110000;", b"&#xD800;", b"&#0;", b"&nbsp;", b"&undefined;", b"&#99999999999;"),
    *(b"\0", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"{", b"}", b'"'),
    *(b"<item>", b"</item>", b"<entry/>", b"</channel>", b"<link/>", b"<guid/>", b"<x:y>", b"<a b=c"),
    b"<pubDate>0</pubDate>",
    b"<content type='application/xhtml+xml'><div>",
    b"<title>\xed\xa0\x80</title>",
    b"<" * 50,
)


def mutated(random: Random, documents: Sequence[bytes]) -> bytes:
    """One of the documents with one to four kinds of damage."""
    body = random.choice(documents)
    for _ in range(random.randint(1, 4)):
        body = random.choice(_KINDS)(random, body, documents)
    return body


def _flipped(random: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Bits."""
    out = bytearray(body)
    for _time in range(random.randint(1, 30) if out else 0):
        out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def _cut(random: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """The end is missing, or the start, or a piece."""
    start, end = sorted(random.randrange(len(body) + 1) for _ in range(2))
    return random.choice((body[:start], body[start:], body[:start] + body[end:]))


def _doubled(random: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """A piece stands twice, or many times."""
    start = random.randrange(len(body) + 1)
    piece = body[start : start + random.randint(1, 3000)]
    return body[:start] + piece * random.choice((2, 2, 2, 20)) + body[start:]


def _spliced(random: Random, body: bytes, documents: Sequence[bytes]) -> bytes:
    """It goes on with another document."""
    other = random.choice(documents)
    return body[: random.randrange(len(body) + 1)] + other[random.randrange(len(other) + 1) :]


def _lying(random: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """It claims another character set than it has."""
    claim = b"encoding='" + random.choice(_CLAIMS) + b"'"
    if _ENCODING.search(body[:300]):
        return _ENCODING.sub(claim, body, count=1)
    return b"<?xml version='1.0' " + claim + b"?>" + body


def _rewritten(random: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """It has another character set than it claims."""
    return body.decode("utf-8", "replace").encode(random.choice(_WRITTEN), "replace")


def _shuffled(random: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Two tags change places."""
    tags = list(_TAG.finditer(body))
    if len(tags) < 2:
        return body
    one, two = sorted(random.sample(tags, 2), key=lambda tag: tag.start())
    between = body[one.end() : two.start()]
    return body[: one.start()] + two.group() + between + one.group() + body[two.end() :]


def _spiced(random: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Something nasty stands somewhere."""
    at = random.randrange(len(body) + 1)
    return body[:at] + random.choice(_NASTY) * random.choice((1, 1, 1, 40)) + body[at:]


_KINDS = (_flipped, _cut, _doubled, _spliced, _lying, _rewritten, _shuffled, _spiced)
