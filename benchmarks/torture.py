"""The torture: the real bot killed with -9 five hundred times, and six thousand sends answered badly.

And within one process: a hundred thousand hits without a fault, a digest one part of which fails, a wait of half a
day with restarts in it. TORTURE_ROUNDS, TORTURE_FAULTS and TORTURE_HITS make it shorter; 0 leaves a run out.
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from time import monotonic
from typing import TypeVar

from benchmarks.figures import Figure
from tests.botapi.faults import Fault, Refuse
from tests.torture.inside import THIRD, calm, long_wait, split
from tests.torture.run import KINDS, answered_badly, killed, refused
from tests.torture.score import Score

T = TypeVar("T")

SEED = 20_261_124
ROUNDS = 500
FAULTS = 1_000
"""Of each kind."""

HITS = 100_000
CHATS = 50

WAIT = 43_838
"""Seconds that Telegram once asked somebody to wait."""

EACH = 10
"""Alerts to each chat that is answered badly."""


def run() -> Iterator[Figure]:
    rounds = int(os.environ.get("TORTURE_ROUNDS", ROUNDS))
    faults = int(os.environ.get("TORTURE_FAULTS", FAULTS))
    hits = int(os.environ.get("TORTURE_HITS", HITS))
    seed = int(os.environ.get("TORTURE_SEED", SEED))
    logging.getLogger("monitor").setLevel(logging.CRITICAL)  # what goes wrong is a figure here
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
    yield from asyncio.run(_parts())
    yield from asyncio.run(_wait())
    if hits:
        tally = asyncio.run(calm(hits, CHATS, seed))
        print(
            f"torture: seed {seed}, {hits} hits for {CHATS} chats without faults: {tally.arrived} arrived, "
            f"{tally.marked} marked as repeats; {tally.seconds:.0f} s"
        )
        yield Figure("without faults: alerts lost", len(tally.lost), "alerts", 0, errors=tally.lost)
        yield Figure("without faults: copies", len(tally.doubled), "copies", 0, errors=tally.doubled)
        yield Figure("without faults: marked as repeats", tally.marked, "alerts", 0)


async def _parts() -> Iterator[Figure]:
    """A digest in five parts; the third meets each kind of fault, and a refusal for good."""
    wrong: list[str] = []
    kinds: dict[str, Callable[[], Fault]] = {**KINDS, "refused for good": _refused}
    for name, kind in kinds.items():
        arrived, dead = await split(kind())
        parts = [int(text.split()[1]) for text in arrived]
        others = [part for part in parts if part != THIRD]
        kept = parts.count(THIRD) in {1, 2} or (dead == ["digest 1 (3/5)"] and THIRD not in parts)
        if others != [1, 2, 4, 5] or parts != sorted(parts) or not kept:
            wrong.append(f"{name}: arrived {arrived}, listed {dead}")
    name = "digests of five parts of which the third failed: others lost, doubled or out of order"
    return iter((Figure(name, len(wrong), f"of {len(KINDS) + 1}", 0, errors=wrong),))


def _refused() -> Fault:
    return Refuse(400, "Bad Request: no")


async def _wait() -> Iterator[Figure]:
    """A long wait, over a hundred restarts."""
    early, after = await long_wait(WAIT)
    return iter(
        (
            Figure(f"a wait of {WAIT} s over restarts: messages before its end", early, "messages", 0),
            Figure(f"a wait of {WAIT} s over restarts: the message came after", after, "s", WAIT * 1.02),
        )
    )


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
