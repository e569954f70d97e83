"""What buttons carry, as short keys: nothing that a client could read, forge, or take to another chat.

A button's data may be long, a whole query, and says what is asked for; Telegram takes 64 bytes, and whoever
writes a client of their own can send any. So data stays in the store under a key that is derived from it, and
what goes out is the key with a mark that only we can make, for the one chat that the message goes to. Nothing
is allowed because a key is right: whoever presses is asked for their rights like everybody.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.chat.message import Message
    from monitor.ports import Clock, Offload, Store

log = logging.getLogger(__name__)

KEPT = timedelta(days=90)
"""How long a button works after its message was sent or edited last."""

FRESH = timedelta(days=1)
"""How long data that was kept is not kept anew: one write a day for what every list carries."""

REMEMBERED = 10_000
"""Keys of which we remember when they were kept, and as many that wait while the database cannot be used."""

PATIENCE = 2.0
"""Seconds that a message waits for its buttons to be kept: an alert goes out all the same."""

BYTES = 9
"""Of the key and of its mark: twelve characters each, beyond guessing (72 bits)."""

WRITTEN = re.compile(r"[A-Za-z0-9_-]{24}", re.ASCII)


class Unusable(StrEnum):
    """Why a key opens nothing."""

    EXPIRED = "expired"  # ours, for this chat, but no longer kept
    FOREIGN = "foreign"  # not made by us for this chat


class Keys:
    """Seals what buttons carry when a message goes out, and opens it when one is pressed."""

    def __init__(
        self,
        store: Store,
        offload: Offload,
        clock: Clock,
        *,
        patience: float = PATIENCE,
        most: int = REMEMBERED,
    ) -> None:
        """`patience` in seconds is what a message waits for the database; `most` keys are remembered."""
        self._patience = patience
        self._most = most
        self._store = store
        self._offload = offload
        self._clock = clock
        self._secret: bytes | None = None
        self._kept: dict[str, datetime] = {}  # when each key was kept last
        self._waiting: dict[str, str] = {}  # what was sent, but could not be kept yet

    async def seal(self, message: Message, chat: int | str) -> Message:
        """The message with keys for `chat` in place of data.

        Where the database cannot be used it goes out all the same: the keys wait, and without a secret to make
        them its buttons are left out.
        """
        data = {b.data for row in message.buttons for b in row if b.data is not None}
        if not data:
            return message
        secret = await self._its_secret()
        if secret is None:
            rows = tuple(tuple(b for b in row if b.data is None) for row in message.buttons)
            return replace(message, buttons=tuple(row for row in rows if row))
        keys = {each: _key(secret, each) for each in data}
        await self._keep({key: each for each, key in keys.items()})
        return replace(
            message,
            buttons=tuple(
                tuple(
                    b if b.data is None else replace(b, data=keys[b.data] + _mark(secret, chat, keys[b.data]))
                    for b in row
                )
                for row in message.buttons
            ),
        )

    async def open(self, written: str, chats: Iterable[int | str]) -> str | Unusable:
        """What the button carries that was pressed in a chat, given by its number and names.

        Raises StoreError if the database cannot be used.
        """
        secret = await self._its_secret()
        if secret is None:
            message = "the database cannot be used"
            raise StoreError(message)
        if WRITTEN.fullmatch(written) is None:
            return Unusable.FOREIGN
        key, mark = written[:12], written[12:]
        if not any(hmac.compare_digest(mark, _mark(secret, chat, key)) for chat in chats):
            return Unusable.FOREIGN
        if (waiting := self._waiting.get(key)) is not None:
            return waiting
        data = await self._offload(self._store.button, key)
        return Unusable.EXPIRED if data is None else data

    async def tend(self) -> None:
        """Keep what waits, and forget what is old. Raises StoreError."""
        if self._waiting:
            await self._keep({})
        await self._offload(self._store.drop_buttons, self._clock() - KEPT)

    async def _keep(self, data: dict[str, str]) -> None:
        """Keep data by key: all that waits in one transaction, and nothing that was kept lately."""
        now = self._clock()
        self._waiting |= {key: each for key, each in data.items() if not self._fresh(key, now)}
        while len(self._waiting) > self._most:
            del self._waiting[next(iter(self._waiting))]
        if not self._waiting:
            return
        keeping = dict(self._waiting)
        try:
            async with asyncio.timeout(self._patience):
                await self._offload(self._store.keep_buttons, keeping, now)
        except (StoreError, TimeoutError) as trouble:
            log.warning("%d buttons not kept yet: %s", len(keeping), str(trouble) or "the database is busy")
            return
        for key in keeping:
            self._waiting.pop(key, None)
            self._kept.pop(key, None)
            self._kept[key] = now
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]

    def _fresh(self, key: str, now: datetime) -> bool:
        kept = self._kept.get(key)
        return kept is not None and abs(now - kept) < FRESH

    async def _its_secret(self) -> bytes | None:
        """What keys are derived from; None while the database cannot be used."""
        if self._secret is None:
            try:
                async with asyncio.timeout(self._patience):
                    found = await self._offload(self._store.button_secret, secrets.token_urlsafe(32))
            except (StoreError, TimeoutError) as trouble:
                log.warning("buttons are left out: %s", str(trouble) or "the database is busy")
                return None
            self._secret = found.encode()
        return self._secret


def _key(secret: bytes, data: str) -> str:
    """The same for the same data, so that a list that is shown every day is kept once."""
    return _short(secret, f"data\0{data}")


def _mark(secret: bytes, chat: int | str, key: str) -> str:
    """Binds a key to a chat."""
    return _short(secret, f"chat\0{str(chat).casefold()}\0{key}")


def _short(secret: bytes, text: str) -> str:
    return urlsafe_b64encode(hmac.digest(secret, text.encode(), "sha256")[:BYTES]).decode()
