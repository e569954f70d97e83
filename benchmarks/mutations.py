"""Damaged documents: 20,000 seeded mutations of those in `feeds/`, none of which may crash or hang the parser.

A document hangs if it takes more CPU time than a worker process would be given (it is broken off then). Every
tenth answer is held against all promises of the parser. TOCSIN_MUTATIONS sets the number, TOCSIN_SEED the seed;
each document has a seed of its own, so that one can be made again alone.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from time import process_time

from benchmarks.documents import URL, faults_of, samples
from benchmarks.figures import Figure
from monitor.core.model import Batch, Feed
from monitor.feeds.parse import parse
from tests.mutating import mutated

ROUNDS = int(os.environ.get("TOCSIN_MUTATIONS", "20000"))
SEED = int(os.environ.get("TOCSIN_SEED", "4"))
DEADLINE = 15.0  # seconds of CPU time
CHECKED = 10
LARGEST = 250_000  # bytes of a document that is damaged: larger ones are the same at greater length


class Overdue(BaseException):
    """Not to be caught by any handler on the way."""


def run() -> Iterator[Figure]:
    """Measure; prints each crash with its seed."""
    feed = Feed(URL, "Publisher")
    documents = [sample.body for sample in samples() if len(sample.body) <= LARGEST]
    crashes: list[str] = []
    hangs: list[str] = []
    slowest = (0.0, "")
    feeds = stories = 0
    for number in range(ROUNDS):
        seed = f"{SEED}:{number}"
        body = mutated(Random(seed), documents)
        start = process_time()
        try:
            with deadline(DEADLINE):
                found = parse(feed, body, None, URL)
            slowest = max(slowest, (process_time() - start, seed))
            if number % CHECKED == 0:
                crashes += [f"{seed}: {fault}" for fault in faults_of(feed, body, found)]
        except Overdue:
            hangs.append(f"{seed}: {len(body)} bytes")
        except Exception as error:  # noqa: BLE001 - what is counted here
            crashes.append(f"{seed}: {error!r}")
        else:
            feeds += isinstance(found, Batch)
            stories += len(found.stories) if isinstance(found, Batch) else 0
    for line in (*crashes, *hangs):
        print(f"  {line}")
    print(
        f"  {ROUNDS:,} mutations of {len(documents)} documents: {feeds:,} were read as feeds, with {stories:,} stories"
    )
    yield Figure("mutations: crashes and broken promises", len(crashes), "", 0, errors=crashes)
    yield Figure("mutations: hangs", len(hangs), "", 0, errors=hangs)
    yield Figure(f"mutations: slowest ({slowest[1]}), CPU", slowest[0], "s", DEADLINE)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises Overdue after that much CPU time."""
    before = signal.signal(signal.SIGVTALRM, _overdue)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _overdue(*_: object) -> None:
    raise Overdue


if __name__ == "__main__":
    for figure in run():
        print(figure.line())
