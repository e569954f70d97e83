"""The terminal as a messenger: whoever sits there sees alerts as the chat would show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.model import Kind, Level, Receipt, Refused, Sent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from monitor.chat.message import Message
    from monitor.core.model import Claimed
    from monitor.terminal.screen import Screen

COLOURS = {Level.INFO: "blue", Level.ALERT: "yellow", Level.FLASH: "red"}
"""Of the bar at the left of an alert."""


class EmptyChair:
    """The port `Messenger` for a run that has no terminal: alerts for whoever sat there once are put aside."""

    async def deliver(self, claimed: Claimed) -> Receipt:
        """Refuse, so that the terminal is suspended until somebody sits down again; nothing else waits for it."""
        return Refused(f"nobody sits at a terminal now (card {claimed.delivery.card})", suspend=True)


class TerminalMessenger:
    """The port `Messenger` over a screen; a terminal refuses nothing."""

    def __init__(self, screen: Screen, *, words: Callable[[Claimed], Message]) -> None:
        """`words` turns a claimed card into the message for its chat, the same as for Telegram."""
        self._screen = screen
        self._words = words

    async def deliver(self, claimed: Claimed) -> Receipt:
        """Draw the card. An update is drawn as well: a terminal cannot change what it showed."""
        message = self._words(claimed)
        if claimed.delivery.kind is Kind.UPDATE:
            self._screen.line(f"card {claimed.delivery.card}, now:", "dim")
        self._screen.alert(message, COLOURS[claimed.delivery.level])
        return Sent()


def told_here(screen: Screen | None) -> Callable[[Sequence[str]], Awaitable[bool]]:
    """Tells whoever sits here what was noticed of the feeds; where nobody does, the log has said it."""

    async def tell(notices: Sequence[str]) -> bool:
        if screen is not None:
            for notice in notices:
                screen.line(f"⚠ {notice}", "yellow")
        return True

    return tell
