"""docs/reliability.md is what its generator writes: the promise word for word, the figures in their shape."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.figures import Figure
from benchmarks.reliability import DOCUMENT, HEAD, RUNS, Row, Run, document, runs_of
from monitor.chat.cards import REPEAT

TEXT = DOCUMENT.read_text("utf-8")


def a_run(name: str = "storage", said: str = "seed 1\ntwo | bars") -> Run:
    rows = (Row.of(Figure("cuts", 0, "cuts", 0)), Row.of(Figure("rate | all", 1234.5, "/s", 25, least=True)))
    return Run(
        name,
        full=True,
        at="2026-11-24 05:00",
        took=12,
        commit="abc, with changes",
        machine="m",
        said=said,
        rows=rows,
    )


def test_the_document_is_what_the_generator_writes() -> None:
    found = runs_of(TEXT)
    assert document(found.values()) == TEXT, "write it by `make reliability`"


def test_every_run_stands_in_it_with_its_circumstances() -> None:
    found = runs_of(TEXT)
    assert list(found) == list(RUNS)
    for run in found.values():
        assert run.rows
        assert run.commit
        assert "Python" in run.machine
        assert "SQLite" in run.machine
    assert "seed" in found["torture"].said
    assert "seed" in found["black_hole"].said


def test_no_bar_is_missed_in_full() -> None:
    """Short runs are for looking whether all works, on machines with other work to do."""
    full = [run for run in runs_of(TEXT).values() if run.full]
    missed = [row.name for run in full for row in run.rows if row.verdict != "ok"]
    assert missed == []


def test_the_promise_quotes_the_mark_of_a_repeat() -> None:
    assert REPEAT.partition(":")[0] in HEAD


@pytest.mark.parametrize(
    "said", [pytest.param("seed 1\ntwo | bars", id="with words"), pytest.param("", id="without")]
)
def test_what_is_written_can_be_read_again(said: str) -> None:
    runs = {"torture": a_run("torture", said), "storage": a_run()}
    assert runs_of(document(runs.values())) == runs


def test_a_run_alone_takes_the_place_of_its_last_one() -> None:
    there = runs_of(document([a_run("torture"), a_run()]))
    there["torture"] = replace(there["torture"], took=99, full=False)
    again = runs_of(document(there.values()))
    assert (again["torture"].took, again["torture"].full) == (99, False)
    assert again["storage"] == a_run()


def test_a_missed_bar_is_seen() -> None:
    row = Row.of(Figure("late", 31.239, "s", 30))
    assert (row.value, row.bar, row.verdict) == ("31.24 s", "at most 30", "**MISSED**")
