"""/story and /why: one event in full, and what matched in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.chat import cards, wording
from monitor.chat.cards import NAMES, SHORT_TITLE, SOURCE, listed, muted_by, titled
from monitor.chat.changes import FIELDS, changes
from monitor.chat.excerpt import line
from monitor.chat.helping import usage
from monitor.chat.message import Style, Writer
from monitor.chat.phrases import asks_why, badge, moment, opens, presses, quoted, row
from monitor.chat.reading import number
from monitor.chat.tongue import tr, trn
from monitor.desk.answers import Forbidden, NoCard, rules_of

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from monitor.chat.ask import Ask
    from monitor.chat.message import Button, Message
    from monitor.desk.stories import OneStory, Told

PAGE = 8
"""Stories on one page of a card."""

VERSIONS = 3
"""Earlier versions of a story that are shown."""

ROOM = 3_400
"""UTF-16 units after which no more versions are shown."""


def why(ask: Ask) -> Message:
    """Show what matched in a card."""
    card = _card(ask, ask.arguments)
    if card is None:
        return _which(ask, "why", ask.arguments)
    told = ask.desk.why(ask.caller, card)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, NoCard):
        return wording.no_card(told)
    return cards.why(told, ask.zone, ask.desk.now(), ask.desk.names())


def story(ask: Ask) -> Message:
    """Show who told an event when: `NUMBER`, or as a button `NUMBER:FROM` for a later page."""
    written, colon, start = ask.arguments.partition(":")
    card = _card(ask, written)
    if card is None:
        return _which(ask, "story", written)
    told = ask.desk.stories.story(ask.caller, card)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, NoCard):
        return wording.no_card(told)
    shown = timeline(told, number(start) or 0, ask.zone, ask.desk.now())
    return replace(shown, replaces=bool(colon))


def _card(ask: Ask, written: str) -> int | None:
    """The number that was typed, or that of the alert that the message replies to."""
    return number(written.removeprefix("#")) if written else ask.about


def _which(ask: Ask, name: str, written: str) -> Message:
    wrong = tr("{text} is no card number.").format(text=quoted(written)) if written else tr("Which card?")
    where = tr(
        "The number stands in an alert's last line, and in /latest; or reply to an alert with the command."
    )
    return usage(ask, name, f"{wrong} {where}")


def timeline(answer: OneStory, start: int, zone: tzinfo, now: datetime) -> Message:
    """A card: how it began, and one entry for every story on it, first seen first."""
    view = answer.card
    begin = start if 0 <= start < len(answer.told) else 0
    out = Writer()
    told = tr("Card #{n}: {level}").format(n=view.card.number, level=badge(view.card.level))
    out.line(told, Style.BOLD)
    out.line(_summary(answer))
    out.line(tr("Rules: {rules}").format(rules=listed(rules_of(view), NAMES)))
    if answer.hushed is not None:
        out.line(muted_by(answer.hushed), Style.ITALIC)
    for each in answer.told[begin : begin + PAGE]:
        _entry(out.line(), each, zone, now)
    pages = _turns(view.card.number, begin, len(answer.told))
    first = view.stories[0].story
    buttons = (*row(asks_why(view.card.number), opens(tr("Open"), first.url)), *pages)
    return out.message(buttons)


def _summary(answer: OneStory) -> str:
    """How many told it, in which languages."""
    stories = [each.stored.story for each in answer.told]
    sources = {each.source or each.feed for each in stories}
    languages = sorted({each.lang for each in stories if each.lang})
    counts = [
        trn("{n} story", "{n} stories", len(stories)),
        trn("{n} source", "{n} sources", len(sources)),
    ]
    if languages:
        counts.append(tr("languages: {list}").format(list=", ".join(languages)))
    edits = sum(len(each.versions) for each in answer.told)
    if edits:
        counts.append(trn("edited once", "edited {n} times", edits))
    return " · ".join(counts)


def _entry(out: Writer, told: Told, zone: tzinfo, now: datetime) -> None:
    """A story: when it came, from whom, in which language, what it hit, and what was changed since."""
    stored = told.stored
    this = stored.story
    out.add(moment(stored.seen_at, zone, now), Style.BOLD)
    source = line(this.source, SOURCE) or tr("another feed")
    out.add(f" · {source}" + (f" [{this.lang}]" if this.lang else ""))
    out.line(f" · {listed(stored.rules, SOURCE)}" if stored.rules else "")
    titled(out, this, (), SHORT_TITLE).line()
    if this.published is not None and abs((stored.seen_at - this.published).total_seconds()) >= 60:  # noqa: PLR2004 - a minute
        out.line(tr("published {time}").format(time=moment(this.published, zone, now)))
    new = this
    for version in told.versions[:VERSIONS]:
        if out.units() > ROOM:
            break
        out.line(tr("✎ edited {time}").format(time=moment(version.until, zone, now)), Style.ITALIC)
        for change in changes(version.story, new):
            field = tr(FIELDS[change.field])
            out.line(f"   {field}: " + _change(change.went, change.came))
        new = version.story
    if len(told.versions) > VERSIONS:
        out.line(trn("✎ and {n} earlier edit", "✎ and {n} earlier edits", len(told.versions) - VERSIONS))


def _change(went: str, came: str) -> str:
    if went and came:
        return tr("{before} is now {after}").format(before=quoted(went, 120), after=quoted(came, 120))
    if came:
        return tr("added {words}").format(words=quoted(came, 120))
    return tr("removed {words}").format(words=quoted(went, 120)) if went else tr("changed further down")


def _turns(card: int, begin: int, count: int) -> tuple[tuple[Button, ...], ...]:
    """The buttons to the pages before and after."""
    before = presses(tr("◀ Earlier"), f"story:{card}:{max(begin - PAGE, 0)}", f"/story {card}")
    after = presses(tr("Later ▶"), f"story:{card}:{begin + PAGE}", f"/story {card}:{begin + PAGE}")
    return row(before if begin else None, after if begin + PAGE < count else None)


__all__ = ["story", "timeline", "why"]
