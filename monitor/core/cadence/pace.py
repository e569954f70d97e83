"""What the operator decides about polling, and what follows from it for all feeds together."""

from __future__ import annotations

from dataclasses import dataclass

HOUR = 3_600
DAY = 86_400
MONTH = 30 * DAY

SLOWEST = 4
"""No feed waits longer than so many mean intervals (and a day), however quiet it is."""

EVEN_HOURS = (1.0,) * 24
EVEN_DAYS = (1.0,) * 7


@dataclass(frozen=True, slots=True)
class Pace:
    """The bounds that the operator sets, and the constants that `balanced` computes for them; times in seconds.

    A feed is asked at intervals of `constant / sqrt(weight x rate)`: at a given number of requests that makes the
    delay of the average story least (Sia, Cho and Cho, IEEE TKDE 19(7), 2007).
    """

    floor: int = 900  # no feed is asked more often
    blind: int = 3_600  # for servers that give no validators, so that every poll costs them the whole page
    mean: float | None = None  # the budget: this mean interval of all feeds (None: twice the floor), ...
    per_hour: float | None = None  # ... and at most so many requests an hour for all of them together
    constant: float | None = None  # seconds x sqrt(posts per second); None: a new feed waits the mean
    allowed: float | None = None  # the mean interval that the budget comes to; None: `mean`
    hours: tuple[float, ...] = EVEN_HOURS  # what all feeds have in common: posts per hour of the day, mean 1
    days: tuple[float, ...] = EVEN_DAYS  # and per day of the week, mean 1

    @property
    def usual(self) -> float:
        """The mean interval that the budget comes to."""
        return self.allowed or self.mean or 2.0 * self.floor

    @property
    def ceiling(self) -> float:
        """The longest interval of a healthy feed."""
        return min(SLOWEST * self.usual, DAY)
