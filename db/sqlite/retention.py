"""Old stories that nobody was told of make room, in SQLite."""

from __future__ import annotations

import json
from datetime import datetime

from db.promises import ON_A_PAGE
from db.rows import story_of, to_text
from db.sqlite import search
from db.sqlite.connection import Connection
from monitor.core.model import Swept


class Sweeping:
    """The part of the store that lets old stories go."""

    _link: Connection

    def sweep(self, before: datetime, after: int, limit: int) -> Swept:
        """See `Store.sweep`."""
        with self._link.writing():
            return sweep(self._link, before, after, limit)


def sweep(link: Connection, before: datetime, after: int, limit: int) -> Swept:
    """Look at one portion; the transaction is the caller's."""
    seen = link.all(
        "select id, feed_id from stories where id > ? and seen_at < ? order by id limit ?",
        (after, to_text(before), limit),
    )
    if not seen:
        return Swept(0, None)
    kept_from = {feed_id: _kept_from(link, feed_id) for feed_id in {row["feed_id"] for row in seen}}
    old = [row["id"] for row in seen if row["id"] < kept_from[row["feed_id"]]]
    gone = link.all(
        f"select {search.STORY} from stories s join feeds f on f.id = s.feed_id "  # noqa: S608 - a constant
        "where s.id in (select value from json_each(?)) and not exists (select 1 from hits where story_id = s.id) "
        "and not exists (select 1 from card_stories where story_id = s.id) order by s.id",
        (json.dumps(old),),
    )
    search.forget(link, [(row["id"], story_of(row)) for row in gone])
    ids = (json.dumps([row["id"] for row in gone]),)
    for table, column in (("story_versions", "story_id"), ("story_notes", "story_id"), ("stories", "id")):
        link.run(f"delete from {table} where {column} in (select value from json_each(?))", ids)  # noqa: S608 - constants
    return Swept(len(gone), seen[-1]["id"])


def _kept_from(link: Connection, feed_id: int) -> int:
    """The first id of the last stories of a feed, which stay; 0 if it has no more than that."""
    row = link.first(
        "select id from stories where feed_id = ? order by id desc limit 1 offset ?", (feed_id, ON_A_PAGE - 1)
    )
    return 0 if row is None else int(row["id"])
