"""/search over a large archive: how long a page takes, what Korean finds, and what an export holds in memory.

TOCSIN_STORIES says how many stories there are (50,000 unless it does; the bars are meant for 1,000,000), and
TOCSIN_ARCHIVE names a database that is built once and used again.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.archive import RULES, build
from benchmarks.figures import Figure
from db import open_store
from monitor.desk.answers import Counted, Found
from monitor.desk.exporting import Bounds, Export, ExportDesk
from monitor.desk.sheets import Format
from monitor.ports import Store
from tests.build import book, rule
from tests.frontdesk import OWNER, World

STORIES = "TOCSIN_STORIES"
ARCHIVE = "TOCSIN_ARCHIVE"
USUAL = 50_000
TIMES = 7

QUERIES = {
    "word": ("consulate", "president", "консульство", "Россия", "총영사관", "대통령", "북한"),
    "phrase": ('"prime minister"', '"the president"', '"владимир путин"', '"премьер министр"', '"한국 정부"'),
    "prefix": ("presid*", "con*", "президент*", "про*", "대통*", "북한*"),
    "NEAR and mixed": (
        "president NEAR/5 minister",
        "Россия NEAR/8 США",
        "북한 NEAR/8 미국",
        "(embassy OR consulate) (attack OR protest) -film",
        "президент (США OR Китай) -футбол",
        "title:대통령 (미국 OR 중국)",
        "2of(president, minister, government) -football",
        "president before:2025-02-01",
        "rule:rule-3 OR card:17",
        "level:alert within:52w",
        '"문재인 대통령"',  # no story has it: the answer is advice
    ),
}
BARS = {"word": 15.0, "phrase": 15.0, "prefix": 15.0, "NEAR and mixed": 150.0}
"""Milliseconds of CPU for the newest-first page."""

RANKED = 300.0
STEP = 250.0
"""Milliseconds for one step of counting: others wait so long at most; the index merges the words of a short prefix."""

KOREAN = ("총영사관", "대통령", "*서울", "*북한", "*평양", "*미국", "국회의원", "*정부")
GROWTH = 64.0
"""MB that an export may need beyond what the process had."""

LAST = datetime(2026, 6, 6, tzinfo=UTC)
"""When somebody asks."""


def run() -> Iterator[Figure]:
    """Measure; with a million stories the archive alone takes four minutes the first time."""
    size = int(os.environ.get(STORIES, USUAL))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(os.environ.get(ARCHIVE) or Path(folder) / "archive.db")
        if not path.exists():
            begun = time.perf_counter()
            build(path, size)
            print(f"    {size:,} stories stored in {time.perf_counter() - begun:.0f} s")
        store = open_store(str(path), now=LAST)
        try:
            print(f"    {store.status().stories:,} stories, {path.stat().st_size / 1e6:,.0f} MB")
            yield from pages(store)
            yield recall(store, path)
        finally:
            store.close()
        yield memory(path)


def pages(store: Store) -> Iterator[Figure]:
    """The slowest page of each kind, as the median of several."""
    for kind, queries in QUERIES.items():
        took = {query: _page(store, query) for query in queries}
        yield _slowest(f"newest-first page, {kind}", took, BARS[kind])
    every = [query for queries in QUERIES.values() for query in queries]
    yield _slowest("ranked page", {query: _page(store, f"{query} sort:best") for query in every}, RANKED)
    yield _slowest("a step of counting", {query: _longest_step(store, query) for query in every}, STEP)


def _slowest(name: str, took: dict[str, float], bar: float) -> Figure:
    query = max(took, key=lambda each: took[each])
    told = tuple(f"{each}: {took[each]:.1f} ms" for each in sorted(took, key=lambda each: -took[each]))
    return Figure(f"{name}, the slowest of {len(took)} ({query})", took[query], "ms CPU", bar, errors=told)


def _world(store: Store) -> World:
    rules = book(*(rule(each, "never") for each in RULES))
    world = World(store=store, book=rules)  # type: ignore[arg-type]  # any store will do
    world.clock.now = LAST
    return world


def _page(store: Store, query: str) -> float:
    """Milliseconds of CPU for the first page."""
    desk = _world(store).desk()
    took: list[float] = []
    for _ in range(TIMES):
        begun = time.process_time()
        told = desk.past.search(OWNER, query)
        took.append(1_000 * (time.process_time() - begun))
        if not isinstance(told, Found):
            return median(took)  # nothing found, with advice: dearer than a page
    return median(took)


def _longest_step(store: Store, query: str) -> float:
    """Milliseconds of CPU for the longest step of counting."""
    world = _world(store)
    begun = time.perf_counter()
    world.clock = lambda: LAST + timedelta(seconds=time.perf_counter() - begun)  # type: ignore[assignment]  # a clock
    steps = world.desk().past.count(OWNER, query)
    longest = 0.0
    while True:
        start = time.process_time()
        counted = next(steps, Counted(0, more=False))
        longest = max(longest, 1_000 * (time.process_time() - start))
        if counted.done:
            return longest


def recall(store: Store, path: Path) -> Figure:
    """How many of the stories that hold a Korean term anywhere a search finds."""
    desk = _world(store).desk()
    there = found = 0
    missed: list[str] = []
    with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True) as link:
        for term in KOREAN:
            bare = term.removeprefix("*")
            scan = "select id from stories where instr(title, ?1) or instr(summary, ?1) or instr(text, ?1)"
            held = {row[0] for row in link.execute(scan, (bare,))}
            hits = set(_all(desk.exports.begin(OWNER, Format.JSONL, term)))
            there += len(held)
            found += len(held & hits)
            missed.append(f"{term}: {len(held & hits):,} of {len(held):,}")
    link.close()
    return Figure(
        "Korean recall against a substring scan",
        100 * found / max(there, 1),
        "%",
        99,
        least=True,
        errors=missed,
    )


def _all(begun: object) -> Iterator[int]:
    """The ids of everything that an export would tell of."""
    if not isinstance(begun, Export):
        raise TypeError
    for stories, _ in begun.asking.portions():
        yield from (each.id for each in stories if begun.asking.matches(each))
    begun.close()


def memory(path: Path) -> Figure:
    """What a process needs more at its peak for exporting everything."""
    asked = [sys.executable, "-m", "benchmarks.search_speed", str(path)]
    told = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
    rows, growth, seconds, size = int(told[0]), float(told[1]), float(told[2]), int(told[3])
    print(f"    {rows:,} rows exported in {seconds:.0f} s CPU, {size / 1e6:,.0f} MB packed")
    return Figure(f"memory for an export of {rows:,} rows", growth, "MB", GROWTH)


def _memory(name: str) -> float:
    """MB of this process by /proc/self/status (proc(5)): VmRSS now, VmHWM at its peak. For Linux."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1_024


def _export(path: Path) -> None:
    """Export everything; prints rows, growth in MB, CPU seconds, and bytes."""
    store = open_store(str(path), now=LAST)
    office = _world(store).desk().office
    bounds = Bounds(size=10**12, patience=timedelta(days=1))
    before = _memory("VmRSS")
    begun = ExportDesk(office, bounds).begin(OWNER, Format.CSV, "all")
    if not isinstance(begun, Export):
        raise TypeError
    while begun.step():
        pass
    done = begun.finish()
    with done.file as file:
        size = file.seek(0, os.SEEK_END)
    print(done.rows, _memory("VmHWM") - before, time.process_time(), size)
    store.close()


if __name__ == "__main__":
    _export(Path(sys.argv[1]))
