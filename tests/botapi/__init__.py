"""A Telegram Bot API server on loopback, for tests and for playing with the bot by hand.

It holds every request to the machine-readable Bot API description and to the limits stated in prose, and
plays private chats, groups, forums and channels. `python -m tests.botapi` runs it with a page for people.
"""

from __future__ import annotations

from tests.botapi.chats import Chat, Press
from tests.botapi.faults import Drop, Fault, Half, Hang, Html, Refuse, too_many
from tests.botapi.message import Message
from tests.botapi.people import KICKED, LEFT, OWNER, Member, Person, administrator, restricted
from tests.botapi.server import TOKEN, BotApi
from tests.botapi.world import Request

__all__ = [
    "KICKED",
    "LEFT",
    "OWNER",
    "TOKEN",
    "BotApi",
    "Chat",
    "Drop",
    "Fault",
    "Half",
    "Hang",
    "Html",
    "Member",
    "Message",
    "Person",
    "Press",
    "Refuse",
    "Request",
    "administrator",
    "restricted",
    "too_many",
]
