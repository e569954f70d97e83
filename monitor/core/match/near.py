"""NEAR: two parts within so many words of each other.

Windows of one part may be the operands of the next NEAR. Of windows that begin (or end) together only the
shortest and the longest go on, so that the work stays in proportion to the text however NEARs are chained.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from monitor.core.match.planning import all_of
from monitor.core.match.spans import Finds, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.core.match.parts import Placed
    from monitor.core.match.plan import Plan
    from monitor.core.match.reading import Reading


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Both within `within` words, or in one sentence where that is None; left first if `ordered`."""

    left: Placed
    right: Placed
    within: int | None
    ordered: bool

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """In each field the finds of its shortest window; distance never crosses fields."""
        out: list[Finds] = []
        for field in fields:
            spans = self.spans(reading, field)
            if spans:
                out.append(min(spans, key=lambda span: (span.last - span.first, span.end - span.start)).finds)
        return tuple(find for finds in out for find in finds) if out else None

    def spans(self, reading: Reading, field: str) -> list[Span]:
        """Windows from the one part to the other."""
        left = self.left.spans(reading, field)
        right = self.right.spans(reading, field) if left else []
        if not right:
            return []
        words = reading.words(field)
        if self.within is None:
            measure, reach = words.sentence, 0
        else:
            measure, reach = tuple(word.place for word in words.all), self.within
        return sorted(_kept(_windows(left, _Line(right, measure), reach, ordered=self.ordered)))

    def plan(self) -> Plan:
        """Both parts."""
        return all_of([self.left.plan(), self.right.plan()])


class _Line:
    """Spans along a measure of the field (places of words, or numbers of sentences), found by bisection."""

    def __init__(self, spans: list[Span], measure: tuple[int, ...]) -> None:
        self.spans = spans
        self.measure = measure
        self.starts = [span.start for span in spans]
        self.firsts = [measure[span.first] for span in spans]
        self.farthest = list(accumulate((measure[span.last] for span in spans), max))
        self.reaching = list(accumulate(spans, _reaching_farther))

    def after(self, start: int, reach: int) -> Iterator[Span]:
        """The nearest and the farthest span that begin at or behind a character and not behind a measure."""
        low = bisect_left(self.starts, start)
        high = bisect_right(self.firsts, reach)
        if low < high:
            yield self.spans[low]
            yield self.spans[high - 1]

    def before(self, start: int, reach: int) -> Iterator[Span]:
        """The nearest and the farthest span that begin before a character and end not before a measure."""
        high = bisect_left(self.starts, start)
        low = bisect_left(self.farthest, reach)
        if low < high:
            yield self.reaching[high - 1]
            yield self.spans[low]


def _reaching_farther(one: Span, other: Span) -> Span:
    return other if other.last > one.last else one


def _windows(left: list[Span], right: _Line, reach: int, *, ordered: bool) -> Iterator[Span]:
    """Windows over a left span and the right spans near it."""
    measure = right.measure
    for one in left:
        partners = list(right.after(one.end if ordered else one.start, measure[one.last] + reach))
        if not ordered:
            partners += right.before(one.start, measure[one.first] - reach)
        for other in partners:
            yield Span(
                min(one.start, other.start),
                max(one.end, other.end),
                min(one.first, other.first),
                max(one.last, other.last),
                one.finds + other.finds,
            )


def _kept(windows: Iterable[Span]) -> set[Span]:
    """Of the windows that begin or end together, the shortest and the longest."""
    begin: dict[int, list[Span]] = {}
    end: dict[int, list[Span]] = {}
    for one in windows:
        begin.setdefault(one.start, []).append(one)
        end.setdefault(one.end, []).append(one)
    kept: set[Span] = set()
    for together in begin.values():
        kept |= {min(together, key=lambda span: span.end), max(together, key=lambda span: span.end)}
    for together in end.values():
        kept |= {min(together, key=lambda span: span.start), max(together, key=lambda span: span.start)}
    return kept
