"""The Telegram side of the process, in our own event loop: starts at once, connects when it can, stops soon.

Telegram may be down, the token may be wrong: neither touches the watching of feeds. The library's application
framework is not used: its updater confirms updates before they are handled and does not notice a dead line,
and its rate limiter and job queue are not for us. Our loop is in `polling`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from datetime import UTC
from typing import TYPE_CHECKING

from telegram import BotCommand
from telegram.error import BadRequest

from monitor.chat import commands
from monitor.chat.connection import Line, bot, reason
from monitor.chat.conversation import Conversation
from monitor.chat.moved import follow
from monitor.chat.people import MESSENGER, People
from monitor.chat.polling import Polling, Timing
from monitor.core.model import Destination

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import tzinfo

    from monitor.desk import Desk
    from monitor.ports import Offload, Store

log = logging.getLogger(__name__)


class TelegramChat:
    """Listens to Telegram and answers from the desk; `bot` is what a TelegramMessenger sends with."""

    def __init__(
        self,
        *,
        token: str,
        desk: Desk,
        store: Store,
        offload: Offload,
        zone: tzinfo = UTC,
        owners: Collection[int] = (),
        api_url: str | None = None,
        proxy: str | None = None,
        timing: Timing | None = None,
    ) -> None:
        """Nothing is sent before `start`. `api_url` is the root of another Bot API server, or None."""
        timing = timing or Timing()
        self._store = store
        self._grace = timing.grace
        self._offload = offload
        # More than one connection: one that was torn down in mid-poll must not block the next poll.
        updates = Line(size=4, proxy=proxy, read_timeout=10.0)
        self.bot = bot(token, api_url=api_url, proxy=proxy, updates=updates)
        people = People(self.bot, owners, time.monotonic)
        self._conversation = Conversation(
            self.bot, desk=desk, offload=offload, people=people, migrated=self.migrated, zone=zone
        )
        self._polling = Polling(
            self.bot, updates, greet=self._greet, handle=self._conversation.handle, timing=timing
        )
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether the last round trip to Telegram went well."""
        return self._polling.connected

    @property
    def state(self) -> str:
        """How the connection does, in words for people."""
        return self._polling.state

    async def start(self) -> None:
        """Begin to connect and listen, in the background; returns at once, whatever the network does."""
        self._task = asyncio.create_task(self._polling.run(), name="telegram")

    async def hush(self) -> None:
        """Stop listening; a command in hand may end, alerts can still be sent. Takes a few seconds at most."""
        if self._task is None:
            return
        self._polling.stop()
        _, late = await asyncio.wait({self._task}, timeout=self._grace)
        for task in late:
            task.cancel()
            await asyncio.wait({task})
        self._task = None
        await self._polling.farewell()

    async def stop(self) -> None:
        """Stop listening, and close the connections: a send that is still in flight breaks off."""
        await self.hush()
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self.bot.shutdown()

    async def migrated(self, old: Destination, new: int) -> None:
        """A group became a supergroup: its subscriptions follow to the new id. Raises StoreError."""
        moved = await self._offload(follow, self._store, old, Destination(MESSENGER, str(new)))
        log.warning("%s is now %s:%d; %d subscriptions followed", old, MESSENGER, new, moved)

    async def _greet(self) -> None:
        """The first calls of a connection: who are we, no webhook, our commands for the client's menu."""
        await self.bot.initialize()
        await self.bot.delete_webhook()
        menu = [BotCommand(each.name, each.summary) for each in commands.COMMANDS.values()]
        try:
            await self.bot.set_my_commands(menu)
        except BadRequest as error:
            log.warning("the menu of commands was refused: %s", reason(error, self.bot.token))
        log.info("Telegram: connected as %s", self.bot.name)
