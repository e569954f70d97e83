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
from monitor.chat.helping import nearest, offered, sparing
from monitor.chat.message import Message
from monitor.chat.table import CHANGING, COMMANDS, PRESSES
from monitor.chat.tongue import ENGLISH, known, speaking
from monitor.chat.work import Work

if TYPE_CHECKING:
    from monitor.desk import Desk
    from monitor.desk.answers import Caller, Target
    from monitor.desk.roles import Person

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
    other: Target | None = None,
    person: Person | None = None,
    bot: str = "",
) -> Message | Work:
    """What to say to a command, or the work that ends with it.

    `arguments` is all that followed its name. Where `target_of` finds another chat in it, whoever calls has
    looked for that chat and gives what was found as `target`, None if nothing was. Times are told in `zone`.
    `other` is the same for `other_of`. `about` is the card of the message that was replied to, `person` whom
    the message shows; `bot` is the bot's name.
    """
    language = spoken_to(desk, caller)
    with speaking(language):
        clock = desk.preferences.zone(caller) or zone
        asked = Ask(
            desk, caller, arguments, clock, COMMANDS, target=target, about=about, person=person, bot=bot
        )
        asked = replace(asked, other=other)
        return _begun(_command(asked, name.removeprefix("/").partition("@")[0].casefold()), language)


def press(
    desk: Desk, caller: Caller, data: str, *, zone: tzinfo = UTC, aside: bool = False
) -> Message | Work | None:
    """What to say to a pressed button; None for data that no button of ours carries.

    With `aside` the answer goes to whoever pressed it alone.
    """
    kind, colon, rest = data.partition(":")
    pressed = PRESSES.get(kind)
    if not colon or pressed is None:
        return None
    language = spoken_to(desk, caller)
    with speaking(language):
        clock = desk.preferences.zone(caller) or zone
        return _begun(pressed(Ask(desk, caller, rest, clock, COMMANDS, aside=aside)), language)


def press_changes(data: str) -> bool:
    """Whether a button does what a command does that changes what comes to a chat."""
    kind = data.partition(":")[0]
    pressed = PRESSES.get(kind)
    return kind in CHANGING or any(each.changes and each.run is pressed for each in COMMANDS.values())


def spoken_to(desk: Desk, caller: Caller) -> str:
    """The language in which the caller is answered."""
    return next((found for each in desk.languages(caller) if (found := known(each))), ENGLISH)


def target_of(name: str, arguments: str) -> str | None:
    """The other chat that a command names, as `@name` or a number, to be looked for; None for none."""
    return split_target(name, split_other(name, arguments)[0])[1]


def other_of(name: str, arguments: str) -> str | None:
    """One more chat that a command names, to be looked for: `@name`, a number, or "me"; None for none."""
    return split_other(name, arguments)[1]


def split_other(name: str, arguments: str) -> tuple[str, str | None]:
    """The arguments without one more chat, and that chat: the first that is named, for commands that pair two."""
    command = COMMANDS.get(name)
    words = arguments.split()
    if command is None or not command.pairs or any(word.casefold() == "off" for word in words):
        return arguments.strip(), None
    for at, word in enumerate(words):
        found = TARGET.fullmatch(word)
        if found is not None or word.casefold() == "me":
            written = f"@{found['link']}" if found is not None and found["link"] else word.casefold()
            return " ".join(words[:at] + words[at + 1 :]), written
    return arguments.strip(), None


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
        theirs = offered(given)
        return wording.unknown_command(asked, nearest(asked, theirs), tuple(theirs))
    rest, paired = split_other(asked, given.arguments)
    rest, written = split_target(asked, rest)
    if written is not None and given.target is None:
        return wording.forbidden(refused, given.caller) if refused else wording.target_unknown(written)
    if command.costly and not refused and (wait := given.desk.shares.wait(given.caller)) is not None:
        return sparing(wait)
    return command.run(replace(given, arguments=rest, written=written, paired=paired))


def _begun(answer: Answer, language: str) -> Message | Work:
    return answer if isinstance(answer, Message) else Work(answer, language)


__all__ = [
    "COMMANDS",
    "PRESSES",
    "begin",
    "other_of",
    "press",
    "press_changes",
    "split_target",
    "spoken_to",
    "target_of",
]
