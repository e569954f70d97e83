"""`@bot QUERY` in any chat: stories to be cited there, for those who may read them.

Others get no results, only a button that leads to the bot in private. Telegram keeps results for the one person
who asked. A result is a story's title, outlet, time, link and the words around what matched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from monitor.chat.cards import SHORT_TITLE, SNIPPET, UNTITLED, evidence_of, snippet_of, sourced, titled
from monitor.chat.commands import spoken_to
from monitor.chat.excerpt import head, line
from monitor.chat.message import Message, Writer, utf16
from monitor.chat.phrases import linkable, marked
from monitor.chat.render import entities
from monitor.chat.tongue import speaking, tr
from monitor.desk.advice import Nothing
from monitor.desk.answers import Forbidden, QueryMistake, UnknownRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo

    from telegram import Bot, InlineQuery

    from monitor.chat.people import People
    from monitor.core.model import Evidence, Story
    from monitor.desk import Desk
    from monitor.desk.answers import Caller
    from monitor.ports import Offload

KEPT = 30
"""Seconds for which Telegram may give the same answer to the same person."""

NEWEST = 5
"""Cards that are offered while nothing was typed."""

BUTTON = 60
"""UTF-16 units of the button above the results."""

BUTTON_START = "inline"
"""What the button sends with /start."""

BEFORE = 18
"""Digits of the place where the next page begins."""


@dataclass(frozen=True, slots=True)
class Cited:
    """One story to be chosen: its number, what the list shows, and the message that goes to the chat."""

    number: str
    title: str
    below: str
    message: Message
    url: str | None


@dataclass(frozen=True, slots=True)
class Offered:
    """What is offered for what was typed so far."""

    stories: tuple[Cited, ...] = ()
    further: str = ""  # where the next page begins; empty: that was all
    button: str = ""  # leads to the bot in private


async def respond(
    bot: Bot, asked: InlineQuery, *, desk: Desk, offload: Offload, people: People, zone: tzinfo
) -> None:
    """Answer one inline query. Raises TelegramError if Telegram does not take the answer."""
    caller = people.reader(asked.from_user)
    offered = await offload(offer, desk, caller, asked.query, asked.offset, zone)
    button = None
    if offered.button:
        button = InlineQueryResultsButton(offered.button, start_parameter=BUTTON_START)
    await bot.answer_inline_query(
        asked.id,
        [_article(each) for each in offered.stories],
        cache_time=KEPT,
        is_personal=True,
        next_offset=offered.further,
        button=button,
    )


def offer(desk: Desk, caller: Caller, query: str, place: str, zone: tzinfo) -> Offered:
    """What to offer for a query, from a place that an earlier page named; in the thread of the store."""
    before = int(place) if place.isascii() and place.isdecimal() and len(place) <= BEFORE else None
    with speaking(spoken_to(desk, caller)):
        return (
            _found(desk, caller, query, before, zone)
            if query.strip()
            else _newest(desk, caller, before, zone)
        )


def _found(desk: Desk, caller: Caller, query: str, before: int | None, zone: tzinfo) -> Offered:
    told = desk.past.search(caller, query, before)
    if isinstance(told, Forbidden):
        return Offered(button=_fit(tr("Ask for access in private")))
    if isinstance(told, QueryMistake):
        return Offered(button=_fit(tr("I cannot read this query yet: help")))
    if isinstance(told, Nothing):
        return Offered(button=_fit(tr("Nothing found: search in private")))
    cited = (
        _cited(
            f"s{each.stored.id}",
            each.stored.story,
            each.stored.seen_at,
            each.evidence,
            zone=zone,
            now=desk.now(),
        )
        for each in told.finds
    )
    return Offered(tuple(cited), "" if told.older is None else str(told.older))


def _newest(desk: Desk, caller: Caller, before: int | None, zone: tzinfo) -> Offered:
    """The first stories of the newest cards, while nothing was typed."""
    told = desk.latest(caller, NEWEST, None, before)
    if isinstance(told, Forbidden | UnknownRule):
        return Offered(button=_fit(tr("Ask for access in private")))
    firsts = [(view.card.number, view.stories[0]) for view in told.cards]
    cited = tuple(
        _cited(f"c{number}", one.story, one.seen_at, evidence_of(one), zone=zone, now=desk.now())
        for number, one in firsts
    )
    return Offered(
        cited, "" if told.older is None else str(told.older), _fit(tr("Type a query, as for /search"))
    )


def _cited(
    number: str, story: Story, seen_at: datetime, evidence: Sequence[Evidence], *, zone: tzinfo, now: datetime
) -> Cited:
    """A story as it is cited: who said what, when, and where to read it."""
    out = Writer()
    titled(out, story, _without(evidence), SHORT_TITLE).line()
    source = sourced(story, seen_at, zone, now)
    out.line(source)
    snippet = snippet_of(story, evidence, SNIPPET)
    if snippet.text:
        marked(out.line(), snippet).line()
    url = story.url if story.url is not None and linkable(story.url) else None
    if url is not None:
        out.line().add(url)
    title = head(story.title, SHORT_TITLE).text or tr(UNTITLED)
    return Cited(number, title, line(f"{source}\n{snippet.text}", SNIPPET), out.message(), url)


def _without(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """A citation's title is cited as it is: nothing in it is marked."""
    return tuple(each for each in evidence if each.field != "title")


def _article(cited: Cited) -> InlineQueryResultArticle:
    said = InputTextMessageContent(
        cited.message.text,
        entities=entities(cited.message),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    return InlineQueryResultArticle(cited.number, cited.title, said, url=cited.url, description=cited.below)


def _fit(words: str) -> str:
    return words if utf16(words) <= BUTTON else line(words, BUTTON)


__all__ = ["Cited", "Offered", "offer", "respond"]
