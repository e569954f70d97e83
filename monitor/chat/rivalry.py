"""Notices that another program takes this bot's messages, and sees to it that those who run Tocsin hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.health import RIVAL

if TYPE_CHECKING:
    from monitor.chat.app import TelegramChat
    from monitor.chat.notices import Owners
    from monitor.ports import Clock, Offload, Store


class Rivalry:
    """Says it in /status as long as it lasts, and once to the owners."""

    def __init__(
        self, chat: TelegramChat, owners: Owners, *, store: Store, offload: Offload, clock: Clock
    ) -> None:
        self._chat = chat
        self._owners = owners
        self._store = store
        self._offload = offload
        self._clock = clock
        self._told = False

    async def tick(self) -> None:
        """Look, and tell. Raises StoreError."""
        if not self._chat.rivalled:
            self._told = False
            return
        await self._offload(self._store.beat, RIVAL, self._clock())
        if not self._told:
            self._told = await self._owners.warn()
