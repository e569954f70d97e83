"""Whose database is it, and is its schema ours? Asked once, when it is opened."""

from __future__ import annotations

from db.chat.migrations import migrations as chat
from db.migrations import migrations as founding
from db.sqlite.connection import Connection
from monitor.core.errors import StoreError, StoreNewer

SETS = (founding, chat)
"""All steps, in the order in which they run."""


def prepare(link: Connection) -> None:
    """Bring the schema up to date.

    Raises StoreNewer if steps were applied that this version does not know, StoreError if the file belongs to
    another program.
    """
    with link.border():
        if not _applied(link) and link.all(
            "select 1 from sqlite_master where name not like '\\_sqlite%' escape '\\'"
        ):
            raise StoreError(_foreign(link))
        for each in SETS:
            each.apply(link.database)


def accept(link: Connection) -> None:
    """See that the schema is ours and up to date, without writing.

    Raises as `prepare` does, and StoreError if it is old.
    """
    recognise(link)
    with link.border():
        if any(each.pending(link.database) for each in SETS):
            message = (
                f"{link.path} was written by an older Tocsin: start the bot once, that brings it up to date."
            )
            raise StoreError(message)


def recognise(link: Connection) -> None:
    """See that the schema is ours, of this version or an older one, without writing; raises as `prepare` does."""
    with link.border():
        if not _applied(link):
            raise StoreError(_foreign(link))


def _applied(link: Connection) -> bool:
    """Whether some of our steps were applied; raises StoreNewer if others were, too."""
    ours = {step.name for each in SETS for step in each.pending(link.database)}
    applied = [step.name for each in SETS for step in each.applied(link.database)]
    ours |= {step.name for each in SETS for step in each._migrations}  # noqa: SLF001 - the library offers no other list of steps
    if unknown := [name for name in applied if name not in ours]:
        message = (
            f"{link.path} was written by a newer Tocsin (unknown step {unknown[-1]}): update this one, "
            "or name another file in DATABASE."
        )
        raise StoreNewer(message)
    return bool(applied)


def _foreign(link: Connection) -> str:
    """What to say about a file that is not ours."""
    return f"{link.path} is a database, but not Tocsin's: name another file in DATABASE."
