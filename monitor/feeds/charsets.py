"""Decodes texts of strangers: only by the character sets of the web, and never with an exception. Pure.

Python knows many more "encodings", among them compressed and escaped ones, which no document has a right to
choose.
"""

from __future__ import annotations

import codecs
import re

_OF_THE_WEB = re.compile(
    r"utf-?8|(?:us-)?ascii|(?:windows|cp|x-cp)-?12\d\d|windows-874|iso[-_]?8859[-_]\d{1,2}|latin-?1|koi8-[ru]|"
    r"cp866|ibm866|macintosh|x-mac-cyrillic|euc[-_](?:kr|jp)|ks_?c[-_]?5601(?:[-_]1987)?|(?:x-)?windows-949|"
    r"ms949|cp949|uhc|shift[-_]jis|sjis|iso-2022-(?:jp|kr)|gb2312|gbk|gb18030|big5(?:-hkscs)?",
    re.IGNORECASE,
)
_KOREAN = re.compile(r"euc[-_]kr|ks_?c[-_]?5601(?:[-_]1987)?|(?:x-)?windows-949|ms949|uhc", re.IGNORECASE)
_OTHER_NAMES = {"x-mac-cyrillic": "mac_cyrillic", "macintosh": "mac_roman", "windows-874": "cp874"}


def decoded(data: bytes, declared: str | None) -> str:
    """The text: by its byte order mark, else by the character set that it declares, else as UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if declared and _OF_THE_WEB.fullmatch(declared) and not data.startswith(codecs.BOM_UTF8):
        try:
            return data.decode(_name(declared), "replace").removeprefix("\ufeff")
        except LookupError:
            pass  # of a family that we know, but no member of it
    return data.decode("utf-8-sig", "replace")


def _name(declared: str) -> str:
    """As Python calls it; Korean pages say EUC-KR and are written in its superset."""
    lower = declared.lower()
    if _KOREAN.fullmatch(lower):
        return "cp949"
    return _OTHER_NAMES.get(lower, lower.removeprefix("x-"))
