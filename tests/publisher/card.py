"""What a line of the card is, and the evidence that it is judged by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.publisher.log import Log, Seen

HOUR = 3600.0

Verdict = tuple[bool | None, str]
"""Whether the line is earned (None: there was not enough to see), and what was seen."""


class Unseen(Exception):
    """There was not enough to see."""


@dataclass(frozen=True)
class Evidence:
    """What a card is judged by."""

    log: Log
    start: float  # epoch seconds
    end: float
    hosts: bool  # whether feeds had hosts of their own
    runs: int = 0  # restarts between
    killed: bool = False
    removed_at: float | None = None  # when nobody wanted the feed of line 27 any more
    crowd: Log | None = None  # a second play: many feeds at once, for line 24
    shared: int = 0  # how many wanted the feed of line 20
    pause: float = 0.5  # real seconds between two requests to a host that are asked for
    robots: bool = True  # whether the reader was told to keep to robots.txt

    @property
    def days(self) -> float:
        """How long it went on."""
        return (self.end - self.start) / 86_400

    def need(self, path: str, count: int) -> list[Seen]:
        """The requests for a path; raises Unseen if there are fewer."""
        found = self.log.of(path)
        if len(found) < count:
            message = f"{path}: {len(found)} requests, too few to judge by"
            raise Unseen(message)
        return found

    def whole(self, path: str) -> list[Seen]:
        """The requests for a path without those that were under way when the reader was killed.

        It cannot know that they were answered; asking again at once is how nothing gets lost.
        """
        last = max((one.at for one in self.log.all if one.run == 1), default=0.0)
        return [one for one in self.log.of(path) if not (self.killed and one.run == 1 and one.at == last)]

    def hour(self, one: Seen) -> int:
        """The hour (UTC) of a request."""
        return datetime.fromtimestamp(one.at, UTC).hour

    def weekday(self, one: Seen) -> int:
        """Its day of the week, Monday 0."""
        return datetime.fromtimestamp(one.at, UTC).weekday()


@dataclass(frozen=True)
class Line:
    """One line of the card."""

    number: int
    points: int
    title: str
    judge: Callable[[Evidence], Verdict]


def line(number: int, points: int, title: str) -> Callable[[Callable[[Evidence], Verdict]], Line]:
    """Make a line of its judge."""

    def made(judge: Callable[[Evidence], Verdict]) -> Line:
        return Line(number, points, title, judge)

    return made


def fail_if(wrong: Sequence[str], otherwise: str) -> Verdict:
    """Not earned if anything is wrong: the first two things are said; else what was seen."""
    if not wrong:
        return True, otherwise
    more = f" (and {len(wrong) - 2} more)" if len(wrong) > 2 else ""
    return False, "; ".join(wrong[:2]) + more
