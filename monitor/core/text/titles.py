"""Titles, made comparable: the same headline from two outlets, and how much two headlines share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.core.text.folding import fold
from monitor.core.text.korean import without_particle
from monitor.core.text.scripts import Script
from monitor.core.text.words import shapes

if TYPE_CHECKING:
    from monitor.core.text.shapes import Shape

_OUTLET = re.compile(r"\s+(?:[-|:]{1,2})\s+(?P<outlet>[^|\d]{2,40})$|\s*\|\s*(?P<barred>[^|]{2,40})$")
_MOST_WORDS = 4
_LEAST_LEFT = 3
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    a an the of in on at to for from by with as and or but is are was were be been it its this that his her
    their he she they we you i not no over after into about amid says said say will would has have had
    и в во на с со к по из за от до у о об не но а что как это его ее их он она они мы вы я же ли
    бы для при над под
    """,
    )
)


def fingerprint(title: str) -> str:
    """The title in its one form: folded words without the outlet's name. Empty for an empty title."""
    folded = fold(title).text
    words = " ".join(shape.text for shape in shapes(_without_outlet(folded)))
    return words or " ".join(folded.split())


def title_words(title: str) -> frozenset[str]:
    """Stems of the title's content words, to see how much two titles share."""
    folded = _without_outlet(fold(title).text)
    return frozenset(_stem(shape) for shape in shapes(folded) if shape.text not in _STOP_WORDS)


def _stem(shape: Shape) -> str:
    return without_particle(shape.text) if shape.script is Script.HANGUL else shape.keys[0]


def _without_outlet(title: str) -> str:
    """Without ` - Yonhap` or ` | Reuters`: few words, capitalised if they can be, behind enough title."""
    found = _OUTLET.search(title)
    if found is None:
        return title
    outlet = (found["outlet"] or found["barred"]).split()
    left = title[: found.start()]
    fits = outlet and len(outlet) <= _MOST_WORDS and not outlet[0][0].islower()
    return left if fits and sum(1 for _ in shapes(left)) >= _LEAST_LEFT else title
