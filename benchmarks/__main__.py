"""Runs benchmarks, prints their figures and the errors they made, and exits with 1 if a bar is missed.

python -m benchmarks [NAME ...] [--errors N] [--data FOLDER]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module

from benchmarks.data import VARIABLE, DataMissing
from benchmarks.figures import Figure

NAMES = (
    "forms_ru",
    "forms_ko",
    "no_match_lost",
    "parallel",
    "watch",
    "safety",
    "ssrf",
    "bombs",
    "documents",
    "mutations",
    "hostile_hosts",
    "cadence",
    "chatter",
    "scheduler",
    "day",
    "fast_path",
    "ingest",
    "polling",
    "rules_speed",
    "search_speed",
    "startup",
    "storage",
    "updates",
)
"""Modules of this package with `run() -> Iterable[Figure]`; the first five read the data sets."""

LONG = ("torture", "pacing", "poll_to_send", "black_hole")
"""More of them, which take many minutes and are run only if they are named."""


def main() -> int:
    """Run those named, or all; returns the exit code."""
    options = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*NAMES, *LONG)))
    options.add_argument("--errors", type=int, default=0, metavar="N", help="show N errors of each figure")
    options.add_argument("--data", metavar="FOLDER", help=f"where the data sets are, else {VARIABLE}")
    given = options.parse_args()
    if given.data:
        os.environ[VARIABLE] = given.data
    if unknown := set(given.names) - {*NAMES, *LONG}:
        options.error(f"no benchmark {', '.join(sorted(unknown))}: there are {', '.join((*NAMES, *LONG))}")
    missed = 0
    for name in given.names or NAMES:
        run: Callable[[], Iterable[Figure]] = import_module(f"benchmarks.{name}").run
        try:
            for figure in run():
                missed += not figure.met
                print(figure.line(), flush=True)
                for error in figure.errors[: given.errors]:
                    print(f"    {error}")
        except DataMissing as missing:
            missed += 1
            print(f"{name}: NOT MEASURED: {missing}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
