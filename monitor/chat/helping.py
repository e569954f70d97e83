"""How commands are written: /help, and the answer to one that was mistyped."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from monitor.chat import wording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.chat.ask import Ask
    from monitor.chat.message import Message

QUERIES = (
    ("defector consulate", "both words, in any order, in plural or possessive too"),
    ('"asylum seeker"', "these words next to each other"),
    ("망명 OR перебежчик", "one of them, in any script; OR and AND in capitals"),
    ("(embassy OR consulate) Vladivostok", "brackets say what belongs together"),
    ("title:consulate -film", "in the title; - means: not with this word"),
    (
        "@north_korean source:yonhap",
        "@name is a list of words from rules.yaml; source: is part of a feed's name",
    ),
)
"""The query language by example, for /help search."""


def help_(ask: Ask) -> Message:
    """List the commands, or explain one."""
    if refused := ask.desk.allowed(ask.caller):
        return wording.forbidden(refused, ask.caller)
    asked = ask.arguments.removeprefix("/").casefold()
    if not asked:
        return wording.help_page([(each.usage, each.summary) for each in ask.commands.values()])
    if asked == "search":
        return wording.help_search(QUERIES)
    command = ask.commands.get(asked)
    if command is None:
        return wording.unknown_command(asked, nearest(asked, ask.commands), tuple(ask.commands))
    return wording.help_one(
        command.usage, command.summary, command.example, admins=command.changes, elsewhere=command.targets
    )


def usage(ask: Ask, name: str, wrong: str) -> Message:
    """How the command is written, for those who may use it at all."""
    if refused := ask.desk.allowed(ask.caller):
        return wording.forbidden(refused, ask.caller)
    return wording.usage(wrong, ask.commands[name].usage, ask.commands[name].example)


def nearest(asked: str, known: Iterable[str]) -> str | None:
    """The command that was probably meant."""
    close = get_close_matches(asked[:64], known, n=1, cutoff=0.6)
    return close[0] if close else None
