"""Lists in pages: a button's data says where a page begins, and how one comes back. Pure.

Pages begin below something that never moves (the number of a story or a card), so that what comes meanwhile
shifts nothing. The way back is the trail of the pages that were seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from monitor.chat.message import Button, Style, Writer
from monitor.chat.phrases import presses, row
from monitor.chat.tongue import tr

LONGEST = 60
"""Pages that one can go back; a button has room for so many."""

STOP = re.compile(r"(\d{1,18})-(\d{1,9})", re.ASCII)
OLDER = re.compile(r"(?:^|\s)older:(\d{1,18})\s*$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a page begins: below a number, after so many that were listed before."""

    below: int
    after: int


@dataclass(frozen=True, slots=True)
class Way:
    """The pages that were seen up to one, without the first."""

    stops: tuple[Stop, ...] = ()
    known: bool = True  # whether it is known how many were listed before

    @property
    def before(self) -> int | None:
        """The number below which the page begins; None for the first page."""
        return self.stops[-1].below if self.stops else None

    @property
    def after(self) -> int:
        """How many were listed on the pages before."""
        return self.stops[-1].after if self.stops else 0

    def on(self, below: int, listed: int) -> Way:
        """The next page, after one with so many."""
        return replace(self, stops=(*self.stops, Stop(below, self.after + listed))[-LONGEST:])

    def back(self) -> Way:
        """The page before."""
        return replace(self, stops=self.stops[:-1])

    def __str__(self) -> str:
        return ".".join(f"{stop.below}-{stop.after}" for stop in self.stops)

    @classmethod
    def read(cls, written: str) -> Way:
        """The way that `str` wrote; whatever is none is left out."""
        found = [STOP.fullmatch(each) for each in written.split(".")]
        return cls(tuple(Stop(int(each[1]), int(each[2])) for each in found if each))


def typed_way(arguments: str) -> tuple[str, Way]:
    """The arguments without `older:NUMBER` at their end, and the page that it asks for."""
    found = OLDER.search(arguments)
    if found is None:
        return arguments.strip(), Way()
    return arguments[: found.start()].strip(), Way((Stop(int(found[1]), 0),), known=False)


def turning(
    out: Writer, way: Way, following: Way | None, data: str, typed: str
) -> tuple[tuple[Button, ...], ...]:
    """The buttons to the page before and the next one; `data` has a `{way}`, `typed` is the list's command.

    Where a button cannot carry the question, the line to copy and send is written out instead.
    """
    buttons: list[Button | None] = []
    for text, other in ((tr("◀ Newer"), way.back() if way.stops else None), (tr("Older ▶"), following)):
        if other is None:
            continue
        written = typed if other.before is None else f"{typed} older:{other.before}"
        button = presses(text, data.replace("{way}", str(other), 1), written)
        if button is None:
            out.line(f"{text}: ").line(written, Style.CODE)
        buttons.append(button)
    return row(*buttons)


__all__ = ["Stop", "Way", "turning", "typed_way"]
