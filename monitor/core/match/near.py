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
from monitor.core.match.spans import Find, Finds, Span

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

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether both parts are there, and near each other."""
        return (
            self.left.holds(reading, fields)
            and self.right.holds(reading, fields)
            and self.finds(reading, fields) is not None
        )

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """In each field the finds of its shortest window; distance never crosses fields."""
        out: list[Find] = []
        for field in fields:
            left, right, reach = self._sides(reading, field)
            shortest = min(_nearest(left, right, reach, ordered=self.ordered), key=_length, default=None)
            if shortest:
                out += (*shortest[0].finds, *shortest[1].finds)
        return tuple(out) or None

    def spans(self, reading: Reading, field: str) -> list[Span]:
        """Windows from the one part to the other."""
        left, right, reach = self._sides(reading, field)
        return _kept(_near(left, right, reach, ordered=self.ordered))

    def _sides(self, reading: Reading, field: str) -> tuple[list[Span], _Line, int]:
        """Places of both parts in a field, and how far apart they may be; no left ones where right ones lack."""
        left = self.left.spans(reading, field)
        right = self.right.spans(reading, field) if left else []
        if not right:
            return [], _Line([], ()), 0
        words = reading.words(field)
        if self.within is None:
            return left, _Line(right, words.sentence), 0
        return left, _Line(right, tuple([word.place for word in words.all])), self.within

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
        self.soonest = list(accumulate(reversed(spans), _ending_sooner))[::-1]

    def nearest(self, start: int, low: int, high: int) -> Iterator[Span]:
        """What makes the shortest windows with a place that begins at a character: behind it, and before it."""
        at = bisect_left(self.starts, start)
        if at < len(self.spans) and self.firsts[at] <= high:
            soonest = self.soonest[at]
            yield soonest if self.measure[soonest.first] <= high else self.spans[at]
        if at and self.farthest[at - 1] >= low:
            yield self.reaching[at - 1]

    def after(self, start: int, reach: int) -> tuple[Span, ...]:
        """The nearest and the farthest span that begin at or behind a character and not behind a measure."""
        low = bisect_left(self.starts, start)
        high = bisect_right(self.firsts, reach)
        return (self.spans[low], self.spans[high - 1])[: high - low] if low < high else ()

    def before(self, start: int, reach: int) -> tuple[Span, ...]:
        """The nearest and the farthest span that begin before a character and end not before a measure."""
        high = bisect_left(self.starts, start)
        low = bisect_left(self.farthest, reach)
        return (self.reaching[high - 1], self.spans[low])[: high - low] if low < high else ()


def _reaching_farther(one: Span, other: Span) -> Span:
    return other if other.last > one.last else one


def _ending_sooner(one: Span, other: Span) -> Span:
    return other if other.end <= one.end else one


def _nearest(left: list[Span], right: _Line, reach: int, *, ordered: bool) -> Iterator[tuple[Span, Span]]:
    """Each left span with the nearest right spans; the shortest window is among theirs."""
    measure = right.measure
    never = len(measure)
    for one in left:
        edge, low = (one.end, never) if ordered else (one.start, measure[one.first] - reach)
        for other in right.nearest(edge, low, measure[one.last] + reach):
            yield one, other


def _near(left: list[Span], right: _Line, reach: int, *, ordered: bool) -> Iterator[tuple[Span, Span]]:
    """Each left span with the right spans near it."""
    measure = right.measure
    for one in left:
        for other in right.after(one.end if ordered else one.start, measure[one.last] + reach):
            yield one, other
        if not ordered:
            for other in right.before(one.start, measure[one.first] - reach):
                yield one, other


def _length(pair: tuple[Span, Span]) -> tuple[int, int, int]:
    """In words, then in characters; of two of one length the first in the text is the shorter."""
    one, other = pair
    start = min(one.start, other.start)
    words = max(one.last, other.last) - min(one.first, other.first)
    return words, max(one.end, other.end) - start, start


def _kept(pairs: Iterable[tuple[Span, Span]]) -> list[Span]:
    """Windows over the pairs: of those that begin or end together the shortest and the longest; in order."""
    windows: dict[tuple[int, int], tuple[Span, Span]] = {}
    for pair in pairs:
        one, other = pair
        place = (
            one.start if one.start < other.start else other.start,  # noqa: FURB136 - as below
            one.end if one.end > other.end else other.end,  # noqa: FURB136 - the innermost loop: no call
        )
        windows.setdefault(place, pair)
    places = sorted(windows)
    kept = {*dict(places).items(), *dict(reversed(places)).items()}
    for ordered in (places, reversed(places)):
        kept.update((start, end) for end, start in {end: start for start, end in ordered}.items())
    return [_window(place, *windows[place]) for place in sorted(kept)]


def _window(place: tuple[int, int], one: Span, other: Span) -> Span:
    return Span(*place, min(one.first, other.first), max(one.last, other.last), (one, other))
