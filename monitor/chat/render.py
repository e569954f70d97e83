"""A Message in the Bot API's terms: entities with UTF-16 offsets, an inline keyboard; no markup."""

from __future__ import annotations

from itertools import accumulate

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from monitor.chat.message import TEXT_LIMIT, Mark, Message, Style, utf16

ENTITY_LIMIT = 100
"""Telegram leaves out the entities of a message beyond this many (core.telegram.org/api/entities)."""

TYPES = {
    Style.BOLD: MessageEntity.BOLD,
    Style.ITALIC: MessageEntity.ITALIC,
    Style.UNDERLINE: MessageEntity.UNDERLINE,
    Style.CODE: MessageEntity.CODE,
    Style.LINK: MessageEntity.TEXT_LINK,
}


def entities(message: Message) -> list[MessageEntity]:
    """The marks of a message as Telegram counts them."""
    units = [0, *accumulate(2 if c > "\uffff" else 1 for c in message.text)]
    return [
        MessageEntity(TYPES[m.style], units[m.start], units[m.end] - units[m.start], url=m.url)
        for m in message.marks
        if 0 <= m.start < m.end <= len(message.text) and (m.style is not Style.LINK or _safe(m))
    ][:ENTITY_LIMIT]


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """The buttons of a message, None if it has none."""
    if not message.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(b.text, callback_data=b.data, url=b.url) for b in row]
            for row in message.buttons
        ]
    )


def plain(message: Message) -> Message:
    """The message without marks and buttons, its links written out below: to try if those were refused."""
    below = ""
    for url in dict.fromkeys(m.url for m in message.marks if m.url and _safe(m)):
        if url not in message.text and utf16(below + url) < TEXT_LIMIT // 2:
            below += f"\n{url}"
    return Message(Message(message.text).cut(TEXT_LIMIT - utf16(below)).text + below, silent=message.silent)


def _safe(mark: Mark) -> bool:
    return mark.url is not None and mark.url.startswith(("http://", "https://"))
