"""Stories as rows of a file: CSV for spreadsheets, JSON Lines for programs. One row at a time, whatever their number.

CSV is as RFC 4180 has it, in UTF-8 with a byte order mark, by which spreadsheets know the encoding. A cell that
a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection): feed text is hostile.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import tempfile
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.core.model import Evidence
    from monitor.desk.answers import Find

COLUMNS = (
    "id",
    "card",
    "published",
    "seen",
    "source",
    "language",
    "title",
    "link",
    "rules",
    "matched",
    "author",
    "tags",
    "tier",
    "summary",
    "text",
)

FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""What a formula may begin with."""

CELL = 32_000
"""Characters of a cell; spreadsheets take 32,767."""

BOM = b"\xef\xbb\xbf"

PLAIN = 4_000_000
"""Bytes up to which a file stays as it is; a larger one is packed."""

LEVEL = 5
"""Of packing: little is won beyond it."""


class Format(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSONL = "jsonl"


class Sheet:
    """A file that grows row by row, packed as it grows, so that its size is known; it needs no place in memory.

    Its bytes lie in a temporary file without a name, which goes away when it is closed, whatever happens.
    """

    def __init__(self, form: Format) -> None:
        self._form = form
        self._file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - handed on by `finish`
        self._packed = gzip.GzipFile(fileobj=self._file, mode="wb", compresslevel=LEVEL, mtime=0)
        self._plain = self._packed.write(begin(form))
        self.rows = 0

    @property
    def size(self) -> int:
        """Bytes of the packed file so far, but for the last few thousand."""
        return self._file.tell()

    def add(self, find: Find) -> None:
        """One row more."""
        self._plain += self._packed.write(row(self._form, find))
        self.rows += 1

    def finish(self) -> tuple[BinaryIO, str]:
        """The whole file at its begin, and the ending of its name; whoever gets it closes it."""
        self._packed.close()
        self._file.seek(0)
        if self._plain > PLAIN:
            return self._file, f"{self._form}.gz"
        whole: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - handed on
        with self._file, gzip.GzipFile(fileobj=self._file) as packed:
            shutil.copyfileobj(packed, whole)
        whole.seek(0)
        return whole, str(self._form)

    def close(self) -> None:
        """Let go of what nobody wants any more."""
        self._packed.close()
        self._file.close()


def begin(form: Format) -> bytes:
    """What stands before the first row."""
    return BOM + _line(COLUMNS) if form is Format.CSV else b""


def row(form: Format, find: Find) -> bytes:
    """One row with its line break."""
    return _csv(find) if form is Format.CSV else _json(find)


def _csv(find: Find) -> bytes:
    stored, story = find.stored, find.stored.story
    return _line(
        (
            str(stored.id),
            "" if stored.card is None else str(stored.card),
            _time(story.published),
            _time(stored.seen_at),
            story.source,
            story.lang or "",
            story.title,
            story.url or "",
            " ".join(stored.rules),
            "; ".join(dict.fromkeys(each.surface for each in _matched(find.evidence))),
            story.author or "",
            " ".join(story.tags),
            story.tier or "",
            story.summary,
            story.text,
        )
    )


def _json(find: Find) -> bytes:
    stored, story = find.stored, find.stored.story
    told = {
        "id": stored.id,
        "card": stored.card,
        "published": _time(story.published) or None,
        "seen": _time(stored.seen_at),
        "source": story.source,
        "feed": story.feed,
        "language": story.lang,
        "title": story.title,
        "link": story.url,
        "rules": list(stored.rules),
        "matched": [each._asdict() for each in _matched(find.evidence)],
        "author": story.author,
        "tags": list(story.tags),
        "tier": story.tier,
        "summary": story.summary,
        "text": story.text,
    }
    return json.dumps(told, ensure_ascii=False).encode(errors="replace") + b"\n"


def _matched(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Words that matched; a date is no word."""
    return [each for each in evidence if each.field != "published"]


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([_cell(each) for each in cells])
    return out.getvalue().encode(errors="replace")


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, or refuses."""
    kept = text.replace("\0", "")[:CELL]
    return f"'{kept}" if kept.lstrip(" ")[:1] in FORMULA and kept.strip() else kept


def _time(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds")


__all__ = ["COLUMNS", "Format", "Sheet", "begin", "row"]
