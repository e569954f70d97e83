"""What is drawn: a chart as values, and as the JSON that goes to the process that draws. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Series = tuple[str, tuple[int, ...]]
"""A name with a number for every day."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars with names, and a heading."""

    title: str
    names: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is drawn: bars by day, one piece for every series, and two panels below."""

    title: str
    days: tuple[str, ...]
    series: tuple[Series, ...]
    left: Panel
    right: Panel
    nothing: str = ""  # what stands in an empty panel

    def written(self) -> str:
        """As JSON."""
        panels = [(each.title, each.names, each.values) for each in (self.left, self.right)]
        return json.dumps([self.title, self.days, self.series, *panels, self.nothing])

    @classmethod
    def read(cls, text: str) -> Chart:
        """From `written`."""
        title, days, series, left, right, nothing = json.loads(text)
        bars = tuple((name, tuple(values)) for name, values in series)
        return cls(title, tuple(days), bars, _panel(left), _panel(right), nothing)


def _panel(read: list[Any]) -> Panel:
    return Panel(read[0], tuple(read[1]), tuple(read[2]))


def largest(series: Sequence[Series], most: int, others: str) -> tuple[Series, ...]:
    """The largest series, and all others as one."""
    if len(series) <= most:
        return tuple(series)
    rest = [values for _, values in series[most - 1 :]]
    return (*series[: most - 1], (others, tuple(map(sum, zip(*rest, strict=True)))))
