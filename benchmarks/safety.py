"""Safety: what hostile queries and patterns cost, and what rubbish does to the parser.

Each of the queries and patterns of `tests/hostile.py` is refused, or evaluated over stories of a title and 300
characters in which as much as possible is found; the slowest counts. A million random strings are parsed; whatever
is raised but the language's own error with a place inside the query counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from time import process_time

from benchmarks.figures import Figure
from monitor.core.errors import QueryError
from monitor.core.language import Dialect, parse
from monitor.core.match import compile_query
from tests.hostile import ENTITIES, HOSTILE, PATTERNS, STORIES, rubbish

ROUNDS = int(os.environ.get("TOCSIN_FUZZ", "1000000"))
TRIES = 5
SHOWN = 5


def run() -> Iterator[Figure]:
    """Measure; prints the slowest queries and every error."""
    queries = [*HOSTILE, *(f"/{pattern}/" for pattern in PATTERNS)]
    costs = sorted(((cost, query) for query in queries for cost in costs_of(query)), reverse=True)
    refused = len(queries) - len({query for _, query in costs})
    print(f"{len(queries)} hostile queries and patterns, {refused} of them refused; the slowest others:")
    for cost, query in costs[:SHOWN]:
        print(f"  {cost:.2f} ms  {query[:80]!r}")
    yield Figure("slowest hostile query, per story", costs[0][0], "ms", 10)
    yield Figure(
        f"errors of the parser in {ROUNDS:,} random queries", sum(map(is_error, rubbish(ROUNDS))), "", 0
    )


def costs_of(query: str) -> Iterator[float]:
    """Milliseconds over each story, the best of some tries; nothing for a query that is refused."""
    try:
        finder = compile_query(parse(query, Dialect.OWNER), ENTITIES)
    except QueryError:
        return
    for story in STORIES:
        spent = []
        for _ in range(TRIES):
            start = process_time()
            finder.evidence(story)
            spent.append(process_time() - start)
        yield min(spent) * 1000


def is_error(source: str) -> bool:
    """Whether the parser did anything but read or refuse; says so."""
    try:
        parse(source, Dialect.OWNER)
    except QueryError as error:
        wrong = not 0 <= error.position <= error.end <= len(source)
    except Exception as error:  # noqa: BLE001 - what is counted here
        print(f"  {error!r} for {source!r}")
        return True
    else:
        wrong = False
    if wrong:
        print(f"  a place outside of {source!r}")
    return wrong


if __name__ == "__main__":
    for figure in run():
        print(figure)
