"""Finding candidate stories by the index over their words, in SQLite.

The index is FTS5 over the tokens of `monitor.core.text.index_text` (Hangul as pairs of syllables: SQLite's
own trigrams find no word of two syllables). It only narrows down; the matcher decides.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence

from db.rows import Row, story_of, to_time
from db.sqlite.connection import Connection
from monitor.core.match.plan import Aged, AllOf, Became, Everything, Nearly, Plan, Token
from monitor.core.model import RuleId, StoredStory, Story
from monitor.core.text import index_text

TOGETHER = 200
"""Stories that are indexed anew at a time."""

DEEPEST = 20
"""How deep a search expression is nested at most; FTS5's parser gives up between 30 and 60."""

PROBE = "Defectors' consulate, U.S. 2026; Владивостоке: перебежчики, ещё; 총영사관 탈북민 北노동자"
"""A text in three scripts. If its tokens change, the index was made by another analysis and is made anew."""

STORY = "s.*, f.url as feed, (select doubt from story_notes where story_id = s.id) as doubt"
"""A story of table `s` with its feed of table `f`."""

COLUMNS = (
    f"{STORY}, c.card, "  # noqa: S608 - a constant
    "coalesce((select article from story_notes where story_id = s.id), 0) as article, "
    "(select json_group_array(rule) from (select rule from hits where story_id = s.id order by id)) as rules"
)
"""The same with its card, of table `c`, and its rules."""


def index(link: Connection, stories: Iterable[tuple[int, Story]]) -> None:
    """Make new stories findable."""
    link.add(
        "insert into story_index (rowid, tokens) values (?, ?)",
        [(story_id, index_text(story.title, story.summary, story.text)) for story_id, story in stories],
    )


def reindex(link: Connection, story_id: int, old: Story, new: Story) -> None:
    """Make a story findable by what it says now."""
    forget(link, [(story_id, old)])
    index(link, [(story_id, new)])


def forget(link: Connection, stories: Iterable[tuple[int, Story]]) -> None:
    """Make stories findable no more, as they were when they were indexed.

    The index keeps no text of its own (it is contentless), so it must be told which tokens to forget.
    """
    link.add(
        "insert into story_index (story_index, rowid, tokens) values ('delete', ?, ?)",
        [(story_id, index_text(story.title, story.summary, story.text)) for story_id, story in stories],
    )


def refresh(link: Connection) -> bool:
    """Make the whole index anew if the analysis of texts has changed since it was made; whether it had."""
    probe = index_text(PROBE)
    made = link.first("select value from meta where name = 'index_probe'")
    if made is not None and made["value"] == probe:
        return False
    link.run("insert into story_index (story_index) values ('delete-all')")
    last = 0  # oldest first: FTS5 writes a segment of its own for every step backwards
    while rows := link.all(
        f"select {STORY} from stories s join feeds f on f.id = s.feed_id "  # noqa: S608 - a constant
        "where s.id > ? order by s.id limit ?",
        (last, TOGETHER),
    ):
        index(link, [(row["id"], story_of(row)) for row in rows])
        last = rows[-1]["id"]
    link.run("insert or replace into meta (name, value) values ('index_probe', ?)", (probe,))
    return True


def stored_of(row: Row) -> StoredStory:
    """A story as it lies in the store, of `COLUMNS`."""
    rules: Sequence[str] = json.loads(row["rules"])
    return StoredStory(
        row["id"],
        story_of(row),
        to_time(row["seen_at"]),
        tuple(map(RuleId, rules)),
        row["card"],
        bool(row["article"]),
    )


def expression(plan: Plan, depth: int = 0, shortest: int = 1) -> str | None:
    """The plan as an FTS5 expression, every token in quotes; None if it does not restrict anything.

    Prefixes of fewer than `shortest` letters are left out, as if they restricted nothing.
    """
    if depth > DEEPEST:
        return None
    match plan:
        case Everything() | Nearly() | Became() | Aged():
            return None
        case Token(text, prefix):
            quoted = text.replace('"', '""').replace("\0", " ")  # a NUL would end the expression
            usable = _indexed(text) and not (prefix and len(text) < shortest)
            return f'"{quoted}"' + " *" * prefix if usable else None
        case AllOf(parts):
            needed = [each for part in parts if (each := expression(part, depth + 1, shortest)) is not None]
            return f"({' AND '.join(needed)})" if needed else None
    choices = [expression(part, depth + 1, shortest) for part in plan.parts]
    sure = [each for each in choices if each is not None]
    return f"({' OR '.join(sure)})" if len(sure) == len(choices) else None


def _indexed(text: str) -> bool:
    """Whether the index surely holds something of a token.

    SQLite's unicode61 drops all but letters and numbers, as of the Unicode version that it was built with
    (6.1 or later). So only characters that were letters or numbers in Unicode 3.2 are relied upon.
    """
    return any(unicodedata.ucd_3_2_0.category(c)[0] in "LN" for c in text)
