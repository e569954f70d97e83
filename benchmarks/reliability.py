"""Writes docs/reliability.md: the promise in plain words, and the figures of the runs that try to break it.

python -m benchmarks.reliability [RUN ...] [--small]

All runs take about two hours; only those that are named are run anew, the others stay in the document as they are.
With --small they are shorter, and the document says so.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import monotonic

from benchmarks.figures import Figure

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "reliability.md"

RUNS = {
    "torture": "Killed, answered badly, cut in half, left alone",
    "pacing": "At the pace that Telegram bears",
    "poll_to_send": "From a page to its messages",
    "black_hole": "A line that goes dead without a sign",
    "storage": "Power cuts, full disks, backups",
}
"""Modules of this package, and what the document calls them."""

SMALL = {
    "TORTURE_ROUNDS": "10",
    "TORTURE_FAULTS": "10",
    "TORTURE_HITS": "2000",
    "PACING_ALERTS": "1000",
    "BLACK_HOLE_SECONDS": "60",
    "STORAGE_CUTS": "100",
}
"""Sizes of a short run."""

HEAD = """\
# What Tocsin promises, and what was done to break it

`make reliability` runs all of this and writes this page; nothing below the promise is written by hand.

## The promise

1. **Nothing is lost.** A story that hit a rule is stored together with everything that is owed for it: both are true,
   or neither. What is owed is sent, or stands with its reason in `/status` and `bot.py outbox`, from where one command
   sends it again. A crash, a power cut or a full disk changes nothing about that.
2. **In normal running nothing is sent twice.**
3. **After a crash or a broken connection** at most the messages that were then on their way, one per chat, may come
   twice. Telegram cannot be asked whether a message arrived, so one of two must be: a copy, or a gap. Tocsin sends
   the copy, once, and marks it: "↻ may be a repeat".
4. **Who prefers a gap gets a gap.** A chat that is set to at most once never gets a copy; what may be missing is
   listed.
5. **Order is kept in each chat**, and flash comes before alert before info before digests.
6. **One chat never delays another.** A wait that Telegram asks for, be it half a day, holds back that chat alone, and
   a restart does not forget it.
7. **What goes out another way has the same promise**: mail, ntfy, Slack or a webhook have the same outbox, repeats
   and reasons. An Atom feed is never doubled: its entries have ids.

What is not promised: that Telegram shows what it accepted, and what a disk does that loses what it confirmed.

## How it is tried

- The real bot runs in a process of its own against a Bot API server on loopback, which refuses what Telegram would
  refuse (`python -m tests.botapi`), and is killed with -9 at random instants: while it starts, fetches, stores, sends.
- Every send meets a fault: dropped, hanging or answered with an error page, before or after it was accepted.
- Databases are cut at any write, disks fill up, files are locked, lines go dead without a sign.
- Afterwards everything that was served is held against everything that arrived, message by message.

Randomness comes from a seed, which is part of the figures; what a busy machine does with the instants is not.

## The figures
"""

_BLOCK = re.compile(
    r"### (?P<title>[^\n]+)\n\n"
    r"`python -m benchmarks (?P<name>\w+)`, (?P<size>full|short) run, (?P<at>[0-9: -]+) UTC, (?P<took>\d+) s\n"
    r"commit (?P<commit>[^\n]+)  \n(?P<machine>[^\n]+)\n\n"
    r"(?:```\n(?P<said>.*?)\n```\n\n)?"
    r"\| figure \| value \| bar \| \|\n\| --- \| --- \| --- \| --- \|\n(?P<rows>(?:\|[^\n]*\|\n)+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, in words."""

    name: str
    value: str
    bar: str
    verdict: str  # ok or MISSED

    @classmethod
    def of(cls, figure: Figure) -> Row:
        """A figure as the document shows it."""
        side = "at least" if figure.least else "at most"
        value = f"{figure.value:,.2f}".rstrip("0").rstrip(".")
        return cls(
            figure.name.replace("|", "/"),
            f"{value} {figure.unit}".strip(),
            f"{side} {figure.bar:,g}",
            "ok" if figure.met else "**MISSED**",
        )


@dataclass(frozen=True, slots=True)
class Run:
    """A run of one module, and under which circumstances."""

    name: str
    full: bool
    at: str
    took: int  # seconds
    commit: str
    machine: str
    said: str  # what it printed beside its figures: seeds and sizes
    rows: tuple[Row, ...]

    def block(self) -> str:
        """Its part of the document."""
        size = "full" if self.full else "short"
        lines = [
            f"### {RUNS[self.name]}",
            "",
            f"`python -m benchmarks {self.name}`, {size} run, {self.at} UTC, {self.took} s",
            f"commit {self.commit}  ",
            self.machine,
            "",
            *(["```", self.said, "```", ""] if self.said else []),
            "| figure | value | bar | |",
            "| --- | --- | --- | --- |",
            *(f"| {row.name} | {row.value} | {row.bar} | {row.verdict} |" for row in self.rows),
        ]
        return "\n".join(lines) + "\n"


def document(runs: Iterable[Run]) -> str:
    """The whole page; runs in the order of `RUNS`."""
    known = {run.name: run for run in runs}
    return "\n".join([HEAD, *(known[name].block() for name in RUNS if name in known)])


def runs_of(text: str) -> dict[str, Run]:
    """The runs that stand in a page, by name."""
    found: dict[str, Run] = {}
    for block in _BLOCK.finditer(text):
        cells = [line.strip("|").split(" | ") for line in block["rows"].splitlines()]
        rows = tuple(Row(*(cell.strip() for cell in row)) for row in cells)
        found[block["name"]] = Run(
            block["name"],
            block["size"] == "full",
            block["at"],
            int(block["took"]),
            block["commit"],
            block["machine"],
            block["said"] or "",
            rows,
        )
    return found


def run(name: str, *, full: bool) -> Run:
    """Run one of them, saying its figures as they come."""
    print(f"{name}: {RUNS[name]}", flush=True)
    begun = monotonic()
    at = datetime.now(UTC)
    said: list[str] = []
    rows: list[Row] = []
    with _heard(said):
        for figure in import_module(f"benchmarks.{name}").run():
            rows.append(Row.of(figure))
            sys.stderr.write(f"  {figure.line()}\n")
    return Run(
        name,
        full,
        f"{at:%Y-%m-%d %H:%M}",
        round(monotonic() - begun),
        commit(),
        machine(),
        "\n".join(said),
        tuple(rows),
    )


class _heard:  # noqa: N801 - reads as a verb
    """Keeps the lines that are printed meanwhile, and shows them on stderr."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._rest = ""

    def __enter__(self) -> None:
        self._before = sys.stdout
        sys.stdout = self

    def __exit__(self, *_: object) -> None:
        sys.stdout = self._before

    def write(self, text: str) -> int:
        """Take what is printed, a line at a time; progress, which is indented, is only shown."""
        sys.stderr.write(text)
        *lines, self._rest = (self._rest + text).split("\n")
        self._lines += [line.strip() for line in lines if line.strip() and not line.startswith("  round ")]
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


def commit() -> str:
    """What was measured."""
    there = _git("rev-parse", "--short=12", "HEAD") or "unknown"
    return there + (", with changes" if _git("status", "--porcelain", "--untracked-files=no") else "")


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def machine() -> str:
    """Where it was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, load {os.getloadavg()[1]:.1f}"
    )


def main(given: list[str], environ: Mapping[str, str] = os.environ) -> int:
    """Run those named, or all; write the document; returns the exit code."""
    options = argparse.ArgumentParser("python -m benchmarks.reliability", description=__doc__)
    options.add_argument("names", nargs="*", metavar="RUN", help=", ".join(RUNS))
    options.add_argument("--small", action="store_true", help="shorter runs")
    chosen = options.parse_args(given)
    if unknown := set(chosen.names) - RUNS.keys():
        options.error(f"no run {', '.join(sorted(unknown))}: there are {', '.join(RUNS)}")
    if chosen.small:
        os.environ.update({name: size for name, size in SMALL.items() if name not in environ})
    met = True
    for name in chosen.names or RUNS:
        made = run(name, full=not any(size in os.environ for size in SMALL))
        there = runs_of(DOCUMENT.read_text("utf-8")) if DOCUMENT.exists() else {}
        DOCUMENT.write_text(
            document((there | {name: made}).values()), "utf-8"
        )  # now: an interruption loses one
        met = met and all(row.verdict == "ok" for row in made.rows)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
