"""The commands: one table, from which registration, menus, /help, the README and the tests are made.

`answer` turns what somebody typed into a question to the desk and its answer into words; `answer_button` does
the same for a pressed button. A button carries all that it needs, so that it works after a restart, and asks
the desk like everybody: nothing is allowed because a button was there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, tzinfo
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

from monitor.chat import cards, reports, wishing, wording
from monitor.chat.ask import Ask
from monitor.chat.phrases import quoted
from monitor.desk.answers import (
    Caller,
    Forbidden,
    NoCard,
    NotSubscribed,
    QueryMistake,
    Target,
    UnknownRule,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.chat.message import Message
    from monitor.desk import Desk

USUAL = 5
"""Cards that /latest shows unless told otherwise."""

LONGEST_NUMBER = 18
"""Digits of a number that somebody may type: more than any card will have, fewer than a database can hold."""

TARGET = re.compile(
    r"(?:https?://)?t\.me/(?P<link>\w+)/?|(?P<name>@\w+)|(?P<id>-\d{1,18})(?:/\d{1,18})?", re.ASCII
)
OLDER = re.compile(r"(?:^|\s)older:(\d{1,18})\s*$", re.ASCII)

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


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `summary` is a line for menus, `example` can be sent as it is."""

    name: str
    usage: str  # the command with its arguments
    summary: str
    example: str
    run: Callable[[Ask], Message]
    changes: bool = False  # what comes to a chat: needs an admin in groups
    targets: bool = False  # takes another chat as its last argument


def answer(
    desk: Desk, caller: Caller, name: str, arguments: str, target: Target | None = None, *, zone: tzinfo = UTC
) -> Message:
    """What to say to a command.

    `arguments` is all that followed its name. Where `target_of` finds another chat in it, whoever calls has
    looked for that chat and gives what was found as `target`, None if nothing was. Times are told in `zone`.
    """
    asked = name.removeprefix("/").partition("@")[0].casefold()
    command = COMMANDS.get(asked)
    if command is None:
        if refused := desk.allowed(caller):
            return wording.forbidden(refused, caller)
        return wording.unknown_command(asked, _nearest(asked), tuple(COMMANDS))
    rest, written = split_target(asked, arguments)
    if written is not None and target is None:
        refused = desk.allowed(caller)
        return wording.forbidden(refused, caller) if refused else wording.target_unknown(written)
    return command.run(Ask(desk, caller, rest, zone, written, target))


def answer_button(desk: Desk, caller: Caller, data: str, *, zone: tzinfo = UTC) -> Message | None:
    """What to say to a pressed button; None for data that no button of ours carries."""
    kind, colon, rest = data.partition(":")
    press = PRESSES.get(kind)
    return press(Ask(desk, caller, rest, zone)) if colon and press else None


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


def _start(ask: Ask) -> Message:
    told = ask.desk.start(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return wording.welcome(told, ask.caller)


def _help(ask: Ask) -> Message:
    if refused := ask.desk.allowed(ask.caller):
        return wording.forbidden(refused, ask.caller)
    asked = ask.arguments.removeprefix("/").casefold()
    if not asked:
        return wording.help_page([(each.usage, each.summary) for each in COMMANDS.values()])
    if asked == "search":
        return wording.help_search(QUERIES)
    command = COMMANDS.get(asked)
    if command is None:
        return wording.unknown_command(asked, _nearest(asked), tuple(COMMANDS))
    return wording.help_one(
        command.usage, command.summary, command.example, admins=command.changes, elsewhere=command.targets
    )


def _subscribe(ask: Ask) -> Message:
    if not ask.arguments:
        return _usage(
            ask, "subscribe", "Which rule? /rules lists them; all means every one, level:flash a level."
        )
    told = ask.desk.subscribe(ask.caller, ask.arguments, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, UnknownRule):
        return wording.unknown_rule(told, offer="/subscribe", press=None if ask.target else "sub")
    return wording.subscribed(told, ask.desk.now())


def _unsubscribe(ask: Ask) -> Message:
    if not ask.arguments:
        return _subs(ask)  # what there is, with a button to end each
    told = ask.desk.unsubscribe(ask.caller, ask.arguments, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, NotSubscribed):
        return wording.not_subscribed(told)
    return wording.unsubscribed(told)


def _subs(ask: Ask) -> Message:
    told = ask.desk.subscriptions(ask.caller, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return reports.subscriptions(told, ask.zone, ask.desk.now())


def _latest(ask: Ask) -> Message:
    arguments, before = _older(ask.arguments)
    words = arguments.split()
    numbers = [word for word in words if word.isdecimal()]
    names = [word for word in words if not word.isdecimal()]
    if len(numbers) > 1 or len(names) > 1:
        return _usage(ask, "latest", "That is more than a number and a rule.")
    wanted = _number(numbers[0]) if numbers else None
    return _cards(ask, USUAL if wanted is None else wanted, names[0] if names else None, before)


def _older_cards(ask: Ask) -> Message:
    """The button below /latest: `latest:COUNT:BEFORE:RULE`."""
    wanted, before, rule = [*ask.arguments.split(":", 2), "", ""][:3]
    return _cards(ask, _number(wanted) or USUAL, rule or None, _number(before))


def _cards(ask: Ask, wanted: int, rule: str | None, before: int | None) -> Message:
    told = ask.desk.latest(ask.caller, wanted, rule, before)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, UnknownRule):
        return wording.unknown_rule(told, offer="/latest")
    if not told.cards:
        return wording.no_cards(told.rule)
    return cards.latest(told, ask.zone, ask.desk.now())


def _search(ask: Ask) -> Message:
    query, before = _older(ask.arguments)
    return _find(ask, query, before)


def _older_finds(ask: Ask) -> Message:
    """The button below a search: `s:BEFORE:QUERY`."""
    before, _, query = ask.arguments.partition(":")
    return _find(ask, query, _number(before))


def _find(ask: Ask, query: str, before: int | None) -> Message:
    if not query:
        return _usage(ask, "search", "What shall I look for? /help search explains the query language.")
    told = ask.desk.search(ask.caller, query, before)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, QueryMistake):
        return wording.query_mistake(told.error)
    if told.first and not told.finds and told.older is None:
        return wording.nothing_found(told.query)
    return cards.found(told, ask.zone, ask.desk.now())


def _why(ask: Ask) -> Message:
    number = _number(ask.arguments.removeprefix("#"))
    if number is None:
        wrong = f"{quoted(ask.arguments)} is no card number." if ask.arguments else "Which card?"
        return _usage(ask, "why", f"{wrong} The number stands in an alert's last line, and in /latest.")
    told = ask.desk.why(ask.caller, number)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, NoCard):
        return wording.no_card(told)
    return cards.why(told, ask.zone, ask.desk.now(), ask.desk.names())


def _rules(ask: Ask) -> Message:
    page = _number(ask.arguments)
    if ask.arguments and page is None:
        one = ask.desk.rule(ask.caller, ask.arguments)
        if isinstance(one, Forbidden):
            return wording.forbidden(one, ask.caller)
        if isinstance(one, UnknownRule):
            return wording.unknown_rule(one, offer="/rules")
        return reports.rule(one, ask.desk.now())
    told = ask.desk.rules(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return reports.rules(told, page or 1)


def _feeds(ask: Ask) -> Message:
    told = ask.desk.feeds(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return reports.feeds(told, _number(ask.arguments) or 1, ask.zone, ask.desk.now())


def _status(ask: Ask) -> Message:
    told = ask.desk.status(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return reports.status(told, ask.zone, ask.desk.now())


def _usage(ask: Ask, name: str, wrong: str) -> Message:
    """How the command is written, for those who may use it at all."""
    if refused := ask.desk.allowed(ask.caller):
        return wording.forbidden(refused, ask.caller)
    return wording.usage(wrong, COMMANDS[name].usage, COMMANDS[name].example)


def _older(arguments: str) -> tuple[str, int | None]:
    """The arguments without `older:NUMBER` at their end, and that number: where a page ended."""
    found = OLDER.search(arguments)
    return (arguments[: found.start()].strip(), int(found[1])) if found else (arguments.strip(), None)


def _number(written: str) -> int | None:
    """A number as a person types it; None for anything else, and for what no database can hold."""
    fits = written.isascii() and written.isdecimal() and len(written) <= LONGEST_NUMBER
    return int(written) if fits else None


def _nearest(asked: str) -> str | None:
    close = get_close_matches(asked[:64], COMMANDS, n=1, cutoff=0.6)
    return close[0] if close else None


TABLE = (
    Command("start", "/start", "say what this bot is, and let held-back alerts go on", "/start", _start),
    Command("help", "/help [COMMAND]", "list the commands, or explain one", "/help search", _help),
    Command(
        "subscribe",
        "/subscribe RULE|tag:NAME|level:WORD|all [@channel]",
        "bring the alerts of a rule, a tag or a level (and above) here",
        "/subscribe all",
        _subscribe,
        changes=True,
        targets=True,
    ),
    Command(
        "unsubscribe",
        "/unsubscribe RULE|tag:NAME|level:WORD|all [@channel]",
        "stop the alerts of a rule here",
        "/unsubscribe all",
        _unsubscribe,
        changes=True,
        targets=True,
    ),
    Command("subs", "/subs [@channel]", "list what comes here", "/subs", _subs, targets=True),
    Command(
        "mute",
        wishing.MUTE,
        "tell this chat nothing of a rule, card or query for a while",
        wishing.MUTE_EXAMPLE,
        wishing.mute,
        changes=True,
        targets=True,
    ),
    Command(
        "unmute",
        wishing.UNMUTE,
        "end a mute; alone, list what is muted",
        wishing.UNMUTE_EXAMPLE,
        wishing.unmute,
        changes=True,
        targets=True,
    ),
    Command(
        "quiet",
        wishing.QUIET,
        "hold alerts back in these hours of each day",
        wishing.QUIET_EXAMPLE,
        wishing.quiet,
        changes=True,
        targets=True,
    ),
    Command("latest", "/latest [NUMBER] [RULE]", "show the newest cards", "/latest 3", _latest),
    Command(
        "search",
        "/search QUERY",
        "find stored stories, with the language of the rules",
        "/search defector consulate",
        _search,
    ),
    Command("why", "/why CARD", "show what matched in a card", "/why 1", _why),
    Command("rules", "/rules [RULE]", "list the rules, or show one in full", "/rules", _rules),
    Command("feeds", "/feeds", "tell how the feeds do", "/feeds", _feeds),
    Command("status", "/status", "tell how the bot does", "/status", _status),
)

COMMANDS: Mapping[str, Command] = MappingProxyType({each.name: each for each in TABLE})
"""All commands by name, in the order of menus and help."""

PRESSES: Mapping[str, Callable[[Ask], Message]] = MappingProxyType(
    {
        "why": _why,
        "latest": _older_cards,
        "s": _older_finds,
        "sub": _subscribe,
        "unsub": _unsubscribe,
        "mute": wishing.mute,
        "unmute": wishing.unmute,
        "quiet": wishing.quiet,
        "rules": _rules,
        "feeds": _feeds,
    }
)
"""What buttons carry before their first colon."""
