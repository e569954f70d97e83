"""What a hundred hostile hosts do to two thousand healthy feeds: the lateness of the healthy ones.

The real poller and fetcher with their real deadlines, against servers on loopback addresses, a site for each feed;
parsing is left out. Every healthy feed is due once a minute, evenly spread; a hostile one again five seconds after its
last poll ended, whatever it did. Lateness is from when a feed was due until its page was stored; feeds still waiting
at the end count as late as they are by then. The same is measured without hostile hosts, for comparison.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from benchmarks.figures import Figure
from benchmarks.one_fetch import memory
from db.memory import MemoryStore
from monitor.core.decide import Policy
from monitor.core.match import compile_book
from monitor.core.model import Batch, Feed, FeedState, FeedUrl, Fetched, Page, RuleBook
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList
from monitor.ingest import Ingest
from monitor.poll import Poll, Polled

P = ParamSpec("P")
T = TypeVar("T")

ROOT = Path(__file__).parent.parent
SECONDS = float(os.environ.get("TOCSIN_HOSTILE", "150"))
HEALTHY = 2000
HOSTILE = 100
EVERY = timedelta(seconds=60)
AGAIN = timedelta(seconds=5)
TICK = 1.0
DEADLINE = 30.0


def run() -> Iterator[Figure]:
    """Measure; takes about four minutes."""
    logging.getLogger("monitor").setLevel(logging.CRITICAL)  # every failure is a warning there
    alone = asyncio.run(measure(0, SECONDS / 2))
    print(f"without hostile hosts: {alone.line()}")
    beset = asyncio.run(measure(HOSTILE, SECONDS))
    print(f"with {HOSTILE} hostile hosts: {beset.line()}")
    print(f"  polls of hostile hosts: {len(beset.spent)}, longest {max(beset.spent):.1f} s")
    print(
        f"  load of the machine in the last minutes: {', '.join(f'{load:.1f}' for load in os.getloadavg())}"
    )
    print(f"  event loop held up for at most {beset.lag:.2f} s; peak memory {beset.memory / 1e6:.0f} MB")
    yield Figure(f"p50 lateness of healthy feeds beside {HOSTILE} hostile hosts", beset.share(0.5), "s", 5)
    yield Figure(f"p99 lateness of healthy feeds beside {HOSTILE} hostile hosts", beset.share(0.99), "s", 5)
    yield Figure("longest conversation with a hostile host", max(beset.spent), "s", DEADLINE + 2)


@dataclass
class Account:
    """What one run gave; all in seconds but the memory."""

    late: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    lag: float = 0.0
    memory: int = 0

    def share(self, part: float) -> float:
        """The lateness that this part of the polls did not exceed."""
        return sorted(self.late)[int(part * (len(self.late) - 1))]

    def line(self) -> str:
        return (
            f"{len(self.late)} polls of healthy feeds, late by p50 {self.share(0.5):.2f} s,"
            f" p99 {self.share(0.99):.2f} s, at most {self.share(1):.2f} s"
        )


def now() -> datetime:
    return datetime.now(UTC)


async def inline(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    return work(*args, **kwargs)


async def lookup(host: str) -> Sequence[str]:
    """Names are hostile, too: their servers never answer."""
    await asyncio.sleep(600)
    return [host]


async def nothing_new(feed: Feed, page: Page, seen: frozenset[str] = frozenset()) -> Batch:
    """`ports.Parse`, at no cost."""
    return Batch(feed.url, ())


async def measure(hostile: int, seconds: float) -> Account:
    """Poll for so long, with so many hostile hosts among the feeds."""
    with serving("healthy") as good, serving("hostile") as bad:
        started = now()
        healthy = [
            Feed(FeedUrl(f"http://127.1.{n // 250}.{n % 250 + 1}:{good['http']}/{n}"), f"feed {n}", every=60)
            for n in range(HEALTHY)
        ]
        enemies = [Feed(FeedUrl(url), f"hostile {url}", every=60) for url in hostile_urls(bad, hostile)]
        due = {feed.url: started + EVERY * n / HEALTHY for n, feed in enumerate(healthy)}
        return await poll([*healthy, *enemies], due, started, seconds)


def hostile_urls(ports: dict[str, int], number: int) -> list[str]:
    """A site for each; four in five of them speak plain HTTP."""
    faults = [name for name in ports if name != "http"]
    urls = []
    for n in range(number):
        place = f"127.66.{n // 250}.{n % 250}"
        if n % 5:
            urls.append(f"http://{place}:{ports['http']}/")
        elif n % 25 == 0:
            urls.append(f"http://nowhere{n}.example/")
        else:
            urls.append(f"https://{place}:{ports[faults[n // 5 % len(faults)]]}/")
    return urls


async def poll(
    feeds: Sequence[Feed], due: dict[FeedUrl, datetime], started: datetime, seconds: float
) -> Account:
    account, store = Account(), MemoryStore()
    store.sync_feeds(feeds, started)
    for state in store.feed_states():
        store.save_state(replace(state, next_poll_at=due.get(state.url, started)))

    def done(polled: Polled) -> None:
        url = polled.feed.url
        if url in due:
            account.late.append((now() - due[url]).total_seconds())
            due[url] += EVERY
            store.save_state(replace(polled.state, next_poll_at=due[url]))
        else:
            store.save_state(replace(polled.state, next_poll_at=now() + AGAIN))

    table = {feed.url: feed for feed in feeds}
    matcher = compile_book(RuleBook())
    async with Fetcher(
        version="0", clock=now, allow=AllowList.read("127.0.0.0/8"), lookup=lookup, deadline=DEADLINE
    ) as fetcher:

        async def fetch(feed: Feed, state: FeedState) -> Fetched:
            begun = loop.time()
            answer = await fetcher(feed, state)
            if feed.url not in due:
                account.spent.append(loop.time() - begun)
            return answer

        loop = asyncio.get_running_loop()
        poller = Poll(
            store=store,
            feeds=lambda: table,
            fetch=fetch,
            parse=nothing_new,
            ingest=Ingest(store, lambda: matcher, Policy(), now, lambda: 0.5),
            offload=inline,
            clock=now,
            on_done=done,
        )
        end, woken = loop.time() + seconds, loop.time()
        while loop.time() < end:
            await poller.tick()
            await asyncio.sleep(TICK)
            account.lag = max(account.lag, loop.time() - woken - TICK)
            woken = loop.time()
        account.late += [(now() - at).total_seconds() for at in due.values() if at < now()]
        account.memory = memory("VmHWM")
        await poller.stop()
    return account


@contextmanager
def serving(kind: str) -> Iterator[dict[str, int]]:
    """One of the servers; gives its ports."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.hostile_servers", kind],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        yield json.loads(server.stdout.readline())
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()
