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

from monitor.chat import table
from monitor.chat.connection import Line, bot
from monitor.chat.conversation import Conversation
from monitor.chat.losses import Losses
from monitor.chat.menus import Menus
from monitor.chat.messenger import Post
from monitor.chat.moved import follow
from monitor.chat.people import MESSENGER, People
from monitor.chat.polling import Polling, Timing
from monitor.chat.presses import Keys
from monitor.chat.sharing import RATE, Shares
from monitor.core.model import Destination

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import tzinfo

    from monitor.chat.hook import Hook
    from monitor.chat.webhook import Webhook
    from monitor.core.quota import Rate
    from monitor.desk import Desk
    from monitor.ports import Offload, Store

log = logging.getLogger(__name__)


class TelegramChat:
    """Listens to Telegram and answers from the desk; `post` is what a TelegramMessenger sends with."""

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
        hook: Hook | None = None,
        timing: Timing | None = None,
        rate: Rate = RATE,
    ) -> None:
        """Nothing is sent before `start`. `api_url` is the root of another Bot API server, or None.

        With a `hook` Telegram calls us; without one we ask it, by long polling. `rate` is how
        often one person is answered.
        """
        timing = timing or Timing()
        self._store = store
        self._grace = timing.grace
        self._offload = offload
        # More than one connection: one that was torn down in mid-poll must not block the next poll.
        updates = Line(size=4, proxy=proxy, read_timeout=10.0)
        self.bot = bot(token, api_url=api_url, proxy=proxy, updates=updates)
        people = People(self.bot, owners, time.monotonic)
        self.keys = Keys(store, offload, desk.now)
        self.post = Post(self.bot, self.keys)
        self.losses = Losses(self.post, store=store, offload=offload, owners=owners)
        self._menus = Menus(self.bot, table.TABLE, owners=owners, store=store, offload=offload)
        self._conversation = Conversation(
            self.post,
            keys=self.keys,
            desk=desk,
            offload=offload,
            people=people,
            migrated=self.migrated,
            zone=zone,
            shares=Shares(time.monotonic, rate),
            after=self._menus.after,
        )
        self._ears = self._listening(updates, hook, timing)
        self._task: asyncio.Task[None] | None = None

    def _listening(self, updates: Line, hook: Hook | None, timing: Timing) -> Polling | Webhook:
        handle = self._conversation.handle
        if hook is None:
            return Polling(self.bot, updates, greet=self._ask_ourselves, handle=handle, timing=timing)
        from monitor.chat.webhook import Webhook  # noqa: PLC0415 - a server is only loaded where there is one

        return Webhook(self.bot, hook, greet=self._greet, handle=handle, timing=timing)

    @property
    def connected(self) -> bool:
        """Whether the last round trip to Telegram went well."""
        return self._ears.connected

    @property
    def reachable(self) -> bool:
        """Whether Telegram answers, so that something can be sent, whoever takes what people say."""
        return self._ears.reachable

    @property
    def rivalled(self) -> bool:
        """Whether another program takes what people say to this bot."""
        return self._ears.rivalled

    @property
    def state(self) -> str:
        """How the connection does, in words for people."""
        return self._ears.state

    async def start(self) -> None:
        """Begin to connect and listen, in the background; returns at once, whatever the network does."""
        self._task = asyncio.create_task(self._ears.run(), name="telegram")

    async def hush(self) -> None:
        """Stop listening; a command in hand may end, alerts can still be sent. Takes a few seconds at most."""
        if self._task is None:
            return
        self._ears.stop()
        _, late = await asyncio.wait({self._task}, timeout=self._grace)
        for task in late:
            task.cancel()
            await asyncio.wait({task})
        self._task = None
        await self._conversation.stop(self._grace)
        await self._ears.farewell()

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
        """The first calls of a connection: who are we, our commands for the client's menu."""
        await self.bot.initialize()
        await self._menus.greet()
        log.info("Telegram: connected as %s", self.bot.name)

    async def _ask_ourselves(self) -> None:
        """The same for long polling, which a webhook that was set before would forbid."""
        await self.bot.initialize()
        await self.bot.delete_webhook()
        await self._greet()
