"""A chat or topic can no longer be reached: those who chose what comes there are told, in their own chats."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from monitor.chat.connection import reason as told_reason
from monitor.chat.excerpt import line
from monitor.chat.message import Message, Style, Writer
from monitor.chat.people import MESSENGER
from monitor.chat.phrases import fill, quoted
from monitor.chat.tongue import ENGLISH, speaking, tr
from monitor.core.errors import StoreError
from monitor.core.model import Destination

if TYPE_CHECKING:
    from collections.abc import Collection

    from monitor.chat.messenger import Post
    from monitor.core.model import Subscription
    from monitor.ports import Offload, Store

log = logging.getLogger(__name__)

LONGEST = 200
"""Characters of a reason."""


class Losses:
    """Tells of each loss once: what is suspended is not tried again until somebody lets it go on."""

    def __init__(self, post: Post, *, store: Store, offload: Offload, owners: Collection[int]) -> None:
        """`owners` are told of what nobody chose whom we know."""
        self._post = post
        self._store = store
        self._offload = offload
        self._owners = tuple(sorted(owners))

    async def tell(self, lost: Destination, why: str) -> None:
        """Say it to whoever subscribed there; nobody is told that they blocked the bot themselves."""
        if not lost.address.startswith(("-", "@")):
            return
        try:
            theirs = await self._offload(self._store.subscriptions, lost)
            for person in self._concerned(theirs):
                chat = Destination(MESSENGER, str(person))
                language = await self._offload(self._store.language, chat) or ENGLISH
                with speaking(language):
                    message = worded(lost, _title(theirs, lost), why)
                await self._send(person, message)
        except StoreError:
            log.exception("nobody was told that %s is out of reach", lost)

    async def _send(self, person: int, message: Message) -> None:
        try:
            await self._post.send(person, None, message)
        except TelegramError as error:
            log.info("%d was not told of a loss: %s", person, told_reason(error, self._post.bot.token))

    def _concerned(self, theirs: Collection[Subscription]) -> tuple[int, ...]:
        """People who subscribed there, else the owners."""
        people = (each.by.partition(":") for each in theirs)
        ids = {int(number) for name, _, number in people if name == MESSENGER and number.isdecimal()}
        return tuple(sorted(ids)) or self._owners


def worded(lost: Destination, title: str, why: str) -> Message:
    """What is said."""
    out = Writer()
    where = quoted(title)
    if lost.topic is None:
        text = tr("I can no longer write to {chat}: {reason}")
    else:
        text = tr("I can no longer write to topic {topic} of {chat}: {reason}")
    out.line(text.format(chat=where, topic=lost.topic, reason=line(why, LONGEST)), Style.BOLD)
    out.line(tr("What is for it waits, nothing is lost. It goes on when somebody there sends me /start."))
    if lost.topic is not None:
        example = ("/topics general", Style.CODE)
        fill(
            out,
            tr("A topic that is opened again goes on by itself; or send {command} to that group."),
            command=example,
        )
    return out.message()


def _title(theirs: Collection[Subscription], lost: Destination) -> str:
    return next((each.title for each in theirs if each.title), lost.address)
