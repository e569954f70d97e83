"""Outlets: ways out beside the chats, listed in rules.yaml, because a bot's account can vanish."""

from __future__ import annotations

from dataclasses import dataclass

APPRISE, ATOM = "apprise", "atom"
"""Their messengers, by Destination.messenger: a service that Apprise knows, and a feed in a file."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One of them: what it is called, what it gets, and where that goes; one of the three ways is not empty."""

    name: str
    gets: tuple[str, ...]  # selectors, as in a Subscription
    url: str = ""  # the environment variable that holds an address for Apprise
    url_file: str = ""  # a file that holds one
    atom: str = ""  # the name of the feed's file, in the folder for them

    @property
    def messenger(self) -> str:
        """The messenger of its Destination; the address there is its name."""
        return ATOM if self.atom else APPRISE


__all__ = ["APPRISE", "ATOM", "Outlet"]
