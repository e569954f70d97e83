"""The one table of commands: registration, menus, /help, the README and the tests are made from it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from monitor.chat import helping, reading, wishing
from monitor.chat.ask import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.chat.ask import Answer, Ask

TABLE = (
    Command(
        "start", "/start", "say what this bot is, and let held-back alerts go on", "/start", reading.start
    ),
    Command("help", "/help [COMMAND]", "list the commands, or explain one", "/help search", helping.help_),
    Command(
        "subscribe",
        "/subscribe RULE|tag:NAME|level:WORD|all [@channel]",
        "bring the alerts of a rule, a tag or a level (and above) here",
        "/subscribe all",
        reading.subscribe,
        changes=True,
        targets=True,
    ),
    Command(
        "unsubscribe",
        "/unsubscribe RULE|tag:NAME|level:WORD|all [@channel]",
        "stop the alerts of a rule here",
        "/unsubscribe all",
        reading.unsubscribe,
        changes=True,
        targets=True,
    ),
    Command("subs", "/subs [@channel]", "list what comes here", "/subs", reading.subs, targets=True),
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
    Command("latest", "/latest [NUMBER] [RULE]", "show the newest cards", "/latest 3", reading.latest),
    Command(
        "search",
        "/search QUERY",
        "find stored stories, with the language of the rules",
        "/search defector consulate",
        reading.search,
    ),
    Command("why", "/why CARD", "show what matched in a card", "/why 1", reading.why),
    Command("rules", "/rules [RULE]", "list the rules, or show one in full", "/rules", reading.rules),
    Command("feeds", "/feeds", "tell how the feeds do", "/feeds", reading.feeds),
    Command("status", "/status", "tell how the bot does", "/status", reading.status),
)

COMMANDS: Mapping[str, Command] = MappingProxyType({each.name: each for each in TABLE})
"""All commands by name, in the order of menus and help."""

PRESSES: Mapping[str, Callable[[Ask], Answer]] = MappingProxyType(
    {
        "why": reading.why,
        "latest": reading.older_cards,
        "s": reading.older_finds,
        "sub": reading.subscribe,
        "unsub": reading.unsubscribe,
        "mute": wishing.mute,
        "unmute": wishing.unmute,
        "quiet": wishing.quiet,
        "rules": reading.rules,
        "feeds": reading.feeds,
    }
)
"""What buttons carry before their first colon."""
