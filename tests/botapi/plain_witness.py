"""A third witness: npm's telegram-test-api, which emulates the plainest part of this API in another language.

It comes without long polling, with dates in milliseconds, and knows seven methods. What has to be smoothed over for
the bot is done by a small proxy before it, by name, and counted: `shimmed` says what was no proof.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aiohttp import ClientSession, web

START = (
    "const TelegramServer = require('telegram-test-api');"
    "new TelegramServer({port: Number(process.argv[1]), host: '127.0.0.1'}).start().then(() => console.log('up'));"
)
TOKEN = "7:token-of-the-plain-witness"
ANN = 1001
ASKING = 0.2
"""Seconds between two questions for news, in place of a long poll."""

MISSING = {
    "deleteWebhook": True,
    "setMyCommands": True,
    "sendChatAction": True,
    "answerCallbackQuery": True,
    "getChat": {
        "id": ANN,
        "type": "private",
        "first_name": "Ann",
        "accent_color_id": 0,
        "max_reaction_count": 1,
    },
}
"""Methods that it does not know, or answers with null, and what the shim says in its place."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the bot sent to Ann."""

    number: int
    text: str
    buttons: list[list[dict[str, str]]]


class PlainWitness:
    """The emulator in a process of Node's, and the proxy through which the bot speaks to it."""

    def __init__(self, modules: Path) -> None:
        """`modules` is the `node_modules` folder that holds the package."""
        self.shimmed: Counter[str] = Counter()
        self.token = TOKEN
        self._modules = modules
        self._server = f"http://127.0.0.1:{_free_port()}"
        self._node: asyncio.subprocess.Process | None = None
        self._session: ClientSession | None = None
        self._port = 0
        self._waiting: list[dict[str, Any]] = []
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._pass_on)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)

    @property
    def url(self) -> str:
        """Where the proxy listens."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        port = self._server.rpartition(":")[2]
        self._node = await asyncio.create_subprocess_exec(
            "node",
            "-e",
            START,
            port,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "NODE_PATH": str(self._modules)},
        )
        assert self._node.stdout is not None
        assert (await self._node.stdout.readline()).strip() == b"up"
        self._session = ClientSession()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()
        if self._node is not None:
            self._node.kill()
            await self._node.wait()
        for name, times in sorted(self.shimmed.items()):
            sys.stdout.write(f"shim: {name} ({times} times) for telegram-test-api\n")

    async def say(self, text: str) -> None:
        """Ann writes to the bot."""
        message = {
            **_meta(),
            "text": text,
            "entities": [{"offset": 0, "length": len(text.split(maxsplit=1)[0]), "type": "bot_command"}],
        }
        await self._ask("sendCommand", message)

    async def press(self, heard: Heard, label: str) -> None:
        """Ann presses a button."""
        data = next(b["callback_data"] for row in heard.buttons for b in row if b["text"] == label)
        message = {**_meta(), "message_id": heard.number, "text": heard.text}
        await self._ask("sendCallback", {**_meta(), "message": message, "data": data})

    async def next_message(self, patience: float) -> Heard:
        """What the bot said next; raises TimeoutError."""
        async with asyncio.timeout(patience):
            while True:
                told = await self._ask("getUpdates", {"token": TOKEN, "chatId": ANN})
                self._waiting += told["result"]
                if self._waiting:
                    said = self._waiting.pop(0)
                    markup = said["message"].get("reply_markup") or {}
                    return Heard(
                        said["messageId"], said["message"]["text"], markup.get("inline_keyboard", [])
                    )
                await asyncio.sleep(ASKING)

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert self._session is not None
        async with self._session.post(f"{self._server}/{path}", json=body) as answer:
            told: dict[str, Any] = await answer.json()
        assert told["ok"], told
        return told

    async def _pass_on(self, request: web.Request) -> web.Response:
        """A request of the bot, to the emulator and back, with what has to be smoothed over."""
        method = request.match_info["method"]
        if method in MISSING:
            self.shimmed[method] += 1
            return web.json_response({"ok": True, "result": MISSING[method]})
        fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        told = await self._ask(f"bot{TOKEN}/{method}", fields)
        result = told["result"]
        if method == "getMe":
            self.shimmed["getMe: is_bot"] += 1
            result = {**result, "is_bot": True}
        elif method == "getUpdates":
            self.shimmed["getUpdates: no long poll"] += 1
            await asyncio.sleep(ASKING)
            result = [self._whole(each) for each in result]
        elif isinstance(result, dict) and "date" in result:
            self.shimmed["dates in milliseconds"] += 1
            result = {key: value for key, value in result.items() if key in {"message_id", "chat", "text"}}
            result |= {"date": 1_700_000_000}
        return web.json_response({"ok": True, "result": result})

    def _whole(self, update: dict[str, Any]) -> dict[str, Any]:
        """A pressed button says in which chat it was pressed; the emulator leaves that out."""
        query = update.get("callback_query")
        if query is None:
            return update
        self.shimmed["callback_query: chat_instance"] += 1
        return {**update, "callback_query": {**query, "chat_instance": "1"}}


def _meta() -> dict[str, Any]:
    person = {"id": ANN, "first_name": "Ann", "is_bot": False}
    chat = {"id": ANN, "first_name": "Ann", "type": "private"}
    return {"botToken": TOKEN, "from": person, "chat": chat, "date": 1_700_000_000}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


__all__ = ["Heard", "PlainWitness"]
