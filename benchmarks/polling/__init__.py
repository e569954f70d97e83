"""What polling costs, beside two peers in the same run, over a web server on loopback.

python -m benchmarks polling; TOCSIN_FEEDS=1000,250,10000 sets the three sizes (a 0 leaves that part out).

Every contender polls the same feeds: first, then all unchanged, then a tenth of them with three new items each.
CPU is that of all its processes, from when the program is ready (Python programs: imports done, database open; the
seconds until then are told beside it, newsboat's cannot be) to its end. The wall time is that of the whole
program. Figures of two contenders are comparable only within one run, on a machine that does little else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure
from benchmarks.polling import documents
from benchmarks.polling.readers import (
    ROOT,
    Contender,
    Newsboat,
    Ours,
    Reader,
    Spent,
    environment,
    newsboat,
    reader,
)

SIZES = "1000,250,10000"
PAIRS = 3
"""How often the small comparison is made; its medians count."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """What a contender's rounds cost."""

    first: Spent
    unchanged: Spent
    changed: Spent


@contextmanager
def site(count: int) -> Iterator[tuple[Path, int]]:
    """A folder of feeds and the port at which they are served."""
    with tempfile.TemporaryDirectory(prefix="tocsin-polling-") as name:
        folder = Path(name) / "site"
        folder.mkdir()
        size = documents.write(folder, count)
        print(f"  {count} feeds of {size / 1000:.0f} KB", flush=True)
        command = [sys.executable, "-m", "benchmarks.polling.server", str(folder)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment())
        assert server.stdout is not None
        try:
            yield folder, int(server.stdout.readline())
        finally:
            server.terminate()
            server.wait(10)
            server.stdout.close()


def contest(kinds: list[type[Contender]], count: int) -> dict[str, Rounds]:
    """All rounds of all contenders, turn by turn."""
    with site(count) as (folder, port):
        contenders = [kind(folder.parent / kind.name, port, count) for kind in kinds]
        first, unchanged = {}, {}
        for each in contenders:
            each.list_feeds()
            first[each.name] = _told(each, "first", each.round())
        for each in contenders:
            for _ in range(each.rounds_until_conditional):
                unchanged[each.name] = each.round()
            _told(each, "unchanged", unchanged[each.name])
        new = documents.change(folder, count, 0.1)
        changed = {each.name: _told(each, "changed", each.round()) for each in contenders}
        said = changed[Ours.name].said
        if said != (str(round(count * 0.1)), str(new)):
            message = f"{new} stories were new, and of pages and new stories we found {said}"
            raise RuntimeError(message)
    return {
        each.name: Rounds(first[each.name], unchanged[each.name], changed[each.name]) for each in contenders
    }


def _told(each: Contender, what: str, spent: Spent) -> Spent:
    said = f" (pages, stories: {' '.join(spent.said)})" if each.name == Ours.name else ""
    start = f" beyond {spent.start:.2f} to start" if spent.start else ""
    print(
        f"  {each.count} feeds, {what}: {each.name} {spent.cpu:.2f} CPU s{start}, {spent.wall:.2f} s in all, "
        f"{spent.peak:.0f} MB{said}",
        flush=True,
    )
    return spent


def run() -> Iterator[Figure]:
    """Measure; an hour or so with all three sizes."""
    middle, few, many = (int(size) for size in os.environ.get("TOCSIN_FEEDS", SIZES).split(","))
    if newsboat() is None:
        print("  NOT MEASURED against newsboat: it is not installed (TOCSIN_NEWSBOAT names the command)")
    elif few:
        yield from against_newsboat(few)
    if not middle:
        return
    kinds: list[type[Contender]] = [Ours]
    if reader() is None:
        print("  NOT MEASURED against reader: TOCSIN_READER names no Python that has it")
    else:
        kinds.append(Reader)
    found = contest(kinds, middle)
    ours = found[Ours.name]
    yield Figure("changed poll / our first poll, CPU", ours.changed.cpu / ours.first.cpu, "x", 0.06)
    if Reader.name in found:
        theirs = found[Reader.name]
        yield Figure("first poll / reader, CPU", ours.first.cpu / theirs.first.cpu, "x", 0.45)
        yield Figure("unchanged poll / reader, CPU", ours.unchanged.cpu / theirs.unchanged.cpu, "x", 0.15)
        yield Figure("changed poll / reader, CPU", ours.changed.cpu / theirs.changed.cpu, "x", 0.12)
    if many:
        yield from _growth(middle, ours, many, contest([Ours], many)[Ours.name])


def against_newsboat(count: int) -> Iterator[Figure]:
    """The comparison with a program in C++, several times."""
    runs = [contest([Ours, Newsboat] if turn % 2 else [Newsboat, Ours], count) for turn in range(PAIRS)]
    pairs = [(found[Ours.name], found[Newsboat.name]) for found in runs]

    cpu = median(ours.first.cpu / theirs.first.cpu for ours, theirs in pairs)
    wall = median(ours.first.wall / theirs.first.wall for ours, theirs in pairs)
    unchanged = median(ours.unchanged.cpu / theirs.unchanged.cpu for ours, theirs in pairs)
    yield Figure(f"first poll of {count} / newsboat, CPU", cpu, "x", 2.0)
    yield Figure(f"first poll of {count} / newsboat, time", wall, "x", 1.2)
    yield Figure(f"unchanged poll of {count} / newsboat, CPU", unchanged, "x", 0.3)


def _growth(few: int, small: Rounds, many: int, large: Rounds) -> Iterator[Figure]:
    """How costs grow with the number of feeds."""
    for name, less, more in (
        ("first", small.first, large.first),
        ("unchanged", small.unchanged, large.unchanged),
        ("changed", small.changed, large.changed),
    ):
        each = (more.cpu / many) / (less.cpu / few)
        yield Figure(f"{name} poll, CPU a feed at {many} / at {few}", each, "x", 1.3)
        yield Figure(f"{name} poll, peak memory at {many} / at {few}", more.peak / less.peak, "x", 1.25)
