"""The part of the store that gathers what is told together, and keeps how messages come to a chat."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from monitor.core.model import Destination, Digest, DigestWish, Preferences, Waiting


class Digesting(Protocol):
    """Each method is one transaction, as everywhere in the store.

    `claim` turns what was gathered into DIGEST deliveries when it is due, by the moments of its schedule on the
    chat's clock; and what is over a chat's cap into a SUMMARY an hour after the first of it. What was gathered by a
    schedule that nobody wishes any more is due at once. A clock that was set back makes nothing wait longer.
    """

    def prefer(self, destination: Destination, wish: Preferences) -> None:
        """Keep what is chosen in `wish`; what is None there stays as it is (desk)."""

    def preferences(self, destination: Destination) -> Preferences:
        """What was chosen for a destination; where nothing was, for the chat of which it is a topic (desk)."""

    def set_digest(self, wish: DigestWish) -> None:
        """Gather such hits from now on, or bring them at once (desk), in place of the wish for the same selector."""

    def drop_digests(self, destination: Destination, selector: str | None) -> int:
        """Forget the wish for a selector, or all for None (desk). Returns how many went."""

    def digests(self, destination: Destination) -> tuple[DigestWish, ...]:
        """The wishes of a destination, by selector (desk)."""

    def waiting(self, destination: Destination, now: datetime) -> tuple[Waiting, ...]:
        """What was gathered for a destination and is not owed yet, by schedule (desk)."""

    def send_digest(self, destination: Destination, now: datetime) -> int:
        """Owe all of that now, out of turn (desk). Returns how many cards that is."""

    def digest(self, number: int) -> Digest | None:
        """A digest or summary that was made (desk)."""
