"""The torture: the real bot killed with -9 five hundred times, and five thousand sends answered badly.

TORTURE_ROUNDS and TORTURE_FAULTS make it shorter.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from time import monotonic
from typing import TypeVar

from benchmarks.figures import Figure
from tests.torture.run import KINDS, answered_badly, killed, refused
from tests.torture.score import Score

T = TypeVar("T")

SEED = 20_261_124
ROUNDS = 500
FAULTS = 1_000
"""Of each kind."""

EACH = 10
"""Alerts to each chat that is answered badly."""


def run() -> Iterator[Figure]:
    rounds = int(os.environ.get("TORTURE_ROUNDS", ROUNDS))
    faults = int(os.environ.get("TORTURE_FAULTS", FAULTS))
    seed = int(os.environ.get("TORTURE_SEED", SEED))
    yield Figure("second bot on the same database refused", _in_folder(refused), "of 1", 1, least=True)
    if rounds:
        began = monotonic()
        score = _in_folder(lambda folder: killed(folder, seed, rounds))
        print(f"torture: seed {seed}, {score.line()}; {monotonic() - began:.0f} s")
        yield from _figures("killed", score)
    if faults:
        began = monotonic()
        score = _in_folder(lambda folder: answered_badly(folder, seed, chats=-(-faults // EACH), each=EACH))
        print(
            f"torture: seed {seed}, {len(KINDS)} kinds of bad answer, {score.line()}; {monotonic() - began:.0f} s"
        )
        yield from _figures("answered badly", score)


def _figures(what: str, score: Score) -> Iterator[Figure]:
    yield Figure(f"{what}: alerts lost", len(score.lost), "alerts", 0, errors=score.lost)
    yield Figure(f"{what}: copies", score.doubled, "copies", score.excused)
    yield Figure(f"{what}: copies without a mark", len(score.unmarked), "copies", 0, errors=score.unmarked)
    once = score.doubled_once
    yield Figure(f"{what}: copies where each is wanted at most once", len(once), "copies", 0, errors=once)
    yield Figure(f"{what}: databases not whole", len(score.broken), "rounds", 0, errors=score.broken)
    yield Figure(
        f"{what}: requests refused as invalid", len(score.rejected), "requests", 0, errors=score.rejected
    )


def _in_folder(work: Callable[[Path], Coroutine[object, object, T]]) -> T:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(work(Path(folder)))
