"""A message in a chat of the test server, as a test looks at it and as the API shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.botapi.markup import Entity, part, units

if TYPE_CHECKING:
    from tests.botapi.chats import Chat
    from tests.botapi.people import Person

COMMAND = re.compile(r"(?<![\w/@<])/([a-zA-Z0-9_]{1,64})(?:@(\w{3,32}))?(?![\w/])")
MENTION = re.compile(r"(?<![\w@/])@\w{4,32}")


@dataclass(slots=True)
class Message:
    """One message; the bot's edits change it in place and `edits` keeps the earlier texts, oldest first."""

    id: int
    chat: Chat
    date: int
    sender: Person | None
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    sender_chat: Chat | None = None
    thread: int | None = None
    markup: dict[str, Any] | None = None
    reply_to: Message | None = None
    silent: bool = False
    protected: bool = False
    preview: dict[str, Any] | None = None
    media: dict[str, Any] = field(default_factory=dict)
    service: dict[str, Any] = field(default_factory=dict)
    edit_date: int | None = None
    edits: list[str] = field(default_factory=list)
    deleted: bool = False

    def __repr__(self) -> str:
        return f"<Message {self.id} in {self.chat.name}: {self.text!r}>"

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of the keyboard below the message, row by row."""
        rows = (self.markup or {}).get("inline_keyboard") or (self.markup or {}).get("keyboard") or []
        return [[button["text"] for button in row] for row in rows]

    def button(self, label: str) -> dict[str, Any]:
        """The inline button with this label. Raises LookupError, naming those that there are."""
        for row in (self.markup or {}).get("inline_keyboard", ()):
            for button in row:
                if button["text"] == label:
                    return dict(button)
        message = f"no button {label!r} on {self!r}, only {self.buttons}"
        raise LookupError(message)

    def marked(self, kind: str) -> list[str]:
        """The pieces of text under entities of this kind, for example `bold`."""
        return [
            part(self.text, entity["offset"], entity["length"])
            for entity in self.entities
            if entity["type"] == kind
        ]

    @property
    def links(self) -> dict[str, str]:
        """Linked text -> address."""
        return {
            part(self.text, entity["offset"], entity["length"]): entity["url"]
            for entity in self.entities
            if entity["type"] == "text_link"
        }

    def json(self) -> dict[str, Any]:
        """The message as the API shows it (a reply shows the message replied to, but no deeper)."""
        shown: dict[str, Any] = {"message_id": self.id, "date": self.date, "chat": self.chat.json()}
        names = ("caption", "caption_entities") if self.media else ("text", "entities")
        optional = {
            "from": self.sender and self.sender.json(),
            "sender_chat": self.sender_chat and self.sender_chat.json(),
            "message_thread_id": self.thread,
            "is_topic_message": self.thread is not None or None,
            names[0]: self.text or None,
            names[1]: self.entities or None,
            "reply_markup": self.markup if self.markup and "inline_keyboard" in self.markup else None,
            "reply_to_message": self.reply_to and replace(self.reply_to, reply_to=None).json(),
            "has_protected_content": self.protected or None,
            "link_preview_options": self.preview,
            "edit_date": self.edit_date,
        }
        shown.update((name, value) for name, value in optional.items() if value is not None)
        return shown | self.media | self.service


def typed_entities(text: str) -> list[Entity]:
    """What Telegram finds by itself in what people type: commands and mentions."""
    found: list[Entity] = [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])}
        for kind, pattern in (("bot_command", COMMAND), ("mention", MENTION))
        for match in pattern.finditer(text)
    ]
    commands = [range(e["offset"], e["offset"] + e["length"]) for e in found if e["type"] == "bot_command"]
    kept = [e for e in found if e["type"] == "bot_command" or not any(e["offset"] in r for r in commands)]
    return sorted(kept, key=lambda entity: entity["offset"])
