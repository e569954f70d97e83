"""What came of the rules lately: hits by day, rule and source, how fast alerts were, how useful people found them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.desk.answers import Forbidden, UnknownRule
from monitor.desk.names import nearest, same

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, tzinfo

    from monitor.core.model import Feedback, RuleId
    from monitor.desk.answers import Caller
    from monitor.desk.office import Office

LONGEST = 366
"""Days that are counted at most."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from a story's date to the first alert that told of it."""

    alerts: int
    median: float
    p90: float  # nine of ten were not slower
    seconds: tuple[float, ...]  # of each alert, the quickest first


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures of some days on the reader's calendar, today the last."""

    rule: RuleId | None  # None: all
    days: tuple[date, ...]
    hits: Mapping[RuleId, tuple[int, ...]]  # by day; the rule with most hits first
    cards: int  # events that these hits are of
    sources: tuple[tuple[str, int], ...]  # hits by source, most first
    latency: Latency | None  # None: no alert went out
    feedback: Mapping[RuleId, Feedback]

    @property
    def total(self) -> int:
        """All hits."""
        return sum(map(sum, self.hits.values()))


class StatisticsDesk:
    """Answers in figures."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def stats(
        self, caller: Caller, asked: str | None, days: int, zone: tzinfo
    ) -> Stats | UnknownRule | Forbidden:
        """The last `days` days of one rule or of all, as the caller's chat may know it."""
        if refusal := self._office.refusal(Action.READ, caller):
            return refusal
        rule: RuleId | None = None
        if asked is not None:
            known = {each.id: each for each in self._office.book().rules}
            meant = same(asked, known)
            if meant is None:
                return UnknownRule(asked, nearest(asked, known), tuple(known))
            rule = next(each for each in known if each == meant)
        now = self._office.clock()
        today = now.astimezone(zone).date()
        span = min(max(days, 1), LONGEST)
        listed = tuple(today - timedelta(days=back) for back in range(span - 1, -1, -1))
        since = datetime.combine(listed[0], time(), zone)
        store = self._office.store
        hits = store.hits_since(since, rule, caller.here)
        counts = Counter((hit.rule, hit.at.astimezone(zone).date()) for hit in hits)
        ordered = [name for name, _ in Counter(hit.rule for hit in hits).most_common()]
        alerts = store.alerts_since(since, rule)
        return Stats(
            rule,
            listed,
            {name: tuple(counts[name, day] for day in listed) for name in ordered},
            len({hit.card for hit in hits if hit.card is not None}),
            tuple(Counter(hit.source for hit in hits).most_common()),
            latency([(each.sent - each.published).total_seconds() for each in alerts]),
            store.feedback(rule, since),
        )


def latency(seconds: Sequence[float]) -> Latency | None:
    """Median and ninth decile, each a value that occurred (nearest rank)."""
    if not seconds:
        return None
    ordered = sorted(max(each, 0.0) for each in seconds)
    count = len(ordered)
    median, p90 = (ordered[ceil(count * share) - 1] for share in (0.5, 0.9))
    return Latency(count, median, p90, tuple(ordered))
