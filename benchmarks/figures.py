"""What a benchmark gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and the bar it must stay under."""

    name: str
    value: float
    unit: str
    bar: float
