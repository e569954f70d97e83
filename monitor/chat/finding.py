"""/search and /latest: stories and cards in pages, and what to try where nothing is found."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.cards import (
    ROW,
    SHORT_SNIPPET,
    SHORT_TITLE,
    SOURCE,
    evidence_of,
    listed,
    muted_by,
    snippet_of,
    sourced,
    titled,
)
from monitor.chat.excerpt import line
from monitor.chat.helping import usage
from monitor.chat.message import Message, Style, Writer
from monitor.chat.pages import Way, turning, typed_way
from monitor.chat.phrases import asks_why, badge, fill, marked, presses, quoted, row
from monitor.chat.tongue import number, tr, trn
from monitor.chat.work import Abroad
from monitor.desk.advice import Nothing
from monitor.desk.answers import Counted, Forbidden, Found, QueryMistake, UnknownRule, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from monitor.chat.ask import Answer, Ask
    from monitor.chat.message import Button
    from monitor.chat.work import Steps
    from monitor.desk.answers import Find, Latest

USUAL = 5
"""Cards that /latest shows unless told otherwise."""

QUERY = 120
"""Characters of a query in the heading of its finds."""

MANY = "+"
"""Behind a number: there are more."""

LONGEST_NUMBER = 18
"""Digits of a number that somebody may type."""

BEST = "sort:best"


def search(ask: Ask) -> Answer:
    """Find stored stories."""
    query, way = typed_way(ask.arguments)
    if not query:
        return usage(ask, "search", tr("What shall I look for? /help search explains the query language."))
    return _find(ask, query, way, None)


def turn(ask: Ask) -> Answer:
    """A button below a search, `find:COUNT:WAY:QUERY`: another page in the place of this one."""
    counted, way, query = [*ask.arguments.split(":", 2), "", ""][:3]
    return _find(ask, query, Way.read(way), _counted(counted), turned=True)


def _counted(written: str) -> Counted | None:
    """A number of finds as a button carries it."""
    digits = written.removesuffix(MANY)
    known = digits.isdecimal() and digits.isascii() and len(digits) <= LONGEST_NUMBER
    return Counted(int(digits), more=written.endswith(MANY)) if known else None


def _find(ask: Ask, query: str, way: Way, counted: Counted | None, *, turned: bool = False) -> Answer:
    told = ask.desk.past.search(ask.caller, query, way.before)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, QueryMistake):
        return wording.query_mistake(told.error)
    if isinstance(told, Nothing):
        return nothing(told)
    page = partial(shown, told, way, turned=turned, zone=ask.zone, now=ask.desk.now())
    if counted is not None:
        return page(counted)
    if told.first and told.older is None and not told.best:
        return page(Counted(len(told.finds), more=False))
    steps = ask.desk.past.count(ask.caller, query)
    begun = next(steps, Counted(0, more=True))
    return page(begun) if begun.done else _counting(steps, page)


def _counting(steps: Iterator[Counted], page: partial[Message]) -> Steps:
    """Count on, while others have their turn between two steps."""
    counted = Counted(0, more=True)
    for counted in steps:
        if not counted.done:
            yield Abroad(_breath)
    return page(counted)


async def _breath() -> None:
    await asyncio.sleep(0)


def shown(answer: Found, way: Way, counted: Counted, *, turned: bool, zone: tzinfo, now: datetime) -> Message:
    """One page of a search, with the way to the others and what can be done with the query."""
    out = Writer()
    plain = _without_order(answer.query)
    heading = tr("{query}: {stories}, best first") if answer.best else tr("{query}: {stories}, newest first")
    out.line(heading.format(query=quoted(plain, QUERY), stories=_number(counted)), Style.BOLD)
    if way.known and answer.finds and (way.stops or answer.older is not None):
        told = tr("{first} to {last}")
        first, last = number(way.after + 1), number(way.after + len(answer.finds))
        out.line(told.format(first=first, last=last))
    out.line()
    for find in answer.finds:
        _one(out, find, zone, now)
    if answer.back_to is not None:
        told = tr("Searched back to {day} so far; older stories were not looked at yet.")
        out.line(told.format(day=f"{answer.back_to.astimezone(zone):%Y-%m-%d}"))
    if answer.older is None:
        out.line(tr("That is all.") if answer.finds else tr("Nothing older."))
    cards = dict.fromkeys(find.stored.card for find in answer.finds if find.stored.card is not None)
    following = None if answer.older is None else way.on(answer.older, len(answer.finds))
    data = f"find:{counted.number}{MANY * counted.more}:{{way}}:{answer.query}"
    turns = turning(out, way, following, data, f"/search {answer.query}")
    buttons = (*row(*(asks_why(card) for card in cards)), *turns, *row(*_deeds(answer, plain)))
    return replace(out.message(buttons), replaces=turned)


def _deeds(answer: Found, plain: str) -> Iterator[Button | None]:
    """What can be done with a query that found something."""
    if answer.best:
        yield presses(tr("Newest first"), f"find:::{plain}", f"/search {plain}")
    else:
        yield presses(tr("Best first"), f"find:::{plain} {BEST}", f"/search {plain} {BEST}")
    if answer.editor:
        yield presses(tr("Save as rule"), f"addrule:{plain}", f"/addrule NAME {plain}")
    yield presses(tr("Export"), f"export:csv::{plain}", f"/export csv {plain}")


def _one(out: Writer, find: Find, zone: tzinfo, now: datetime) -> None:
    """A story that was found, with the words around what matched."""
    stored = find.stored
    titled(out.add("▪ "), stored.story, find.evidence, SHORT_TITLE).line()
    hits = f" · {listed(stored.rules, SOURCE)}" if stored.rules else ""
    card = f" · #{stored.card}" if stored.card is not None else ""
    out.line(sourced(stored.story, stored.seen_at, zone, now) + hits + card)
    snippet = snippet_of(stored.story, find.evidence, SHORT_SNIPPET, only_matched=True)
    if snippet.text:
        marked(out, snippet).line()
    out.line()


def _without_order(query: str) -> str:
    return query.removesuffix(f" {BEST}")


def _number(counted: Counted) -> str:
    stories = trn("{n} story", "{n} stories", counted.number)
    return tr("more than {stories}").format(stories=stories) if counted.more else stories


def nothing(answer: Nothing) -> Message:
    """A search without a result: what is near to it, and what to try next."""
    out = Writer().line(tr("Nothing found for {query}.").format(query=quoted(answer.query, QUERY))).line()
    buttons: list[tuple[Button, ...]] = []
    for meant in answer.meant:
        told = tr("No story has {asked}; some have {nearest}.")
        out.line("• " + told.format(asked=quoted(meant.asked), nearest=quoted(meant.nearest)))
        buttons += _instead(meant.query)
    for less in answer.less:
        stories = trn("{n} story", "{n} stories", less.number)
        told = (
            tr("With other dates than {clause}: at least {stories}.")
            if less.dates
            else tr("Without {clause}: at least {stories}.")
        )
        out.line("• " + told.format(clause=quoted(less.clause), stories=stories))
        buttons += _instead(less.query)
    if not buttons:
        out.line("• " + tr("fewer words: all of them must be in a story"))
        example = ("consulate OR embassy", Style.CODE)
        fill(out.add("• "), tr("OR between words: {example}"), example=example).line()
        scripts = ("망명 OR defector OR перебежчик", Style.CODE)
        fill(out.add("• "), tr("other forms or scripts: {example}"), example=scripts).line()
    out.line().add(tr("/latest shows what matched the rules; /help search explains the query language."))
    return out.message(tuple(buttons))


def _instead(query: str) -> tuple[tuple[Button, ...], ...]:
    return row(presses(line(query, 40), f"find:::{query}", f"/search {query}"))


def latest(ask: Ask) -> Message:
    """Show the newest cards."""
    arguments, way = typed_way(ask.arguments)
    words = arguments.split()
    numbers = [word for word in words if word.isdecimal()]
    names = [word for word in words if not word.isdecimal()]
    if len(numbers) > 1 or len(names) > 1:
        return usage(ask, "latest", tr("That is more than a number and a rule."))
    wanted = int(numbers[0]) if numbers and len(numbers[0]) <= LONGEST_NUMBER else USUAL
    return _cards(ask, wanted, names[0] if names else None, way)


def turn_cards(ask: Ask) -> Message:
    """A button below /latest, `latest:COUNT:WAY:RULE`: another page in the place of this one."""
    wanted, way, rule = [*ask.arguments.split(":", 2), "", ""][:3]
    size = _counted(wanted)
    page = _cards(ask, USUAL if size is None else size.number, rule or None, Way.read(way))
    return replace(page, replaces=True)


def _cards(ask: Ask, wanted: int, rule: str | None, way: Way) -> Message:
    told = ask.desk.latest(ask.caller, wanted, rule, way.before)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, UnknownRule):
        return wording.unknown_rule(told, offer="/latest")
    if not told.cards:
        return wording.no_cards(told.rule)
    return shown_cards(told, wanted, way, ask.zone, ask.desk.now())


def shown_cards(answer: Latest, wanted: int, way: Way, zone: tzinfo, now: datetime) -> Message:
    """One page of cards, with a button to know why for each."""
    out = Writer()
    for view in answer.cards:
        first = view.stories[0]
        out.line(
            f"{badge(view.card.level)} · {listed(rules_of(view), SOURCE)} · #{view.card.number}", Style.BOLD
        )
        titled(out, first.story, evidence_of(first), SHORT_TITLE).line()
        others = len(view.stories) - 1
        more = " · " + trn("and {n} more report", "and {n} more reports", others) if others else ""
        out.line(sourced(first.story, first.seen_at, zone, now) + more)
        if (mute := answer.hushed.get(view.card.number)) is not None:
            out.line(muted_by(mute), Style.ITALIC)
        out.line()
    out.line(tr("/why NUMBER shows what matched, /story NUMBER who told it when."))
    following = None if answer.older is None else way.on(answer.older, len(answer.cards))
    typed = f"/latest {wanted} {answer.rule or ''}".strip()
    turns = turning(out, way, following, f"latest:{wanted}:{{way}}:{answer.rule or ''}", typed)
    whys = row(*(asks_why(view.card.number) for view in answer.cards[:ROW]))
    return out.message((*whys, *turns))
