"""The figures of a backtest: what a query or rule would have raised over stored stories."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from monitor.core.text import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.core.model import Evidence, RuleId, StoredStory

SAMPLES = 5
"""Hits that are shown."""

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Raised:
    """A stored story that the query hits, where, and which rules hit it as well."""

    stored: StoredStory
    evidence: tuple[Evidence, ...]
    others: tuple[RuleId, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much a query and another rule hit the same stories."""

    rule: RuleId
    both: int
    theirs: int  # hits of the other rule in the same time
    of_ours: float  # share of the query's hits that the other rule hits, too
    of_theirs: float  # share of the other rule's hits that the query hits, too


@dataclass(frozen=True, slots=True)
class Noise:
    """What the query would mean for those who are told. Rates are averages over the days asked about."""

    a_day: float
    a_week: float
    per_thousand: float  # hits in 1,000 stories
    worst_day: tuple[date, int]
    titles: int  # different titles: further outlets of one event mostly join its card
    single: float  # share of hits for which one piece of evidence speaks
    source: str  # that gives most of the hits
    source_share: float


@dataclass(frozen=True, slots=True)
class Trial:
    """A backtest."""

    asked: str
    since: datetime
    until: datetime
    stories: int  # in that time
    hits: int
    days: tuple[tuple[date, int], ...]  # every day of the time with its hits, oldest first
    samples: tuple[Raised, ...]  # newest first
    overlaps: tuple[Overlap, ...]  # largest first
    noise: Noise | None  # None without hits


def moment(stored: StoredStory) -> datetime:
    """When a story was news: its own date, unless it has none or one later than when it was seen."""
    told = stored.story.published
    return stored.seen_at if told is None else min(told, stored.seen_at)


def assess(
    asked: str,
    raised: Iterable[Raised],
    *,
    since: datetime,
    until: datetime,
    stories: int,
    others: Mapping[RuleId, int],
    zone: tzinfo,
) -> Trial:
    """The figures of what was raised from `since` to `until`.

    `stories` is how many there were in that time, `others` how many of them each other rule hits; days are those
    of `zone`.
    """
    newest = sorted(raised, key=lambda one: (moment(one.stored), one.stored.id), reverse=True)
    counted = Counter(moment(one.stored).astimezone(zone).date() for one in newest)
    days = tuple((day, counted[day]) for day in _days(since.astimezone(zone), until.astimezone(zone)))
    return Trial(
        asked=asked,
        since=since,
        until=until,
        stories=stories,
        hits=len(newest),
        days=days,
        samples=tuple(newest[:SAMPLES]),
        overlaps=_overlaps(newest, others),
        noise=_noise(newest, days, until - since, stories) if newest else None,
    )


def _days(first: datetime, last: datetime) -> list[date]:
    return [first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]


def _overlaps(raised: list[Raised], others: Mapping[RuleId, int]) -> tuple[Overlap, ...]:
    both = Counter(rule for one in raised for rule in one.others)
    found = [
        Overlap(rule, count, others[rule], count / len(raised), count / others[rule])
        for rule, count in both.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.both, one.rule)))


def _noise(
    raised: list[Raised], days: tuple[tuple[date, int], ...], length: timedelta, stories: int
) -> Noise:
    a_day = len(raised) / max(length / timedelta(days=1), 1.0)
    source, most = Counter(one.stored.story.source for one in raised).most_common(1)[0]
    return Noise(
        a_day=a_day,
        a_week=a_day * DAYS_A_WEEK,
        per_thousand=1000 * len(raised) / max(stories, len(raised)),
        worst_day=max(days, key=lambda each: each[1]),
        titles=len({fingerprint(one.stored.story.title) for one in raised}),
        single=sum(len(one.evidence) == 1 for one in raised) / len(raised),
        source=source,
        source_share=most / len(raised),
    )
