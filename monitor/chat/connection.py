"""The line to the Bot API: the library's client with our limits, and what its errors mean for a send.

The bot token is part of every address of the Bot API, so it turns up in addresses, in the library's messages
and in what a misled server echoes. `reason` is the only way from an error to words, and it cuts the token
out.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import httpx
from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

OFFICIAL = "https://api.telegram.org"
"""Telegram's own Bot API server."""

REASON_LIMIT = 200
"""Characters of a reason that are kept."""

NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    RuntimeError,  # the client is closed
)
"""Causes after which the request surely was not sent; after all others it may have arrived."""


class FloodError(TelegramError):
    """429: the server asks to wait; `after` seconds, or None where it does not say how long.

    The library turns a 429 without parameters into a plain NetworkError, which reads like a broken line and
    would be tried again at once: a flood. So 429 is taken out before the library sees it.
    """

    def __init__(self, after: float | None) -> None:
        super().__init__("Telegram asks to wait" + (f" {after:g} s" if after else ""))
        self.after = after


class Line(HTTPXRequest):
    """One pool of connections to the Bot API."""

    def __init__(
        self, *, size: int, proxy: str | None, read_timeout: float, pool_timeout: float = 10.0
    ) -> None:
        """`size` connections at most; `read_timeout` in seconds, to which getUpdates adds its long poll.

        Proxies come from the setting PROXY alone, never from the environment of the process.
        """
        super().__init__(
            connection_pool_size=size,
            read_timeout=read_timeout,
            write_timeout=10.0,
            connect_timeout=10.0,
            pool_timeout=pool_timeout,
            proxy=proxy,
            httpx_kwargs={"trust_env": False, "verify": httpx.create_ssl_context()},
        )
        self.last_answer = b""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # noqa: ANN401 as is
        """One request, as the library makes it; raises FloodError for a 429."""
        code, payload = await super().do_request(*args, **kwargs)
        if code == HTTPStatus.TOO_MANY_REQUESTS:
            raise FloodError(_patience(payload))
        self.last_answer = payload
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The server's answer as JSON; never logged, as the library does: it may echo the token."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            message = "the server's answer is not that of a Bot API"
            raise TelegramError(message)
        return answer

    async def renew(self) -> None:
        """Drop all connections: one torn down in mid-poll can keep its place in the pool for ever."""
        await self.shutdown()
        await self.initialize()


def bot(
    token: str, *, api_url: str | None, proxy: str | None, updates: Line, read_timeout: float = 15.0
) -> Bot:
    """The library's bot on our lines; nothing is sent yet.

    `updates` is the line for getUpdates alone; `read_timeout`, seconds, is for all other requests.
    """
    base = (api_url or OFFICIAL).rstrip("/")
    return Bot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=Line(size=40, proxy=proxy, read_timeout=read_timeout),
        get_updates_request=updates,
    )


def never_left(error: TelegramError) -> bool:
    """Whether the request surely did not reach the server."""
    return isinstance(error.__cause__, NEVER_LEFT)


def reason(error: BaseException, token: str) -> str:
    """An error in words for people: short, one line, without the token."""
    if isinstance(error, InvalidToken):
        return "the server does not know this bot token"
    if isinstance(error, Conflict):
        return "another program takes this bot's messages"
    if isinstance(error, (BadRequest, Forbidden, FloodError)):
        words = error.message
    elif isinstance(error.__cause__, httpx.HTTPError):
        words = f"{type(error.__cause__).__name__}: {error.__cause__}".removesuffix(": ")
    else:
        words = str(error) or type(error).__name__
    secret = token.partition(":")[2] or token
    words = words.replace(token, "***").replace(secret, "***") if secret else words
    return " ".join(words.split())[:REASON_LIMIT]


def _patience(payload: bytes) -> float | None:
    """`parameters.retry_after` of an answer, in seconds, if it is there and makes sense."""
    try:
        after = json.loads(payload)["parameters"]["retry_after"]
    except (ValueError, KeyError, TypeError):
        return None
    return (
        float(after)
        if isinstance(after, (int, float)) and not isinstance(after, bool) and after > 0
        else None
    )
