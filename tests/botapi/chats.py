"""A chat: what people do in it (for tests), and what it lets the bot do (for the methods)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.botapi.errors import ApiError, forbid, refuse
from tests.botapi.message import Message, typed_entities
from tests.botapi.people import ANONYMOUS, KICKED, LEFT, Member, Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.botapi.world import World

WAIT = 5.0
"""Seconds a test waits for the bot before it gives up."""


@dataclass(slots=True)
class Topic:
    """A thread of a forum."""

    name: str
    closed: bool = False


@dataclass(slots=True)
class Press:
    """A button that somebody pressed; `answer` is what the bot let them see, once it answered."""

    id: str
    message: Message
    answer: Mapping[str, Any] | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def answered(self, timeout: float = WAIT) -> Mapping[str, Any]:  # noqa: ASYNC109 - tests say how long
        """Wait for answerCallbackQuery; its parameters. Raises TimeoutError: the client would still spin."""
        async with asyncio.timeout(timeout):
            await self.done.wait()
        return self.answer or {}


class Chat:
    """One chat of any kind. What people do is awaited and queues the updates that Telegram would send."""

    def __init__(
        self,
        world: World,
        chat_id: int,
        kind: str,
        title: str,
        *,
        username: str | None = None,
        forum: bool = False,
        started: bool = True,
    ) -> None:
        self.world = world
        self.id = chat_id
        self.kind = kind
        self.title = title
        self.username = username
        self.forum = forum
        self.started = started
        self.members: dict[Person, Member] = {}
        self.topics: dict[int, Topic] = {}
        self.all_may_write = True
        self.migrated_to: int | None = None
        self.history: list[Message] = []
        self.actions: list[str] = []
        self._sent: asyncio.Queue[Message] = asyncio.Queue()
        self._edited: asyncio.Queue[Message] = asyncio.Queue()
        self._last = 1 if forum else 0

    # what a test looks at

    @property
    def name(self) -> str:
        """For people: the public name, else the title."""
        return f"@{self.username}" if self.username else self.title

    @property
    def user(self) -> Person:
        """The person of a private chat."""
        return next(person for person in self.members if person != self.world.bot)

    @property
    def messages(self) -> list[Message]:
        """What the bot sent and did not delete, oldest first."""
        return [m for m in self.history if m.sender == self.world.bot and not m.deleted and not m.service]

    def message(self, number: int) -> Message | None:
        """A message by its number, unless it was deleted."""
        return next((m for m in self.history if m.id == number and not m.deleted), None)

    async def next_message(self, timeout: float = WAIT) -> Message:  # noqa: ASYNC109 - tests say how long
        """The next message of the bot that no test has taken yet; waits for it. Raises TimeoutError."""
        return await self._take(self._sent, timeout, "message")

    async def next_edit(self, timeout: float = WAIT) -> Message:  # noqa: ASYNC109 - tests say how long
        """The message that the bot edits next. Raises TimeoutError."""
        return await self._take(self._edited, timeout, "edit")

    def unread(self) -> list[Message]:
        """All messages of the bot that no test has taken yet, without waiting."""
        return [self._sent.get_nowait() for _ in range(self._sent.qsize())]

    async def _take(self, queue: asyncio.Queue[Message], seconds: float, what: str) -> Message:
        try:
            async with asyncio.timeout(seconds):
                return await queue.get()
        except TimeoutError:
            last = [f"{r.method} {r.status} {r.description}".strip() for r in self.world.requests[-5:]]
            message = f"no {what} in {self.name} within {seconds} s; last requests: {last}"
            raise TimeoutError(message) from None

    # what people do

    async def says(
        self, who: Person, text: str, *, thread: int | None = None, reply_to: Message | None = None
    ) -> Message:
        """Somebody writes. An anonymous administrator (`world.anonymous`) shows as the group itself."""
        if self.kind == "private" and not self._bot_here:
            await self.unblocks()
        self.started = True
        hidden = who.id == ANONYMOUS
        message = self._add(
            None if self.kind == "channel" else who,
            text=text,
            entities=typed_entities(text),
            thread=thread,
            reply_to=reply_to,
            sender_chat=self if hidden or self.kind == "channel" else None,
        )
        if self.kind == "channel":
            if self.bot.manages:
                self.world.updates.put("channel_post", message.json())
        elif self._bot_reads(message):
            self.world.updates.put("message", message.json())
        return message

    async def command(self, who: Person, line: str, *, thread: int | None = None) -> Message:
        """A command picked from the menu, `subscribe all` say: clients add the bot's name to it in groups."""
        word, _, rest = line.partition(" ")
        mark = "" if self.kind == "private" else f"@{self.world.bot.username}"
        return await self.says(who, f"/{word}{mark} {rest}".rstrip(), thread=thread)

    async def presses(self, who: Person, message: Message, label: str) -> Press:
        """Somebody presses a button below the bot's message. Raises LookupError if it cannot be pressed."""
        button = message.button(label)
        if "callback_data" not in button:
            problem = f"{label!r} is a link to {button.get('url')}, it tells the bot nothing"
            raise LookupError(problem)
        press = self.world.new_press(message)
        body = {
            "id": press.id,
            "from": who.json(),
            "message": message.json(),
            "data": button["callback_data"],
        }
        self.world.updates.put("callback_query", {**body, "chat_instance": str(self.id)})
        return press

    async def blocks(self) -> None:
        """The person of a private chat blocks the bot."""
        await self.puts_bot(KICKED, self.user)

    async def unblocks(self) -> None:
        """The person of a private chat lets the bot in again."""
        await self.puts_bot(Member(), self.user)

    async def puts_bot(self, member: Member, by: Person) -> None:
        """The bot is added, promoted, demoted or kicked: my_chat_member."""
        change = self._change(self.world.bot, member, by)
        self.world.updates.put("my_chat_member", change)

    async def puts(self, who: Person, member: Member, by: Person) -> None:
        """Somebody joins, leaves or gets another role: chat_member, for bots that ask for it."""
        change = self._change(who, member, by)
        if self.bot.manages:
            self.world.updates.put("chat_member", change)

    async def opens_topic(self, who: Person, name: str) -> int:
        """A new thread of a forum; its number."""
        colour = 7322096
        message = self._add(who, service={"forum_topic_created": {"name": name, "icon_color": colour}})
        message.thread = message.id
        self.topics[message.id] = Topic(name)
        self.world.updates.put("message", message.json())
        return message.id

    async def migrates(self, new_id: int, by: Person) -> Chat:
        """The group becomes a supergroup with another number; its two service messages follow."""
        new = self.world.add(Chat(self.world, new_id, "supergroup", self.title))
        new.members = dict(self.members)
        self.migrated_to = new_id
        left = self._add(by, service={"migrate_to_chat_id": new_id})
        self.world.updates.put("message", left.json())
        arrived = new._add(by, service={"migrate_from_chat_id": self.id})
        self.world.updates.put("message", arrived.json())
        return new

    # what the methods ask

    @property
    def bot(self) -> Member:
        """What the bot is here."""
        return self.members.get(self.world.bot, LEFT)

    @property
    def _bot_here(self) -> bool:
        return self.bot.present

    def json(self) -> dict[str, Any]:
        """The chat as the API shows it."""
        shown: dict[str, Any] = {"id": self.id, "type": self.kind}
        shown["first_name" if self.kind == "private" else "title"] = self.title
        if self.username:
            shown["username"] = self.username
        if self.forum:
            shown["is_forum"] = True
        return shown

    def refuse_stranger(self) -> None:
        """Raise what Telegram says to a bot that is not (or no longer) in this chat."""
        if self.migrated_to is not None:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, description, {"migrate_to_chat_id": self.migrated_to})
        if self.kind == "private":
            if not self._bot_here:
                forbid("bot was blocked by the user")
            if not self.started:
                forbid("bot can't initiate conversation with a user")
        elif self.bot.status == "kicked":
            forbid(f"bot was kicked from the {self.kind} chat")
        elif not self._bot_here:
            forbid(f"bot is not a member of the {self.kind} chat")

    def refuse_writing(self, thread: int | None) -> None:
        """Raise what Telegram says if the bot may not write here, or not in this thread."""
        self.refuse_stranger()
        if self.kind == "channel":
            if not self.bot.may("can_post_messages"):
                refuse("need administrator rights in the channel chat")
        elif self.kind != "private":
            muted = self.bot.status == "restricted" and not self.bot.may("can_send_messages")
            if muted or not (self.all_may_write or self.bot.manages):
                refuse("not enough rights to send text messages to the chat")
        if thread is not None:
            if not self.forum or thread not in self.topics:  # General has no number that could be written to
                refuse("message thread not found")
            if self.topics[thread].closed and not self.bot.may("can_manage_topics"):
                refuse("TOPIC_CLOSED")

    def post(self, **facts: Any) -> Message:
        """The bot writes; `facts` are fields of Message."""
        message = self._add(self.world.bot, **facts)
        if self.kind == "channel":
            message.sender_chat = self
        self._sent.put_nowait(message)
        return message

    def edited(self, message: Message) -> None:
        """The bot changed a message of this chat."""
        message.edit_date = self.world.now()
        self._edited.put_nowait(message)

    def _add(self, sender: Person | None, **facts: Any) -> Message:
        self._last += 1
        message = Message(self._last, self, self.world.now(), sender, **facts)
        self.history.append(message)
        return message

    def _bot_reads(self, message: Message) -> bool:
        """Privacy mode: in groups a bot that is no administrator sees commands, mentions and replies only."""
        if not self._bot_here:
            return False
        if self.kind == "private" or self.bot.manages or self.world.reads_all_group_messages:
            return True
        if message.reply_to is not None and message.reply_to.sender == self.world.bot:
            return True
        name = f"@{self.world.bot.username}".lower()
        words = [piece.lower() for kind in ("bot_command", "mention") for piece in message.marked(kind)]
        return any(word.endswith(name) or (word.startswith("/") and "@" not in word) for word in words)

    def _change(self, who: Person, member: Member, by: Person) -> dict[str, Any]:
        old = self.members.get(who, LEFT)
        self.members[who] = member
        return {
            "chat": self.json(),
            "from": by.json(),
            "date": self.world.now(),
            "old_chat_member": old.json(who),
            "new_chat_member": member.json(who),
        }
