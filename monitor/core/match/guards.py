"""Terms that take hits away: 평양 is not found in 태평양, nor Korea in North Korea."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.match.parts import Placed
    from monitor.core.match.plan import Plan
    from monitor.core.match.reading import Reading
    from monitor.core.match.spans import Finds, Span


@dataclass(frozen=True, slots=True, eq=False)
class Guarded:
    """A part without those of its places that lie inside a place of `excepted`."""

    part: Placed
    excepted: Placed

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether it is found."""
        return self.finds(reading, fields) is not None

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """What the places that are left found."""
        found = tuple(one for field in fields for span in self.spans(reading, field) for one in span.finds)
        return found or None

    def spans(self, reading: Reading, field: str) -> list[Span]:
        """The places that are left in one field; remembered, since rules share entities."""
        memo = (self, field)
        known = reading.found.get(memo)
        if known is None:
            found = self.part.spans(reading, field)
            known = reading.found[memo] = (
                _outside(found, self.excepted.spans(reading, field)) if found else []
            )
        return known

    def plan(self) -> Plan:
        """The part's: what is excepted can only take away."""
        return self.part.plan()


def _outside(found: list[Span], covers: list[Span]) -> list[Span]:
    """Spans that no cover holds; both are in order of their begin."""
    starts = [cover.start for cover in covers]
    reach = list(accumulate((cover.end for cover in covers), max))
    return [
        span for span in found if not (at := bisect_right(starts, span.start)) or reach[at - 1] < span.end
    ]
