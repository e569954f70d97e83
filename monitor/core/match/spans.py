"""Places in a text where a part of a query was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from monitor.core.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable


TEXT = ("title", "summary", "text")
"""Fields that are searched where a query names none, in the order in which evidence is shown."""


Find = Evidence
"""A term found: what is found is what is shown."""


class Span(NamedTuple):
    """From one word to another of a field; `start` and `end` count in its folded text."""

    start: int
    end: int
    first: int  # numbers of words
    last: int
    source: Find | tuple[Span, Span]  # what was found, or the two spans that this one reaches over

    @property
    def finds(self) -> tuple[Find, ...]:
        """Everything found inside, from left operand to right; gathered late, since few spans are shown."""
        out: list[Find] = []
        waiting = [self]
        while waiting:
            source = waiting.pop().source
            if isinstance(source, Evidence):
                out.append(source)
            else:
                waiting += reversed(source)
        return tuple(out)


Finds = tuple[Find, ...]

_ORDER = {name: at for at, name in enumerate(TEXT)}


def evidence(finds: Iterable[Find]) -> tuple[Evidence, ...]:
    """By field, then place; where places of one clause overlap, the first and longest stays."""
    listed = tuple(finds)
    if len(listed) == 1 or _in_order(listed):
        return listed
    ordered = sorted(
        set(listed),
        key=lambda f: (_ORDER.get(f.field, len(TEXT)), f.field, f.start, -f.end, f.clause, f.term),
    )
    reached: dict[tuple[str, str], int] = {}
    out: list[Evidence] = []
    for one in ordered:
        owner = (one.clause, one.field)
        if one.start >= reached.get(owner, 0):
            reached[owner] = one.end
            out.append(one)
    return tuple(out)


def _in_order(finds: tuple[Find, ...]) -> bool:
    """Whether each stands wholly behind the one before it, in fields that have an order."""
    before = reached = -1
    for _, _, field, start, end, _ in finds:
        at = _ORDER.get(field, -1)
        if at < before or at < 0 or (at == before and start < reached):
            return False
        before, reached = at, end
    return True
