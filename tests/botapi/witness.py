"""A second, foreign witness: the package lo-bot-api-emulator, another messenger's emulator of this API.

It was written by others, so it does not share our mistakes. It accepts less than Telegram does (measured with
0.3.6): no `link_preview_options`, `protect_content` or `message_thread_id`, no @names, no getChat or
getChatMember; its getMe has no username, on which python-telegram-bot's CommandHandler stumbles; it takes any
`entities` unread and does not read HTML. What has to be smoothed over for the bot is done here, by name, and
counted.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator  # type: ignore[import-untyped] # the package ships no types

from tests.botapi.message import typed_entities

USERNAME = "username"
"""Shim: getMe answers with a username."""
PREVIEW = "link_preview_options"
"""Shim: this parameter is left out of requests before the emulator sees them."""
SHIMS = frozenset({USERNAME, PREVIEW})
TEXTS = {"sendMessage", "editMessageText"}
USER = {"id": 1001, "is_bot": False, "first_name": "Ann"}
CHAT = {"id": 1001, "type": "private", "first_name": "Ann"}
WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Said:
    """What the bot sent, or edited a message to."""

    method: str
    chat_id: int
    message_id: int
    text: str
    entities: list[dict[str, Any]]
    buttons: list[list[dict[str, str]]]


class _Emulator(LoBotApiEmulator):  # type: ignore[misc] # untyped base class
    """The emulator, which keeps no text itself, with an ear and the shims."""

    def __init__(self, shims: frozenset[str]) -> None:
        super().__init__()
        self.shims = shims
        self.shimmed: Counter[str] = Counter()
        self.said: list[Said] = []
        self.heard = asyncio.Event()

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        if PREVIEW in self.shims and fields.pop(PREVIEW, None) is not None:
            self.shimmed[PREVIEW] += 1
        result = super().validate(method, fields, uploads)
        if method == "getMe" and USERNAME in self.shims:
            self.shimmed[USERNAME] += 1
            return {**result, "username": "FixtureBot"}
        if method in TEXTS:
            entities = json.loads(fields.get("entities", "[]"))
            markup = json.loads(fields.get("reply_markup", "{}"))
            number = result["message_id"]
            buttons = markup.get("inline_keyboard", [])
            self.said.append(Said(method, int(fields["chat_id"]), number, fields["text"], entities, buttons))
            self.heard.set()
        return result


class Witness:
    """The emulator on a free port of 127.0.0.1, and one person, Ann (1001), who talks to the bot in private.

    `shims` says what may be smoothed over; `shimmed` counts how often it was, and `close` prints it.
    """

    def __init__(self, shims: frozenset[str] = SHIMS) -> None:
        self.token = "7:token-of-the-witness"
        self._emulator = _Emulator(shims)
        self._runner = web.AppRunner(self._emulator.app(), access_log=None, shutdown_timeout=0.2)
        self._port = 0
        self._message = 0
        self._taken = 0

    @property
    def url(self) -> str:
        """Where it listens; the bot's base_url is this and `/bot`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def refused(self) -> list[dict[str, Any]]:
        """The requests it refused: method, names of fields, status."""
        return [request for request in self._emulator.requests if request["status"] >= 400]

    @property
    def shimmed(self) -> Counter[str]:
        """How often each shim was needed."""
        return self._emulator.shimmed

    async def start(self) -> None:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop, and say which shims were in use."""
        await self._runner.cleanup()
        for name, times in sorted(self.shimmed.items()):
            sys.stdout.write(f"shim: {name} ({times} times) for lo-bot-api-emulator\n")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def say(self, text: str) -> None:
        """Ann writes to the bot."""
        self._message += 1
        body = {"message_id": self._message, "date": 1_700_000_000, "chat": CHAT, "from": USER, "text": text}
        await self._enqueue({"message": {**body, "entities": typed_entities(text)}})

    async def press(self, said: Said, label: str) -> None:
        """Ann presses a button. Raises LookupError if there is none with this label."""
        found = [b["callback_data"] for row in said.buttons for b in row if b["text"] == label]
        if not found:
            problem = f"no button {label!r} on {said.text!r}"
            raise LookupError(problem)
        message = {"message_id": said.message_id, "date": 1_700_000_000, "chat": CHAT, "text": said.text}
        query = {"id": "1", "from": USER, "message": message, "chat_instance": "1", "data": found[0]}
        await self._enqueue({"callback_query": query})

    def messages(self) -> list[Said]:
        """What the bot said so far, edits among it."""
        return list(self._emulator.said)

    async def next_message(self, timeout: float = WAIT) -> Said:  # noqa: ASYNC109 - tests say how long
        """The next that no test has taken yet; waits for it. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while len(self._emulator.said) <= self._taken:
                self._emulator.heard.clear()
                await self._emulator.heard.wait()
        self._taken += 1
        return self._emulator.said[self._taken - 1]

    async def _enqueue(self, update: dict[str, Any]) -> None:
        await self._emulator.enqueue_update(update, token=self.token)
