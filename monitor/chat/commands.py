"""What is said to a command and to a pressed button.

`begin` turns what somebody typed into a question to the desk and its answer into words; `press` does the same
for a button. A button carries all that it needs, so that it works after a restart, and asks the desk like
everybody: nothing is allowed because a button was there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.ask import Answer, Ask
from monitor.chat.helping import nearest
from monitor.chat.message import Message
from monitor.chat.table import COMMANDS, PRESSES
from monitor.chat.tongue import ENGLISH, known, speaking
from monitor.chat.work import Work

if TYPE_CHECKING:
    from monitor.desk import Desk
    from monitor.desk.answers import Caller, Target

TARGET = re.compile(
    r"(?:https?://)?t\.me/(?P<link>\w+)/?|(?P<name>@\w+)|(?P<id>-\d{1,18})(?:/\d{1,18})?", re.ASCII
)


def begin(
    desk: Desk,
    caller: Caller,
    name: str,
    arguments: str,
    target: Target | None = None,
    *,
    zone: tzinfo = UTC,
    about: int | None = None,
) -> Message | Work:
    """What to say to a command, or the work that ends with it.

    `arguments` is all that followed its name. Where `target_of` finds another chat in it, whoever calls has
    looked for that chat and gives what was found as `target`, None if nothing was. Times are told in `zone`.
    `about` is the card of the message that was replied to.
    """
    language = spoken_to(desk, caller)
    with speaking(language):
        asked = Ask(desk, caller, arguments, zone, COMMANDS, target=target, about=about)
        return _begun(_command(asked, name.removeprefix("/").partition("@")[0].casefold()), language)


def press(desk: Desk, caller: Caller, data: str, *, zone: tzinfo = UTC) -> Message | Work | None:
    """What to say to a pressed button; None for data that no button of ours carries."""
    kind, colon, rest = data.partition(":")
    pressed = PRESSES.get(kind)
    if not colon or pressed is None:
        return None
    language = spoken_to(desk, caller)
    with speaking(language):
        return _begun(pressed(Ask(desk, caller, rest, zone, COMMANDS)), language)


def spoken_to(desk: Desk, caller: Caller) -> str:
    """The language in which the caller is answered."""
    return known(desk.language(caller)) or ENGLISH


def target_of(name: str, arguments: str) -> str | None:
    """The other chat that a command names, as `@name` or a number, to be looked for; None for none."""
    return split_target(name, arguments)[1]


def split_target(name: str, arguments: str) -> tuple[str, str | None]:
    """The arguments without the other chat, and that chat: the last word, for commands that take one."""
    command = COMMANDS.get(name)
    words = arguments.split()
    found = TARGET.fullmatch(words[-1]) if command and command.targets and words else None
    if found is None:
        return arguments.strip(), None
    return " ".join(words[:-1]), f"@{found['link']}" if found["link"] else words[-1]


def _command(given: Ask, asked: str) -> Answer:
    command = COMMANDS.get(asked)
    refused = given.desk.allowed(given.caller)
    if command is None:
        if refused:
            return wording.forbidden(refused, given.caller)
        return wording.unknown_command(asked, nearest(asked, COMMANDS), tuple(COMMANDS))
    rest, written = split_target(asked, given.arguments)
    if written is not None and given.target is None:
        return wording.forbidden(refused, given.caller) if refused else wording.target_unknown(written)
    return command.run(replace(given, arguments=rest, written=written))


def _begun(answer: Answer, language: str) -> Message | Work:
    return answer if isinstance(answer, Message) else Work(answer, language)


__all__ = ["COMMANDS", "PRESSES", "begin", "press", "split_target", "target_of"]
