"""What may follow what was typed: commands, rules, feeds. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.core.model import RuleBook

RULES = frozenset(
    {"rule", "rules", "test", "backtest", "editrule", "subscribe", "unsubscribe", "latest", "mute", "stats"}
)
"""Commands whose first argument can be a rule."""

FOLLOWED = frozenset({"subscribe", "unsubscribe"})
"""Commands that take all, a tag or a level as well."""

WISHES = ("pause", "resume", "check")
"""What can be done with a feed."""


def completions(line: str, commands: Iterable[str], book: RuleBook) -> list[str]:
    """The whole lines that a begun line may become, in order; empty if nothing is known of what follows."""
    slash = "/" if line.startswith("/") else ""
    name, blank, rest = line.removeprefix("/").partition(" ")
    if not blank:
        return [f"{slash}{each} " for each in sorted(commands) if each.startswith(name.lower())]
    return [f"{slash}{name} {each}" for each in _arguments(name.lower(), rest, commands, book)]


def _arguments(name: str, rest: str, commands: Iterable[str], book: RuleBook) -> list[str]:
    if name == "help":
        return _beginning(rest, commands)
    if name == "feed":
        feeds = [each.name for each in book.feeds]
        named = next((feed for feed in feeds if rest.startswith(f"{feed} ")), None)
        if named is None:
            return _beginning(rest, feeds)
        return [f"{named} {wish}" for wish in _beginning(rest[len(named) + 1 :], WISHES)]
    if name not in RULES or " " in rest:
        return []
    known = [str(rule.id) for rule in book.rules]
    if name in FOLLOWED:
        known += ["all", *(f"level:{word}" for word in ("flash", "alert", "info"))]
        known += dict.fromkeys(f"tag:{tag}" for rule in book.rules for tag in rule.tags)
    return _beginning(rest, known)


def _beginning(begun: str, known: Iterable[str]) -> list[str]:
    return sorted(each for each in known if each.casefold().startswith(begun.casefold()))
