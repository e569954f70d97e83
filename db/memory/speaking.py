"""In which language a chat is spoken to, in memory."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.model import Destination


class Speaking:
    """The part of the store that keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self._languages: dict[Destination, str] = {}

    def set_language(self, destination: Destination, language: str | None) -> None:
        """See `Store.set_language`."""
        self._languages.pop(destination, None)
        if language is not None:
            self._languages[destination] = language

    def language(self, destination: Destination) -> str | None:
        """See `Store.language`."""
        return self._languages.get(destination) or self._languages.get(replace(destination, topic=None))
