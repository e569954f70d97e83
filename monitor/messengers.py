"""Who carries messages: Telegram if there is a token, and whoever sits at the terminal."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from monitor.chat.app import TelegramChat
from monitor.chat.hook import Hook
from monitor.chat.messenger import TelegramMessenger
from monitor.chat.telling import telling
from monitor.core.model import APPRISE, ATOM
from monitor.outlets.feeds import AtomMessenger
from monitor.outlets.services import AppriseMessenger
from monitor.terminal.messenger import EmptyChair, TerminalMessenger
from monitor.terminal.prompt import HERE

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from monitor.chat.message import Message
    from monitor.core.model import Claimed, RuleBook
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
        hook=_hook(settings),
    )


def _hook(settings: Settings) -> Hook | None:
    """Where Telegram calls us, if it shall."""
    if not settings.webhook_url:
        return None
    secret = settings.webhook_secret.reveal() if settings.webhook_secret else ""
    return Hook(settings.webhook_url, settings.webhook_port, secret)


def messengers(
    settings: Settings,
    desk: Desk,
    chat: TelegramChat | None,
    screen: Screen | None,
    clock: Clock,
    *,
    book: Callable[[], RuleBook],
) -> dict[str, Messenger]:
    """Who carries what to which kind of destination, by `Destination.messenger`; `book` gives the rules in force."""

    def words(claimed: Claimed) -> Message:
        return telling(claimed, settings.timezone, clock(), desk.names(), language=settings.language)

    found: dict[str, Messenger] = {
        HERE.messenger: EmptyChair(),
        APPRISE: AppriseMessenger(book=book, variables=settings.notify_variables, words=words),
        ATOM: AtomMessenger(
            book=book, folder=settings.atom_folder, words=words, clock=clock, names=desk.names
        ),
    }
    if screen is not None:
        found[HERE.messenger] = TerminalMessenger(screen, words=words)
    if chat is not None:
        found["telegram"] = TelegramMessenger(
            chat.post, words=words, migrated=chat.migrated, lost=chat.losses.tell
        )
    return found


def atom_feeds(settings: Settings, book: Callable[[], RuleBook]) -> AbstractAsyncContextManager[object]:
    """The Atom feeds over HTTP, if they shall be; a server is only loaded where there is one."""
    if settings.atom_listen is None:
        return nullcontext()
    from monitor.outlets.serving import outlet_feeds  # noqa: PLC0415 - as it says

    return outlet_feeds(settings.atom_listen, book, settings.atom_folder)
