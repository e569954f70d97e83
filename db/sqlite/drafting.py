"""Drafts of changes, and feeds that are paused, in SQLite."""

from __future__ import annotations

import json
from datetime import datetime

from db.rows import Row, to_text, to_time
from db.sqlite import polling
from db.sqlite.connection import Connection
from monitor.core.model import Draft, DraftKind, FeedUrl


class Drafting:
    """The part of the store that keeps them; each method is one transaction."""

    _link: Connection

    def keep_draft(self, draft: Draft, expired: datetime) -> int:
        """See `Store.keep_draft`."""
        with self._link.writing():
            self._link.run("delete from drafts where made_at < ?", (to_text(expired),))
            self._link.run(
                "insert into drafts (kind, subject, fields, base, made_by, name, made_at) "
                "values (?, ?, ?, ?, ?, ?, ?)",
                (
                    draft.kind.value,
                    draft.subject,
                    json.dumps(draft.fields, ensure_ascii=False),
                    draft.base,
                    draft.by,
                    draft.name,
                    to_text(draft.made_at),
                ),
            )
            return self._link.number("select last_insert_rowid()")

    def redo_draft(self, number: int, base: str, now: datetime) -> None:
        """See `Store.redo_draft`."""
        with self._link.writing():
            self._link.run(
                "update drafts set base = ?, made_at = ? where number = ?", (base, to_text(now), number)
            )

    def draft(self, number: int) -> Draft | None:
        """See `Store.draft`."""
        with self._link.reading():
            row = self._link.first("select * from drafts where number = ?", (number,))
        return None if row is None else _draft_of(row)

    def drafts(self) -> tuple[Draft, ...]:
        """See `Store.drafts`."""
        with self._link.reading():
            return tuple(map(_draft_of, self._link.all("select * from drafts order by number desc")))

    def drop_draft(self, number: int) -> bool:
        """See `Store.drop_draft`."""
        with self._link.writing():
            return self._link.run("delete from drafts where number = ?", (number,)) > 0

    def pause_feed(self, feed: FeedUrl, now: datetime) -> bool:
        """See `Store.pause_feed`."""
        with self._link.writing():
            added = self._link.run(
                "insert into paused_feeds (feed_id, since) values (?, ?) on conflict (feed_id) do nothing",
                (polling.identify(self._link, feed), to_text(now)),
            )
            return added > 0

    def resume_feed(self, feed: FeedUrl) -> bool:
        """See `Store.resume_feed`."""
        with self._link.writing():
            gone = self._link.run(
                "delete from paused_feeds where feed_id in (select id from feeds where url = ?)", (feed,)
            )
            return gone > 0


def _draft_of(row: Row) -> Draft:
    return Draft(
        number=row["number"],
        kind=DraftKind(row["kind"]),
        subject=row["subject"],
        fields=tuple((key, value) for key, value in json.loads(row["fields"])),
        base=row["base"],
        by=row["made_by"],
        name=row["name"],
        made_at=to_time(row["made_at"]),
    )
