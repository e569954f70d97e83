"""The addresses of outlets: secrets, read from the environment or from a file when they are needed."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.core.model import Outlet

LARGEST = 4096
"""Bytes that an address may have."""

LEAST = 4
"""Characters from which a part of an address is a secret: hiding shorter ones would blot out every word."""

MASK = "***"


class NoAddressError(Exception):
    """An outlet has no address now; the text is for people and holds no secret."""


def address(outlet: Outlet, variables: Mapping[str, str]) -> str:
    """Where it goes, for Apprise; `variables` are the NOTIFY_* of the environment. Raises NoAddressError."""
    if outlet.url:
        found = variables.get(outlet.url, "")
        if not found:
            message = f"{outlet.url} is not set; set it in the environment or in .env and restart"
            raise NoAddressError(message)
        return found
    return _of_file(Path(outlet.url_file))


def _of_file(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            message = f"{path} is not a file"
            raise NoAddressError(message)
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        message = f"{path} cannot be read ({os.strerror(error.errno or 0)})"
        raise NoAddressError(message) from None
    text = data.decode("utf-8-sig", errors="replace").strip()
    if not text or len(data) > LARGEST or "\n" in text:
        message = f"{path} does not hold one address on one line"
        raise NoAddressError(message)
    return text


def hidden(words: str, address: str) -> str:
    """Words of a library, on one line, without the address and without any part of it that may be a secret."""
    found = {address, *re.split(r"[/:@?&=,;\s]+", address.partition("://")[2])}
    secrets = {form for part in found for form in (part, unquote(part)) if len(form) >= LEAST}
    for secret in sorted(secrets, key=len, reverse=True):
        words = words.replace(secret, MASK)
    return " ".join(words.split())


__all__ = ["NoAddressError", "address", "hidden"]
