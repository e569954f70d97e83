"""Where in a rules file something can be put, and how values are written there.

Found by ruamel's events, so that everything else in the file stays byte for byte.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ruamel.yaml.events import Event

LINE_END = re.compile(r"\r\n|\r|\n")
_ESCAPED = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What cannot stand in a quoted text as it is (YAML 1.2, sections 5.1 and 5.4)."""

Written = str | list[str] | dict[str, str]
"""A value of one entry: a text, a list of texts or a mapping of texts."""


def flow(entry: Mapping[str, Written]) -> str:
    """The entry on one line, like the shipped file's."""
    return f"{{{', '.join(f'{key}: {flow_value(value)}' for key, value in entry.items())}}}"


def flow_value(value: Written) -> str:
    """A value as it stands inside an entry on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(quoted, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{quoted(name)}: {quoted(text)}' for name, text in value.items())}}}"
    return quoted(value)


def quoted(value: str) -> str:
    """In double quotes, but for a plain short word: what JSON writes is YAML, too, but for a few characters."""
    if re.fullmatch("[a-z][a-z0-9-]{0,39}", value) and value != "null":
        return value
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def single(value: str) -> str:
    """In single quotes, as queries are written; in double ones where a character could not stand there."""
    return quoted(value) if _ESCAPED.search(value) else "'" + value.replace("'", "''") + "'"


def appended(text: str, section: str, flows: Sequence[str], blocks: Sequence[Sequence[str]] = ()) -> str:
    """The text of a rules file that is in order, with more entries at the end of one of its lists.

    Each entry is given on one line (`flows`), and may be given as lines, too (`blocks`), for a list whose entries
    stand below each other.
    """
    events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))
    found = _list_of(events, section)
    last = _end_of_last(events)
    if found.flow_style:
        return text[:last] + "".join(f", {entry}" for entry in flows) + text[last:]
    first_end = LINE_END.search(text)
    line_end = first_end[0] if first_end else "\n"
    end = LINE_END.search(text, last - 1)  # a block text ends with its line's end
    place = end.end() if end else len(text)
    margin = " " * found.start_mark.column
    entries = [f"{margin}- {entry}{line_end}" for entry in flows]
    if blocks:
        entries = [line_end + "".join(_line(margin, line, line_end) for line in block) for block in blocks]
    return text[:place] + ("" if end else line_end) + "".join(entries) + text[place:]


def _line(margin: str, line: str, line_end: str) -> str:
    return f"{margin}{line}{line_end}" if line else line_end


def _list_of(events: Iterator[Event], section: str) -> SequenceStartEvent:
    """The event that begins the list; its content comes next in `events`."""
    depth = 0
    key: str | None = None
    for event in events:
        if depth == 1 and key is None and isinstance(event, ScalarEvent):
            key = event.value
            continue
        if depth == 1 and key == section and isinstance(event, SequenceStartEvent):
            return event
        depth += _deeper(event)
        if depth == 1:
            key = None
    message = f"a rules file in order has a list of {section}"
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


__all__ = ["LINE_END", "Written", "appended", "flow", "flow_value", "quoted", "single"]
