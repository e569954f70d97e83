"""Those whom we are compared with, and ourselves: how each is told of the feeds, and does one round.

A peer takes part if it is installed: newsboat as the command in TOCSIN_NEWSBOAT (else the one on the path), the
`reader` package in the Python that TOCSIN_READER names.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.polling.addresses import address

ROOT = Path(__file__).parent.parent.parent

LISTED = """
import sys
from reader import make_reader
reader = make_reader("db.sqlite")
for url in open("urls").read().split():
    reader.add_feed(url)
"""
UPDATED = """
import time
from reader import make_reader
reader = make_reader("db.sqlite")
print(time.process_time())
reader.update_feeds(workers=20, scheduled=False)
"""
NEWSBOAT = "reload-threads 20\nmax-items 0\ncleanup-on-quit no\n"


@dataclass(frozen=True, slots=True)
class Spent:
    """What one round cost, all processes together."""

    cpu: float  # seconds beyond `start`
    start: float  # CPU seconds until the program was ready, where it can tell
    wall: float  # seconds
    peak: float  # MB, of the largest process
    said: tuple[str, ...]


class Contender:
    """One program with a folder of its own for what it stores."""

    name = ""
    rounds_until_conditional = 1
    """Rounds after which it asks conditionally."""
    tells_start = False

    def __init__(self, folder: Path, port: int, count: int) -> None:
        self.folder = folder
        self.port = port
        self.count = count
        folder.mkdir(parents=True)
        urls = "\n".join(address(number, port) for number in range(count))
        (folder / "urls").write_text(f"{urls}\n", "ascii")

    def list_feeds(self) -> None:
        """Make the feeds known, which costs nothing here."""

    def round(self) -> Spent:
        """Poll every feed once."""
        raise NotImplementedError

    def _spent(self, command: Sequence[str]) -> Spent:
        """Run a command, whose children must be gone when it ends."""
        out = self.folder / "out"
        started = time.perf_counter()
        with out.open("wb") as said, (self.folder / "errors").open("ab") as errors:
            process = subprocess.Popen(
                command, cwd=self.folder, stdout=said, stderr=errors, env=environment()
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        if process.returncode:
            message = f"{self.name} failed: {(self.folder / 'errors').read_text('utf-8', 'replace')[-2000:]}"
            raise RuntimeError(message)
        told = out.read_text("utf-8").split()
        start = float(told[0]) if told and self.tells_start else 0.0
        cpu = used.ru_utime + used.ru_stime - start
        return Spent(cpu, start, wall, used.ru_maxrss / 1000, tuple(told[1:]))


class Ours(Contender):
    """Tocsin, its index included, with one rule."""

    name = "tocsin"
    tells_start = True

    def list_feeds(self) -> None:
        """Make the database."""
        self._spent(self._command("0"))

    def round(self) -> Spent:
        """Make all feeds due, and poll."""
        with closing(sqlite3.connect(self.folder / "tocsin.db")) as link, link:
            link.execute("update feeds set next_poll_at = '2000-01-01T00:00:00.000000+00:00'")
        return self._spent(self._command())

    def _command(self, *more: str) -> list[str]:
        database = str(self.folder / "tocsin.db")
        return [
            sys.executable,
            "-m",
            "benchmarks.polling.ours",
            database,
            str(self.port),
            str(self.count),
            *more,
        ]


class Newsboat(Contender):
    """A reader in C++ (https://newsboat.org), 20 threads; without an index."""

    name = "newsboat"
    rounds_until_conditional = 2  # it keeps no validators from the first round

    def list_feeds(self) -> None:
        """Write its configuration."""
        (self.folder / "config").write_text(NEWSBOAT, "ascii")

    def round(self) -> Spent:
        """Reload all."""
        files = ["-u", "urls", "-c", "cache.db", "-C", "config"]
        return self._spent([newsboat() or "newsboat", "-q", *files, "-x", "reload"])


class Reader(Contender):
    """The library of that name (https://reader.readthedocs.io), 20 workers; without its index."""

    name = "reader"
    tells_start = True

    def list_feeds(self) -> None:
        """Add all."""
        self._spent([reader() or "", "-c", LISTED])

    def round(self) -> Spent:
        """Update all."""
        return self._spent([reader() or "", "-c", UPDATED])


def environment() -> dict[str, str]:
    """As ours, without what would send requests elsewhere, and with our own modules."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return kept | {"PYTHONPATH": str(ROOT)}


def newsboat() -> str | None:
    """The command."""
    return os.environ.get("TOCSIN_NEWSBOAT") or shutil.which("newsboat")


def reader() -> str | None:
    """The Python that has it."""
    return os.environ.get("TOCSIN_READER")
