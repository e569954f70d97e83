"""Storage under stress: a backup beside a busy writer, power cuts at any write, a full, locked and read-only disk.

The texts of the database that is backed up are real where the data sets are there. Power cuts and hardships are
those of the tests (`tests/db/cutting.py`, `tests/db/hardship.py`), many more and longer.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.data import short_stories
from benchmarks.figures import Figure
from db import Copies, restore_store
from db.sqlite import SqliteStore
from monitor.core.model import Copy, Kept, Story, StoryKey
from tests.build import CHAT, FEED, NOW, URL
from tests.contract.outcomes import opened, outcome
from tests.db.cutting import after, cuts, record
from tests.db.hardship import endure

SIZE = 200_000_000
"""Bytes of the database that is backed up."""

CUTS = 1_000
SEEDS = 5
BACKUPS = 5
FIRST_CARD = 10**6


def run() -> Iterator[Figure]:
    """Measure; takes about five minutes, two of them in hardship."""
    print(f"    SQLite {sqlite3.sqlite_version}")
    with tempfile.TemporaryDirectory() as folder:
        yield from backups(Path(folder))
    yield from power_cuts()
    for hardship, seconds in (
        ("disk full", 60.0),
        ("database locked", 30.0),
        ("read-only file system", 30.0),
    ):
        yield from hardships(hardship, seconds)


def filled(path: Path) -> SqliteStore:
    """A store of `SIZE` bytes, of stories one in fifty of which hit."""
    store = SqliteStore.open(path, NOW)
    store.sync_feeds([FEED], NOW)
    documents = short_stories()
    number = cards = 0
    while path.stat().st_size + path.with_name(path.name + "-wal").stat().st_size < SIZE:
        stories = []
        for _ in range(500):
            number += 1
            document = documents[number % len(documents)]
            longer = " ".join(documents[(number * 7 + n) % len(documents)].text for n in range(5))
            stories.append(
                Kept(Story(URL, StoryKey(str(number)), document.title, text=longer, lang=document.lang))
            )
        store.save(outcome(*stories))
        for _ in range(10):
            cards += 1
            store.save(opened(cards, CHAT))
    return store


def backups(folder: Path) -> Iterator[Figure]:
    """Backups of a large database while its owner saves without a pause."""
    store = filled(folder / "large.db")
    copies = Copies(str(folder / "large.db"), folder / "copies", keep=1)
    card = FIRST_CARD
    quiet: list[float] = []
    for _ in range(300):
        card += 1
        quiet.append(_save(store, card))
    times: list[float] = []
    stalls: list[float] = []
    made: list[Copy] = []

    def copying() -> None:
        for n in range(BACKUPS):
            begun = time.monotonic()
            made.append(copies.make(NOW.replace(second=n)))
            times.append(time.monotonic() - begun)

    thread = threading.Thread(target=copying)
    thread.start()
    while thread.is_alive():
        card += 1
        stalls.append(_save(store, card))
    thread.join()
    megabytes = made[-1].size / 1e6
    print(
        f"    {BACKUPS} backups of {megabytes:.0f} MB: {', '.join(f'{each:.2f}' for each in times)} s; meanwhile "
        f"{len(stalls)} saves, median {1e3 * _share(stalls, 0.5):.1f} ms, 99 % {1e3 * _share(stalls, 0.99):.1f} ms, "
        f"worst {1e3 * max(stalls):.1f} ms (alone: median {1e3 * _share(quiet, 0.5):.1f}, worst {1e3 * max(quiet):.1f})"
    )
    yield Figure("longest backup per 200 MB, with its check", max(times) * 200 / megabytes, "s", 5.0)
    yield Figure("longest save during backups", 1e3 * max(stalls), "ms", 250.0)
    store.close()
    begun = time.monotonic()
    done = restore_store(str(folder / "large.db"), Path(made[-1].file), now=NOW)
    print(f"    restored in {time.monotonic() - begun:.2f} s")
    with closing(SqliteStore.open(folder / "large.db", NOW)) as again:
        status = again.status()
    missing = abs(status.stories - done.copy.rows["stories"]) + abs(status.cards - made[-1].rows["cards"])
    yield Figure("rows missing after a restore", missing, "rows", 0.0)


def _save(store: SqliteStore, card: int) -> float:
    """Seconds that one decision takes to be saved."""
    decided = opened(card, CHAT)
    begun = time.monotonic()
    store.save(decided)
    return time.monotonic() - begun


def _share(times: list[float], share: float) -> float:
    return sorted(times)[int(share * (len(times) - 1))]


def power_cuts() -> Iterator[Figure]:
    """Cuts of the log and of checkpoints."""
    errors: list[str] = []
    marked = worst = 0
    count = int(os.environ.get("STORAGE_CUTS", CUTS))
    for seed in range(SEEDS):
        with tempfile.TemporaryDirectory() as folder:
            made = record(Path(folder), seed, cards=60)
            for length, disk in cuts(made, seed, count // SEEDS):
                found = after(made, length, disk, Path(folder))
                marked += found.marked
                worst = max(worst, found.marked)
                if not found.well:
                    errors.append(f"seed {seed}, {disk.name}: {found}")
    print(
        f"    {count} cuts, seeds 0 to {SEEDS - 1}: {marked} sends repeated with the mark, at most {worst} per cut"
    )
    yield Figure(f"power cuts of {count} that broke the promise", len(errors), "cuts", 0.0, errors=errors)


def hardships(hardship: str, seconds: float) -> Iterator[Figure]:
    """A bot at work under a hardship of so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        work = endure(Path(folder), hardship, seconds, pause=0.05)
    print(
        f"    {hardship} for {seconds:.0f} s: {work.saved} cards saved in all, {sum(work.refused.values())} changes "
        f"refused ({'; '.join(work.refused)}), {work.marked} sends repeated with the mark, longest wait "
        f"{work.slowest:.2f} s, integrity {'ok' if work.whole else 'BROKEN'}"
    )
    yield Figure(f"{hardship}: hits lost or sent twice unmarked", work.lost + work.unmarked, "hits", 0.0)
    yield Figure(f"{hardship}: damage found afterwards", float(not work.whole), "databases", 0.0)
