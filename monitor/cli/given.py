"""Stories as people give them to the command line: one JSON object a line."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import click

from monitor.core.model import FeedUrl, Story, StoryKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO


@dataclass(frozen=True, slots=True)
class Given:
    """A story with the id that it was given."""

    id: str | float
    story: Story


def each_given(file: IO[bytes], use: Callable[[Given], None]) -> None:
    """Hand every story of a file to `use`.

    A bad line is reported on stderr with its number, the others go on, and the program ends with 1.
    """
    bad = 0
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            given = _object(line)
            story = _story(given)
        except ValueError as wrong:
            bad += 1
            click.echo(f"line {number}: {wrong}", err=True)
            continue
        use(Given(given["id"], story))
    if bad:
        raise SystemExit(1)


def _object(line: bytes) -> dict[str, Any]:
    try:
        given = json.loads(line.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as wrong:
        message = f"not UTF-8 (byte {wrong.start + 1})"
        raise ValueError(message) from wrong
    except json.JSONDecodeError as wrong:
        message = f"not JSON: {wrong.msg} (column {wrong.colno})"
        raise ValueError(message) from wrong
    except RecursionError as wrong:
        message = "not JSON: nested too deep"
        raise ValueError(message) from wrong
    if not isinstance(given, dict):
        message = 'not a JSON object; write {"id": ..., "title": ...}'
        raise ValueError(message)  # noqa: TRY004 - one kind of error for one bad line
    if "id" not in given:
        message = 'the key "id" is missing'
        raise ValueError(message)
    story_id = given["id"]
    whole = isinstance(story_id, int) and not isinstance(story_id, bool)
    if not (isinstance(story_id, str) or whole or (isinstance(story_id, float) and math.isfinite(story_id))):
        message = 'the key "id" must be a text or a number'
        raise ValueError(message)
    if not isinstance(given.get("title"), str):
        message = 'the key "title" is missing or not a text'
        raise ValueError(message)  # noqa: TRY004 - as above
    return given


def _no_number(word: str) -> NoReturn:
    message = f"not JSON: {word} is no number there"
    raise ValueError(message)


def _story(given: dict[str, Any]) -> Story:
    tags = given.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        message = 'the key "tags" must be a list of texts'
        raise ValueError(message)
    return Story(
        feed=FeedUrl(""),
        key=StoryKey(str(given["id"])),
        title=given["title"],
        url=_text(given, "url"),
        summary=_text(given, "summary") or "",
        text=_text(given, "text") or "",
        author=_text(given, "author"),
        published=_date(given),
        lang=_text(given, "lang"),
        source=_text(given, "source") or "",
        tags=tuple(tags),
        tier=_text(given, "tier"),
    )


def _text(given: dict[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        message = f'the key "{key}" must be a text'
        raise ValueError(message)
    return value


def _date(given: dict[str, Any]) -> datetime | None:
    written = _text(given, "published")
    if not written:
        return None
    try:
        read = datetime.fromisoformat(written)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as wrong:
        message = f'the key "published" must be an ISO 8601 time, not {written[:40]!r}'
        raise ValueError(message) from wrong
