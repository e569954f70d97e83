"""What somebody asks, taken apart, and what a command is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.chat.message import Message
from monitor.chat.work import Steps
from monitor.core.access import Action

if TYPE_CHECKING:
    from datetime import tzinfo

    from monitor.desk import Desk
    from monitor.desk.answers import Caller, Target
    from monitor.desk.roles import Person


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody asks, taken apart."""

    desk: Desk
    caller: Caller
    arguments: str  # without the target
    zone: tzinfo  # of the reader
    commands: Mapping[str, Command]  # all there are, by name
    written: str | None = None  # the other chat, as it was written
    target: Target | None = None  # the other chat, as it was found
    other: Target | None = None  # one more chat, for a command that `pairs` two, as it was found
    paired: str | None = None  # and as it was written
    aside: bool = (
        False  # the answer goes to the asker alone, not to the chat it is about: readers of a channel
    )
    about: int | None = None  # the card that the message tells of to which this one replies
    person: Person | None = None  # whom the message shows: mentioned in it, or whose words it replies to
    bot: str = ""  # the bot's own name in its messenger, without @; empty where it has none


Answer = Message | Steps
"""A command's answer, or for one that takes its time the work that ends with it."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `summary` is a line for menus, `example` can be sent as it is."""

    name: str
    usage: str  # the command with its arguments
    summary: str
    example: str
    run: Callable[[Ask], Answer]
    changes: bool = False  # what comes to a chat: needs an admin in groups
    targets: bool = False  # takes another chat as its last argument
    pairs: bool = False  # takes one more chat before that, or "me": where to
    needs: Action = Action.READ  # who finds it in menus and in /help; the desk decides who may use it
    menu: bool = False  # one of the about ten that a client's menu shows
    costly: bool = (
        False  # counts as a search, of which those who only read have a share where the bot is open
    )
