"""What a benchmark gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and the bar it must stay under, or with `least` the bar it must reach."""

    name: str
    value: float
    unit: str
    bar: float
    least: bool = False
    errors: Sequence[str] = ()  # what kept it from being perfect, one line each

    @property
    def met(self) -> bool:
        """Whether the bar is met."""
        return self.value >= self.bar if self.least else self.value <= self.bar

    def line(self) -> str:
        """Name, value, bar and verdict."""
        bar = f"bar: {'at least' if self.least else 'at most'} {self.bar:g}"
        return f"{self.name}: {self.value:.2f} {self.unit} ({bar}) {'ok' if self.met else 'MISSED'}"
