"""Edited stories, in SQLite: the stored one becomes the new version, the one before is kept.

Transactions are the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from db.promises import VERSIONS_KEPT, same_edit
from db.rows import (
    Row,
    hit_of,
    hit_values,
    mark_values,
    maybe_text,
    maybe_time,
    story_values,
    to_text,
    to_time,
)
from db.sqlite import search
from db.sqlite.connection import Connection
from monitor.core.edits import carried
from monitor.core.model import Edit, Story, Version

CURRENT = (
    f"select {search.COLUMNS} from stories s join feeds f on f.id = s.feed_id "  # noqa: S608 - a constant
    "left join card_stories c on c.story_id = s.id where s.id = ?"
)
"""A story as it lies in the store."""


def save(link: Connection, edits: Sequence[Edit], now: datetime) -> int:
    """Make edits true; how many of them were not true already. Raises KeyError for a story that does not exist."""
    changed = 0
    for edit in edits:
        row = link.first(CURRENT, (edit.id,))
        if row is None:
            raise KeyError(edit.id)
        stored = search.stored_of(row)
        if same_edit(stored, edit):
            continue
        changed += 1
        if edit.keep:
            _keep(link, edit.id, stored.story, now)
        _write(link, edit, stored.story, now)
    return changed


def versions(link: Connection, story_id: int) -> tuple[Version, ...]:
    """A story as it stood before its edits, newest first."""
    row = link.first(CURRENT, (story_id,))
    if row is None:
        return ()
    now = search.stored_of(row).story
    rows = link.all("select * from story_versions where story_id = ? order by id desc", (story_id,))
    return tuple(Version(_before(each, now), to_time(each["until_at"])) for each in rows)


def _before(row: Row, now: Story) -> Story:
    """A row of `story_versions`: the story as it was."""
    return replace(
        now,
        title=row["title"],
        url=row["url"],
        summary=row["summary"],
        text=row["text"],
        author=row["author"],
        published=maybe_time(row["published_at"]),
    )


def _keep(link: Connection, story_id: int, old: Story, now: datetime) -> None:
    """Keep a version, and of many the first and the newest ones."""
    link.run(
        "insert into story_versions (story_id, until_at, title, url, summary, text, author, published_at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            story_id,
            to_text(now),
            old.title,
            old.url,
            old.summary,
            old.text,
            old.author,
            maybe_text(old.published),
        ),
    )
    link.run(
        "delete from story_versions where story_id = ?1 and id > (select min(id) from story_versions "
        "where story_id = ?1) and id not in (select id from story_versions where story_id = ?1 "
        "order by id desc limit ?2)",
        (story_id, VERSIONS_KEPT - 1),
    )


def _write(link: Connection, edit: Edit, old: Story, now: datetime) -> None:
    """The story, its hits, its place and its index as they are from now on."""
    story = edit.story
    link.run(
        "update stories set key = ?, title = ?, url = ?, summary = ?, text = ?, author = ?, published_at = ?, "
        "lang = ?, source = ?, tags = ?, tier = ?, why = case when ?12 = '' then why else ?12 end where id = ?13",
        (*story_values(story), edit.why, edit.id),
    )
    link.run(
        "insert or replace into story_notes (story_id, doubt, article) values (?, ?, ?)",
        (edit.id, story.doubt, int(edit.article)),
    )
    before = [
        hit_of(row) for row in link.all("select * from hits where story_id = ? order by id", (edit.id,))
    ]
    link.run("delete from hits where story_id = ?", (edit.id,))
    link.add(
        "insert into hits (story_id, rule, level, evidence) values (?, ?, ?, ?)",
        [(edit.id, *hit_values(hit)) for hit in carried(before, story, edit.hits)],
    )
    if edit.card is not None:
        link.run(
            "insert into card_stories (story_id, card, seen_at, canonical_url, fingerprint, words) "
            "values (?, ?, ?, ?, ?, ?) on conflict (story_id) do update set canonical_url = excluded.canonical_url, "
            "fingerprint = excluded.fingerprint, words = excluded.words",
            (edit.id, edit.card, to_text(now), *mark_values(story)),
        )
    if (old.title, old.summary, old.text) != (story.title, story.summary, story.text):
        search.reindex(link, edit.id, old, story)
