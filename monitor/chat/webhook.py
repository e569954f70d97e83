"""Takes what people send from Telegram's own calls to us (a webhook), for ever, whatever happens to the line.

The promises are those of long polling. An update is answered with 200 only after it was handled: what a crash cuts
off comes again, and commands are harmless to repeat. Telegram is asked to call us once at a time, so that updates
come in order; one that comes twice is handled once. Whoever knocks without our secret is refused before a byte of
their body is read.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import secrets
import time
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from telegram import Update
from telegram.error import InvalidToken, TelegramError

from monitor.chat.connection import FloodError, reason
from monitor.chat.polling import RIVAL, UNKNOWN_TO_TELEGRAM, WANTED, Timing
from monitor.door import Door, Knock, Reply, Room

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
    from typing import Any

    from telegram import Bot

    from monitor.chat.hook import Hook

log = logging.getLogger(__name__)

LARGEST = 1_000_000
"""Bytes of an update that are taken; Telegram's own are far smaller."""

NEWS = 300.0
"""Seconds between two lines of the log about those who knock without our secret: they may be many."""

NEVER = datetime.min.replace(tzinfo=UTC)

REMEMBERED = 2_000
"""Updates that are known to be handled."""

HEADER = "x-telegram-bot-api-secret-token"
PATH = "/telegram"
_PATH = re.compile(r"(?:/[^/]{1,100}){0,10}?/telegram")


class Webhook:
    """Listens, tells Telegram where, and looks now and then whether it still calls us; takes the place of `Polling`."""

    def __init__(
        self,
        bot: Bot,
        hook: Hook,
        *,
        greet: Callable[[], Coroutine[Any, Any, None]],
        handle: Callable[[Sequence[Update]], Awaitable[None]],
        timing: Timing,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`greet` makes the first calls of a connection; `handle` deals with updates and raises nothing.

        `seconds` is a clock that never jumps.
        """
        self._seconds = seconds
        self._bot = bot
        self._hook = hook
        self._greet = greet
        self._handle = handle
        self._timing = timing
        self._secret = hook.secret or secrets.token_urlsafe(32)
        self._stopping = asyncio.Event()
        self._handled: OrderedDict[int, None] = OrderedDict()
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()
        self._said = ""
        self._forged = 0  # knocks that the log did not tell of yet
        self._tell_at = float("-inf")
        self._robbed_at: float | None = None
        self._failed_at: datetime | None = None
        self.connected = False
        self.reachable = False
        self.state = "not started"
        room = Room("POST", _PATH, self._knocked, LARGEST, self._refusal)
        self._door = Door([room], port=hook.port, host=hook.host)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._door.port

    @property
    def rivalled(self) -> bool:
        """Whether another program took this bot's messages a short while ago."""
        at = self._robbed_at
        return at is not None and self._seconds() - at < self._timing.peace

    async def run(self) -> None:
        """Listen and keep Telegram calling, until `stop`."""
        while not self._stopping.is_set():
            try:
                await self._door.start()
                break
            except OSError as error:
                why = (
                    f"the port {self._hook.port} cannot be listened at ({error.strerror}): check WEBHOOK_PORT"
                )
                await self._pause(self._note(why, self._timing.most, logging.ERROR))
        await self._keep()

    def stop(self) -> None:
        """Let `run` end."""
        self._stopping.set()

    async def farewell(self) -> None:
        """Listen no more. The webhook stays: what is said meanwhile waits at Telegram for the next start."""
        await self._door.close()
        self.connected, self.state = False, "stopped"

    async def _keep(self) -> None:
        failures = 0
        greeted = False
        while not self._stopping.is_set():
            try:
                if not greeted:
                    await self._greet()
                    await self._call_us()
                    greeted = True
                await self._look()
            except TelegramError as trouble:
                failures += 1
                greeted = greeted and not isinstance(trouble, InvalidToken)
                await self._pause(self._failed(trouble, failures))
                continue
            failures = 0
            await self._pause(self._hook.every)

    async def _call_us(self) -> None:
        await self._bot.set_webhook(
            self._hook.url + PATH, allowed_updates=WANTED, secret_token=self._secret, max_connections=1
        )

    async def _look(self) -> None:
        """Whether Telegram calls us, and reaches us."""
        info = await self._bot.get_webhook_info()
        self.reachable = True
        if info.url != self._hook.url + PATH:
            # As with polling: two programs with one token take each other's messages.
            level = logging.DEBUG if self.rivalled else logging.ERROR
            log.log(level, "Telegram: another program took this bot's webhook; it is ours again: %s", RIVAL)
            self._robbed_at = self._seconds()
            await self._call_us()
        known, self._failed_at = self._failed_at, info.last_error_date or NEVER
        fails = (
            known is not None and self._failed_at != known
        )  # what went wrong before this start says nothing
        if fails and info.pending_update_count and info.last_error_message:
            said = " ".join(info.last_error_message.split())[:200]
            self._note(f"Telegram does not reach {self._hook.url}: {said}", self._hook.every, logging.ERROR)
            return
        self.connected = True
        self.state = f"connected as {self._bot.name}, called by a webhook"
        if self._said:
            log.info("Telegram is there again: %s", self.state)
        self._said = ""

    def _refusal(self, headers: Mapping[str, str]) -> HTTPStatus | None:
        """Why somebody is not let in."""
        given = headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            self._forged += 1
            now = self._seconds()
            if now >= self._tell_at:
                log.warning("knocks at the webhook without our secret, refused: %d", self._forged)
                self._forged, self._tell_at = 0, now + NEWS
            return HTTPStatus.FORBIDDEN
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        return HTTPStatus.SERVICE_UNAVAILABLE if self._stopping.is_set() else None

    async def _knocked(self, knock: Knock) -> Reply:
        """One update; answered when it was handled."""
        try:
            raw = json.loads(knock.body)
            number = raw["update_id"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return Reply(HTTPStatus.BAD_REQUEST)
        if not isinstance(number, int) or isinstance(number, bool):
            return Reply(HTTPStatus.BAD_REQUEST)
        if number in self._handled:
            return Reply(HTTPStatus.OK)
        task = self._in_hand.get(number)
        if task is None:
            task = self._in_hand[number] = asyncio.create_task(
                self._one(number, raw), name=f"update {number}"
            )
            task.add_done_callback(lambda _: self._in_hand.pop(number, None))
        await asyncio.shield(task)  # Telegram hanging up does not stop it: it is handled, and not twice
        return Reply(HTTPStatus.OK)

    async def _one(self, number: int, raw: dict[str, Any]) -> None:
        async with self._turn:  # fair: in the order in which they came
            if number in self._handled:
                return
            await self._handle([self._read(number, raw)])
            self._handled[number] = None
            while len(self._handled) > REMEMBERED:
                self._handled.popitem(last=False)

    def _read(self, number: int, raw: dict[str, Any]) -> Update:
        """The update; one that cannot be read is passed over."""
        try:
            return Update.de_json(raw, self._bot)
        except (ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError):
            log.exception("an update cannot be read and is passed over")
            return Update(number)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _failed(self, trouble: TelegramError, failures: int) -> float:
        wait = float(min(self._timing.most, self._timing.first * 2 ** min(failures - 1, 10)))
        why, level = reason(trouble, self._bot.token), logging.WARNING
        if isinstance(trouble, InvalidToken):
            wait, level, why = self._timing.token, logging.ERROR, UNKNOWN_TO_TELEGRAM
        elif isinstance(trouble, FloodError):
            wait = trouble.after or wait
        self.reachable = False
        return self._note(why, wait, level)

    def _note(self, why: str, wait: float, level: int) -> float:
        """Say loudly what is wrong, once per kind of trouble; returns how long to wait, in seconds."""
        self.connected = False
        self.state = why
        log.log(level if why != self._said else logging.DEBUG, "Telegram: %s; next look in %g s", why, wait)
        self._said = why
        return wait


__all__ = ["PATH", "Webhook"]
