"""The schema of what the chat keeps, step by step; as in `db/migrations.py`, whose steps run first."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("tocsin-chat")


@migrations(name="0001_languages")
def languages(db: Database) -> None:
    """The language in which a chat is spoken to."""
    db.executescript("""
    create table languages (
        destination text primary key,  -- whose
        language text not null         -- en, ko or ru
    );
    """)
