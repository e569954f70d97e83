"""What somebody asks, taken apart, and what a command is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.chat.message import Message
from monitor.chat.work import Steps

if TYPE_CHECKING:
    from datetime import tzinfo

    from monitor.desk import Desk
    from monitor.desk.answers import Caller, Target


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
    about: int | None = None  # the card that the message tells of to which this one replies


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
