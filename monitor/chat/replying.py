"""How answers get to people: sent, put in the place of a message, shown as a note, or worked on for a while.

Work that takes longer than a moment goes on by itself, so that nobody else waits for it; one of it per person.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from monitor.chat import apologies
from monitor.chat.connection import FloodError, never_left, reason
from monitor.chat.people import MESSENGER
from monitor.chat.receipts import NOT_MODIFIED, blames_markup
from monitor.chat.render import plain
from monitor.core.model import Destination

if TYPE_CHECKING:
    from telegram import User

    from monitor.chat.message import Message
    from monitor.chat.messenger import Migrated, Post
    from monitor.chat.work import Work
    from monitor.ports import Offload

log = logging.getLogger(__name__)

SHORT_WAIT = 5.0
"""Seconds that an answer waits if Telegram asks to wait; after a longer wait nobody needs it any more."""

NOTE_LIMIT = 200
"""Characters in the note that answers a button (Bot API, answerCallbackQuery)."""

SOON = 1.0
"""Seconds that work may take before it goes on by itself; until then what its chat asks next waits for it."""

PATIENCE = 600.0
"""Seconds for work as a whole."""

UNEDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "no text in the message",
)
"""Words of a 400 that say that a message cannot take another text: deleted, too old, or a picture."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the client of whoever pressed a button shows for a moment; `loud` ones have to be put away."""

    text: str
    loud: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an answer goes: a chat, a forum topic in it, and in groups the message it answers."""

    chat: int
    topic: int | None = None
    answers: int | None = None


class Replies:
    """Sends answers; `stop` ends the work that goes on by itself."""

    def __init__(self, post: Post, *, offload: Offload, migrated: Migrated, soon: float = SOON) -> None:
        """`migrated` hears of groups that got a new id; work that takes longer than `soon` goes on by itself."""
        self._post = post
        self._offload = offload
        self._migrated = migrated
        self._soon = soon
        self._under_way: dict[int, asyncio.Task[None]] = {}  # by person

    async def say(self, spot: Spot, answer: Message) -> None:
        """Send an answer; once more where the first refusal is one that can be mended at once."""
        try:
            await self._post.send(spot.chat, spot.topic, answer, answers=spot.answers)
        except TelegramError as error:
            if isinstance(error, FloodError) and (error.after or SHORT_WAIT) <= SHORT_WAIT:
                await asyncio.sleep(error.after or SHORT_WAIT)
            elif isinstance(error, ChatMigrated):
                await self._migrated(Destination(MESSENGER, str(spot.chat)), error.new_chat_id)
                spot = Spot(error.new_chat_id)
            elif blames_markup(error):
                log.warning("an answer was refused, sent plain: %s", reason(error, self._post.bot.token))
                answer = plain(answer)
            elif not never_left(error):
                raise
            await self._post.send(spot.chat, spot.topic, answer, answers=spot.answers)

    async def edit(self, chat: int, number: int, answer: Message) -> bool:
        """Put an answer in the place of a message; False if that cannot be edited any more, so say it anew."""
        try:
            await self._post.edit(chat, number, answer)
        except BadRequest as error:
            said = error.message.lower()
            if NOT_MODIFIED not in said:
                if any(words in said for words in UNEDITABLE):
                    return False
                raise
        return True

    async def press(self, reader: User | None, spot: Spot, answer: Message) -> Note | None:
        """Answer a button: as a note, alone to the `reader` of a channel, in place of its message, or below it."""
        if answer.note and not answer.buttons and len(answer.text) <= NOTE_LIMIT:
            return Note(answer.text, loud=False)
        if reader is not None:
            return await self._aside(reader, answer)
        replaced = answer.replaces and answer.attachment is None and spot.answers is not None
        if not (replaced and await self.edit(spot.chat, spot.answers or 0, answer)):
            await self.say(spot, answer)
        return None

    async def _aside(self, user: User, answer: Message) -> Note:
        """Answer a reader of a channel alone: in private, or what fits into a note; never all readers."""
        try:
            await self._post.send(user.id, None, answer)
        except Forbidden:
            return Note(answer.cut(NOTE_LIMIT).text)
        return Note(apologies.in_private(user.language_code))

    async def labour(self, person: int, spot: Spot, work: Work, name: str) -> None:
        """Do work for somebody; returns when it is done, or when it takes so long that it goes on by itself."""
        if person in self._under_way:
            work.steps.close()
            await self.say(spot, apologies.busy(work.language))
            return
        task = asyncio.create_task(self._guarded(spot, work, name), name=name)
        self._under_way[person] = task
        task.add_done_callback(lambda _: self._under_way.pop(person, None))
        await asyncio.wait({task}, timeout=self._soon)

    async def stop(self, grace: float) -> None:
        """Let work that is under way end for `grace` seconds, then break it off."""
        tasks = set(self._under_way.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _guarded(self, spot: Spot, work: Work, name: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._labour(spot, work, name)
        except TelegramError as error:
            log.warning("%s not answered: %s", name, reason(error, self._post.bot.token))
        except TimeoutError:
            log.warning("%s not done within %g s", name, PATIENCE)

    async def _labour(self, spot: Spot, work: Work, name: str) -> None:
        """One message shows how far it came, and in its place stands the answer."""
        shown: list[int] = []

        async def show(message: Message) -> None:
            if shown:
                await self.edit(spot.chat, shown[0], message)
            else:
                sent = await self._post.send(spot.chat, spot.topic, message, answers=spot.answers)
                shown.append(sent.message_id)

        await self._post.bot.send_chat_action(spot.chat, ChatAction.TYPING, message_thread_id=spot.topic)
        try:
            answer = await work.finish(self._offload, show)
        except TelegramError:
            raise
        except Exception:  # the border of the process: one bug must not end the conversation with everybody
            log.exception("%s failed", name)
            answer = apologies.sorry(work.language)
        if not (shown and answer.attachment is None and await self.edit(spot.chat, shown[0], answer)):
            await self.say(spot, answer)
