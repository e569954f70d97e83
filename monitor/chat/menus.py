"""What the menus of Telegram's clients show: the commands that whoever looks may use, in their language.

Telegram shows the narrowest menu that was set (Bot API, BotCommandScope): that of one chat, else that of the
admins of groups, of groups, or of all. Languages are those of the client, not those chosen with /language.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from monitor.chat.connection import reason
from monitor.chat.people import MESSENGER
from monitor.chat.tongue import ENGLISH, LANGUAGES, speaking, tr
from monitor.core.access import Action, Mode, Place, Rights, Role, may
from monitor.core.model import Destination

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from telegram import Bot

    from monitor.chat.ask import Command
    from monitor.ports import Offload, Store

log = logging.getLogger(__name__)

LONGEST = 256
"""Characters of a description (Bot API, BotCommand)."""

MOST = 100
"""Commands in one menu (Bot API, setMyCommands)."""

CHANGE_ROLES = frozenset({"start", "grant", "revoke"})
"""Commands after which somebody may have another menu."""

ABOVE = (Role.EDITOR, Role.ADMIN, Role.OWNER)
"""Who has a menu of their own."""


def commands_for(table: Sequence[Command], role: Role, place: Place, *, admin: bool) -> tuple[Command, ...]:
    """What the menu of somebody shows: the usual ones, and behind them those that take their role.

    Where the bot is closed a menu shows no more than /help would: the role that counts is given.
    """
    rights = Rights(place, chat_admin=admin, role=role)
    allowed = {action: may(action, rights, Mode.INVITE) is None for action in Action}
    usual = [each for each in table if each.menu and (admin or not each.changes)]
    special = [each for each in table if each.needs is not Action.READ and not each.menu]
    return tuple(each for each in (*usual, *special) if allowed[each.needs])[:MOST]


class Menus:
    """Sets the menus when the bot connects, and those of single people when their role changes."""

    def __init__(
        self, bot: Bot, table: Sequence[Command], *, owners: Collection[int], store: Store, offload: Offload
    ) -> None:
        """`owners` are Telegram user ids."""
        self._bot = bot
        self._table = table
        self._owners = frozenset(owners)
        self._store = store
        self._offload = offload
        self._own: dict[int, Role] = {}  # chats whose menu was set, for which role

    async def greet(self) -> None:
        """All menus; one that is refused is logged. Raises TelegramError where Telegram cannot be asked."""
        for scope, place, admin in (
            (BotCommandScopeDefault(), Place.PRIVATE, True),
            (BotCommandScopeAllGroupChats(), Place.GROUP, False),
            (BotCommandScopeAllChatAdministrators(), Place.GROUP, True),
        ):
            await self._set(scope, commands_for(self._table, Role.READER, place, admin=admin))
        self._own.clear()
        await self.follow()

    async def after(self, command: str) -> None:
        """A command was answered: if it can have changed roles, menus follow."""
        if command not in CHANGE_ROLES:
            return
        try:
            await self.follow()
        except TelegramError as error:
            log.info("menus do not follow roles yet: %s", reason(error, self._bot.token))

    async def follow(self) -> None:
        """Give those a menu whose role changed since the last time. Raises as `greet` does, and StoreError."""
        wanted = dict.fromkeys(self._owners, Role.OWNER)
        for grant in await self._offload(self._store.grants):
            person = Destination.read(grant.who)
            if person.messenger == MESSENGER and person.address.isdecimal() and grant.role in ABOVE:
                wanted.setdefault(int(person.address), grant.role)
        for chat in self._own.keys() - wanted.keys():
            await self._drop(BotCommandScopeChat(chat))
            del self._own[chat]
        for chat, role in wanted.items():
            if self._own.get(chat) is role:
                continue
            theirs = commands_for(self._table, role, Place.PRIVATE, admin=True)
            if await self._set(BotCommandScopeChat(chat), theirs):
                self._own[chat] = role

    async def _set(self, scope: BotCommandScope, shown: Sequence[Command]) -> bool:
        """Set one menu in every language; False if Telegram does not take it: the person never wrote to us."""
        for language in LANGUAGES:
            with speaking(language):
                menu = [BotCommand(each.name, tr(each.summary)[:LONGEST]) for each in shown]
            try:
                await self._bot.set_my_commands(
                    menu, scope=scope, language_code=None if language == ENGLISH else language
                )
            except (BadRequest, Forbidden) as error:
                level = logging.INFO if isinstance(scope, BotCommandScopeChat) else logging.WARNING
                log.log(level, "a menu of commands was refused: %s", reason(error, self._bot.token))
                return False
        return True

    async def _drop(self, scope: BotCommandScope) -> None:
        for language in LANGUAGES:
            try:
                await self._bot.delete_my_commands(
                    scope=scope, language_code=None if language == ENGLISH else language
                )
            except (BadRequest, Forbidden) as error:
                log.info("a menu of commands was not taken back: %s", reason(error, self._bot.token))


__all__ = ["Menus", "commands_for"]
