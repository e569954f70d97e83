"""In which language a chat is spoken to, in SQLite."""

from __future__ import annotations

from dataclasses import replace

from db.sqlite.connection import Connection
from monitor.core.model import Destination


class Speaking:
    """The part of the store that keeps it; each method is one transaction."""

    _link: Connection

    def set_language(self, destination: Destination, language: str | None) -> None:
        """See `Store.set_language`."""
        with self._link.writing():
            self._link.run("delete from languages where destination = ?", (str(destination),))
            if language is not None:
                self._link.run(
                    "insert into languages (destination, language) values (?, ?)",
                    (str(destination), language),
                )

    def language(self, destination: Destination) -> str | None:
        """See `Store.language`."""
        with self._link.border():
            for asked in (destination, replace(destination, topic=None)):
                found = self._link.all("select language from languages where destination = ?", (str(asked),))
                if found:
                    return str(found[0]["language"])
        return None
