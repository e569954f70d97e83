"""Forms of English words: number and possessive only.

No stemming: it would merge `defect` and `defection` (measured). A plural that could come from several
singulars has a key for each, so nothing is guessed: two words are forms of one another if they share a key.
"""

from __future__ import annotations

import re

_SHORTEST = 4
"""Letters of the shortest word that may lose an ending."""

_SHORTEST_IN_Y = 3
"""Letters of the shortest word whose plural ends in -ies: spy, but not ty of ties."""

_IRREGULAR = {
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "teeth": "tooth",
    "mice": "mouse",
    "geese": "goose",
    "oxen": "ox",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "menus": "menu",
    "gurus": "guru",
    "hindus": "hindu",
    "hutus": "hutu",
    "zulus": "zulu",
    "urdus": "urdu",
}

_NO_PLURAL = frozenset(
    # words, names and surnames that end in s and would meet another word without it
    re.findall(
        r"\w+",
        """
    does this thus always perhaps besides sometimes whereas yes news series species means mathematics politics
    economics physics ethics athletics gymnastics logistics statistics headquarters
    laos texas kansas arkansas hamas reuters honduras athens wales brussels naples vegas dallas
    caracas bahamas
    philippines netherlands maldives seychelles mars christmas atlas canvas alias bias judas thomas lucas
    nicholas douglas jonas elias abbas williams roberts peters adams edwards daniels jacobs stevens phillips
    andrews matthews hughes jones james charles hopkins collins jenkins perkins wilkins sanders masters waters
    myers rogers rodgers richards simmons parsons saunders bates yates gates mercedes moses
    """,
    )
)


def english_keys(word: str) -> tuple[str, ...]:
    """Keys of a folded word without possessive; the first is its likeliest dictionary form."""
    if word in _IRREGULAR:
        return (_IRREGULAR[word],)
    if len(word) < _SHORTEST or word in _NO_PLURAL:
        return (word,)
    if word.endswith("men"):
        return (word, word[:-2] + "an")
    if not word.endswith("s") or word.endswith(("ss", "us")):
        return (word,)
    return _singulars(word)


def _singulars(word: str) -> tuple[str, ...]:
    """What a word in -s may be the plural of."""
    short = word[:-1]
    if word.endswith("is"):
        return (word, short)
    if not word.endswith("es"):
        return (short,)
    root = word[:-2]
    others: tuple[str, ...] = ()
    if root.endswith("i") and len(root) >= _SHORTEST_IN_Y:
        others = (root[:-1] + "y",)  # stories
    elif root.endswith("v"):
        others = (root[:-1] + "f", root[:-1] + "fe")  # thieves, knives
    elif root.endswith("s"):
        others = (root, root + "is")  # gases, crises
    elif root.endswith(("x", "z", "ch", "sh", "o")):
        others = (root,)  # churches
    return (short, *others)
