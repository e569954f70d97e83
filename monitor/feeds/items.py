"""Cuts the items seen before out of a feed's page, so that only new and changed ones are parsed. Pure.

Parsing is what polling costs, and most of a page is what it was last time. Items are found in the raw bytes
and known by a digest of theirs; what stands outside of them stays. The stories that come of it must be
those that the whole page would have given, to the last character, so in any doubt the page is left whole:

- Only documents whose character set is beyond doubt, and of a kind in which no byte of a letter looks like
  markup. UTF-16, Shift_JIS, GBK, Big5 and ISO-2022 are left whole.
- Only items without a prefix, all of one name, none inside another, none cut short (`<item/>`), no
  declarations of entities or defaults (XML 1.0 section 2.8). What looks like an item inside CDATA, a
  comment or a processing instruction is none.
- What an item means depends on what stands outside (namespaces, `xml:base`, language, the site's link) and
  on the feed's own options. So its digest is keyed with all of that but dates, comments, white space and
  other things that change at every reading and mean nothing to an item: with another head everything is
  parsed anew, rather a little too often than once too rarely.
- An entry's key may clash with that of another one in the same page (see `keys`), also with a cut one. So
  each item is remembered with a mark of its key, and `Reduced.marked` refuses a page in which two are alike.
- Whoever calls parses the whole page where the reduced one is not well-formed: feedparser reads such a page
  in another way, all of it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

_DIGEST = 8  # bytes: 500 items a page meet by chance once in 10^14 pages
_LETTERS = 2 * _DIGEST
_MARK = 5  # bytes; two that meet by chance cost a needless parse
_NO_KEY = "-"

_SAFE = frozenset(
    {"ascii", "utf-8", "cp949", "euc_kr", "euc_jp", "koi8-r", "koi8-u"}
    | {f"iso8859-{part}" for part in range(1, 17) if part != 12}  # noqa: PLR2004 - there is no part 12
    | {f"cp125{page}" for page in range(9)}
)
"""Python's names of character sets that contain ASCII and in which no other character has a byte of
`<`, `>`, `]`, `-` or `?` (of cp949: its second bytes skip 0x5B to 0x60)."""

_WIDER = {"euc_kr": "cp949"}  # what documents so labelled are written in
_BOM = codecs.BOM_UTF8

_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}>")
_ENCODING = re.compile(rb"encoding=(?:\"([\w.:-]{1,40})\"|'([\w.:-]{1,40})')")
_CHARSET = re.compile(r";\s*charset\s*=([^;]*)", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!(?:entity|attlist|element|notation)|<!doctype[^<>]*\[", re.IGNORECASE)

_MARKUP = re.compile(rb"<(?:!--|!\[CDATA\[|\?|/?(?i:item|entry)(?=[\s/>]))")
_PREFIXED = re.compile(rb"</?[^\s<>/:!?]+:(?:item|entry)[\s/>]", re.IGNORECASE)
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_NAMES = frozenset({b"<item", b"<entry"})

_FLEETING = re.compile(
    rb"<((?:atom:|dc:|dcterms:)?(?:lastBuildDate|pubDate|published|updated|modified|date|created|generator|ttl))"
    rb"(?:\s[^<>]*)?>[^<]*</\1\s*>"
    rb"|</?(?:items|rdf:Seq|rdf:li)(?:\s[^<>]*)?>"  # the table of contents of RSS 1.0
    rb"|<[\w-]*:?link\s[^<>]*\brel=[\"'](?:self|hub|next|prev|previous|first|last|current)[\"'][^<>]*>"
)
"""What outside of items changes without meaning anything to them."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """A page without the items seen before.

    `items` has a digest for every item of the whole page in its order, those of seen ones with the mark of
    their key; it is empty, and `body` whole, where items could not be told apart beyond doubt.
    """

    body: bytes
    items: tuple[str, ...] = ()
    known: int = 0  # how many were cut

    def marked(self, keys: Sequence[str | None]) -> tuple[str, ...] | None:
        """What to give as `seen` with the next page; None if this page must be parsed whole.

        `keys` has the key of each entry found in `body`, in its order, None for one that gave no story. They
        must be as many as items are left, and no two items of the page may have the same one.
        """
        if not self.items or len(keys) != len(self.items) - self.known:
            return None
        fresh = iter(keys)
        marked = tuple(
            item if len(item) > _LETTERS else item + _mark_of(next(fresh, None)) for item in self.items
        )
        marks = [item[_LETTERS:] for item in marked if not item.endswith(_NO_KEY)]
        return marked if len(set(marks)) == len(marks) else None


def reduce(
    body: bytes, seen: Collection[str], *, content_type: str | None = None, context: Sequence[str] = ()
) -> Reduced:
    """The page without the items that `seen` knows: what `marked` gave for the feed's last page.

    `content_type` is the server's header, which has a say in the character set. `context` is all besides
    the document that its stories are made of, such as the page's address and the feed's options. Never
    raises, and takes time linear in the page's length.
    """
    spans = _items(body) if _clear(body, content_type) else None
    if not spans:
        return Reduced(body)
    outside = _outside(body, [(start, end) for start, end, _ in spans])
    head = _FLEETING.sub(b"", b"\0".join(outside)).translate(None, b" \t\r\n\0")
    key = blake2b("\0".join(context).encode("utf-8", "replace") + b"\0\0" + head, digest_size=32).digest()
    marks = {item[:_LETTERS]: item for item in seen}
    items: list[str] = []
    cut: list[tuple[int, int]] = []
    for start, end, item in spans:
        if not item:
            continue
        digest = blake2b(body[start:end], digest_size=_DIGEST, key=key).hexdigest()
        known = marks.get(digest)
        if known is not None:
            cut.append((start, end))
        items.append(known or digest)
    if not cut:
        return Reduced(body, tuple(items))
    return Reduced(b"".join(_outside(body, cut)), tuple(items), len(cut))


def _items(body: bytes) -> list[tuple[int, int, bool]] | None:
    """Where items, and comments outside of them, begin and end, and which it is; None in doubt."""
    if _PREFIXED.search(body):
        return None
    found: list[tuple[int, int, bool]] = []
    name = b""
    inside = -1  # where the item began that we are in
    at = 0
    while markup := _MARKUP.search(body, at):
        kind = markup.group()
        begin = markup.start()
        closer = _ENDS.get(kind)
        if closer is not None:
            end = body.find(closer, markup.end())
            if end < 0:
                return None
            at = end + len(closer)
            if kind == b"<!--" and inside < 0:
                found.append((begin, at, False))
            continue
        at = body.find(b">", begin) + 1
        opened = kind.replace(b"/", b"")
        name = name or opened
        if not at or opened != name or (kind == opened) != (inside < 0) or _odd(body[begin:at]):
            return None
        if inside < 0:
            inside = begin
        else:
            found.append((inside, at, True))
            inside = -1
    if name not in _NAMES or inside >= 0 or _DOCTYPE.search(body, 0, _first(found)):
        return None
    return found


def _first(found: Iterable[tuple[int, int, bool]]) -> int:
    return next(start for start, _, item in found if item)


def _odd(tag: bytes) -> bool:
    """Whether it is an empty element, or its end may not be where we saw it."""
    return (
        tag.endswith(b"/>") or tag.count(b'"') % 2 == 1 or tag.count(b"'") % 2 == 1 or tag.find(b"<", 1) > 0
    )


def _outside(body: bytes, spans: Iterable[tuple[int, int]]) -> list[bytes]:
    """The pieces before, between and after the spans."""
    pieces: list[bytes] = []
    at = 0
    for start, end in spans:
        pieces.append(body[at:start])
        at = end
    pieces.append(body[at:])
    return pieces


def _clear(body: bytes, content_type: str | None) -> bool:
    """Whether all who have a say in the character set name the same safe one, and the document is in it.

    feedparser takes the first of several in which the bytes it is given can be read (RFC 3023 and custom);
    then the whole page and any part of it are read in the same one.
    """
    text = body.removeprefix(_BOM)
    declared = ""
    if text.startswith(b"<?"):
        line = text.partition(b"\n")[0]
        declaration = _DECLARATION.match(line)
        encoding = _ENCODING.search(declaration.group()) if declaration else None
        # feedparser takes the last word of the first line for the encoding, wherever that may stand.
        if declaration is None or line[: line.rfind(b"?>")].count(b"encoding") != (encoding is not None):
            return False
        declared = (encoding[1] or encoding[2]).decode("ascii") if encoding else ""
    served = _CHARSET.search(content_type or "")
    names = {_python_name(declared)} if declared else {"utf-8"}
    if served is not None:
        names.add(_python_name(served[1].strip(" \t\"'")))
    if text is not body:
        names.add("utf-8")
    name = names.pop()
    if names or name not in _SAFE or b"\0" in body:
        return False
    try:
        body.decode(_WIDER.get(name, name))
    except UnicodeDecodeError:
        return False
    return True


def _python_name(label: str) -> str:
    """One name for a character set of many."""
    try:
        return codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""


def _mark_of(key: str | None) -> str:
    if key is None:
        return _NO_KEY
    return blake2b(key.encode("utf-8", "replace"), digest_size=_MARK).hexdigest()
