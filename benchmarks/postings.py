"""When feeds post: made-up histories with known rates, and histories taken from real dated stories.

Times are seconds from a Monday 0:00 UTC; every history covers `LEAD` to look back on, `LEARN` to learn from,
`JUDGE` to be judged on, and a day more.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import accumulate
from math import ceil, cos, log, pi
from random import Random

from benchmarks.data import VARIABLE, DataMissing, folder, rows

HOUR = 3_600.0
DAY = 24 * HOUR
WEEK = 7 * DAY
QUARTER = HOUR / 4

LEAD = WEEK
LEARN = 2 * WEEK
JUDGE = WEEK
END = LEAD + LEARN + JUDGE + DAY

MONDAY = datetime(1970, 1, 5, tzinfo=UTC).timestamp()

ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)\b")
DATE = re.compile(r"<(?:pubDate|published|dc:date|updated|issued)\b[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]+)")

FEWEST = 8
"""Dated stories that a real history must have."""


@dataclass(frozen=True, slots=True)
class History:
    """One feed's posts; `rates` are the true ones per quarter hour of the week (posts a second), where known."""

    name: str
    posts: tuple[float, ...]
    rates: tuple[float, ...] = ()


def made_up(count: int, seed: int) -> list[History]:
    """Log-normal rates (median 3 a day), a day's shape by time zone, quiet weekends, a third posts in batches."""
    rng = Random(seed)
    return [_made_up(rng, str(number)) for number in range(count)]


def _made_up(rng: Random, name: str) -> History:
    per_day = min(rng.lognormvariate(log(3.0), 1.6), 400.0)
    zone = rng.choice((0, 1, 3, 5.5, 8, 9, -5, -8))
    depth, sharp, weekend = rng.uniform(0.5, 0.98), rng.uniform(1, 3), rng.uniform(0.2, 1.0)
    batch = 3.0 if rng.random() < 0.35 else 1.0
    day = [
        1 - depth + depth * ((1 + cos(2 * pi * (quarter / 4 + zone - 14) / 24)) / 2) ** sharp
        for quarter in range(96)
    ]
    week = day * 5 + [part * weekend for part in day] * 2
    mean = sum(week) / len(week)
    rates = tuple(per_day / DAY * part / mean for part in week)
    known = [0.0, *accumulate(part * QUARTER / batch for part in rates)]
    posts: list[float] = []
    at = 0.0  # in releases expected since the beginning
    while (when := _crossed(known, at := at + rng.expovariate(1.0))) < END:
        posts.append(when)
        if batch > 1:
            more = _poisson(rng, batch - 1)
            posts += [when + rng.expovariate(1 / 240) for _ in range(more)]
    return History(name, tuple(sorted(post for post in posts if post < END)), rates)


def _crossed(known: Sequence[float], at: float) -> float:
    """When the weekly repeated integral `known` (per quarter hour) reaches `at`."""
    weeks, left = divmod(at, known[-1])
    quarter = max(bisect_left(known, left) - 1, 0)
    part = (left - known[quarter]) / (known[quarter + 1] - known[quarter])
    return weeks * WEEK + (quarter + part) * QUARTER


def _poisson(rng: Random, mean: float) -> int:
    count, at = 0, rng.expovariate(1.0)
    while at < mean:
        count += 1
        at += rng.expovariate(1.0)
    return count


def real() -> list[History]:
    """Feeds as they were captured and topics of a news agency, with their real rates and gaps.

    Most pages show a few days only and are repeated until the simulation ends: the rates are real, and so is the
    way in which posts come together; the hours of the day are only where a page reaches back for two days.
    """
    rng = Random(4)
    named: dict[str, list[float]] = defaultdict(list)
    for name, dates in _captured():
        named[f"feed {name}"] = dates
    for name, key in (("headlines-en/kcna-2024", "topic"), ("headlines-en/abc-2003", "lang")):
        for row in rows(name):
            day = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC).timestamp()
            named[f"{name} {row[key]}"].append(day + rng.triangular(0, DAY))  # only the day is known
    histories = [_repeated(name, sorted(times), rng) for name, times in named.items() if len(times) >= FEWEST]
    return [history for history in histories if history.posts]


def _captured() -> Iterable[tuple[str, list[float]]]:
    """The dates in the feeds of the data sets, read without our parser: its faults must not shape its own yardstick."""
    home = folder() / "feeds" / "captured"
    if not home.is_dir():
        message = f"there is no {home}: name the folder of the data with --data or {VARIABLE}."
        raise DataMissing(message)
    for path in sorted(home.iterdir()):
        items = ITEM.split(path.read_bytes().decode("utf-8", "replace"))[1:]
        found = [DATE.search(item) for item in items]
        times = [_time(date[1].strip()) for date in found if date]
        yield path.name, [time for time in times if time is not None]


def _time(written: str) -> float | None:
    """The moment that a date of a feed names: RFC 822 or ISO 8601, UTC where it names no zone."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        with suppress(ValueError):
            moment = read(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None


def _repeated(name: str, times: list[float], rng: Random) -> History:
    """The real history, repeated until it is long enough.

    One of some days keeps its times of day; a shorter one begins anew after its mean gap. Items far older than the
    rest (pinned, forgotten) are left out.
    """
    times = (
        times[len(times) // 4 :] if times[-1] - times[0] > 4 * (times[-1] - times[len(times) // 4]) else times
    )
    first, span = times[0], times[-1] - times[0]
    if (
        span < HOUR or len(set(times)) < FEWEST * 3 // 4
    ):  # dated when they were made, not when they were posted
        return History(name, ())
    if span >= END:
        begin = (first - MONDAY) // WEEK * WEEK + MONDAY + (WEEK if span >= END + WEEK else 0)
        return History(name, tuple(time - begin for time in times if begin <= time < begin + END))
    if span >= 2 * DAY:
        period, offset = ceil(span / DAY) * DAY, (first - MONDAY) % DAY
    else:
        period, offset = span * len(times) / (len(times) - 1), rng.uniform(0, WEEK)
    offset -= period * ceil(offset / period)
    posts = [
        time - first + offset + turn * period for turn in range(ceil(END / period) + 2) for time in times
    ]
    return History(name, tuple(sorted(post for post in posts if 0 <= post < END)))
