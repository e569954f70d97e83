"""What the desk has done for it outside the thread of the store: files, feeds, copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from monitor.core.model import Copy, FeedUrl, Sighting, Story


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a rules file that should come into force.

    `version` is the one in force then. Nothing changed if there is a `problem` (in words, every mistake with its
    place), or if the file was `stale`: another one by then than the one it should replace.
    """

    version: str
    problem: str = ""
    stale: bool = False


class Errands(Protocol):
    """Each may take its time, and never raises for what a file, server or disk does, unless it says so."""

    def rules(self) -> str:
        """The text of the rules file as it is now, in any thread. Raises RulesError if it cannot be read."""

    async def put_rules(self, text: str, *, instead_of: str, by: str) -> Put:
        """Make it the rules file, and put it in force, if the file is still the version `instead_of`.

        It is checked as a whole before it replaces the file in one step. `by` is kept in the history.
        """

    async def reload(self, by: str) -> Put:
        """Put the rules file in force as it is now, changed or not."""

    async def look(self, address: str) -> Sighting:
        """The feeds at an address out of a chat, through the guard for guests."""

    async def read(self, address: str) -> Story | str:
        """The article at an address out of a chat, through the same guard; or why there is none."""

    async def poll(self, feed: FeedUrl) -> int | None:
        """Poll a feed now, whatever its rhythm; how many new stories it had, None if it gave no new page."""

    async def back_up(self) -> Copy:
        """A checked copy of the database, where the settings want it. Raises StoreError."""
