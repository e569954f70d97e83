"""What the owners should hear of the feeds, in their own chats with the bot; never in those of readers."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from telegram.error import BadRequest, Forbidden, TelegramError

from monitor.chat.connection import reason
from monitor.chat.excerpt import line
from monitor.chat.message import Message, Style, Writer
from monitor.chat.messenger import send
from monitor.chat.tongue import said, tr

if TYPE_CHECKING:
    from monitor.chat.app import TelegramChat

log = logging.getLogger(__name__)

LONGEST = 300
"""Characters of one notice."""


class Owners:
    """Writes to each owner; one who never spoke to the bot cannot be written to, and finds it in /status."""

    def __init__(self, chat: TelegramChat, owners: Collection[int]) -> None:
        """Nothing is sent while the chat is not connected: the token may be wrong."""
        self._chat = chat
        self._owners = tuple(sorted(owners))

    async def tell(self, notices: Sequence[str]) -> bool:
        """Send the notices to all; False if Telegram cannot be reached now, so that it is worth trying again."""
        if self._owners and not self._chat.connected:
            return False
        return await self._send(worded(notices))

    async def warn(self) -> bool:
        """Tell all that another program takes this bot's messages; False as above."""
        if self._owners and not self._chat.reachable:
            return False
        return await self._send(warning())

    async def _send(self, message: Message) -> bool:
        for owner in self._owners:
            try:
                await send(self._chat.bot, owner, None, message)
            except (Forbidden, BadRequest) as error:
                log.info("owner %d was not told: %s", owner, reason(error, self._chat.bot.token))
            except TelegramError as error:
                log.debug("owner %d not told yet: %s", owner, reason(error, self._chat.bot.token))
                return False
        return True


def worded(notices: Sequence[str]) -> Message:
    """The message that tells them."""
    out = Writer().line(tr("About the feeds"), Style.BOLD)
    for notice in notices:
        out.line(f"• {line(said(notice), LONGEST)}")
    return out.line().add(tr("/feeds tells more, /status how the rest is.")).message(silent=True)


def warning() -> Message:
    """The message that tells of a second program."""
    out = Writer().line(tr("⚠ Two programs share this bot"), Style.BOLD)
    out.line(
        tr(
            "Another program takes the messages of this bot, so commands get lost. Alerts still go out. "
            "Stop one of the two, or give one of them a token of its own from @BotFather."
        )
    )
    return out.line().add(tr("/status says whether it is over.")).message()
