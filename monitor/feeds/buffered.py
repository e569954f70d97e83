"""An XML driver for feedparser that tells it less: text in large pieces, and of an entry only what becomes a story.

feedparser spends most of its time on being told of elements. Three things are done here to spare it that:

- Expat tells of every line break and every entity by a call of its own unless it may gather text first.
- Of an entry's direct children those without children of their own that hold nothing that we read, such as
  categories, are not told of at all. Where an element has a child or a namespace declaration, all of it is told as
  it is; so is everything outside of entries and inside of their texts.
- White space between an entry's elements is not told of.

feedparser finds drivers by module name (protocol of `xml.sax.make_parser`: a function `create_parser`), and
reads none but well-formed pages with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from xml.sax.expatreader import ExpatParser

_GATHERED = 65536  # bytes of text gathered at most before feedparser hears of it

_CORE = frozenset(
    {
        "",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://www.w3.org/2005/atom",
        "http://purl.org/atom/ns#",
    }
)
"""Namespaces of RSS and Atom in lower case, as feedparser compares them."""

_ENTRIES = frozenset({"item", "entry"})
_MEDIA = frozenset({"http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss"})
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_THREADS = frozenset(
    {"http://purl.org/rss/1.0/modules/slash/", "http://wellformedweb.org/commentapi/"}
)  # how many comments there are, and where
_UNREAD_CORE = frozenset({"category", "keywords", "comments"})
_UNREAD_MEDIA = frozenset(
    {"category", "copyright", "credit", "hash", "keywords", "rating", "restriction", "thumbnail"}
)

Pair = tuple[str | None, str]


class Attributes:
    """As much of `xml.sax.xmlreader.AttributesNS` as feedparser asks for."""

    __slots__ = ("_qualified", "_values")

    def __init__(self, written: Mapping[str, str]) -> None:
        named = [(_named(name), value) for name, value in written.items()]
        self._values = [(name[0], value) for name, value in named]
        self._qualified = {name[1]: value for name, value in named}

    def items(self) -> list[tuple[Pair, str]]:
        """Names with their namespaces, and values."""
        return self._values

    def getQNames(self) -> list[str]:  # noqa: N802 - the protocol's name
        """Names as they are written."""
        return list(self._qualified)

    def getValueByQName(self, name: str) -> str:  # noqa: N802 - the protocol's name
        """The value of one."""
        return self._qualified[name]


_NONE = Attributes({})


@lru_cache(maxsize=2048)
def _named(name: str) -> tuple[Pair, str]:
    """Namespace and name, and the name with its prefix, of what expat writes as `namespace name prefix`."""
    parts = name.split(" ")
    if len(parts) == 1:
        return (None, name), name
    prefix = f"{parts[2]}:" if len(parts) > 2 else ""  # noqa: PLR2004 - it has a prefix
    return (parts[0], parts[1]), prefix + parts[1]


@lru_cache(maxsize=2048)
def _about(name: str) -> tuple[Pair, bool, bool, bool]:
    """Namespace and name; whether it is an entry, belongs to Media RSS, holds nothing that we read."""
    pair = _named(name)[0]
    space = (pair[0] or "").lower()
    local = pair[1].lower()
    media = space in _MEDIA
    unread = (
        (space in _CORE and local in _UNREAD_CORE)
        or (media and local in _UNREAD_MEDIA)
        or (space == _DUBLIN_CORE and local == "subject")
        or space in _THREADS
    )
    return pair, space in _CORE and local in _ENTRIES, media, unread


class _BufferedParser(ExpatParser):
    def reset(self) -> None:
        super().reset()
        self._sifted: list[bool] = []  # for each open element: whether children may be left out
        self._held: tuple[str, Mapping[str, str]] | None = None  # a child that will be, unless it has some
        self._said: list[str] = []  # by the one held
        self._declared = False
        parser = self._parser  # type: ignore[attr-defined] # the library's own name, which its types leave out
        parser.buffer_text = True
        parser.buffer_size = _GATHERED
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def start_namespace_decl(self, prefix: str | None, uri: str) -> None:
        """What comes next declares a namespace, which counts beyond it."""
        self._let_go()
        self._declared = True
        super().start_namespace_decl(prefix, uri)

    def _start(self, name: str, written: Mapping[str, str]) -> None:
        if self._held is not None:
            self._let_go()
        _, entry, media, unread = _about(name)
        sifted = bool(self._sifted) and self._sifted[-1]
        if sifted and unread and not self._declared:
            self._held = name, written
            return
        self._declared = False
        self._tell(name, written, sifted=entry or (sifted and media))

    def _end(self, name: str) -> None:
        if self._held is not None:  # it had no child, or it would not be held any more
            self._held = None
            self._said.clear()
            return
        self._sifted.pop()
        self._cont_handler.endElementNS(_about(name)[0], None)  # type: ignore[attr-defined] # as above

    def _text(self, text: str) -> None:
        if self._held is not None:
            self._said.append(text)
        elif not (self._sifted and self._sifted[-1] and text.isspace()):
            self._cont_handler.characters(text)  # type: ignore[attr-defined] # as above

    def _let_go(self) -> None:
        """Tell of the one held after all."""
        if self._held is None:
            return
        name, written = self._held
        self._held = None
        self._tell(name, written, sifted=_about(name)[2])
        for text in self._said:
            self._cont_handler.characters(text)  # type: ignore[attr-defined] # as above
        self._said.clear()

    def _tell(self, name: str, written: Mapping[str, str], *, sifted: bool) -> None:
        self._sifted.append(sifted)
        attributes = Attributes(written) if written else _NONE
        self._cont_handler.startElementNS(_about(name)[0], None, attributes)  # type: ignore[attr-defined] # as above


def create_parser() -> ExpatParser:
    """A new parser, as `xml.sax.make_parser` asks for it."""
    return _BufferedParser()
