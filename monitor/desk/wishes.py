"""Mutes and quiet hours: what a chat is spared, asked for and ended. The desk has decided who may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.board import chosen
from monitor.core.errors import QueryError
from monitor.core.language import parse
from monitor.core.match import compile_query
from monitor.core.model import Level, Mute, MuteKind
from monitor.core.mute import Mutes
from monitor.core.quiet import begins_next, held_until
from monitor.desk.answers import ALL, NoCard, QueryMistake, Target, UnknownRule
from monitor.desk.names import nearest, same

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.core.model import CardView, Destination, QuietHours, Rule, RuleBook
    from monitor.ports import Store

LOOKED_AT = 200
"""Cards that are looked at to tell what a mute would have spared."""

LONGEST_NUMBER = 18
"""Digits of a card's number at most: more than a database can hold."""

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Muted:
    """A mute is in force."""

    mute: Mute
    target: Target | None
    spared: int | None  # cards of the last week that it would have covered; None for a mute of one card


@dataclass(frozen=True, slots=True)
class Mutable:
    """It can be muted, but nobody said until when."""

    asked: str


@dataclass(frozen=True, slots=True)
class MuteList:
    """What a chat is not told of, the next to end first."""

    mutes: tuple[Mute, ...]
    target: Target | None


@dataclass(frozen=True, slots=True)
class Unmuted:
    """How many mutes ended, and what is still muted; none ended if there was no such mute."""

    asked: str
    gone: int
    left: tuple[Mute, ...]
    target: Target | None


@dataclass(frozen=True, slots=True)
class Quiet:
    """The quiet hours of a chat, None if it has none."""

    quiet: QuietHours | None
    held: int  # alerts that wait for their end
    next: datetime | None  # when they begin next, or if they are now, when they end
    now: bool
    target: Target | None


def meant(
    store: Store, book: RuleBook, asked: str, where: Destination
) -> tuple[MuteKind, str] | UnknownRule | NoCard | QueryMistake:
    """What is to be muted in a chat: `#CARD`, a rule's id, or a query in the language of the rules."""
    number = asked.removeprefix("#")
    if asked.startswith("#") and number.isascii() and number.isdecimal():
        if len(number) > LONGEST_NUMBER or store.card(int(number), where) is None:
            newest = store.cards(1, viewer=where)
            return NoCard(int(number), newest[0].card.number if newest else None)
        return MuteKind.CARD, str(int(number))
    known = (*(rule.id for rule in book.rules), *(each.id for each in store.watches(where)))
    if (rule := same(asked, known)) is not None:
        return MuteKind.RULE, rule
    query = asked[1:-1] if asked.count('"') == 2 and asked[0] == asked[-1] == '"' else asked  # noqa: PLR2004 a pair
    if query == asked and not set(asked) & set(' ":()*@'):
        return UnknownRule(asked, nearest(asked, known), known)
    try:
        compile_query(parse(query), book.entities)
    except QueryError as error:
        return QueryMistake(error)
    return MuteKind.QUERY, query


def spared(store: Store, book: RuleBook, mute: Mute, now: datetime) -> int | None:
    """How many cards of the last week a mute would have kept from its destination."""
    if mute.kind is MuteKind.CARD:
        return None
    mutes = Mutes((mute,), book.entities, now)
    recent = [
        view for view in store.cards(LOOKED_AT, viewer=mute.destination) if view.card.opened_at > now - WEEK
    ]
    return sum(_spares(mutes, mute.destination, view) for view in recent)


def _spares(mutes: Mutes, where: Destination, view: CardView) -> bool:
    """Whether nothing of a card would have been told."""
    return all(
        mutes.silenced(where, each.story, hit, view.card.number, each.hits) is not None
        for each in view.stories
        for hit in each.hits
    )


def muted(store: Store, book: RuleBook, mute: Mute, target: Target | None, now: datetime) -> Muted:
    """Begin a mute."""
    store.mute(mute)
    return Muted(mute, target, spared(store, book, mute, now))


def unmuted(
    store: Store, book: RuleBook, asked: str, where: Destination, target: Target | None, *, now: datetime
) -> Unmuted:
    """End the mute that was meant, or all."""
    if asked.casefold() == ALL:
        gone = store.unmute(where, None, "", now)
    else:
        have = store.mutes(where, now)
        found = meant(store, book, asked, where)
        wanted = found if isinstance(found, tuple) else None
        mute = next((m for m in have if (m.kind, m.value) == wanted or m.value == asked), None)
        gone = 0 if mute is None else store.unmute(where, mute.kind, mute.value, now)
    return Unmuted(asked, gone, store.mutes(where, now), target)


def quiet(store: Store, where: Destination, target: Target | None, now: datetime) -> Quiet:
    """How the quiet hours of a chat stand."""
    hours = store.quiet(where)
    if hours is None:
        return Quiet(None, 0, None, False, target)  # noqa: FBT003 - as it stands in Quiet
    level = next((level for level in Level if level not in hours.excepted), Level.INFO)
    ends = held_until(hours, level, now)
    return Quiet(hours, store.held(where, now), ends or begins_next(hours, now), ends is not None, target)


def selectors(book: RuleBook) -> tuple[str, ...]:
    """All that can be subscribed: every rule, each of them, levels, tags of rules."""
    tags = dict.fromkeys(tag for rule in book.rules for tag in rule.tags)
    levels = sorted({rule.level for rule in book.rules}, reverse=True)
    return (
        ALL,
        *(rule.id for rule in book.rules),
        *(f"level:{level.word}" for level in levels),
        *(f"tag:{tag}" for tag in tags),
    )


def brings(selector: str, rule: Rule) -> bool:
    """Whether a subscription brings the hits of a rule, as it stands in rules.yaml now."""
    return chosen(selector, rule.id, rule.level, rule.tags)


def shows(selector: str, view: CardView, book: RuleBook) -> bool:
    """Whether a card has a hit that a selector means."""
    tags = {rule.id: rule.tags for rule in book.rules}
    return any(
        chosen(selector, hit.rule, hit.level, tags.get(hit.rule, ()))
        for story in view.stories
        for hit in story.hits
    )
