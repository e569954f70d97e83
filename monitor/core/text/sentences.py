"""Where sentences end: `. ! ? … 。` and line breaks, but not after an abbreviation or inside a number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_STOP = re.compile(r"[!?。]|[\n\r\u0085\u2028\u2029]")
_DOT = re.compile(r"\.+[\"')\]}]*(?=\s|$)|\.(?=[\"(\[])")
_HANGUL_OR_HAN = re.compile("[\uac00-\ud7a3\u3400-\u9fff]")
_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+",
        """
    mr mrs ms dr prof st gen col lt sgt capt cmdr maj adm brig sen rep gov pres rev hon jr sr vs inc ltd
    corp dept est approx ave mt ft jan feb mar apr jun jul aug sep sept oct nov dec
    ул им см тыс млн млрд трлн руб коп проф акад ген гр стр обл просп пл наб доц зам пом ст др пр тел гос
    """,
    )
)


def sentences(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """For each word, given by its span in the folded text, the number of its sentence from 0."""
    out: list[int] = []
    number = 0
    for at, (start, end) in enumerate(spans):
        if at and _ends(text[slice(*spans[at - 1])], text[spans[at - 1][1] : start], text[start:end]):
            number += 1
        out.append(number)
    return tuple(out)


def _ends(word: str, gap: str, following: str) -> bool:
    """Whether a sentence ends in the gap between two words."""
    if _STOP.search(gap):
        return True
    if "." not in gap:
        return False
    if _HANGUL_OR_HAN.match(word[-1]):
        return True
    if not _DOT.match(gap) or following[0].islower():
        return False
    if gap.startswith(".."):
        return True
    return not (len(word) == 1 and word.isalpha()) and word.casefold() not in _ABBREVIATIONS
