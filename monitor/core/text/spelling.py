"""North Korean spelling: the rule of initial sounds, which the South follows and the North does not.

At the begin of a word the South drops or changes ㄹ and ㄴ (여성, 노동, 역사), the North writes them (녀성, 로동,
력사; Hangul orthography of the South, 1988, articles 10 to 12). The South's spelling does not say what stood
there, so all that could are given.
"""

from __future__ import annotations

import re
from itertools import islice, product

MOST_VARIANTS = 32
"""Spellings of one term; a phrase of many words that could all be written otherwise has no more."""

_FIRST = ord("가")
_PER_LEAD = 588
"""Syllables with one leading consonant (Unicode Standard, section 3.12)."""
_PER_VOWEL = 28
"""Syllables with one leading consonant and one vowel."""

_NIEUN, _RIEUL, _IEUNG = 2, 5, 11
"""Leading consonants ㄴ, ㄹ, ㅇ."""

_DROPPED = frozenset((2, 3, 6, 7, 12, 17, 20))
"""Vowels before which the South drops ㄹ and ㄴ: ㅑ ㅒ ㅕ ㅖ ㅛ ㅠ ㅣ."""

_CHANGED = frozenset((0, 1, 8, 11, 13, 18))
"""Vowels before which it writes ㄴ for ㄹ: ㅏ ㅐ ㅗ ㅚ ㅜ ㅡ."""

_WORDS = re.compile("((?<![가-힣])[가-힣](?=[가-힣]))")
"""The first of several syllables that stand together; one syllable alone says too little."""


def north_korean_variants(term: str) -> tuple[str, ...]:
    """How the other half of Korea may write a term, from either spelling; empty where both write alike.

    Each Hangul word may change its first syllable; whatever else is in the term, marks too, stays.
    """
    pieces = _WORDS.split(term)
    choices = [(piece, *_others(piece)) if at % 2 else (piece,) for at, piece in enumerate(pieces)]
    return tuple(map("".join, islice(product(*choices), 1, MOST_VARIANTS + 1)))


def _others(syllable: str) -> tuple[str, ...]:
    """A syllable as it may begin in the other spelling."""
    lead, rest = divmod(ord(syllable) - _FIRST, _PER_LEAD)
    vowel = rest // _PER_VOWEL
    leads: tuple[int, ...] = ()
    if vowel in _DROPPED:
        leads = {_IEUNG: (_NIEUN, _RIEUL), _NIEUN: (_IEUNG,), _RIEUL: (_IEUNG,)}.get(lead, ())
    elif vowel in _CHANGED:
        leads = {_NIEUN: (_RIEUL,), _RIEUL: (_NIEUN,)}.get(lead, ())
    return tuple([chr(_FIRST + other * _PER_LEAD + rest) for other in leads])
