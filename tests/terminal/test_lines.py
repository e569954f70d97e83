"""Lines at a real terminal: the tab key completes, and what was typed is there the next time."""

from __future__ import annotations

import os
import select
import stat
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on Windows")
pytest.importorskip("readline", reason="there is none on Windows")

PROGRAM = """
import sys
from pathlib import Path
from monitor.terminal.lines import line_reader
history = Path(sys.argv[1]) if sys.argv[1] else None
read = line_reader(lambda line: [each for each in ("/backtest border", "/backup") if each.startswith(line)], history)
while (line := read("> ")) != "end":
    print(f"<{line}>", flush=True)
"""
ROOT = Path(__file__).parent.parent.parent
UP = "\x1b[A"


def typing(history: str, *keys: str) -> str:
    """What the terminal shows after these keys."""
    terminal, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, history],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", "INPUTRC": "/dev/null"},
        start_new_session=True,
    ):
        os.close(theirs)
        shown = ""
        for line in (*keys, "end"):
            shown += _until(terminal, "> ")
            os.write(terminal, f"{line}\r".encode())
        shown += _until(terminal, "no more")
    os.close(terminal)
    return shown


def _until(terminal: int, word: str) -> str:
    got = ""
    while not got.endswith(word) and select.select([terminal], [], [], 20.0)[0]:
        try:
            read = os.read(terminal, 4096)
        except OSError:  # it ended
            break
        if not read:
            break
        got += read.decode(errors="replace")
    return got


def test_the_tab_key_completes() -> None:
    assert "</backtest border>" in typing("", "/backt\t")


def test_what_was_typed_is_there_the_next_time_and_for_nobody_else(tmp_path: Path) -> None:
    history = tmp_path / "history"
    typing(str(history), "first", "  ", "second")
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert "<first>" in typing(str(history), UP * 3)


def test_a_history_that_cannot_be_kept_costs_nothing_else(tmp_path: Path) -> None:
    assert "<first>" in typing(str(tmp_path / "none" / "history"), "first")
