"""The commands that follow and read: subscriptions, cards, stories, rules, feeds, and how the bot does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.chat import reports, wording
from monitor.chat.granting import start_with
from monitor.chat.helping import usage
from monitor.chat.tongue import tr
from monitor.desk.answers import Forbidden, NotSubscribed, UnknownRule

if TYPE_CHECKING:
    from monitor.chat.ask import Ask
    from monitor.chat.message import Message

USUAL = 5
"""Cards that /latest shows unless told otherwise."""

LONGEST_NUMBER = 18
"""Digits of a number that somebody may type: more than any card will have, fewer than a database can hold."""

OLDER = re.compile(r"(?:^|\s)older:(\d{1,18})\s*$", re.ASCII)


def start(ask: Ask) -> Message:
    """Say what this bot is, and let go on what was held back."""
    if (invited := start_with(ask)) is not None:
        return invited
    told = ask.desk.start(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return wording.welcome(told, ask.caller)


def subscribe(ask: Ask) -> Message:
    """Bring alerts here."""
    if not ask.arguments:
        return usage(
            ask, "subscribe", tr("Which rule? /rules lists them; all means every one, level:flash a level.")
        )
    told = ask.desk.subscribe(ask.caller, ask.arguments, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, UnknownRule):
        return wording.unknown_rule(told, offer="/subscribe", press=None if ask.target else "sub")
    return wording.subscribed(told, ask.desk.now())


def unsubscribe(ask: Ask) -> Message:
    """End that."""
    if not ask.arguments:
        return subs(ask)  # what there is, with a button to end each
    told = ask.desk.unsubscribe(ask.caller, ask.arguments, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, NotSubscribed):
        return wording.not_subscribed(told)
    return wording.unsubscribed(told)


def subs(ask: Ask) -> Message:
    """List what comes here."""
    told = ask.desk.subscriptions(ask.caller, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return reports.subscriptions(told, ask.zone, ask.desk.now())


def feeds(ask: Ask) -> Message:
    """Tell how the feeds do."""
    told = ask.desk.feeds(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return reports.feeds(told, number(ask.arguments) or 1, ask.zone, ask.desk.now())


def status(ask: Ask) -> Message:
    """Tell how the bot does."""
    told = ask.desk.status(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return reports.status(told, ask.zone, ask.desk.now())


def number(written: str) -> int | None:
    """A number as a person types it; None for anything else, and for what no database can hold."""
    fits = written.isascii() and written.isdecimal() and len(written) <= LONGEST_NUMBER
    return int(written) if fits else None
