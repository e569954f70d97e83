"""The card: thirty lines, a hundred points; each line is worth all of its points or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.publisher import habits, lines
from tests.publisher.card import Evidence, Line, Unseen

CARD: tuple[Line, ...] = (*lines.LINES, *habits.LINES)


@dataclass(frozen=True)
class Mark:
    """One line, judged."""

    line: Line
    earned: bool
    said: str

    @property
    def points(self) -> int:
        """What it is worth now."""
        return self.line.points if self.earned else 0


def judged(seen: Evidence) -> list[Mark]:
    """The card."""
    marks: list[Mark] = []
    for line in CARD:
        try:
            earned, said = line.judge(seen)
        except Unseen as unseen:
            earned, said = None, str(unseen)
        marks.append(Mark(line, bool(earned), said if earned is not None else f"not seen: {said}"))
    return marks


def printed(marks: Sequence[Mark]) -> str:
    """The card as text, line by line, with the sum at its end."""
    rows = [
        f"{mark.line.number:2}  {mark.points}/{mark.line.points}  {mark.line.title}\n         {mark.said}"
        for mark in marks
    ]
    return "\n".join((*rows, f"{score(marks)}/{sum(mark.line.points for mark in marks)}"))


def score(marks: Sequence[Mark]) -> int:
    """The points."""
    return sum(mark.points for mark in marks)
