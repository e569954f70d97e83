"""Who carries messages: Telegram if there is a token, and whoever sits at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.app import TelegramChat
from monitor.chat.cards import alert
from monitor.chat.messenger import TelegramMessenger
from monitor.terminal.messenger import EmptyChair, TerminalMessenger
from monitor.terminal.prompt import HERE

if TYPE_CHECKING:
    from monitor.chat.message import Message
    from monitor.core.model import Claimed
    from monitor.desk import Desk
    from monitor.ports import Clock, Messenger, Offload, Store
    from monitor.settings import Secret, Settings
    from monitor.terminal.screen import Screen


def telegram(settings: Settings, token: Secret, desk: Desk, store: Store, offload: Offload) -> TelegramChat:
    """The chat over Telegram, as the operator has set it up."""
    return TelegramChat(
        token=token.reveal(),
        desk=desk,
        store=store,
        offload=offload,
        zone=settings.timezone,
        owners=settings.owners,
        api_url=settings.telegram_api_url,
        proxy=settings.proxy.reveal() if settings.proxy else None,
    )


def messengers(
    settings: Settings, desk: Desk, chat: TelegramChat | None, screen: Screen | None, clock: Clock
) -> dict[str, Messenger]:
    """Who carries what to which kind of destination, by `Destination.messenger`."""

    def words(claimed: Claimed) -> Message:
        return alert(claimed, settings.timezone, clock(), desk.names())

    found: dict[str, Messenger] = {HERE.messenger: EmptyChair()}
    if screen is not None:
        found[HERE.messenger] = TerminalMessenger(screen, words=words)
    if chat is not None:
        found["telegram"] = TelegramMessenger(chat.bot, words=words, migrated=chat.migrated)
    return found
