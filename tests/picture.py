"""Draws the README's picture, a real alert: `python -m tests.picture` (part of `make docs`).

The demo's samples go through the program's own code at a fixed time: parser, the shipped rules, the words of
the chat, the terminal's drawing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from monitor.chat.cards import alert
from monitor.chat.message import Message
from monitor.core.match import compile_book
from monitor.core.model import (
    Batch,
    Card,
    CardStory,
    CardView,
    Claimed,
    Delivery,
    DeliveryState,
    Destination,
    Feed,
    FeedUrl,
    Kind,
    Level,
    RuleBook,
)
from monitor.demo.server import LIST, bundled
from monitor.feeds.parse import parse
from monitor.rulebook import load
from monitor.terminal.messenger import COLOURS
from monitor.terminal.screen import export_svg

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "alert.svg"
SHOWN = ("en", "ko")
AT = datetime(2026, 9, 27, 10, 0, tzinfo=UTC)


def alerts() -> list[Message]:
    """The alerts of the demo's samples, as a chat shows them."""
    book = load(ROOT / "rules.yaml")
    matcher = compile_book(book)
    views: list[CardView] = []
    for lang in SHOWN:
        for story in samples(lang).stories:
            hits = matcher.hits(story)
            if hits:
                card = Card(len(views) + 1, max(hit.level for hit in hits), AT)
                views.append(CardView(card, (CardStory(story, AT, hits),)))
    return [worded(view, book) for view in views]


def samples(lang: str) -> Batch:
    """The demo's feed in a language, parsed."""
    file, name, _ = next(listed for listed in LIST if listed[2] == lang)
    url = f"https://demo.example/{file}"
    batch = parse(Feed(FeedUrl(url), name, lang), bundled(AT)[file], "application/rss+xml", url)
    assert isinstance(batch, Batch), batch
    return batch


def worded(view: CardView, book: RuleBook) -> Message:
    """A card as its first alert."""
    number, level = view.card.number, view.card.level
    owed = Delivery(number, number, Destination("terminal"), Kind.ALERT, level, DeliveryState.SENDING)
    names = {rule.id: rule.name for rule in book.rules if rule.name}
    return alert(Claimed(owed, view), UTC, AT, names)


def draw(path: Path) -> None:
    """Write the picture."""
    export_svg(alerts(), path, title="Tocsin", colour=COLOURS[Level.FLASH])


if __name__ == "__main__":
    draw(PICTURE)
