"""Where Telegram calls us, if it shall: what `webhook` needs to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hook:
    """The way from Telegram to us."""

    url: str  # public, https, without a slash at its end; a reverse proxy leads it to our port
    port: int
    secret: str = ""  # A-Z a-z 0-9 _ -, at most 256; empty: made up anew at each start
    host: str = ""  # the address to listen at, all by default
    every: float = 60.0  # seconds between two looks whether Telegram still calls us
