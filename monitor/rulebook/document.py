"""A rules file as a tree of texts, lists and mappings that know their place: YAML without its traps.

Every scalar stays the text that was written (`no`, 012, 12:30:45 and dates mean nothing here; the schema
decides what a value is). Aliases, anchors, merge keys, tags, directives, duplicate keys, several documents
and deep nesting are refused, each with its place. Built from ruamel's events without recursion: no file can
exhaust the stack.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from monitor.core.errors import Mistake
from monitor.rulebook.syntax import explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_BYTES = 1_000_000
MOST_DEPTH = 20

# What YAML 1.2 (section 5.1) does not let stand in a file: control characters, lone surrogates.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. `start` and `end` are offsets into the file's text, quotes included; `style` is as in YAML."""

    value: str
    start: int
    end: int
    style: str | None = None  # None plain, else one of ' " | >

    @property
    def is_null(self) -> bool:
        """Whether nothing was written, or a plain null."""
        return self.style is None and self.value in _NULLS


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and their values, in the order written, each key once."""

    by_key: dict[str, tuple[Scalar, Node]]
    start: int

    @property
    def pairs(self) -> Iterable[tuple[Scalar, Node]]:
        """Each key as it stands there, and its value."""
        return self.by_key.values()

    def get(self, key: str) -> tuple[Scalar, Node] | None:
        """The key as it stands there, and its value."""
        return self.by_key.get(key)


Node: TypeAlias = Scalar | Listing | Mapping


class Unreadable(Exception):
    """The file cannot be read on from here."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


class Source:
    """The file's text, with its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends."""
        return tuple(_LINE_END.split(self.text))

    def mistake(self, index: int, message: str, hint: str = "") -> Mistake:
        """A mistake at an offset into the text."""
        line = bisect_right(self._starts, index)
        return Mistake(line, index - self._starts[line - 1] + 1, message, hint)


@dataclass(slots=True)
class _Open:
    """A list or mapping under construction."""

    start: int
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    by_key: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None
    key_is_broken: bool = False


def decode(data: bytes) -> Source:
    """The text of a file's bytes; raises Unreadable for anything that is not a reasonable UTF-8 text."""
    if len(data) > MOST_BYTES:
        message = f"the file has {len(data):,} bytes; at most {MOST_BYTES:,} are read"
        raise Unreadable(Mistake(0, 0, message, "Split the watch over several bots, or shorten the lists."))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(Mistake(1, 1, "the file is saved as UTF-16", "Save it as UTF-8."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        raise Unreadable(
            Source(before).mistake(
                len(before),
                f"the byte 0x{data[error.start]:02x} is not UTF-8 text",
                "Save the file as UTF-8.",
            )
        ) from error
    source = Source(text)
    bad = _UNPRINTABLE.search(text)
    if bad:
        message = f"the invisible character U+{ord(bad.group()):04X} cannot stand here"
        raise Unreadable(source.mistake(bad.start(), message, "Delete it."))
    return source


def parse(source: Source) -> tuple[Node | None, list[Mistake]]:
    """The document, None for an empty one, and what is wrong with its form.

    Raises Unreadable where the reading cannot go on: bad syntax, a second document, too deep nesting.
    """
    mistakes: list[Mistake] = []
    try:
        return _compose(source, mistakes), mistakes
    except MarkedYAMLError as error:
        index, message, hint = explain(error, source.text)
        raise Unreadable(source.mistake(index, message, hint)) from error


def _compose(source: Source, mistakes: list[Mistake]) -> Node | None:
    root: Node | None = None
    stack: list[_Open] = []
    for event in _events(source, mistakes):
        done: Node
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            start = event.start_mark.index
            if len(stack) >= MOST_DEPTH:
                message = f"lists and mappings are nested more than {MOST_DEPTH} deep"
                raise Unreadable(
                    source.mistake(start, message, "Rules need three levels; remove the brackets.")
                )
            stack.append(_Open(start, isinstance(event, MappingStartEvent)))
            continue
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            closed = stack.pop()
            done = (
                Mapping(closed.by_key, closed.start)
                if closed.is_mapping
                else Listing(tuple(closed.items), closed.start)
            )
        else:
            done = _scalar(event, source)
        if stack:
            _put(stack[-1], done, source, mistakes)
        else:
            root = done
    return root


def _events(
    source: Source, mistakes: list[Mistake]
) -> Iterator[NodeEvent | MappingEndEvent | SequenceEndEvent]:
    """The events that make up the tree; form mistakes are noted on the way."""
    documents = 0
    for event in YAML(typ="safe", pure=True).parse(source.text):
        if isinstance(event, DocumentStartEvent):
            documents += 1
            start = event.start_mark.index
            if documents > 1:
                raise Unreadable(
                    source.mistake(start, "a second document begins here", "Remove the line with `---`.")
                )
            if event.version or event.tags:
                percent = source.text.find("%")
                mistakes.append(source.mistake(percent, "a YAML directive is not read", "Remove this line."))
        elif isinstance(event, NodeEvent):
            _check_node(event, source, mistakes)
            yield event
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            yield event


def _check_node(event: NodeEvent, source: Source, mistakes: list[Mistake]) -> None:
    start = event.start_mark.index
    found = ""
    if isinstance(event, AliasEvent):
        found = f"`*{event.anchor}` would be a YAML alias, and aliases are not read"
    elif event.anchor is not None:
        found = f"`&{event.anchor}` would be a YAML anchor, and anchors are not read"
    elif source.text[start : start + 1] == "!":
        found = f"`{source.text[start:].split(maxsplit=1)[0]}` would be a YAML tag, and tags are not read"
    if found:
        mistakes.append(source.mistake(start, found, "If it is meant as text, put it in quotes: '...'."))


def _scalar(event: NodeEvent, source: Source) -> Scalar:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, ScalarEvent):
        return Scalar(event.value, start, end, event.style)
    return Scalar(source.text[start:end], start, end)  # an alias, refused already


def _put(parent: _Open, done: Node, source: Source, mistakes: list[Mistake]) -> None:
    """Add a finished node to the list or mapping that is open around it."""
    if not parent.is_mapping:
        parent.items.append(done)
    elif parent.key is None and not parent.key_is_broken:
        if isinstance(done, Scalar):
            parent.key = done
        else:
            parent.key_is_broken = True
            message = "a list or mapping cannot be a key"
            mistakes.append(
                source.mistake(done.start, message, "Write one word before the colon; quote braces.")
            )
    else:
        key = parent.key
        parent.key, parent.key_is_broken = None, False
        if key is not None:
            _put_pair(parent, key, done, source, mistakes)


def _put_pair(parent: _Open, key: Scalar, value: Node, source: Source, mistakes: list[Mistake]) -> None:
    if key.style is None and key.value == "<<":
        mistakes.append(
            source.mistake(key.start, "`<<` is a YAML merge key, and they are not read", "Write it out.")
        )
        return
    first = parent.by_key.setdefault(key.value, (key, value))[0]
    if first is not key:
        line = source.mistake(first.start, "").line
        message = f"`{key.value}` stands twice in the same place, first in line {line}"
        mistakes.append(
            source.mistake(key.start, message, "Keep one of them, or put a `-` before a new entry.")
        )


__all__ = ["Listing", "Mapping", "Node", "Scalar", "Source", "Unreadable", "decode", "parse"]
