"""The commands that follow and read: subscriptions, cards, stories, rules, feeds, and how the bot does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.chat import cards, reports, wording
from monitor.chat.helping import usage
from monitor.chat.phrases import quoted
from monitor.desk.answers import Forbidden, NoCard, NotSubscribed, QueryMistake, UnknownRule

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
    told = ask.desk.start(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return wording.welcome(told, ask.caller)


def subscribe(ask: Ask) -> Message:
    """Bring alerts here."""
    if not ask.arguments:
        return usage(
            ask, "subscribe", "Which rule? /rules lists them; all means every one, level:flash a level."
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


def latest(ask: Ask) -> Message:
    """Show the newest cards."""
    arguments, before = _older(ask.arguments)
    words = arguments.split()
    numbers = [word for word in words if word.isdecimal()]
    names = [word for word in words if not word.isdecimal()]
    if len(numbers) > 1 or len(names) > 1:
        return usage(ask, "latest", "That is more than a number and a rule.")
    wanted = number(numbers[0]) if numbers else None
    return _cards(ask, USUAL if wanted is None else wanted, names[0] if names else None, before)


def older_cards(ask: Ask) -> Message:
    """The button below /latest: `latest:COUNT:BEFORE:RULE`."""
    wanted, before, rule = [*ask.arguments.split(":", 2), "", ""][:3]
    return _cards(ask, number(wanted) or USUAL, rule or None, number(before))


def _cards(ask: Ask, wanted: int, rule: str | None, before: int | None) -> Message:
    told = ask.desk.latest(ask.caller, wanted, rule, before)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, UnknownRule):
        return wording.unknown_rule(told, offer="/latest")
    if not told.cards:
        return wording.no_cards(told.rule)
    return cards.latest(told, ask.zone, ask.desk.now())


def search(ask: Ask) -> Message:
    """Find stored stories."""
    query, before = _older(ask.arguments)
    return _find(ask, query, before)


def older_finds(ask: Ask) -> Message:
    """The button below a search: `s:BEFORE:QUERY`."""
    before, _, query = ask.arguments.partition(":")
    return _find(ask, query, number(before))


def _find(ask: Ask, query: str, before: int | None) -> Message:
    if not query:
        return usage(ask, "search", "What shall I look for? /help search explains the query language.")
    told = ask.desk.search(ask.caller, query, before)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, QueryMistake):
        return wording.query_mistake(told.error)
    if told.first and not told.finds and told.older is None:
        return wording.nothing_found(told.query)
    return cards.found(told, ask.zone, ask.desk.now())


def why(ask: Ask) -> Message:
    """Show what matched in a card."""
    card = number(ask.arguments.removeprefix("#"))
    if card is None:
        wrong = f"{quoted(ask.arguments)} is no card number." if ask.arguments else "Which card?"
        return usage(ask, "why", f"{wrong} The number stands in an alert's last line, and in /latest.")
    told = ask.desk.why(ask.caller, card)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, NoCard):
        return wording.no_card(told)
    return cards.why(told, ask.zone, ask.desk.now(), ask.desk.names())


def rules(ask: Ask) -> Message:
    """List the rules, or show one in full."""
    page = number(ask.arguments)
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


def _older(arguments: str) -> tuple[str, int | None]:
    """The arguments without `older:NUMBER` at their end, and that number: where a page ended."""
    found = OLDER.search(arguments)
    return (arguments[: found.start()].strip(), int(found[1])) if found else (arguments.strip(), None)


def number(written: str) -> int | None:
    """A number as a person types it; None for anything else, and for what no database can hold."""
    fits = written.isascii() and written.isdecimal() and len(written) <= LONGEST_NUMBER
    return int(written) if fits else None
