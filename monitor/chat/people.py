"""Who asks, and whether they may speak for a chat: owners, admins of groups, admins of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import (
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    MessageEntity,
    MessageOriginUser,
)
from telegram.error import BadRequest, Forbidden

from monitor.chat.message import Message
from monitor.core.access import Place, Rights
from monitor.core.model import Destination
from monitor.desk.answers import Caller, Target
from monitor.desk.roles import Person

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from telegram import Bot, ChatFullInfo, User
    from telegram import Message as Heard

MESSENGER = "telegram"
"""`Destination.messenger` of all that happens here."""

FRESH = 300.0
"""Seconds for which an admin, and one who is none, is taken at their last word."""

REMEMBERED = 2000
"""How many such answers are kept."""

IN_CHARGE = (ChatMember.OWNER, ChatMember.ADMINISTRATOR)


class People:
    """Turns users and chats into callers and targets, with as few questions to Telegram as can be."""

    def __init__(self, bot: Bot, owners: Collection[int], clock: Callable[[], float]) -> None:
        """`owners` are Telegram user ids; `clock` gives seconds that never go back."""
        self._bot = bot
        self._owners = frozenset(owners)
        self._clock = clock
        self._admins: dict[tuple[int, int], tuple[float, bool]] = {}  # (chat, user) -> (good until, admin)

    async def caller(
        self,
        chat: Chat,
        user: User,
        *,
        speaks_as: Chat | None = None,
        topic: int | None = None,
        changes: bool,
    ) -> Caller:
        """The person who asks.

        `speaks_as` is the chat in whose name they speak, if they do; `changes` says that the question needs
        an admin of the group, so that it is worth to ask Telegram. Raises TelegramError if Telegram cannot be
        asked.
        """
        anonymous = speaks_as is not None
        if chat.type == Chat.PRIVATE:
            place, admin = Place.PRIVATE, True
        elif speaks_as is not None:
            place, admin = Place.GROUP, speaks_as.id == chat.id  # else: a channel that speaks in a group
        else:
            place, admin = Place.GROUP, changes and await self._is_admin(chat.id, user.id)
        return Caller(
            person=f"{MESSENGER}:{speaks_as.id if speaks_as else user.id}",
            name=(speaks_as.effective_name if speaks_as else user.full_name) or "",
            rights=Rights(
                place, owner=not anonymous and user.id in self._owners, chat_admin=admin, anonymous=anonymous
            ),
            here=Destination(MESSENGER, str(chat.id), topic),
            title=chat.effective_name or user.full_name,
            language=user.language_code or "",
        )

    def reader(self, user: User) -> Caller:
        """Somebody who asks from a chat that we do not see: as in their private chat with the bot."""
        return Caller(
            person=f"{MESSENGER}:{user.id}",
            name=user.full_name,
            rights=Rights(Place.PRIVATE, owner=user.id in self._owners, chat_admin=True),
            here=Destination(MESSENGER, str(user.id)),
            title=user.full_name,
            language=user.language_code or "",
        )

    async def target(self, written: str, caller: Caller, user: User) -> Target | Message:
        """The other chat, written as `@name`, a number, or with a topic (`-100123/7`); or why not, in words.

        From a group nothing is looked up: the desk says where that is done. Raises TelegramError if Telegram
        cannot be asked.
        """
        name, _, topic = written.partition("/")
        if caller.rights.place is Place.GROUP:
            return Target(Destination(MESSENGER, name), written, admin=False, may_post=False)
        try:
            chat = await self._bot.get_chat(name)
        except (BadRequest, Forbidden):
            return Message(
                f"I cannot find {written}. Check the name; a chat without a public name is given by its "
                "number (-100…), and I must be a member of it."
            )
        title = chat.title or written
        if chat.type == Chat.PRIVATE:
            return Message(f"{written} is a person. Only channels and groups can be managed from here.")
        try:
            me = await self._bot.get_chat_member(chat.id, self._bot.id)
            person = await self._bot.get_chat_member(chat.id, user.id)
        except (BadRequest, Forbidden):
            return _outside(title)
        if me.status in {ChatMember.LEFT, ChatMember.BANNED}:
            return _outside(title)
        return Target(
            Destination(MESSENGER, str(chat.id), int(topic) if topic else None),
            title,
            admin=person.status in IN_CHARGE,
            may_post=_may_post(chat, me),
        )

    def forget(self, chat: int) -> None:
        """Ask again who the admins of a chat are: something about its members changed."""
        self._admins = {key: value for key, value in self._admins.items() if key[0] != chat}

    async def _is_admin(self, chat: int, user: int) -> bool:
        now = self._clock()
        until, admin = self._admins.get((chat, user), (now, False))
        if until > now:
            return admin
        try:
            member = await self._bot.get_chat_member(chat, user)
        except (BadRequest, Forbidden):
            return False
        admin = member.status in IN_CHARGE
        self._admins.pop((chat, user), None)
        while len(self._admins) >= REMEMBERED:
            del self._admins[next(iter(self._admins))]
        self._admins[chat, user] = (now + FRESH, admin)
        return admin


def shown_in(heard: Heard) -> Person | None:
    """Whom a message is about: somebody mentioned in it, or whose words it answers, forwarded or their own."""
    for entity in heard.entities:
        if entity.type == MessageEntity.TEXT_MENTION and entity.user is not None:
            return _person(entity.user)
    told = heard.reply_to_message
    if told is None:
        return None
    if isinstance(told.forward_origin, MessageOriginUser):
        return _person(told.forward_origin.sender_user)
    if told.from_user is None or told.from_user.is_bot or told.sender_chat is not None:
        return None
    return _person(told.from_user)


def _person(user: User) -> Person:
    return Person(f"{MESSENGER}:{user.id}", user.full_name)


def _may_post(chat: ChatFullInfo, me: ChatMember) -> bool:
    if chat.type == Chat.CHANNEL:
        return isinstance(me, ChatMemberAdministrator) and bool(me.can_post_messages)
    return not isinstance(me, ChatMemberRestricted) or me.can_send_messages


def _outside(title: str) -> Message:
    return Message(
        f"I am not in {title}. Make me an administrator there with the right to post, then try again."
    )
