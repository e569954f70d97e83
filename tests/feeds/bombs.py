"""Pages made to hang, swell or break whoever reads them, each of any size.

The first ones are those that feedparser is known to suffer from; the rest aim at expat, at the loose parser
behind it, and at what we do ourselves. `scale` 1.0 is the full weight, up to what `fetch` lets through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Bomb = Callable[[float], bytes]

_HEAD = b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>x</title>'
_TAIL = b"</channel></rss>"


def _item(inner: bytes) -> bytes:
    return _HEAD + b"<item><title>t</title>" + inner + b"</item>" + _TAIL


def _times(number: int, scale: float) -> int:
    return max(1, int(number * scale))


def style(scale: float) -> bytes:
    """Sanitising one style attribute takes hours."""
    return _item(b'<description>&lt;p style="' + b"a:b" * _times(33_000, scale) + b'"&gt;</description>')


def attributes(scale: float) -> bytes:
    """Quadratic in the loose parser."""
    flood = b" ".join(b'a%d="1"' % number for number in range(_times(150_000, scale)))
    return _HEAD + b"<item " + flood + b"/>" + _TAIL


def namespaces(scale: float) -> bytes:
    """Each one is looked at for each element."""
    flood = b" ".join(b'xmlns:n%d="u:%d"' % (number, number) for number in range(_times(100_000, scale)))
    return _HEAD + b"<item " + flood + b"><title>t</title></item>" + _TAIL


def items(scale: float) -> bytes:
    """As many entries as fit."""
    one = (
        b"<item><title>Story %d</title><guid>%d</guid><pubDate>Mon, 21 Sep 2026 10:00:00 GMT</pubDate></item>"
    )
    return _HEAD + b"".join(one % (n, n) for n in range(_times(100_000, scale))) + _TAIL


def same_items(scale: float) -> bytes:
    """All of them the same."""
    return _HEAD + b"<item><title>a</title><guid>1</guid></item>" * _times(100_000, scale) + _TAIL


def broken(scale: float) -> bytes:
    """Megabytes for the loose parser: the first tag is never closed."""
    one = b"<item><title>Story & more</title><description>&lt;b&gt;x</b> &nbsp; text</description></item>"
    return _HEAD + b"<open>" + one * _times(45_000, scale)


def nesting(scale: float) -> bytes:
    """Deeper than any recursion may go."""
    return _item(b"<a>" * _times(100_000, scale))


def nested_markup(scale: float) -> bytes:
    """The same inside of a description."""
    return _item(b"<description>" + b"&lt;b&gt;" * _times(500_000, scale) + b"</description>")


def laughs(scale: float) -> bytes:
    """Billion laughs: entities of entities."""
    depth = _times(30, scale)
    inner = b'<!ENTITY a0 "lol">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, depth)
    )
    return (
        b"<!DOCTYPE rss ["
        + inner
        + b"]>"
        + _HEAD
        + b"<item><title>&a%d;</title></item>" % (depth - 1)
        + _TAIL
    )


def quadratic(scale: float) -> bytes:
    """One long entity, used very often."""
    entity = b'<!DOCTYPE rss [<!ENTITY a "' + b"a" * _times(100_000, scale) + b'">]>'
    return entity + _item(b"<description>" + b"&a;" * _times(100_000, scale) + b"</description>")


def external(_: float) -> bytes:
    """Entities from a file and from the network."""
    return (
        b'<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://127.0.0.1:9/">]>'
        + _item(b"<description>&f;&h;</description>")
    )


def one_title(scale: float) -> bytes:
    """Nothing but text."""
    return _HEAD + b"<item><title>" + b"word " * _times(3_600_000, scale)


def _flood(piece: bytes, number: int, *, inside: bytes = b"description") -> Bomb:
    def make(scale: float) -> bytes:
        return _item(b"<" + inside + b">" + piece * _times(number, scale) + b"</" + inside + b">")

    return make


def _bare_flood(piece: bytes, number: int) -> Bomb:
    def make(scale: float) -> bytes:
        return _HEAD + b"<item><title>t</title>" + piece * _times(number, scale)

    return make


def _whole(start: bytes, piece: bytes, number: int, end: bytes = b"") -> Bomb:
    def make(scale: float) -> bytes:
        return start + piece * _times(number, scale) + end

    return make


def lie(scale: float) -> bytes:
    """Says UTF-16, is not."""
    return items(scale / 10).replace(b"utf-8", b"utf-16", 1)


_JSON = b'{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": ['
_SITEMAP = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    b' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
)

BOMBS: Mapping[str, Bomb] = {
    "style attribute": style,
    "attributes on one tag": attributes,
    "namespaces on one tag": namespaces,
    "100,000 items": items,
    "100,000 times one item": same_items,
    "4 MB of broken XML": broken,
    "deep nesting": nesting,
    "deep nesting of markup": nested_markup,
    "billion laughs": laughs,
    "quadratic entity": quadratic,
    "external entities": external,
    "one title of 18 MB": one_title,
    "date of 200 KB": _flood(b"1", 200_000, inside=b"pubDate"),
    "dates without end": _bare_flood(b"<pubDate>Mon, 21 Sep 2026 10:00:00 GMT</pubDate>", 50_000),
    "guid of 5 MB": _flood(b"g", 5_000_000, inside=b"guid"),
    "link of 5 MB": _flood(b"http://a/", 550_000, inside=b"link"),
    "categories without end": _bare_flood(b"<category>c</category>", 200_000),
    "enclosures without end": _bare_flood(b'<enclosure url="http://a/b" type="c/d" length="1"/>', 100_000),
    "comments without end": _bare_flood(b"<!--", 500_000),
    "marked sections without end": _bare_flood(b"<![", 500_000),
    "CDATA without end": _bare_flood(b"<![CDATA[", 300_000),
    "instructions without end": _bare_flood(b"<?a ", 500_000),
    "less-than signs": _bare_flood(b"<", 2_000_000),
    "ampersands": _flood(b"&amp;", 1_000_000),
    "bare ampersands": _bare_flood(b"&", 2_000_000),
    "unknown entities": _bare_flood(b"&a;", 1_000_000),
    "numeric references": _bare_flood(b"&#x10FFFF;", 400_000),
    "impossible references": _bare_flood(b"&#99999999999;", 300_000),
    "end tags without end": _bare_flood(b"</b>", 500_000),
    "white space": _flood(b" \n", 5_000_000, inside=b"title"),
    "NULs": _bare_flood(b"\0", 2_000_000),
    "quotes in a tag": _whole(_HEAD + b"<item a=", b"'\"", 1_000_000),
    "doctype without end": _whole(b"<!DOCTYPE rss [", b"<!ENTITY a 'b'>", 200_000),
    "doctypes in a row": _whole(b"", b"<!DOCTYPE x>", 200_000),
    "white space before the root": _whole(b"", b" ", 10_000_000, _item(b"")),
    "claims to be UTF-16": lie,
    "UTF-7": _whole(b'<?xml version="1.0" encoding="utf-7"?><rss>', b"+ADw-item+AD4-", 300_000),
    "Korean, damaged": _whole(b'<?xml version="1.0" encoding="euc-kr"?><rss><channel>', b"\xb0\xff<item>", 300_000),
    "JSON, deep": _whole(_JSON, b"[", 1_000_000),
    "JSON, deep objects": _whole(_JSON, b'{"a":', 500_000),
    "JSON, one number": _whole(_JSON + b'{"id": ', b"9", 4_000_000, b"}]}"),
    "JSON, items without end": _whole(_JSON, b'{"id": "1", "title": "t"},', 150_000, b'{"id": "2"}]}'),
    "sitemap without end": _whole(
        _SITEMAP, b"<url><loc>http://a/b</loc><news:news><news:title>t</news:title></news:news></url>", 60_000
    ),
    "web page of links": _whole(
        b"<html><head>", b'<link rel="alternate" type="application/rss+xml" href="/a">', 80_000
    ),
    "web page of open tags": _whole(b"<html><head>", b"<link ", 800_000),
    "base64": _whole(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="application/x" mode="base64">',
        b"QUFB", 1_000_000, b"</content></entry></feed>",
    ),
    "chained bases": _whole(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>', b'<div xml:base="a/">', 100_000
    ),
    "XHTML, deep": _whole(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">', b"<div>", 300_000
    ),
}  # fmt: skip
