"""What a search finds as a file: begun, taken on step by step, finished; as large as it needs to be, but in parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

from monitor.core.access import Action
from monitor.desk.answers import Forbidden, QueryMistake
from monitor.desk.looking import Look, look
from monitor.desk.sheets import Sheet

if TYPE_CHECKING:
    from monitor.desk.answers import Caller
    from monitor.desk.office import Office
    from monitor.desk.sheets import Format

ALL = "all"
"""Asks for every story; for those who run the bot."""

EVERY = "after:0001-01-01"
"""What every story matches."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large one file becomes."""

    rows: int = 10_000  # for those who only read
    size: int = 45_000_000  # bytes, packed: a messenger takes documents of 50 MB (Bot API, sendDocument)
    patience: timedelta = timedelta(seconds=40)  # for one part; whoever waits longer wonders


class Cut(StrEnum):
    """Why a file ends before the stories do."""

    SIZE = "size"
    TIME = "time"
    SHARE = "share"  # those who only read get no more


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished file. Whoever gets it closes it."""

    query: str
    rows: int
    file: BinaryIO
    ending: str  # of its name
    cut: Cut | None
    older: int | None  # the next part begins below this id; None: there is none


class ExportDesk:
    """Begins exports."""

    def __init__(self, office: Office, bounds: Bounds = Bounds()) -> None:
        self._office = office
        self._bounds = bounds

    def begin(
        self, caller: Caller, form: Format, asked: str, before: int | None = None
    ) -> Export | QueryMistake | Forbidden:
        """An export of what a query finds, or of `all`, below a story's id."""
        if refusal := self._office.refusal(Action.READ, caller):
            return refusal
        refused = self._office.refusal(Action.RUN, caller)
        every = asked.strip().casefold() == ALL
        if every and refused:
            return refused
        asking = look(self._office, caller, EVERY if every else asked)
        if isinstance(asking, QueryMistake):
            return asking
        if refused is None:
            self._office.note(caller, "export", f"{form}: {ALL if every else asking.asked}"[:200])
        return Export(asking, form, before, self._bounds, limited=refused is not None)


class Export:
    """One file in the making; newest stories first."""

    def __init__(
        self, asking: Look, form: Format, before: int | None, bounds: Bounds, *, limited: bool
    ) -> None:
        """With `limited` it ends after so many rows as the bounds say."""
        self._bounds = bounds
        self.asking = asking
        self._limited = limited
        self._sheet = Sheet(form)
        self._portions = asking.portions(before)
        self._end = asking.office.clock() + bounds.patience
        self._cut: Cut | None = None
        self._top: int | None = None
        self._below: int | None = before

    @property
    def rows(self) -> int:
        """Written so far."""
        return self._sheet.rows

    @property
    def share(self) -> float:
        """Of the archive that was looked at, 0 to 1."""
        if self._top is None or self._below is None:
            return 0.0
        return 1 - self._below / self._top

    def step(self) -> bool:
        """Look at one portion of stories; False when that was the last."""
        read = next(self._portions, None)
        if read is None:
            self._below = None
            return False
        stories, below = read
        if self._top is None and stories:
            self._top = stories[0].id + 1
        self._below = below
        for stored in stories:
            found = self.asking.find(stored)
            if found is None:
                continue
            if self._limited and self.rows == self._bounds.rows:
                self._cut, self._below = Cut.SHARE, None
                return False
            self._sheet.add(found)
        if below is None:
            return False
        if self._sheet.size > self._bounds.size:
            self._cut = Cut.SIZE
        elif self.asking.office.clock() > self._end:
            self._cut = Cut.TIME
        return self._cut is None

    def finish(self) -> Exported:
        """The file, once there are no more steps."""
        file, ending = self._sheet.finish()
        return Exported(self.asking.asked, self.rows, file, ending, self._cut, self._below)

    def close(self) -> None:
        """Give up."""
        self._sheet.close()
