"""Takes what people send from the Bot API by long polling, for ever, whatever happens to the line.

Two promises that the library's own updater does not make. An update is confirmed only after it was handled: a
crash repeats commands, which are harmless to repeat, and loses none. And silence is noticed: a round trip
that takes longer than the server was asked to hold it is broken off, its connections are dropped, and the
next one starts afresh.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError, TimedOut

from monitor.chat.connection import FloodError, Line, reason

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence

T = TypeVar("T")

log = logging.getLogger(__name__)

WANTED = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER]
"""What Telegram shall send us; it remembers the list, so we always say it."""


UNKNOWN_TO_TELEGRAM = (
    "TELEGRAM_BOT_TOKEN is wrong: Telegram does not know this token (or TELEGRAM_API_URL is no Bot API "
    "server). Ask @BotFather for the right one (/mybots, API Token), set it and restart. Feeds are watched "
    "meanwhile"
)

RIVAL = "two copies run with one TELEGRAM_BOT_TOKEN; stop one of them"
"""What a Conflict (409) means."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient the connection is, all in seconds."""

    hold: int = 15  # how long the server may hold a getUpdates without news
    watchdog: float = 20.0  # a getUpdates round trip that takes longer is taken for dead
    first: float = 1.0  # wait after the first failure; doubled with each one
    most: float = 15.0  # the longest such wait
    conflict: float = 60.0  # the longest one while another program polls, too
    peace: float = 300.0  # after which no such program is believed to run any more
    token: float = 300.0  # between two tries with a token that the server does not know
    grace: float = 3.0  # for a command in hand when stopping
    farewell: float = 2.0  # for the last confirmation when stopping


class SilentError(Exception):
    """The watchdog broke off a round trip."""


class Polling:
    """The loop around getUpdates, and the way to the first connection."""

    def __init__(
        self,
        bot: Bot,
        updates: Line,
        *,
        greet: Callable[[], Coroutine[Any, Any, None]],
        handle: Callable[[Sequence[Update]], Awaitable[None]],
        timing: Timing,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`greet` makes the first calls of a connection; `handle` deals with updates and raises nothing.

        `seconds` is a clock that never jumps.
        """
        self._bot = bot
        self._seconds = seconds
        self._rivalled_at: float | None = None
        self._updates = updates
        self._greet = greet
        self._handle = handle
        self._timing = timing
        self._offset: int | None = None
        self._confirmed = True
        self._stopping = asyncio.Event()
        self._said = ""
        self.connected = False
        self.reachable = (
            False  # whether Telegram answers at all: then alerts go out, whoever takes the commands
        )
        self.state = "not started"

    @property
    def rivalled(self) -> bool:
        """Whether another program takes this bot's messages, or did a short while ago."""
        at = self._rivalled_at
        return at is not None and self._seconds() - at < self._timing.peace

    async def run(self) -> None:
        """Connect, then poll, until `stop`."""
        failures = 0
        greeted = False
        while not self._stopping.is_set():
            try:
                if not greeted:
                    await self._until_stopped(self._greet())
                    if self._stopping.is_set():
                        return
                    greeted = True
                await self._round()
            except (TelegramError, SilentError) as trouble:
                failures += 1
                greeted = greeted and not isinstance(trouble, InvalidToken)
                await self._pause(self._note(trouble, failures))
                continue
            except Exception:  # the border of the process: a bug must not make the bot deaf for good
                log.exception("listening to Telegram failed")
                failures += 1
                await self._pause(self._wait(failures))
                continue
            failures = 0
            self._good()

    def stop(self) -> None:
        """Let `run` end: at once while it waits, after the handling of updates that are in hand."""
        self._stopping.set()

    async def farewell(self) -> None:
        """Confirm what was handled, so that it does not come again at the next start; give up soon."""
        if self.connected and not self._confirmed:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(self._timing.farewell):
                    await self._bot.get_updates(
                        offset=self._offset, limit=1, timeout=0, allowed_updates=WANTED
                    )
        self.connected, self.state = False, "stopped"

    async def _round(self) -> None:
        """One getUpdates and the handling of what it brought."""
        got: Sequence[Update] | None
        try:
            async with asyncio.timeout(self._timing.watchdog):
                got = await self._until_stopped(
                    self._bot.get_updates(
                        offset=self._offset,
                        timeout=self._timing.hold if self.connected else 0,
                        allowed_updates=WANTED,
                    )
                )
        except TimeoutError:
            await self._renew()
            message = f"no answer to getUpdates for {self._timing.watchdog:g} s"
            raise SilentError(message) from None
        except TimedOut:
            await self._renew()
            raise
        except (ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError):
            got = self._readable()
        if got is None:
            return
        self._confirmed = True
        if got:
            await self._handle(got)
            self._offset = got[-1].update_id + 1
            self._confirmed = False

    def _readable(self) -> Sequence[Update]:
        """The updates of the last answer, one by one; what cannot be read is passed over."""
        updates = []
        for raw in json.loads(self._updates.last_answer)["result"]:
            try:
                updates.append(Update.de_json(raw, self._bot))
            except (ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError):
                log.exception("an update cannot be read and is passed over")
                updates.append(Update(raw["update_id"]))
        return updates

    async def _until_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """The result of `work`, or None if `stop` came first."""
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            stopping.cancel()
            if not working.done():
                working.cancel()
                with suppress(asyncio.CancelledError, TelegramError):
                    await working

    async def _renew(self) -> None:
        """Drop the connections of getUpdates; one so dead that it cannot even be closed is left to itself."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.farewell):
                await self._updates.renew()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _wait(self, failures: int) -> float:
        return float(min(self._timing.most, self._timing.first * 2 ** min(failures - 1, 10)))

    def _good(self) -> None:
        self.connected = self.reachable = True
        self.state = f"connected as {self._bot.name}"
        if self.rivalled:  # two pollers throw each other out in turns: that is said once, not at each turn
            return
        if self._said:
            log.info("Telegram is there again: %s", self.state)
        self._said = ""

    def _note(self, trouble: TelegramError | SilentError, failures: int) -> float:
        """Say loudly what is wrong, once per kind of trouble; returns how long to wait, in seconds."""
        wait = self._wait(failures)
        level = logging.WARNING
        why = reason(trouble, self._bot.token)
        if isinstance(trouble, InvalidToken):
            wait, level = self._timing.token, logging.ERROR
            why = UNKNOWN_TO_TELEGRAM
        elif isinstance(trouble, Conflict):
            wait = min(self._timing.conflict, 5 * self._timing.first * 2 ** min(failures - 1, 10))
            level = logging.ERROR
            why += f": {RIVAL}"
            self._rivalled_at = self._seconds()
        elif isinstance(trouble, FloodError):
            wait = trouble.after or wait
        self.connected = False
        self.reachable = isinstance(trouble, Conflict)
        self.state = why
        log.log(level if why != self._said else logging.DEBUG, "Telegram: %s; next try in %g s", why, wait)
        self._said = why
        return wait
