"""What buttons carry, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class Buttons:
    """The part of the store that keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self._buttons: dict[str, tuple[str, datetime]] = {}
        self._secret: str | None = None

    def button_secret(self, fresh: str) -> str:
        """See `Store.button_secret`."""
        self._secret = self._secret or fresh
        return self._secret

    def keep_buttons(self, buttons: Mapping[str, str], now: datetime) -> None:
        """See `Store.keep_buttons`."""
        for key, data in buttons.items():
            self._buttons[key] = (self._buttons.get(key, (data, now))[0], now)

    def button(self, key: str) -> str | None:
        """See `Store.button`."""
        found = self._buttons.get(key)
        return None if found is None else found[0]

    def drop_buttons(self, before: datetime) -> int:
        """See `Store.drop_buttons`."""
        old = [key for key, (_, sent_at) in self._buttons.items() if sent_at < before]
        for key in old:
            del self._buttons[key]
        return len(old)
