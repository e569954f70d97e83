"""Digests: when one is due, what it lists, and what comes at once instead. Pure.

A digest is due at the first moment of its schedule after the first of its cards was gathered. Moments are found
from the clock of its zone for each day anew, so that a change of the clocks makes one period longer or shorter and
nothing else. A time that the clocks leave out counts as the same time by the old clock; one that comes twice counts
the first time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from monitor.core.model import DigestWish, Every, Hit, Kind, Level, Schedule

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

PART = 10
"""Cards in one message of a digest."""

LISTED = 50
"""Cards in all messages of a digest: five of them. The others are counted, and shown when somebody asks."""

SAMPLES = 5
"""Cards named in a summary."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """What the place of a card in a digest hangs on."""

    card: int
    level: Level
    rule: str  # the first of its highest level


def next_moment(schedule: Schedule, zone: tzinfo, since: datetime) -> datetime:
    """The first moment of a schedule after another moment."""
    return min(each for each in _moments(schedule, zone, since) if each > since)


def last_moment(schedule: Schedule, zone: tzinfo, now: datetime) -> datetime:
    """The last moment of a schedule that is not after another one."""
    return max(each for each in _moments(schedule, zone, now) if each <= now)


def due(
    schedule: Schedule | None, zone: tzinfo, begun: datetime, covered: datetime | None, now: datetime
) -> datetime:
    """When a digest is due of which the first card was gathered at `begun`; without a schedule, a summary.

    `covered` is the moment of the schedule for which the last one was made: it has had its digest, even if the
    clock was set back a little since. One that lies further ahead is the work of a clock that was wrong.
    """
    if schedule is None:
        return begun + HOUR
    had = covered is not None and begun < covered <= now + HOUR
    return next_moment(schedule, zone, covered if had and covered is not None else begun)


def arranged(cards: Iterable[Ranked]) -> tuple[int, ...]:
    """Cards as a digest lists them: of those that it has room for the same level and rule together, newest first.

    Higher levels come first; if there are too many, the newest of the highest levels are listed.
    """
    newest = sorted(cards, key=lambda each: (-each.level, -each.card))
    chosen, rest = newest[:LISTED], newest[LISTED:]
    together = [
        sorted(some, key=lambda each: (-each.level, each.rule, -each.card)) for some in (chosen, rest)
    ]
    return tuple(each.card for some in together for each in some)


def listed(kind: Kind, cards: int) -> int:
    """How many of its cards stand in the messages of a digest or summary."""
    return min(cards, LISTED if kind is Kind.DIGEST else SAMPLES)


def parts(cards: Sequence[int], count: int) -> tuple[tuple[int, ...], ...]:
    """The first `count` cards, message by message."""
    return tuple(tuple(cards[start : min(start + PART, count)]) for start in range(0, count, PART))


def gathered(wishes: Collection[DigestWish], hit: Hit, tags: Collection[str]) -> Schedule | None:
    """With which digest a hit comes to somebody of these wishes; None if at once. `tags` are those of its rule.

    The closest wish counts: for its rule, one of its tags, its level, all. A flash waits for no digest unless its
    rule or its level was named.
    """
    by_selector = {wish.selector: wish for wish in wishes}
    level = f"level:{hit.level.word}"
    asked: tuple[str, ...] = (hit.rule, *(f"tag:{tag}" for tag in sorted(tags)), level, "all")
    if hit.level is Level.FLASH:
        asked = (hit.rule, level)
    return next((by_selector[each].schedule for each in asked if each in by_selector), None)


def _moments(schedule: Schedule, zone: tzinfo, around: datetime) -> Iterator[datetime]:
    """Moments of a schedule, of which at least one lies on either side."""
    local = around.astimezone(zone)
    if schedule.every is Every.HOUR:
        full = around - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        yield from (full + HOUR * count for count in (0, 1))
        return
    for day in (local.date() + DAY * offset for offset in range(-8, 9)):
        if schedule.every is Every.DAY or day.weekday() == schedule.day:
            yield datetime.combine(day, schedule.at, zone).astimezone(UTC)


__all__ = [
    "HOUR",
    "LISTED",
    "PART",
    "SAMPLES",
    "Ranked",
    "arranged",
    "due",
    "gathered",
    "last_moment",
    "listed",
    "next_moment",
    "parts",
]
