"""What the command line asks of the composition root (`bot.py`), which alone knows how things are wired."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from monitor.core.model import Copy, Restored
from monitor.feeds.scout import Scout
from monitor.ports import Store
from monitor.settings import Settings


class House(Protocol):
    """Builds and runs; every method raises TocsinError with a message for the person at the keyboard."""

    @property
    def version(self) -> str:
        """Of the program."""

    def settings(self) -> Settings:
        """The settings of the environment and `.env`."""

    def reader(self) -> Store:
        """The database, read-only, beside a running bot."""

    def keeper(self) -> Store:
        """The database, to be changed while no bot runs. Raises StoreLocked while one does."""

    def scout(self) -> AbstractAsyncContextManager[Scout]:
        """Reads feeds and pages as polling does, outside a running bot; to be entered inside an event loop."""

    def backup(self, file: Path | None) -> Copy:
        """Copy the database to a new file, or into the folder of backups, also beside a running bot."""

    def restore(self, file: Path) -> Restored:
        """Make a copy the database; refused while a bot owns it."""

    def run(self) -> None:
        """Poll, match, deliver and answer until told to stop."""

    def once(self) -> None:
        """Poll what is due, deliver what is owed, and return."""

    def demo(self) -> None:
        """The real job on bundled feeds over loopback."""
