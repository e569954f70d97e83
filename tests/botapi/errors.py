"""How the test server says no, in Telegram's words."""

from __future__ import annotations

from typing import Any, NoReturn


class ApiError(Exception):
    """An answer with `ok: false`: what Telegram says when the state of its world forbids a request.

    Carries the HTTP code, the description in Telegram's words, and `parameters` (retry_after, ...).
    """

    def __init__(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON object of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body if self.parameters is None else {**body, "parameters": self.parameters}


class InvalidRequestError(ApiError):
    """The request itself is wrong: it breaks the description or a limit. The server keeps a list of them."""


def refuse(description: str) -> NoReturn:
    """400: fine in form, impossible in this world."""
    raise ApiError(400, f"Bad Request: {description}")


def reject(description: str) -> NoReturn:
    """400: wrong in form; counted among the rejected requests."""
    raise InvalidRequestError(400, f"Bad Request: {description}")


def forbid(description: str) -> NoReturn:
    """403: the bot may not."""
    raise ApiError(403, f"Forbidden: {description}")
