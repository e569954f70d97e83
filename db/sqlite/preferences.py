"""How messages come to a chat, in SQLite."""

from __future__ import annotations

from datetime import UTC, tzinfo

from db.promises import chat_of
from db.rows import preferences_of, preferences_values
from db.sqlite.connection import Connection
from monitor.core.model import Destination, Manner, Preferences

NOTHING = Preferences()


class Preferring:
    """The part of the store that keeps it; each method is one transaction."""

    _link: Connection

    def prefer(self, destination: Destination, wish: Preferences) -> None:
        """See `Store.prefer`."""
        with self._link.writing():
            chosen = preferences_values(wish.over(_own(self._link, destination)))
            self._link.run(
                "insert or replace into preferences (destination, zone, silent, protected, preview, cap) "
                "values (?, ?, ?, ?, ?, ?)",
                (str(destination), *chosen),
            )

    def preferences(self, destination: Destination) -> Preferences:
        """See `Store.preferences`."""
        with self._link.reading():
            return chosen(self._link, destination)


def chosen(link: Connection, destination: Destination) -> Preferences:
    """What was chosen for a destination, or for the chat of which it is a topic."""
    return _own(link, destination).over(_own(link, chat_of(destination)))


def zone(link: Connection, destination: Destination) -> tzinfo:
    """On whose clock its digests come."""
    return chosen(link, destination).zone or UTC


def _own(link: Connection, destination: Destination) -> Preferences:
    row = link.first("select * from preferences where destination = ?", (str(destination),))
    return NOTHING if row is None else preferences_of(row)


def manner(link: Connection, destination: Destination) -> Manner:
    """How a message is to come there."""
    rows = link.all(
        "select language from languages where destination in (?1, ?2) order by destination = ?1 desc",
        (str(destination), str(chat_of(destination))),
    )
    return Manner.of(chosen(link, destination), rows[0]["language"] if rows else None)
