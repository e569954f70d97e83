"""Brings a feed's document to UTF-8, whatever it is written in and whatever it claims. Pure.

Several have a say in the character set: the byte order mark, the server's header, the XML declaration
(RFC 7303 section 3). Each of them is often wrong: servers call everything ISO-8859-1, Korean pages say
EUC-KR and are written in its superset, and one letter cut in half makes a page "not UTF-8", of which readers
that try one character set after the other then make gibberish. So the bytes have the last word: UTF-8 hardly
ever comes about by chance. Only character sets of the web are used (WHATWG Encoding section 4); Python
knows many more "encodings", among them slow and compressed ones, which no document has a right to choose.
"""

from __future__ import annotations

import codecs
import re
import zlib
from dataclasses import dataclass

LARGEST = 20_000_000
"""Bytes of a document that came packed and without a header that says so."""

_GZIP = b"\x1f\x8b\x08"
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}>\s*")
_ENCODING = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']\s*([\w.:-]{1,40})\s*[\"']")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_BEGINNING = re.compile(r"<\?xml\s+version\b")
_ROOT = re.compile(r"<(?:rss|feed|rdf:rdf|urlset|sitemapindex|html)\b", re.IGNORECASE)
_SEARCHED = 65_536  # characters in which a misplaced declaration is looked for

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (  # how `<`, `{` and blanks begin without a byte order mark (XML 1.0 appendix F)
    (re.compile(rb"(?:\0\0\0[<{\s])"), "utf-32-be"),
    (re.compile(rb"(?:[<{\s]\0\0\0)"), "utf-32-le"),
    (re.compile(rb"(?:\0[<{\s])"), "utf-16-be"),
    (re.compile(rb"(?:[<{\s]\0)"), "utf-16-le"),
)
_NAMES = {
    "utf-8": "utf8 utf-8 unicode-1-1-utf-8",
    "cp949": "euc-kr euckr ks-c-5601-1987 ks-c-5601 ksc5601 ksc-5601 windows-949 x-windows-949 ms949 cp949 uhc",
    "cp1251": "windows-1251 cp1251 win-1251 cp-1251 x-cp1251 win1251",
    "koi8-r": "koi8-r koi8r koi8 cskoi8r",
    "koi8-u": "koi8-u koi8-ru",
    "cp866": "cp866 ibm866 866",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp1252": "iso-8859-1 iso8859-1 iso-88591 latin1 latin-1 l1 us-ascii ascii windows-1252 cp1252 x-cp1252",
    "iso8859-2": "iso-8859-2 iso8859-2 latin2 latin-2",
    "iso8859-3": "iso-8859-3",
    "iso8859-4": "iso-8859-4",
    "iso8859-5": "iso-8859-5 iso8859-5",
    "iso8859-6": "iso-8859-6",
    "iso8859-7": "iso-8859-7 iso8859-7",
    "iso8859-8": "iso-8859-8 iso-8859-8-i",
    "cp1254": "iso-8859-9 iso8859-9 latin5 windows-1254 cp1254",
    "iso8859-10": "iso-8859-10",
    "iso8859-13": "iso-8859-13",
    "iso8859-14": "iso-8859-14",
    "iso8859-15": "iso-8859-15 iso8859-15 latin9 latin-9",
    "iso8859-16": "iso-8859-16",
    "cp1250": "windows-1250 cp1250",
    "cp1253": "windows-1253 cp1253",
    "cp1255": "windows-1255 cp1255",
    "cp1256": "windows-1256 cp1256",
    "cp1257": "windows-1257 cp1257",
    "cp1258": "windows-1258 cp1258",
    "cp874": "windows-874 tis-620 tis620 iso-8859-11",
    "mac_roman": "macintosh x-mac-roman",
    "euc_jp": "euc-jp x-euc-jp eucjp",
    "cp932": "shift-jis shift_jis sjis x-sjis windows-31j cp932",
    "iso2022_jp": "iso-2022-jp",
    "gb18030": "gb2312 gbk gb18030 gb-2312-80 cp936 x-gbk",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5",
    "utf-16": "utf-16 utf16 utf-16le utf-16be ucs-2 iso-10646-ucs-2 unicode",
    "utf-32": "utf-32 utf32 ucs-4 iso-10646-ucs-4",
}
_CODECS = {name: codec for codec, names in _NAMES.items() for name in names.split()}
_SINGLE = frozenset(codec for codec in _NAMES if codec.startswith(("cp125", "koi8", "iso8859", "mac", "cp8")))
_ESCAPING = frozenset({"iso2022_jp"})  # all its bytes are ASCII, so it looks like UTF-8
_WIDE_NAMES = frozenset({"utf-16", "utf-32"})  # claimed by a document that begins like ASCII: cannot be

_BY_CHANCE = 12  # bytes beyond ASCII: fewer may be UTF-8 by chance where another character set fits too
_DAMAGE = 20  # good letters for one broken one, in a page that is UTF-8 all the same
_HANGUL = re.compile("[\uac00-\ud7a3]")
_RUNS = re.compile(rb"[\x80-\xff]{3,}")
_SMALL = re.compile("[а-яё]")
_BEYOND = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Unified:
    """A document in UTF-8, without byte order mark; its XML declaration, if there is one, says so."""

    body: bytes
    doubt: str = ""  # that it is not written in what it claims, in words; empty if it is


def unpacked(body: bytes) -> bytes | None:
    """The document itself, if these bytes are gzip and no header said so; None if they are a bomb or broken.

    What a page that was cut off still holds is given.
    """
    if not body.startswith(_GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        out = unpacker.decompress(body, LARGEST)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail or not out else out


def unified(body: bytes, content_type: str | None) -> Unified:
    """The document in UTF-8; `content_type` is the server's header. Never raises, and is linear in its length."""
    mark, wide = _wide(body)
    claims = [] if wide else _claims(body, content_type)
    doubt = ""
    if wide:
        text = body[mark:].decode(wide, "replace")
    else:
        codec = _settle(body, claims)
        text = body.decode(codec, "replace")
        western = (
            codec == "latin-1" and "cp1252" in claims
        )  # the one with the few letters that the other lacks
        if claims and codec not in claims and not western and not text.isascii():
            doubt = (
                f"the page is not written in the character set that it claims ({claims[0]}, but it is {codec}), "
                "its publisher has to mend that"
            )
    return Unified(_declared(text).encode("utf-8", "replace"), doubt)


def _wide(body: bytes) -> tuple[int, str]:
    """How long the byte order mark is, and the character set that it or the first bytes tell; else 0 and nothing."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return len(mark), name
    return 0, next((name for start, name in _WIDE if start.match(body)), "")


def _claims(body: bytes, content_type: str | None) -> list[str]:
    """Codecs that the server's header and the document name, the one to be believed first first."""
    served = _CHARSET.search(content_type or "")
    declared = _ENCODING.match(body)
    header = _codec(served[1]) if served else None
    inside = _codec(declared[1].decode("ascii", "replace")) if declared else None
    # A header of ISO-8859-1 is what servers say of everything.
    both = [inside, header] if header == "cp1252" else [header, inside]
    return list(dict.fromkeys(one for one in both if one and one not in _WIDE_NAMES))


def _codec(name: str) -> str | None:
    """Python's name of a character set of the web; None for any other."""
    return _CODECS.get(name.strip().lower().replace("_", "-")) or _CODECS.get(name.strip().lower())


def _settle(body: bytes, claims: list[str]) -> str:
    """The codec to decode with."""
    beyond = len(body) - len(body.translate(None, _HIGH))
    if not beyond:
        return next((one for one in claims if one in _ESCAPING and _fits(body, one)), "utf-8")
    others = [one for one in claims if one != "utf-8"]
    if _fits(body, "utf-8"):
        rival = beyond < _BY_CHANCE and others and others[0] not in _SINGLE and _fits(body, others[0])
        return others[0] if rival else "utf-8"
    if _damaged(body, "utf-8", beyond):
        return "utf-8"
    for one in others:
        if _fits(body, one) or _damaged(body, one, beyond) or one in _SINGLE:
            return one
    return _guess(body, beyond)


def _fits(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _damaged(body: bytes, codec: str, beyond: int) -> bool:
    """Whether it is in that character set, but for a few broken letters."""
    text = body.decode(codec, "replace")
    broken = text.count("\ufffd")
    return codec not in _SINGLE and broken * _DAMAGE <= min(beyond // 2, len(_BEYOND.findall(text)))


def _guess(body: bytes, beyond: int) -> str:
    """What undeclared old text is: Korean or Russian by its letters, else Western."""
    korean = body.decode("cp949", "replace")
    letters, others = len(_HANGUL.findall(korean)), len(_BEYOND.findall(korean))
    # Chinese would come out half as Chinese characters.
    if letters * 5 > others * 4 and korean.count("\ufffd") * _DAMAGE <= letters:
        return "cp949"
    # Russian words are all beyond ASCII, Western ones have a letter or two of it.
    # Small letters of one Russian character set are capitals of the other, and there are more small ones.
    windows, koi = (len(_SMALL.findall(body.decode(codec, "replace"))) for codec in ("cp1251", "koi8-r"))
    if max(windows, koi) * 3 > beyond * 2 and sum(map(len, _RUNS.findall(body))) * 2 > beyond:
        return "cp1251" if windows >= koi else "koi8-r"
    return "cp1252" if _fits(body, "cp1252") else "latin-1"


def _declared(text: str) -> str:
    """The text with a declaration that tells the truth, and nothing before it."""
    text = text.lstrip("\ufeff \t\r\n\0")
    root = _ROOT.search(text, 0, _SEARCHED)
    beginnings = list(_BEGINNING.finditer(text, 0, root.start() if root else _SEARCHED))
    if beginnings:
        text = text[beginnings[-1].start() :]  # warnings of a program, comments: XML allows nothing before it
    found = _DECLARATION.match(text)
    if found is None:
        return text
    return '<?xml version="1.0" encoding="utf-8"?>\n' + text[found.end() :]


_HIGH = bytes(range(128, 256))
