"""Runs every benchmark, prints its figures, and exits with 1 if a bar is missed."""

from __future__ import annotations

import sys

from benchmarks import startup


def main() -> int:
    """Run all; returns the exit code."""
    missed = 0
    for benchmark in (startup,):
        for figure in benchmark.run():
            met = figure.value <= figure.bar
            missed += not met
            print(
                f"{figure.name}: {figure.value:.2f} {figure.unit} (bar {figure.bar:g}) {'ok' if met else 'MISSED'}"
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
