"""How commands are written: /help, and the answer to one that was mistyped."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.message import Message
from monitor.chat.phrases import span
from monitor.chat.tongue import mark, tr
from monitor.core.access import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.chat.ask import Ask, Command

QUERIES = (
    ("defector consulate", mark("both words, in any order, in plural or possessive too")),
    ('"asylum seeker"', mark("these words next to each other")),
    ("망명 OR перебежчик", mark("one of them, in any script; OR and AND in capitals")),
    ("(embassy OR consulate) Vladivostok", mark("brackets say what belongs together")),
    ("title:consulate -film", mark("in the title; - means: not with this word")),
    (
        "@north_korean source:yonhap",
        mark("@name is a list of words from rules.yaml; source: is part of a feed's name"),
    ),
)
"""The query language by example, for /help search."""


def help_(ask: Ask) -> Message:
    """List the commands, or explain one."""
    if refused := ask.desk.allowed(ask.caller):
        return wording.forbidden(refused, ask.caller)
    asked = ask.arguments.removeprefix("/").casefold()
    if not asked:
        return wording.help_page([(each.usage, each.summary) for each in offered(ask).values()])
    if asked == "search":
        return wording.help_search(QUERIES)
    command = ask.commands.get(asked)
    if command is None:
        theirs = offered(ask)
        return wording.unknown_command(asked, nearest(asked, theirs), tuple(theirs))
    return wording.help_one(
        command.usage, command.summary, command.example, admins=command.changes, elsewhere=command.targets
    )


def offered(ask: Ask) -> Mapping[str, Command]:
    """The commands that the caller may use where they are, in the order of the table."""
    office, caller = ask.desk.office, ask.caller
    fit = {action: office.refusal(action, caller) is None for action in Action}
    return {name: each for name, each in ask.commands.items() if fit[each.needs]}


def sparing(seconds: float) -> Message:
    """Somebody searched more than their share."""
    told = tr(
        "That was a lot of searching; everybody has a share of it. You can go on in {span}. /latest and what "
        "comes by subscription cost nothing."
    )
    return Message(told.format(span=span(max(seconds, 1.0))))


def usage(ask: Ask, name: str, wrong: str) -> Message:
    """How the command is written, for those who may use it at all."""
    if refused := ask.desk.allowed(ask.caller):
        return wording.forbidden(refused, ask.caller)
    return wording.usage(wrong, ask.commands[name].usage, ask.commands[name].example)


def nearest(asked: str, known: Iterable[str]) -> str | None:
    """The command that was probably meant."""
    close = get_close_matches(asked[:64], known, n=1, cutoff=0.6)
    return close[0] if close else None
