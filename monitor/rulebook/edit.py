"""Changes of a rules file by program: lines are added, and what stands there stays byte for byte."""

from __future__ import annotations

import codecs
import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from monitor.core.errors import Mistake, RulesError
from monitor.rulebook.build import same_url
from monitor.rulebook.document import decode
from monitor.rulebook.reading import file_bytes, read_bytes
from monitor.rulebook.schema import FeedEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from ruamel.yaml.events import Event

    from monitor.core.model import Feed, RuleBook

_MODE = 0o644  # of a rules file that is made anew
_LINE_END = re.compile(r"\r\n|\r|\n")
_ESCAPED = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What cannot stand in a double-quoted text as it is (YAML 1.2, sections 5.1 and 5.4)."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the feeds that were to be added."""

    added: tuple[Feed, ...] = ()
    known: tuple[Feed, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()  # address and reason


def _nobody(_: float) -> None:
    """Nobody watches."""


def add_feeds(
    path: Path, feeds: Sequence[Feed], *, write: bool = True, progress: Callable[[float], None] = _nobody
) -> Added:
    """Add the feeds that `path` does not list yet, behind those that it lists; without `write` only say what would be.

    `progress` is told the share of the work that is done, 0 to 1.

    The new text is checked as a whole before it replaces the file in one step. Raises RulesError, and leaves the
    file alone, if the file is not in order, would become too large, or cannot be written.
    """
    data = file_bytes(path)
    seen = {same_url(feed.url) for feed in read_bytes(data, str(path)).book.feeds}
    added: list[Feed] = []
    known: list[Feed] = []
    refused: list[tuple[str, str]] = []
    entries: list[str] = []
    for number, feed in enumerate(feeds):
        progress(0.2 + 0.4 * number / len(feeds))
        entry = _entry(feed)
        try:
            FeedEntry.model_validate(entry)
        except ValidationError as error:
            told = error.errors(include_url=False)[0]
            refused.append((feed.url[:200], str(told.get("ctx", {}).get("message", told["msg"]))))
            continue
        if same_url(feed.url) in seen:
            known.append(feed)
            continue
        seen.add(same_url(feed.url))
        added.append(feed)
        entries.append(_flow(entry))
    if entries:
        bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        new = bom + _with(decode(data).text, entries).encode()
        read_bytes(new, str(path))
        if write:
            _replace(path, new)
    progress(1.0)
    return Added(tuple(added), tuple(known), tuple(refused))


def put_back(path: Path, text: str) -> RuleBook:
    """Replace the whole file by `text` in one step, and give the book that it says.

    Raises RulesError, and leaves the file alone, if the text is not in order or the file cannot be written.
    """
    data = text.encode()
    book = read_bytes(data, str(path)).book
    _replace(path, data)
    return book


def _entry(feed: Feed) -> dict[str, Any]:
    """A feed as a rules file writes it; every value a text, a list of texts or a mapping of texts."""
    written = {
        "url": feed.url,
        "name": feed.name,
        "lang": feed.lang,
        "tags": list(feed.tags),
        "tier": feed.tier,
        "every": _seconds(feed.every),
        "floor": _seconds(feed.floor),
        "weight": f"{feed.weight:.6f}".rstrip("0").rstrip(".") if feed.weight != 1 else None,
        "zone": feed.zone,
        "full_text": "true" if feed.full_text else None,
        "headers": dict(feed.headers),
        "proxy": feed.proxy,
    }
    return {key: value for key, value in written.items() if value}


def _seconds(interval: int | None) -> str | None:
    return None if interval is None else f"{interval}s"


def _flow(entry: dict[str, Any]) -> str:
    """The entry on one line, like the shipped file's."""
    return f"{{{', '.join(f'{key}: {_flow_value(value)}' for key, value in entry.items())}}}"


def _flow_value(value: str | list[str] | dict[str, str]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_quoted, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_quoted(name)}: {_quoted(text)}' for name, text in value.items())}}}"
    return _quoted(value)


def _quoted(value: str) -> str:
    """In double quotes, but for a plain short word: what JSON writes is YAML, too, but for a few characters."""
    if re.fullmatch("[a-z][a-z0-9-]{0,39}", value) and value != "null":
        return value
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _with(text: str, entries: Sequence[str]) -> str:
    """The text of a rules file that is in order, with more entries at the end of its list of feeds."""
    events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))
    feeds = _list_of_feeds(events)
    last = _end_of_last(events)
    if feeds.flow_style:
        return text[:last] + "".join(f", {entry}" for entry in entries) + text[last:]
    first_end = _LINE_END.search(text)
    line_end = first_end[0] if first_end else "\n"
    end = _LINE_END.search(text, last - 1)  # a block text ends with its line's end
    place = end.end() if end else len(text)
    lines = "".join(f"{' ' * feeds.start_mark.column}- {entry}{line_end}" for entry in entries)
    return text[:place] + ("" if end else line_end) + lines + text[place:]


def _list_of_feeds(events: Iterator[Event]) -> SequenceStartEvent:
    """The event that begins the list; its content comes next in `events`."""
    depth = 0
    key: str | None = None
    for event in events:
        if depth == 1 and key is None and isinstance(event, ScalarEvent):
            key = event.value
            continue
        if depth == 1 and key == "feeds" and isinstance(event, SequenceStartEvent):
            return event
        depth += _deeper(event)
        if depth == 1:
            key = None
    message = "a rules file in order has a list of feeds"
    raise KeyError(message)


def _end_of_last(events: Iterator[Event]) -> int:
    """Where the last entry of a list ends; block collections end with what is in them."""
    depth = 1
    last = 0
    flows: list[bool] = []  # of the open collections
    for event in events:
        depth += _deeper(event)
        if not depth:
            break
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            flows.append(bool(event.flow_style))
        elif isinstance(event, ScalarEvent) or flows.pop():
            last = event.end_mark.index
    return last


def _deeper(event: Event) -> int:
    """How much deeper in the tree the next event is."""
    if isinstance(event, MappingStartEvent | SequenceStartEvent):
        return 1
    return -1 if isinstance(event, MappingEndEvent | SequenceEndEvent) else 0


def _replace(path: Path, data: bytes) -> None:
    """Put the bytes in the file's place; whoever reads sees the old or the new file, whole."""
    target = path.resolve()  # a link stays a link
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(target.stat().st_mode if target.exists() else _MODE)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        hint = "Mend the access rights of its folder; in a container mount the folder, not the file."
        mistake = Mistake(0, 0, f"the file cannot be replaced ({error.strerror})", hint)
        raise RulesError(str(path), (mistake,)) from error
