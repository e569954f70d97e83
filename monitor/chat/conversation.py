"""What people say to the bot, one update at a time: commands, buttons, and changes of their chats.

Each is turned into one question to the desk, asked in the thread that owns the store; the answer goes out
after the store has committed. Chats are dealt with side by side, each in its own order.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING

from telegram import Chat, ChatMember
from telegram import Message as Heard
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, TelegramError

from monitor.chat import apologies, commands, inline
from monitor.chat.connection import reason
from monitor.chat.message import Message
from monitor.chat.people import MESSENGER, shown_in
from monitor.chat.presses import Unusable
from monitor.chat.replying import Note, Replies, Spot
from monitor.chat.sharing import patience
from monitor.chat.work import Work
from monitor.core.model import Destination
from monitor.desk.answers import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import tzinfo

    from telegram import CallbackQuery, ChatMemberUpdated, Update, User

    from monitor.chat.messenger import Migrated, Post
    from monitor.chat.people import People
    from monitor.chat.presses import Keys
    from monitor.chat.sharing import Shares
    from monitor.desk import Desk
    from monitor.desk.answers import Caller
    from monitor.ports import Offload

log = logging.getLogger(__name__)

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?\Z", re.DOTALL)

WELCOME = "start"
"""Changes nothing that was asked for, but lets held-back alerts go on: for admins only, too."""

PATIENCE = 60.0
"""Seconds for one update as a whole."""

ME = "me"
"""How somebody names their private chat with the bot."""


class Conversation:
    """Deals with updates; whatever happens in one of them, the next one is dealt with too."""

    def __init__(
        self,
        post: Post,
        *,
        keys: Keys,
        desk: Desk,
        offload: Offload,
        people: People,
        migrated: Migrated,
        zone: tzinfo,
        shares: Shares,
        after: Callable[[str], Awaitable[None]],
    ) -> None:
        """`keys` open what buttons carry that `post` sends; `migrated` hears of groups that got a new id.

        Times in answers are told in `zone`. `shares` says how often one person is answered; `after` hears the name
        of each command that was.
        """
        self._post = post
        self._bot = post.bot
        self._keys = keys
        self._desk = desk
        self._offload = offload
        self._people = people
        self._migrated = migrated
        self._zone = zone
        self._replies = Replies(post, offload=offload, migrated=migrated)
        self._shares = shares
        self._after = after

    async def handle(self, updates: Sequence[Update]) -> None:
        """Deal with all of them; raises nothing.

        Returns when every answer is out, but for work that takes long, which goes on by itself.
        """
        lanes: dict[int, list[Update]] = {}
        for update in updates:
            chat = update.effective_chat
            lanes.setdefault(chat.id if chat else 0, []).append(update)
        await asyncio.gather(*(self._lane(lane) for lane in lanes.values()))

    async def stop(self, grace: float) -> None:
        """Let work that is under way end for `grace` seconds, then break it off."""
        await self._replies.stop(grace)

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
        elif update.inline_query is not None:
            await inline.respond(
                self._bot,
                update.inline_query,
                desk=self._desk,
                offload=self._offload,
                people=self._people,
                zone=self._zone,
            )

    async def _message(self, heard: Heard) -> None:
        if await self._migration(heard):
            return
        private = heard.chat.type == Chat.PRIVATE
        spot = spot_of(heard)
        found = COMMAND.match(heard.text or "")
        if found is None or heard.forward_origin is not None:  # forwarded words are nobody's wish
            if private and await self._has_share(heard.from_user, spot):
                await self._replies.say(
                    spot, apologies.pointer(await self._language(heard.chat, heard.from_user))
                )
            return
        name, addressee, arguments = found[1].lower(), found[2], (found[3] or "").strip()
        if addressee is not None and addressee.lower() != (self._bot.username or "").lower():
            return
        if not private and addressee is None and name not in commands.COMMANDS:
            return  # it is for another bot of the group
        if heard.from_user is None or not await self._has_share(heard.from_user, spot):
            return
        try:
            answer = await self._answer(heard, heard.from_user, name, arguments)
        except TelegramError as error:
            log.warning("who asks /%s is not known: %s", name, reason(error, self._bot.token))
            answer = apologies.ask_again(heard.from_user.language_code)
        except Exception:  # the border of the process: one bug must not end the conversation with everybody
            log.exception("/%s failed", name)
            answer = apologies.sorry(heard.from_user.language_code)
        if isinstance(answer, Work):
            await self._replies.labour(heard.from_user.id, spot, answer, f"/{name}")
        else:
            await self._replies.say(spot, answer)
        await self._after(name)

    async def _has_share(self, user: User | None, spot: Spot) -> bool:
        """Whether somebody is answered; whoever asks too much is told so once, and then not heard for a while."""
        if user is None:
            return True
        verdict = self._shares.take(user.id)
        if verdict.tell:
            await self._replies.say(spot, Message(patience(user.language_code, verdict.wait)))
        return verdict.granted

    async def _migration(self, heard: Heard) -> bool:
        """Whether it tells that a group became a supergroup, or a topic opened again; what is theirs follows."""
        if heard.migrate_to_chat_id is not None:
            await self._migrated(Destination(MESSENGER, str(heard.chat.id)), heard.migrate_to_chat_id)
        elif heard.migrate_from_chat_id is not None:
            await self._migrated(Destination(MESSENGER, str(heard.migrate_from_chat_id)), heard.chat.id)
        elif heard.forum_topic_reopened is not None:
            topic = Destination(MESSENGER, str(heard.chat.id), heard.message_thread_id)
            await self._offload(self._desk.resume, topic)
        else:
            return False
        return True

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
        target = await self._found(commands.target_of(name, arguments), caller, user)
        if isinstance(target, Message):
            return target
        other = await self._found(commands.other_of(name, arguments), caller, user)
        if isinstance(other, Message):
            return other
        return await self._offload(
            commands.begin,
            self._desk,
            caller,
            name,
            arguments,
            target,
            zone=self._zone,
            about=await self._about(heard, caller),
            other=other,
            person=shown_in(heard),
            bot=self._bot.username or "",
        )

    async def _found(self, written: str | None, caller: Caller, user: User) -> Target | Message | None:
        """Another chat that a command names, or "me" for the asker's private one; or why not, in words."""
        if written is None or await self._offload(self._desk.allowed, caller) is not None:
            return None
        if written == ME:
            return None if caller.rights.anonymous else await self._private(user)
        return await self._people.target(written, caller, user)

    async def _private(self, user: User) -> Target:
        """Somebody's private chat; whether the bot may write there is known to Telegram alone."""
        try:
            await self._bot.send_chat_action(user.id, ChatAction.TYPING)
        except (BadRequest, Forbidden):
            reachable = False
        else:
            reachable = True
        where = Destination(MESSENGER, str(user.id))
        return Target(where, user.full_name, admin=True, may_post=reachable)

    async def _language(self, chat: Chat, user: User | None) -> str | None:
        """In which language somebody is spoken to where no command answers."""
        if user is None:
            return None
        caller = await self._people.caller(chat, user, changes=False)
        return await self._offload(commands.spoken_to, self._desk, caller)

    async def _about(self, heard: Heard, caller: Caller) -> int | None:
        """The card of the alert to which a message replies."""
        told = heard.reply_to_message
        if told is None or told.from_user is None or told.from_user.id != self._bot.id:
            return None
        return await self._offload(self._desk.feedback.card_of, caller.here, str(told.message_id))

    async def _button(self, query: CallbackQuery) -> None:
        """A pressed button; Telegram is always told that it was seen, else the person's client waits."""
        note: Note | None = None
        language = query.from_user.language_code
        verdict = self._shares.take(query.from_user.id)
        if not verdict.granted:
            await query.answer(patience(language, verdict.wait) if verdict.tell else None)
            return
        try:
            note = await self._press(query)
        except TelegramError as error:
            log.warning("a button was not answered: %s", reason(error, self._bot.token))
            note = Note(apologies.ask_again(language).text)
        except Exception:  # the border of the process, as for commands
            log.exception("a button failed")
            note = Note(apologies.sorry(language).text)
        finally:
            await query.answer(note.text if note else None, show_alert=bool(note and note.loud) or None)

    async def _press(self, query: CallbackQuery) -> Note | None:
        """Send the answer to a button; returns what the client shall show instead, if there is none."""
        carrier = query.message
        language = query.from_user.language_code
        if carrier is None or not query.data:
            return Note(apologies.expired(language))
        chat = carrier.chat
        names = (chat.id, f"@{chat.username}") if chat.username else (chat.id,)
        data = await self._keys.open(query.data, names)
        if isinstance(data, Unusable):
            log.info("a button in %d was not accepted: %s", chat.id, data)
            words = apologies.expired if data is Unusable.EXPIRED else apologies.foreign
            return Note(words(await self._language(chat, query.from_user)))
        topic = spot_of(carrier).topic if isinstance(carrier, Heard) else None
        changes = commands.press_changes(data)
        caller = await self._people.caller(chat, query.from_user, topic=topic, changes=changes)
        channel = chat.type == Chat.CHANNEL
        answer = await self._offload(commands.press, self._desk, caller, data, zone=self._zone, aside=channel)
        if answer is None:
            return Note(apologies.foreign(language))
        spot = Spot(chat.id, topic, carrier.message_id)
        reader = query.from_user if channel else None
        if isinstance(answer, Work):
            there = Spot(query.from_user.id) if channel else spot
            await self._replies.labour(query.from_user.id, there, answer, "a button")
            return None
        return await self._replies.press(reader, spot, answer)

    async def _membership(self, change: ChatMemberUpdated) -> None:
        """The bot was blocked, let in, made an admin, thrown out."""
        chat, now = change.chat, change.new_chat_member.status
        self._people.forget(chat.id)
        destination = Destination(MESSENGER, str(chat.id))
        if now in {ChatMember.LEFT, ChatMember.BANNED}:
            log.info("%s: the bot was blocked or removed; what is owed there waits", destination)
        elif await self._offload(self._desk.resume, destination):
            log.info("%s: the bot may speak again; what was held back goes out", destination)


def spot_of(heard: Heard) -> Spot:
    """Where to answer a message: in its forum topic, and in a group as a reply to it."""
    topic = heard.message_thread_id if heard.is_topic_message else None
    return Spot(heard.chat.id, topic, None if heard.chat.type == Chat.PRIVATE else heard.message_id)
