"""What people say to the bot, one update at a time: commands, buttons, and changes of their chats.

Each is turned into one question to the desk, asked in the thread that owns the store; the answer goes out
after the store has committed. Chats are dealt with side by side, each in its own order.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import Chat, ChatMember
from telegram import Message as Heard
from telegram.constants import ChatAction
from telegram.error import ChatMigrated, Forbidden, TelegramError

from monitor.chat import commands
from monitor.chat.connection import FloodError, never_left, reason
from monitor.chat.message import Message
from monitor.chat.messenger import edit, send
from monitor.chat.people import MESSENGER
from monitor.chat.receipts import blames_markup
from monitor.chat.render import plain
from monitor.chat.work import Work
from monitor.core.model import Destination

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from telegram import Bot, CallbackQuery, ChatMemberUpdated, Update, User

    from monitor.chat.messenger import Migrated
    from monitor.chat.people import People
    from monitor.desk import Desk
    from monitor.desk.answers import Target
    from monitor.ports import Offload

log = logging.getLogger(__name__)

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?\Z", re.DOTALL)

WELCOME = "start"
"""Changes nothing that was asked for, but lets held-back alerts go on: for admins only, too."""

PATIENCE = 60.0
"""Seconds for one update as a whole."""

SHORT_WAIT = 5.0
"""Seconds that an answer waits if Telegram asks to wait; after a longer wait nobody needs it any more."""

NOTE_LIMIT = 200
"""Characters in the note that answers a button (Bot API, answerCallbackQuery)."""

SORRY = Message("Sorry, that went wrong here; it is in the log of this bot. Please try again later.")
POINTER = Message("I understand commands only. /help lists them.")
ASK_AGAIN = Message("Telegram does not tell me who may do that here. Please try again in a minute.")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an answer goes: a chat, a forum topic in it, and in groups the message it answers."""

    chat: int
    topic: int | None = None
    answers: int | None = None


class Conversation:
    """Deals with updates; whatever happens in one of them, the next one is dealt with too."""

    def __init__(
        self, bot: Bot, *, desk: Desk, offload: Offload, people: People, migrated: Migrated, zone: tzinfo
    ) -> None:
        """`migrated` hears of groups that got a new id; times in answers are told in `zone`."""
        self._bot = bot
        self._desk = desk
        self._offload = offload
        self._people = people
        self._migrated = migrated
        self._zone = zone

    async def handle(self, updates: Sequence[Update]) -> None:
        """Deal with all of them; returns when every answer is out, raises nothing."""
        lanes: dict[int, list[Update]] = {}
        for update in updates:
            chat = update.effective_chat
            lanes.setdefault(chat.id if chat else 0, []).append(update)
        await asyncio.gather(*(self._lane(lane) for lane in lanes.values()))

    async def _lane(self, updates: Sequence[Update]) -> None:
        for update in updates:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._one(update)
            except TelegramError as error:
                log.warning("update %d not answered: %s", update.update_id, reason(error, self._bot.token))
            except TimeoutError:
                log.warning("update %d not answered within %g s", update.update_id, PATIENCE)
            except Exception:  # the border of the process: else this update would come again for ever
                log.exception("update %d failed", update.update_id)

    async def _one(self, update: Update) -> None:
        if update.callback_query is not None:
            await self._button(update.callback_query)
        elif update.message is not None:
            await self._message(update.message)
        elif update.my_chat_member is not None:
            await self._membership(update.my_chat_member)

    async def _message(self, heard: Heard) -> None:
        if await self._migration(heard):
            return
        private = heard.chat.type == Chat.PRIVATE
        spot = spot_of(heard)
        found = COMMAND.match(heard.text or "")
        if found is None or heard.forward_origin is not None:  # forwarded words are nobody's wish
            if private:
                await self._say(spot, POINTER)
            return
        name, addressee, arguments = found[1].lower(), found[2], (found[3] or "").strip()
        if addressee is not None and addressee.lower() != (self._bot.username or "").lower():
            return
        if not private and addressee is None and name not in commands.COMMANDS:
            return  # it is for another bot of the group
        if heard.from_user is None:
            return
        try:
            answer = await self._answer(heard, heard.from_user, name, arguments)
        except TelegramError as error:
            log.warning("who asks /%s is not known: %s", name, reason(error, self._bot.token))
            answer = ASK_AGAIN
        except Exception:  # the border of the process: one bug must not end the conversation with everybody
            log.exception("/%s failed", name)
            answer = SORRY
        if isinstance(answer, Work):
            await self._labour(spot, answer, f"/{name}")
        else:
            await self._say(spot, answer)

    async def _migration(self, heard: Heard) -> bool:
        """Whether it tells that a group became a supergroup; what lies under its old id follows."""
        if heard.migrate_to_chat_id is not None:
            await self._migrated(Destination(MESSENGER, str(heard.chat.id)), heard.migrate_to_chat_id)
        elif heard.migrate_from_chat_id is not None:
            await self._migrated(Destination(MESSENGER, str(heard.migrate_from_chat_id)), heard.chat.id)
        else:
            return False
        return True

    async def _labour(self, spot: Spot, work: Work, name: str) -> None:
        """Work that takes its time: one message shows how far it came, and in its place stands the answer."""
        shown: list[int] = []

        async def show(message: Message) -> None:
            if shown:
                await edit(self._bot, spot.chat, shown[0], message)
            else:
                sent = await send(self._bot, spot.chat, spot.topic, message, answers=spot.answers)
                shown.append(sent.message_id)

        await self._bot.send_chat_action(spot.chat, ChatAction.TYPING, message_thread_id=spot.topic)
        try:
            answer = await work.finish(self._offload, show)
        except TelegramError:
            raise
        except Exception:  # the border of the process, as for commands
            log.exception("%s failed", name)
            answer = SORRY
        if shown and answer.attachment is None:
            await edit(self._bot, spot.chat, shown[0], answer)
        else:
            await self._say(spot, answer)

    async def _answer(self, heard: Heard, user: User, name: str, arguments: str) -> Message | Work:
        """What the desk says to a command."""
        command = commands.COMMANDS.get(name)
        caller = await self._people.caller(
            heard.chat,
            user,
            speaks_as=heard.sender_chat,
            topic=spot_of(heard).topic,
            changes=command is not None and (command.changes or name == WELCOME),
        )
        written = commands.target_of(name, arguments)
        target: Target | None = None
        if written is not None and await self._offload(self._desk.allowed, caller) is None:
            found = await self._people.target(written, caller, user)
            if isinstance(found, Message):
                return found
            target = found
        return await self._offload(
            commands.begin, self._desk, caller, name, arguments, target, zone=self._zone
        )

    async def _button(self, query: CallbackQuery) -> None:
        """A pressed button; Telegram is always told that it was seen, else the person's client waits."""
        note: str | None = None
        try:
            note = await self._press(query)
        except TelegramError as error:
            log.warning("a button was not answered: %s", reason(error, self._bot.token))
            note = ASK_AGAIN.text
        except Exception:  # the border of the process, as for commands
            log.exception("a button failed")
            note = SORRY.text
        finally:
            await query.answer(note, show_alert=bool(note) or None)

    async def _press(self, query: CallbackQuery) -> str | None:
        """Send the answer to a button; returns what the client shall show instead, if there is none."""
        carrier = query.message
        if carrier is None or not query.data:
            return "This button is too old."
        topic = spot_of(carrier).topic if isinstance(carrier, Heard) else None
        pressed = commands.PRESSES.get(query.data.partition(":")[0])
        changes = any(each.changes and each.run is pressed for each in commands.COMMANDS.values())
        caller = await self._people.caller(carrier.chat, query.from_user, topic=topic, changes=changes)
        answer = await self._offload(commands.press, self._desk, caller, query.data, zone=self._zone)
        if answer is None:
            return "This button is no longer known."
        spot = Spot(carrier.chat.id, topic, carrier.message_id)
        channel = carrier.chat.type == Chat.CHANNEL
        if isinstance(answer, Work):
            await self._labour(Spot(query.from_user.id) if channel else spot, answer, "a button")
            return None
        if channel:
            return await self._aside(query.from_user, answer)
        if answer.replaces and answer.attachment is None:
            await edit(self._bot, carrier.chat.id, carrier.message_id, answer)
        else:
            await self._say(spot, answer)
        return None

    async def _aside(self, user: User, answer: Message) -> str | None:
        """Answer a reader of a channel alone: in private, or what fits into a note; never all readers."""
        try:
            await send(self._bot, user.id, None, answer)
        except Forbidden:
            return answer.cut(NOTE_LIMIT).text
        return "I wrote it to you in private."

    async def _membership(self, change: ChatMemberUpdated) -> None:
        """The bot was blocked, let in, made an admin, thrown out."""
        chat, now = change.chat, change.new_chat_member.status
        self._people.forget(chat.id)
        destination = Destination(MESSENGER, str(chat.id))
        if now in {ChatMember.LEFT, ChatMember.BANNED}:
            log.info("%s: the bot was blocked or removed; what is owed there waits", destination)
        elif await self._offload(self._desk.resume, destination):
            log.info("%s: the bot may speak again; what was held back goes out", destination)

    async def _say(self, spot: Spot, answer: Message) -> None:
        """Send an answer; once more where the first refusal is one that can be mended at once."""
        try:
            await send(self._bot, spot.chat, spot.topic, answer, answers=spot.answers)
        except TelegramError as error:
            if isinstance(error, FloodError) and (error.after or SHORT_WAIT) <= SHORT_WAIT:
                await asyncio.sleep(error.after or SHORT_WAIT)
            elif isinstance(error, ChatMigrated):
                await self._migrated(Destination(MESSENGER, str(spot.chat)), error.new_chat_id)
                spot = Spot(error.new_chat_id)
            elif blames_markup(error):
                log.warning("an answer was refused, sent plain: %s", reason(error, self._bot.token))
                answer = plain(answer)
            elif not never_left(error):
                raise
            await send(self._bot, spot.chat, spot.topic, answer, answers=spot.answers)


def spot_of(heard: Heard) -> Spot:
    """Where to answer a message: in its forum topic, and in a group as a reply to it."""
    topic = heard.message_thread_id if heard.is_topic_message else None
    return Spot(heard.chat.id, topic, None if heard.chat.type == Chat.PRIVATE else heard.message_id)
