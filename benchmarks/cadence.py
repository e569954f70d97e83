"""When to poll, simulated at an equal budget: the product's own functions against other ways and an oracle.

Every way asks the same feeds as often in all; the figure is how long stories waited, each story counted once. The
oracle knows the true rates of made-up feeds. Ours begins knowing nothing: it learns for two weeks, is judged on the
third, and goes on learning.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, sqrt
from random import Random
from statistics import fmean

from benchmarks.figures import Figure
from benchmarks.postings import DAY, END, HOUR, JUDGE, LEAD, LEARN, QUARTER, WEEK, History, made_up, real
from monitor.core.cadence import Pace, after_poll, balanced, first_poll
from monitor.core.model import Batch, Feed, FeedState, FeedUrl, Page, Story, StoryKey, Unchanged, Validators

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
START, STOP = LEAD + LEARN, LEAD + LEARN + JUDGE
ROOM = 30
"""Items on a page."""

Polls = list[float]


@dataclass(frozen=True, slots=True)
class Judged:
    """How long stories waited, in seconds, and how much of the budget was used."""

    delays: list[float]
    used: float

    @property
    def mean(self) -> float:
        return fmean(self.delays)

    def quantile(self, share: float) -> float:
        return sorted(self.delays)[int(share * len(self.delays))]


def judged(histories: Sequence[History], polls: Sequence[Polls], budget: float) -> Judged:
    """The delays of all posts of the third week; polls after it only end the waiting."""
    delays: list[float] = []
    used = 0
    for history, asked in zip(histories, polls, strict=True):
        used += bisect_left(asked, STOP) - bisect_left(asked, START)
        for post in history.posts[bisect_left(history.posts, START) : bisect_left(history.posts, STOP)]:
            at = bisect_left(asked, post)
            delays.append(asked[at] - post if at < len(asked) else DAY)
    return Judged(delays, used / budget)


def uniform(histories: Sequence[History], mean: float) -> list[Polls]:
    rng = Random(1)
    return [_steps(START + rng.random() * mean, mean) for _ in histories]


def _steps(first: float, step: float) -> Polls:
    return [first + step * number for number in range(int((END - first) / step))]


def fitted(count: Callable[[float], float], budget: float, rounds: int = 24) -> float:
    """The largest factor with which the polls counted stay within the budget; more polls with a larger factor."""
    low, high = 1e-6, 1e6
    for _ in range(rounds):
        middle = sqrt(low * high)
        if count(middle) <= budget:
            low = middle
        else:
            high = middle
    return low


def entry_frequency(histories: Sequence[History], mean: float, floor: float) -> list[Polls]:
    """Miniflux's way: the interval is the mean spacing of the last week's entries, divided by a factor.

    Between 5 minutes (or the floor) and a day; a day where there are fewer than two entries. The factor is such
    that the budget is used.
    """

    def polls(history: History, factor: float, stop: float) -> Polls:
        at, made = START + Random(history.name).random() * HOUR, []
        while at < stop:
            made.append(at)
            first, last = bisect_right(history.posts, at - WEEK), bisect_right(history.posts, at)
            span = history.posts[last - 1] - history.posts[first] if last - first > 1 else 0.0
            weekly = ceil(WEEK * (last - first - 1) / span) if span > 0 else 0
            at += min(max(WEEK / (weekly * factor), floor, 300), DAY) if weekly else DAY
        return made

    budget = len(histories) * JUDGE / mean
    factor = fitted(lambda factor: sum(len(polls(one, factor, STOP)) for one in histories), budget, 18)
    return [polls(one, factor, END) for one in histories]


def oracle(histories: Sequence[History], mean: float, floor: float, ceiling: float) -> list[Polls]:
    """Polls at a density of sqrt(true rate), between floor and ceiling."""
    roots = [[sqrt(rate) for rate in history.rates] for history in histories]
    few = [sorted(row)[2::4] for row in roots]  # every fourth of them, to find the factor

    def total(factor: float) -> float:
        low, high = 1 / ceiling, 1 / floor
        return sum(fmean(min(max(root * factor, low), high) for root in row) for row in few) * JUDGE

    factor = fitted(total, len(histories) * JUDGE / mean)
    return [_crossings(row, factor, floor, ceiling, Random(number)) for number, row in enumerate(roots)]


def _crossings(roots: Sequence[float], factor: float, floor: float, ceiling: float, rng: Random) -> Polls:
    left, at, made = rng.random(), START, []
    while at < END:
        density = min(max(roots[int(at % WEEK // QUARTER)] * factor, 1 / ceiling), 1 / floor)
        step = min(left / density, QUARTER - at % QUARTER + 1e-6)
        left -= step * density
        at += step
        if left <= 1e-9:
            made.append(at)
            left = 1.0
    return made


class Ours:
    """The product's own functions, poll by poll, from the first page on."""

    def __init__(self, histories: Sequence[History], pace: Pace, *, dated: bool = True) -> None:
        self.histories = histories
        self.operator = self.pace = pace
        self.dated = dated
        self.rng = Random(2)
        self.polls: list[Polls] = [[] for _ in histories]
        self.known: list[tuple[Feed, FeedState]] = []
        for number, history in enumerate(histories):
            feed = Feed(FeedUrl(f"https://{number}.example/feed"), history.name)
            due = first_poll(number, len(histories), MONDAY, self.rng.random()) + timedelta(seconds=LEAD)
            self.known.append((feed, FeedState(feed.url, feed.name, next_poll_at=due)))

    def run(self, rebalance: float = 6 * HOUR) -> list[Polls]:
        until = LEAD
        while until < END:
            now = MONDAY + timedelta(seconds=until)
            self.pace = balanced(self.operator, self.known, now)
            until += rebalance
            for number, history in enumerate(self.histories):
                self._until(number, history, min(until, END))
        return self.polls

    def _until(self, number: int, history: History, until: float) -> None:
        feed, state = self.known[number]
        asked = self.polls[number]
        while state.next_poll_at is not None and (at := _seconds(state.next_poll_at)) < until:
            first = bisect_right(history.posts, asked[-1]) if asked else 0
            last = bisect_right(history.posts, at)
            state = self._polled(feed, state, history.posts[max(first, last - ROOM) : last], at)
            asked.append(at)
        self.known[number] = feed, state

    def _polled(self, feed: Feed, state: FeedState, posts: Sequence[float], at: float) -> FeedState:
        now = MONDAY + timedelta(seconds=at)
        jitter = self.rng.random()
        if not posts and state.seen_before:
            return after_poll(feed, state, Unchanged(feed.url), now=now, jitter=jitter, pace=self.pace)
        page = Page(feed.url, feed.url, b"", "", validators=Validators('"1"'))
        fresh = tuple(
            Story(
                feed.url, StoryKey(""), "", published=MONDAY + timedelta(seconds=post) if self.dated else None
            )
            for post in posts
        )
        batch = Batch(feed.url, fresh, known=ROOM - len(fresh))
        return after_poll(feed, state, page, now=now, jitter=jitter, pace=self.pace, batch=batch, fresh=fresh)


def _seconds(moment: datetime) -> float:
    return (moment - MONDAY).total_seconds()


@dataclass(frozen=True, slots=True)
class Case:
    """Feeds, a budget and a least interval, in seconds."""

    name: str
    histories: Sequence[History]
    mean: float
    floor: float


def compare(case: Case, *, dated: bool = True) -> dict[str, Judged]:
    """All ways at the same budget."""
    histories, mean, floor = case.histories, case.mean, case.floor
    budget = len(histories) * JUDGE / mean
    ways = {
        "uniform": uniform(histories, mean),
        "entry frequency": entry_frequency(histories, mean, floor),
        "ours": Ours(histories, Pace(floor=int(floor), blind=int(floor), mean=mean), dated=dated).run(),
    }
    if histories[0].rates:
        ways["oracle"] = oracle(histories, mean, floor, DAY)
        ways["oracle, 4x at most"] = oracle(histories, mean, floor, 4 * mean)
    return {name: judged(histories, polls, budget) for name, polls in ways.items()}


def told(case: Case, results: dict[str, Judged]) -> Iterator[str]:
    """The table that a person reads: minutes, and ratios to asking all feeds alike."""
    yield f"{case.name}: {len(case.histories)} feeds, {len(results['ours'].delays)} stories"
    even = results["uniform"]
    for name, one in results.items():
        p50, p95 = one.quantile(0.5), one.quantile(0.95)
        yield (
            f"  {name:18} mean {one.mean / 60:6.1f}  p50 {p50 / 60:6.1f}  p95 {p95 / 60:6.1f} min, of uniform "
            f"{one.mean / even.mean:.3f} and {p95 / even.quantile(0.95):.3f}; budget used {one.used:.3f}"
        )


def cases() -> list[Case]:
    """Made-up feeds at three settings, and real dates at two budgets."""
    made = [
        Case(
            f"made-up, every {mean / 60:.0f} min, least {floor / 60:.0f}, seed {seed}",
            made_up(count, seed),
            mean,
            floor,
        )
        for count, seeds, mean, floor in (
            (1000, 3, HOUR, 120.0),
            (500, 2, HOUR / 4, 120.0),
            (1000, 2, HOUR, 600.0),
        )
        for seed in range(seeds)
    ]
    dated = real()
    return made + [
        Case(f"real dates, every {mean / 60:.0f} min", dated, mean, 120.0) for mean in (HOUR, HOUR / 4)
    ]


def figures(name: str, results: Sequence[dict[str, Judged]]) -> list[Figure]:
    """The bars, on the means over all seeds of one setting."""

    def ratio(way: str, measure: Callable[[Judged], float]) -> float:
        return fmean(measure(each["ours"]) for each in results) / fmean(
            measure(each[way]) for each in results
        )

    def mean(one: Judged) -> float:
        return one.mean

    made = [
        Figure(f"{name}: mean delay, of uniform", ratio("uniform", mean), "x", 0.55),
        Figure(f"{name}: p95 delay, of uniform", ratio("uniform", lambda one: one.quantile(0.95)), "x", 0.92),
        Figure(f"{name}: mean delay, of entry_frequency", ratio("entry frequency", mean), "x", 0.45),
    ]
    if "oracle" in results[0]:
        made.append(Figure(f"{name}: mean delay, of the oracle", ratio("oracle", mean), "x", 1.10))
    return made


def run() -> Iterator[Figure]:
    """Simulate all cases, side by side on all processors, and compare."""
    every = cases()
    grouped: dict[str, list[dict[str, Judged]]] = {}
    with ProcessPoolExecutor() as pool:
        for case, results in zip(every, pool.map(compare, every), strict=True):
            print("\n".join(told(case, results)), flush=True)
            grouped.setdefault(case.name.partition(", seed")[0], []).append(results)
    for name, together in grouped.items():
        yield from figures(name, together)
        if "oracle" in together[0]:
            best, theirs = (
                fmean(each[way].mean for each in together) for way in ("oracle", "entry frequency")
            )
            print(f"  {name}: the oracle's mean delay is {best / theirs:.2f} of entry_frequency's")
