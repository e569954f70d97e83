"""Small plots in a terminal: counts over days as columns of blocks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"
"""Eighths of a cell, from none to all."""

HEIGHT = 4
"""Lines of a plot."""

MOST_COLUMNS = 60
"""Columns of a plot; more days are put together."""


def columns(days: Sequence[tuple[date, int]]) -> list[str]:
    """The lines of a plot, highest count on top, with its scale at the left and the dates below."""
    size = -(-len(days) // MOST_COLUMNS)
    counts = [sum(count for _, count in days[at : at + size]) for at in range(0, len(days), size)]
    width = 2 if len(counts) * 2 <= MOST_COLUMNS else 1
    top = max(*counts, 1)
    scale = len(str(top))
    lines = []
    for row in reversed(range(HEIGHT)):
        label = str(top) if row == HEIGHT - 1 else "0" if row == 0 else ""
        cells = (_block(count, top, row) for count in counts)
        lines.append(f"{label:>{scale}} ┤{''.join(cell.ljust(width) for cell in cells)}".rstrip())
    first, last = f"{days[0][0]:%d %b}", f"{days[-1][0]:%d %b}"
    gap = max(len(counts) * width - len(first) - len(last), 1)
    lines.append(" " * (scale + 2) + first + " " * gap + last)
    if size > 1:
        lines.append(f"{' ' * (scale + 2)}a column is {timedelta(days=size).days} days")
    return lines


def _block(count: int, top: int, row: int) -> str:
    """The part of a column that stands in one line; whatever is not zero shows."""
    eighths = max(round(8 * HEIGHT * count / top), 1) if count else 0
    return BLOCKS[min(max(eighths - 8 * row, 0), 8)]
