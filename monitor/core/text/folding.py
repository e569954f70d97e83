"""The one folding that query and text both pass, with the way back to the original's offsets.

NFKC (Unicode Standard Annex 15), invisible characters and stress marks removed, quotes, dashes and
spaces unified. Case is folded word by word in `key`, since `=EXACT` needs it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_EVEN = (
    dict.fromkeys("‘’‚‛′`´ʼʹˈ＇", "'")
    | dict.fromkeys("“”„‟«»″＂〝〞〟", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys(
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    )
    | {"…": ".", "ѐ": "е", "ѝ": "и", "Ѐ": "Е", "Ѝ": "И"}
)
"""One character for another, so that offsets stay; the ellipsis too, which NFKC would make three."""

_UNEVEN = re.compile("[" + re.escape("".join(_EVEN)) + "]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_STRESS = re.compile("(?<=[аеиоуыэюяіАЕИОУЫЭЮЯІ])[\u0300\u0301]+")
_ODD = re.compile(_UNEVEN.pattern[:-1] + _INVISIBLE.pattern[1:-1] + "\u0300\u0301]")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and where each of its characters stood: `text[i]` came from `original[starts[i]:ends[i]]`.

    Without `starts` and `ends` every character stands where it stood.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]`, at least one character, stands in the original."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Fold a text; idempotent, and fast where no character changes its place."""
    if text.isascii():
        return Folded(text.replace("`", "'"))
    odd = _ODD.search(text) is not None
    even = _evened(text) if odd else text
    if unicodedata.is_normalized("NFKC", even) and not (
        odd and (_INVISIBLE.search(even) or _STRESS.search(even))
    ):
        return Folded(even)
    return _fold_slowly(even)


def _evened(text: str) -> str:
    return _UNEVEN.sub(lambda found: _EVEN[found.group()], text)


def key(word: str) -> str:
    """A folded word as it is compared: case folded, ё as е, letters and digits only."""
    low = word.casefold()
    if not low.isascii():
        low = low.replace("ё", "е")
    return low if low.isalnum() else "".join(filter(str.isalnum, low))


def _fold_slowly(even: str) -> Folded:
    """Segment by segment, each of which NFKC treats on its own."""
    places = [i for i, c in enumerate(even) if not _INVISIBLE.match(c)]
    seen = "".join([even[i] for i in places])
    stressed = {i for m in _STRESS.finditer(seen) for i in range(m.start(), m.end())}
    if stressed:
        places = [place for i, place in enumerate(places) if i not in stressed]
        seen = "".join([even[i] for i in places])
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    begin = 0
    for i in range(1, len(seen) + 1):
        if i < len(seen) and not _begins(seen[i]):
            continue
        piece = _evened(unicodedata.normalize("NFKC", seen[begin:i]))
        out.append(piece)
        starts += [places[begin]] * len(piece)
        ends += [places[i - 1] + 1] * len(piece)
        begin = i
    return Folded("".join(out), tuple(starts), tuple(ends))


@lru_cache(maxsize=4096)
def _begins(character: str) -> bool:
    """Whether NFKC never joins the character to what stands before it (UAX 15, section 9.1)."""
    first = unicodedata.normalize("NFKD", character)[0]
    return not unicodedata.category(first).startswith("M") and not "\u1160" <= first <= "\u11ff"
