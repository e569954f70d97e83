"""Telegram's HTML: its tag set, its complaints, and the text with entities that comes out.

Source: Bot API, "HTML style". Offsets and lengths of entities are in UTF-16 code units.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tests.botapi.errors import reject

Entity = dict[str, Any]
SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
KNOWN = {*SIMPLE, "a", "span", "tg-emoji", "tg-time"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TAG = re.compile(
    r"""<(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9-]*)?(?P<rest>(?:[^>"']|"[^"]*"|'[^']*')*)(?P<close>>)?"""
)
ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
REFERENCE = re.compile(r"&(?:#(?P<dec>[0-9]{1,7})|#x(?P<hex>[0-9a-fA-F]{1,6})|(?P<name>[a-z]+));")
LINK = re.compile(r"(?:https?|tg)://\S+", re.IGNORECASE)


def units(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part(text: str, offset: int, length: int) -> str:
    """The piece of a text that an entity covers."""
    raw = text.encode("utf-16-le")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le")


@dataclass(slots=True)
class _Open:
    name: str
    attributes: dict[str, str]
    offset: int


@dataclass(slots=True)
class _Reader:
    source: str
    text: str = ""
    open: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def complain(self, what: str) -> NoReturn:
        reject(f"can't parse entities: {what}")

    def read(self) -> None:
        position = 0
        while position < len(self.source):
            char = self.source[position]
            if char == "<":
                position = self.tag(position)
            elif char == "&" and (found := REFERENCE.match(self.source, position)):
                self.text += _character(found)
                position = found.end()
            else:
                self.text += char
                position += 1
        if self.open:
            message = f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"'
            self.complain(message)

    def tag(self, position: int) -> int:
        found = TAG.match(self.source, position)
        name = ((found and found["name"]) or "").lower()
        if found is None or (not found["end"] and name not in KNOWN):
            message = f'Unsupported start tag "{name}" at byte offset {self.byte(position)}'
            self.complain(message)
        if not found["close"]:
            message = (
                f"Unclosed {'end' if found['end'] else 'start'} tag at byte offset {self.byte(position)}"
            )
            self.complain(message)
        if found["end"]:
            self.ends(name, position)
        else:
            self.starts(name, found["rest"], position)
        return found.end()

    def starts(self, name: str, rest: str, position: int) -> None:
        attributes = {
            m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in ATTRIBUTE.finditer(rest)
        }
        if name == "span" and attributes.get("class") != "tg-spoiler":
            message = f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(position)}'
            self.complain(message)
        self.open.append(_Open(name, attributes, units(self.text)))

    def ends(self, name: str, position: int) -> None:
        if not self.open:
            message = f"Unexpected end tag at byte offset {self.byte(position)}"
            self.complain(message)
        opened = self.open.pop()
        if name != opened.name:
            message = (
                f'Unmatched end tag at byte offset {self.byte(position)}, expected "</{opened.name}>", '
                f'found "</{name}>"'
            )
            self.complain(message)
        length = units(self.text) - opened.offset
        extra = _meaning(opened, part(self.text, opened.offset, length)) if length else None
        if extra is not None:
            self.entities.append({"offset": opened.offset, "length": length, **extra})


def _meaning(opened: _Open, inside: str) -> Entity | None:
    """What a tag with its attributes makes of the text in it; None: Telegram drops it without a word."""
    given = opened.attributes
    if opened.name == "a":
        url = given.get("href") or inside
        return {"type": "text_link", "url": url} if LINK.fullmatch(url) else None
    if opened.name == "tg-emoji":
        return {"type": "custom_emoji", "custom_emoji_id": given.get("emoji-id", "")}
    if opened.name == "tg-time":
        return {"type": "date_time", "unix_time": int(given.get("unix", "0"))}
    if opened.name == "span":
        return {"type": "spoiler"}
    if opened.name == "blockquote" and "expandable" in given:
        return {"type": "expandable_blockquote"}
    return {"type": SIMPLE[opened.name]}


def _character(found: re.Match[str]) -> str:
    if found["name"]:
        return NAMED.get(found["name"], found[0])
    code = int(found["dec"]) if found["dec"] else int(found["hex"], 16)
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else found[0]


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Text and entities of a message in parse_mode HTML. Raises InvalidRequestError in Telegram's words."""
    reader = _Reader(source)
    reader.read()
    return reader.text, sorted(reader.entities, key=lambda entity: (entity["offset"], -entity["length"]))
