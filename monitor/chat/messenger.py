"""Alerts into Telegram: words a card, sends or edits it, says what became of it; never waits to try again.

Pacing, order and repeats are the business of `monitor.deliver` and the store; here one claimed delivery
becomes one request and one receipt. Three things are mended on the spot, because nothing is in doubt about
them: marks or buttons that the server refuses (the plain text follows), a group that became a supergroup (the
same message goes to its new id), and an edit that changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from telegram import Bot, InputFile, LinkPreviewOptions
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, ChatMigrated, InvalidToken, TelegramError

from monitor.chat.connection import reason
from monitor.chat.message import CAPTION_LIMIT
from monitor.chat.receipts import blames_markup, blames_topic, growing
from monitor.chat.receipts import receipt as judged
from monitor.chat.render import entities, keyboard, plain
from monitor.core.errors import StoreError
from monitor.core.model import Claimed, Destination, Flood, Kind, Later, Receipt, Refused, Sent, Unknown

if TYPE_CHECKING:
    from monitor.chat.message import Attachment, Message
    from monitor.chat.presses import Keys

T = TypeVar("T")

log = logging.getLogger(__name__)

PATIENCE = 40.0
"""Seconds for one send as a whole; far below the lease of a delivery."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""A preview would let the feed choose what the alert looks like."""

Lost = Callable[[Destination, str], Awaitable[None]]
"""Told when a destination can no longer be reached, and why."""

Migrated = Callable[[Destination, int], Awaitable[None]]
"""Told when a group (as its old destination) became a supergroup with a new id."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message on its way to one chat; `edit` is the id of the message to change, None for a new one."""

    chat: int | str
    topic: int | None
    edit: int | None
    message: Message


class Post:
    """Sends and edits messages whose buttons carry something: what goes out is a key for the one chat."""

    def __init__(self, bot: Bot, keys: Keys) -> None:
        self.bot = bot
        self._keys = keys

    async def send(
        self, chat: int | str, topic: int | None, message: Message, *, answers: int | None = None
    ) -> TelegramMessage:
        """Send a message to a chat; `answers` is the id of the message it replies to. Raises TelegramError."""
        return await send(self.bot, chat, topic, await self._keys.seal(message, chat), answers=answers)

    async def edit(self, chat: int | str, number: int, message: Message) -> None:
        """Give the message `number` of a chat a new content. Raises TelegramError."""
        await edit(self.bot, chat, number, await self._keys.seal(message, chat))


class TelegramMessenger:
    """The port `Messenger` over the Bot API; before the first connection its sends are tried later."""

    def __init__(
        self,
        post: Post,
        *,
        words: Callable[[Claimed], Message],
        migrated: Migrated | None = None,
        lost: Lost | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`words` turns a claimed card into its message; `migrated` hears of groups with a new id.

        `lost` hears of destinations that are out of reach from now on.

        `patience` in seconds is for one delivery as a whole.
        """
        self._post = post
        self._bot = post.bot
        self._words = words
        self._migrated = migrated
        self._lost = lost
        self._patience = patience
        self._moved: dict[int, int] = {}  # old chat id -> new one; until the subscriptions follow
        self._token_refused = False

    async def deliver(self, claimed: Claimed) -> Receipt:
        """Send or edit one card; every answer of the server is a receipt."""
        delivery = claimed.delivery
        chat = _chat(delivery.destination)
        edit: int | None = None
        if chat is None:
            return Refused(f"{delivery.destination.address!r} is not a Telegram chat", suspend=True)
        if delivery.kind is Kind.UPDATE:
            if claimed.message is None:
                return Sent()  # its alert stayed behind in the chat that this one was before it moved
            if not claimed.message.isdecimal():
                return Refused("the message to be updated is not known")
            edit = int(claimed.message)
        if isinstance(chat, int):
            chat = self._moved.get(chat, chat)
        if delivery.repeat and (absent := await self._absent(claimed)) is not None:
            return absent
        envelope = Envelope(chat, delivery.destination.topic, edit, self._words(claimed))
        try:
            async with asyncio.timeout(self._patience):
                receipt = await self._try(envelope, claimed)
        except TimeoutError:
            return Unknown(f"Telegram did not answer within {self._patience:g} s")
        if isinstance(receipt, Refused) and receipt.suspend and self._lost is not None:
            await self._lost(delivery.destination, receipt.reason)
        return receipt

    async def _absent(self, claimed: Claimed) -> Receipt | None:
        """Before a repeat, which is given only one chance: ask Telegram something harmless; None if it answers."""
        why = f"Telegram did not answer within {self._patience:g} s"
        try:
            async with asyncio.timeout(self._patience):
                await self._bot.get_me()
        except TelegramError as error:
            judged = self._judge(error, claimed, Flood.BOT)  # it was asked about no chat
            if isinstance(judged, Later):
                return judged
            why = reason(error, self._bot.token)
        except TimeoutError:
            pass
        else:
            return None
        return Later(growing(5.0, claimed.delivery.attempt - 1), f"not repeated yet: {why}")

    async def _try(self, envelope: Envelope, claimed: Claimed, *, mended: bool = False) -> Receipt:
        """One request, and once more where the refusal says what to change."""
        try:
            sent = await self._send(envelope)
        except ChatMigrated as moved:
            if mended:
                return Refused("the group says that it moved, and its new id says so too", suspend=True)
            return await self._try_there(envelope, claimed, moved.new_chat_id)
        except TelegramError as error:
            other = _otherwise(envelope, claimed, error)
            if other is None:
                return self._judge(error, claimed)
            log.warning("card %d: sent otherwise: %s", claimed.delivery.card, reason(error, self._bot.token))
            return await self._try(other, claimed, mended=True)
        except (KeyError, TypeError, ValueError) as error:
            # The library cannot read the answer: it came with 200, so the message is out, under an id we do
            # not know.
            return Unknown(f"the server's answer cannot be read ({type(error).__name__})")
        self._token_refused = False
        return Sent(sent)

    async def _try_there(self, envelope: Envelope, claimed: Claimed, new_chat: int) -> Receipt:
        """To the supergroup that a group became, once."""
        await self._follow(envelope, claimed.delivery.destination, new_chat)
        if envelope.edit is not None:
            return Sent()  # the alert stayed behind; under its number the new chat has another message
        there = Envelope(new_chat, envelope.topic, None, envelope.message)
        return await self._try(there, claimed, mended=True)

    async def _send(self, envelope: Envelope) -> str:
        """The request itself; gives the message's id."""
        message = envelope.message
        if envelope.edit is not None:
            await self._post.edit(envelope.chat, envelope.edit, message)
            return str(envelope.edit)
        sent = await self._post.send(envelope.chat, envelope.topic, message)
        return str(sent.message_id)

    async def _follow(self, envelope: Envelope, destination: Destination, new_chat: int) -> None:
        """Tell of a move; the alert goes on to the new id whether or not its subscriptions could follow."""
        log.warning("the group %s became the supergroup %d; its alerts follow", destination, new_chat)
        if self._migrated is not None:
            try:
                await self._migrated(destination, new_chat)
            except StoreError:
                log.exception("the subscriptions of %s did not follow yet", destination)
                return
        if isinstance(envelope.chat, int):
            self._moved[envelope.chat] = new_chat

    def _judge(self, error: TelegramError, claimed: Claimed, flood: Flood = Flood.CHAT) -> Receipt:
        """What an error means; `flood` says who has to wait if it is a 429."""
        if isinstance(error, InvalidToken) and not self._token_refused:
            self._token_refused = True
            log.error(
                "Telegram does not know our token: nothing is delivered until TELEGRAM_BOT_TOKEN is right"
            )
        return judged(
            error,
            token=self._bot.token,
            attempt=claimed.delivery.attempt,
            flood=flood,
            message=claimed.message if claimed.delivery.kind is Kind.UPDATE else None,
        )


async def send(
    bot: Bot, chat: int | str, topic: int | None, message: Message, *, answers: int | None = None
) -> TelegramMessage:
    """Send a message as it is, whose buttons carry nothing or keys; raises TelegramError. See `Post.send`."""
    if message.attachment is not None:
        return await _send_file(bot, chat, topic, message, file=message.attachment, answers=answers)

    async def once(preview: LinkPreviewOptions | None) -> TelegramMessage:
        return await bot.send_message(
            chat,
            message.text,
            entities=entities(message),
            link_preview_options=preview,
            disable_notification=message.silent or None,
            protect_content=message.protected or None,
            message_thread_id=topic,
            reply_markup=keyboard(message),
            reply_to_message_id=answers,
            allow_sending_without_reply=None if answers is None else True,
        )

    return await _without_preview(once, message)


async def _send_file(
    bot: Bot, chat: int | str, topic: int | None, message: Message, *, file: Attachment, answers: int | None
) -> TelegramMessage:
    """A picture or a document, the text as its caption; a file is read from its begin, also if it is sent again."""
    if not isinstance(file.content, bytes):
        file.content.seek(0)
    caption = message.cut(CAPTION_LIMIT)
    post = partial(bot.send_photo, chat) if file.picture else partial(bot.send_document, chat)
    sent = await post(
        InputFile(file.content, file.name, read_file_handle=False),
        caption=caption.text or None,
        caption_entities=entities(caption),
        disable_notification=message.silent or None,
        protect_content=message.protected or None,
        message_thread_id=topic,
        reply_markup=keyboard(message),
        reply_to_message_id=answers,
        allow_sending_without_reply=None if answers is None else True,
    )
    if not isinstance(file.content, bytes):
        file.content.close()  # after a refusal it may be sent once more
    return sent


async def edit(bot: Bot, chat: int | str, number: int, message: Message) -> None:
    """Give a message a new content, as it is; raises TelegramError. See `Post.edit`."""

    async def once(preview: LinkPreviewOptions | None) -> None:
        await bot.edit_message_text(
            message.text,
            chat_id=chat,
            message_id=number,
            entities=entities(message),
            link_preview_options=preview,
            reply_markup=keyboard(message),
        )

    await _without_preview(once, message)


async def _without_preview(once: Callable[[LinkPreviewOptions | None], Awaitable[T]], message: Message) -> T:
    """Make a request that asks for no preview, unless one is wanted; a server that cannot do that gets it without."""
    if message.preview:
        return await once(None)
    try:
        return await once(NO_PREVIEW)
    except BadRequest as error:
        if "link_preview_options" not in error.message.lower():
            raise
        return await once(None)


def _otherwise(envelope: Envelope, claimed: Claimed, error: TelegramError) -> Envelope | None:
    """How the same may still arrive; None if there is no other way.

    In the chat itself for a topic that is closed or gone, if that was chosen; plain, where marks or buttons were
    refused.
    """
    if blames_topic(error) and claimed.falls_back and envelope.topic is not None:
        return replace(envelope, topic=None)
    if blames_markup(error) and envelope.message.marks + envelope.message.buttons:
        return replace(envelope, message=plain(envelope.message))
    return None


def _chat(destination: Destination) -> int | str | None:
    """The chat id, or a public channel's @name; None for an address that can be neither."""
    address = destination.address
    if address.startswith("@") and len(address) > 1:
        return address
    try:
        return int(address)
    except ValueError:
        return None
