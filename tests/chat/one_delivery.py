"""One claimed delivery, the words for it, and the messenger and line it goes out by."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from telegram import Bot

from db.memory import MemoryStore
from monitor.chat.connection import Line, bot
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.messenger import Post, TelegramMessenger
from monitor.chat.presses import Keys
from monitor.core.model import Card, CardView, Claimed, Delivery, DeliveryState, Destination, Kind, Level
from tests.chat.telegram_world import ANN
from tests.fakes import FixedClock, inline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ALERT = (
    Writer()
    .line("🔴 FLASH", Style.BOLD)
    .add("탈북자 🇰🇵 총영사관", Style.ITALIC, url="https://news.example/1?a=1&b=<2>")
    .message(((Button("Why?", "why:17"), Button("Open", url="https://news.example/1")),))
)


def claimed(
    address: str = str(ANN),
    *,
    kind: Kind = Kind.ALERT,
    message: str | None = None,
    attempt: int = 1,
    topic: int | None = None,
    repeat: bool = False,
) -> Claimed:
    opened = datetime(2026, 9, 27, 10, 0, tzinfo=UTC)
    where = Destination("telegram", address, topic)
    delivery = Delivery(1, 17, where, kind, Level.FLASH, DeliveryState.SENDING, attempt, repeat=repeat)
    return Claimed(delivery, CardView(Card(17, Level.FLASH, opened), ()), message)


def post(of: Bot, store: MemoryStore | None = None) -> Post:
    """What the messenger sends with, over a store that keeps what its buttons carry."""
    return Post(of, Keys(store or MemoryStore(), inline, FixedClock()))


def messenger(of: Bot, words: Message = ALERT) -> TelegramMessenger:
    return TelegramMessenger(post(of), words=lambda _: words)


@asynccontextmanager
async def line_to(url: str, token: str, read_timeout: float = 5.0) -> AsyncIterator[Bot]:
    updates = Line(size=2, proxy=None, read_timeout=read_timeout)
    made = bot(token, api_url=url, proxy=None, updates=updates, read_timeout=read_timeout)
    try:
        yield made
    finally:
        await made.request.shutdown()
        await updates.shutdown()
