"""`after:`, `before:` and `within:`: the age of a story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.core.language import day_of, span_of
from monitor.core.match.plan import Aged, Plan
from monitor.core.match.spans import Find, Finds

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from monitor.core.match.reading import Reading


@dataclass(frozen=True, slots=True, eq=False)
class Dated:
    """A bound for the date of a story: its begin, its end, or how old it may be."""

    clause: str
    term: str
    since: datetime | None = None
    until: datetime | None = None
    age: timedelta | None = None

    @classmethod
    def of(cls, field: str, clause: str, text: str) -> Dated:
        """The part for `field:text`, as the language allows it."""
        day = day_of(text)
        if field == "within":
            return cls(clause, text, age=span_of(text))
        return cls(clause, text, since=day) if field == "after" else cls(clause, text, until=day)

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether it is found."""
        return self.finds(reading, fields) is not None

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """The date, if it lies within the bound; `fields` are those of words and do not matter here."""
        del fields
        when = reading.when
        if not self._holds(when, reading.now):
            return None
        if when is None:
            return ()
        written = f"{when:%Y-%m-%d %H:%M} UTC"
        return (Find(self.clause, self.term, "published", 0, len(written), written),)

    def _holds(self, when: datetime | None, now: datetime | None) -> bool:
        if self.age is not None:
            # A story that nobody dated, or that is asked about at no certain time, is as new as can be.
            return when is None or now is None or now - when <= self.age
        if when is None:
            return False
        return (self.since is None or when >= self.since) and (self.until is None or when < self.until)

    def plan(self) -> Plan:
        """The bounds."""
        return Aged(self.since, self.until, self.age)
