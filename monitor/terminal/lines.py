"""Lines typed at a terminal: editing, completion with the tab key, and a history that outlives the session.

All of it is the readline module's, where there is one; without it (Windows) plain `input` remains.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_KEPT = 1_000
"""Lines of the history."""

MODE = 0o600
"""Of its file: what somebody asks for is nobody else's business."""


def line_reader(
    complete: Callable[[str], list[str]] | None = None, history: Path | None = None
) -> Callable[[str], str]:
    """`input` with line editing; the terminal is left as it was found.

    `complete` gives the whole lines that a begun one may become. `history` is where lines are kept; None for this
    session only. A file that cannot be used costs the history, nothing else.
    """
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError):
            import termios  # noqa: PLC0415 - there is none on Windows

            found = termios.tcgetattr(sys.stdin)
            atexit.register(termios.tcsetattr, sys.stdin, termios.TCSANOW, found)
    try:
        import readline  # noqa: PLC0415 - there is none on Windows; importing it changes `input`
    except ImportError:
        return input
    if complete is not None:
        readline.set_completer(Completer(complete, readline.get_line_buffer))
        readline.set_completer_delims(" ")
        libedit = "libedit" in (readline.__doc__ or "")
        readline.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")
    if history is None:
        return input
    return _remembering(history)


class Completer:
    """What readline calls: the `number`-th way to end the word that was begun, None for no more."""

    def __init__(self, complete: Callable[[str], list[str]], line: Callable[[], str]) -> None:
        self._complete = complete
        self._line = line
        self._found: list[str] = []

    def __call__(self, word: str, number: int) -> str | None:
        """Without the words before: readline puts it in the place of the one word."""
        if number == 0:
            line = self._line().lstrip()
            before = len(line) - len(word)
            self._found = [each[before:] for each in self._complete(line)]
        return self._found[number] if number < len(self._found) else None


def _remembering(history: Path) -> Callable[[str], str]:
    """`input` that keeps each line in a file, for its owner alone."""
    import readline  # noqa: PLC0415 - as above; whoever calls has found it

    with contextlib.suppress(OSError):
        os.close(os.open(history, os.O_RDWR | os.O_CREAT, MODE))
        history.chmod(MODE)
        readline.read_history_file(history)
        readline.set_history_length(MOST_KEPT)
        readline.write_history_file(history)  # so that it never grows beyond that

    def read(prompt: str) -> str:
        line = input(prompt)
        if line.strip():
            with contextlib.suppress(OSError):
                readline.append_history_file(1, history)
        return line

    return read


def typed() -> str:
    """What stands behind the prompt already."""
    readline = sys.modules.get("readline")
    return str(readline.get_line_buffer()) if readline is not None else ""
