"""The queue of updates: numbering, confirmation by offset, long polling, and one poller at a time."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.botapi.description import Description
from tests.botapi.errors import ApiError
from tests.botapi.validate import UPDATE_KINDS

ASKED_FOR_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only to bots that name them in allowed_updates."""
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Updates:
    """What waits for the bot. `conflicts` counts polls that another poll cut short.

    `changed` wakes the poll that waits, `due` the webhook's pump. `ways` lead from the beginning of a public address to
    loopback, as a reverse proxy does; `failure` is when a webhook could not be reached last, and why.
    """

    def __init__(self) -> None:
        self.waiting: list[dict[str, Any]] = []
        self.allowed = UPDATE_KINDS - ASKED_FOR_ONLY
        self.webhook = ""
        self.secret = ""
        self.ways: dict[str, str] = {}
        self.failure: tuple[int, str] | None = None
        self.conflicts = 0
        self.changed = asyncio.Event()
        self.due = asyncio.Event()
        self._next = 100_000_001
        self._poll = 0

    def put(self, kind: str, body: dict[str, Any]) -> int | None:
        """Queue an update; its number, or None if the bot did not ask for this kind.

        Raises MismatchError if the update is not what the description says: a fault of this server.
        """
        if kind not in self.allowed:
            return None
        number = self._next
        update = {"update_id": number, kind: body}
        Description.load().check("Update", update, "update")
        self._next += 1
        self.waiting.append(update)
        self._tell()
        return number

    def repeat(self, update: dict[str, Any]) -> None:
        """Hand out an update again although it was confirmed, as Telegram sometimes does."""
        self.waiting.insert(0, update)
        self._tell()

    def allow(self, kinds: list[str] | None) -> None:
        """What the bot asks for from now on; an empty list stands for the default, None changes nothing."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or UPDATE_KINDS - ASKED_FOR_ONLY

    def confirm(self, offset: int) -> None:
        """Forget what lies before `offset`; a negative one keeps only that many of the newest."""
        if offset < 0:
            self.waiting = self.waiting[offset:]
        else:
            self.waiting = [update for update in self.waiting if update["update_id"] >= offset]

    async def poll(self, *, offset: int, limit: int, wait: float) -> list[dict[str, Any]]:
        """One getUpdates. Raises ApiError 409 if a webhook is set, or as soon as another poll begins."""
        self._refuse_if_webhook()
        self._poll += 1
        mine = self._poll
        self.changed.set()
        self.confirm(offset)
        deadline = asyncio.get_running_loop().time() + wait
        while not self.waiting:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            self.changed.clear()
            try:
                async with asyncio.timeout(left):
                    await self.changed.wait()
            except TimeoutError:
                break
            self._refuse_if_webhook()
            if mine != self._poll:
                self.conflicts += 1
                raise ApiError(409, CONFLICT)
        return self.waiting[:limit]

    def wake(self) -> None:
        """Cut short the poll that waits (the server stops, or a webhook was set)."""
        self._poll += 1
        self._tell()

    def _tell(self) -> None:
        self.changed.set()
        self.due.set()

    def _refuse_if_webhook(self) -> None:
        if self.webhook:
            raise ApiError(409, WEBHOOK)
