"""What those who run Tocsin should hear once, in SQLite. Transactions are the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.rows import notice_of, to_text
from db.sqlite.connection import Connection
from monitor.core.model import Notice


def add(link: Connection, feed_id: int, texts: Sequence[str], now: datetime) -> None:
    """Something to be told once; what was noticed at that very time stands already."""
    link.add(
        "insert into notices (feed_id, at, text) select ?1, ?2, ?3 where not exists ("
        "select 1 from notices where feed_id = ?1 and at = ?2 and text = ?3)",
        [(feed_id, to_text(now), text) for text in texts],
    )


def untold(link: Connection, limit: int) -> tuple[Notice, ...]:
    """What is still to be told, oldest first."""
    rows = link.all(
        "select n.id, n.text, n.at, f.url as feed from notices n join feeds f on f.id = n.feed_id "
        "where n.told_at is null order by n.id limit ?",
        (limit,),
    )
    return tuple(map(notice_of, rows))


def told(link: Connection, number: int, now: datetime) -> None:
    """A notice was told, and all before it."""
    link.run("update notices set told_at = ? where id <= ? and told_at is null", (to_text(now), number))
