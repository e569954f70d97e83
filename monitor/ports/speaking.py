"""The part of the store that keeps in which language a chat is spoken to."""

from __future__ import annotations

from typing import Protocol

from monitor.core.model import Destination


class Speaking(Protocol):
    """Each method is one transaction, as everywhere in the store."""

    def set_language(self, destination: Destination, language: str | None) -> None:
        """Speak this language there ("ko"), or what the reader's client speaks again (desk)."""

    def language(self, destination: Destination) -> str | None:
        """What was chosen there; in a topic without a choice of its own, what its chat chose (desk)."""
