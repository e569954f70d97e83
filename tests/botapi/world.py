"""The little Telegram that the test server plays: its people, its chats, and what waits for the bot."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.botapi.chats import Chat, Press
from tests.botapi.errors import refuse
from tests.botapi.people import ANONYMOUS, LEFT, Member, Person, administrator
from tests.botapi.updates import Updates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.botapi.message import Message

MEMBER = Member()
POSTER = administrator("can_post_messages", "can_edit_messages")


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the bot, as logged: what it asked (as sent, without the token) and what it was told."""

    method: str
    params: Mapping[str, Any]
    status: int
    description: str = ""
    at: float = field(default_factory=time.monotonic)


class World:
    """People, chats and updates of one bot. Tests build it and act in it; the server's methods change it."""

    def __init__(self, bot_id: int, bot_name: str) -> None:
        self.bot = Person(bot_id, "Tocsin", username=bot_name, is_bot=True)
        self.anonymous = Person(ANONYMOUS, "Group", username="GroupAnonymousBot", is_bot=True)
        self.reads_all_group_messages = False
        self.people: dict[int, Person] = {self.bot.id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.updates = Updates()
        self.requests: list[Request] = []
        self.presses: dict[str, Press] = {}
        self.inline_answers: dict[str, Mapping[str, Any] | None] = {}
        self.commands: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def now(self) -> int:
        """Seconds since 1970, as the API dates things."""
        return int(time.time())

    def person(
        self, user_id: int, name: str, *, username: str | None = None, language: str | None = None
    ) -> Person:
        """Somebody who may be in several chats."""
        return self.people.setdefault(user_id, Person(user_id, name, username, language))

    def add(self, chat: Chat) -> Chat:
        """Put a chat into the world. Raises ValueError if its number is taken."""
        if chat.id in self.chats:
            message = f"there is a chat {chat.id} already"
            raise ValueError(message)
        self.chats[chat.id] = chat
        return chat

    def private(self, user_id: int, name: str, *, started: bool = True, language: str | None = None) -> Chat:
        """The chat of one person with the bot. Not `started`: the bot may not write first."""
        person = self.person(user_id, name, language=language)
        chat = self.add(Chat(self, user_id, "private", name, username=person.username, started=started))
        chat.members = {person: Member(), self.bot: Member()}
        return chat

    def group(
        self,
        chat_id: int,
        title: str,
        members: Mapping[Person, Member] | None = None,
        *,
        kind: str = "supergroup",
        forum: bool = False,
        username: str | None = None,
        bot: Member = MEMBER,
    ) -> Chat:
        """A group; `kind` is supergroup, or group for the old, small sort. `bot` may be LEFT."""
        chat = self.add(Chat(self, chat_id, kind, title, username=username, forum=forum))
        chat.members = {**(members or {}), self.bot: bot}
        return chat

    def channel(
        self,
        chat_id: int,
        title: str,
        members: Mapping[Person, Member] | None = None,
        *,
        username: str | None = None,
        bot: Member = POSTER,
    ) -> Chat:
        """A channel; the bot may post in it unless `bot` says otherwise."""
        chat = self.add(Chat(self, chat_id, "channel", title, username=username))
        chat.members = {**(members or {}), self.bot: bot}
        return chat

    def find(self, chat_id: int | str) -> Chat:
        """A chat by number or @name. Raises ApiError 400 "chat not found"."""
        if isinstance(chat_id, int):
            found = self.chats.get(chat_id)
        else:
            name = chat_id.removeprefix("@").lower()
            named = (c for c in self.chats.values() if c.username and c.kind != "private")
            found = next((chat for chat in named if (chat.username or "").lower() == name), None)
        if found is None:
            refuse("chat not found")
        return found

    def new_press(self, message: Message) -> Press:
        """A callback query that waits for its answer."""
        press = Press(str(4_000_000_000 + len(self.presses)), message)
        self.presses[press.id] = press
        return press

    async def asks_inline(self, who: Person, query: str, *, offset: str = "") -> str:
        """Somebody types `@bot query` anywhere; the query's number, a key of `inline_answers`."""
        number = str(5_000_000_000 + len(self.inline_answers))
        self.inline_answers[number] = None
        body = {"id": number, "from": who.json(), "query": query, "offset": offset}
        self.updates.put("inline_query", body)
        return number

    def members_of(self, chat: Chat, *, present: bool = True) -> dict[Person, Member]:
        """Who is in a chat."""
        return {p: m for p, m in chat.members.items() if m.present or not present}

    def membership(self, chat: Chat, user_id: int) -> tuple[Person, Member]:
        """What an account is in a chat. Raises ApiError 400 if Telegram never heard of it."""
        for person, member in chat.members.items():
            if person.id == user_id:
                return person, member
        if user_id not in self.people:
            refuse("user not found")
        return self.people[user_id], LEFT
