"""A simulated day of two thousand feeds: faults, edits, changed ids, outages, restarts and a clock that jumps.

Only the world behind `Fetch` is made up; poller, parser, decision and the SQLite store are the real ones.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from benchmarks.figures import Figure
from tests.simulation.day import Day
from tests.simulation.world import World

FEEDS = 2_000
HOURS = 24
SEED = 20_261_124


def run() -> Iterator[Figure]:
    logging.disable(logging.CRITICAL)
    began = process_time()
    try:
        with tempfile.TemporaryDirectory() as folder:
            report = asyncio.run(Day(World(FEEDS, SEED), Path(folder) / "day.db", hours=HOURS).run())
    finally:
        logging.disable(logging.NOTSET)
    seconds = process_time() - began
    print(
        f"day: {FEEDS} feeds, {report.polls:,} polls, {report.pages:,} new pages, {report.served:,} stories served, "
        f"{report.edits:,} edits, {report.restarts} restarts, {report.jumps} clock jumps, {report.outages} outages, "
        f"{report.gaps} gaps told, {seconds:.0f} s of CPU"
    )
    yield Figure("stories lost that were in a page", len(report.lost), "stories", 0, errors=report.lost)
    yield Figure("stories taken for new twice", len(report.twice), "stories", 0, errors=report.twice)
    yield Figure("alerts owed twice", report.alerts_twice, "alerts", 0)
    yield Figure("feeds blamed for an outage of ours", report.blamed, "feeds", 0)
