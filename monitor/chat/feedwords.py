"""Single feeds in words: what one carries, how it does. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.chat.excerpt import head, line
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.phrases import ago, fill, linkable, moment, presses, quoted, row
from monitor.chat.tongue import said, tr, trn
from monitor.core.cadence import explain
from monitor.core.vigil import remarks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from monitor.core.model import Preview, Sighting
    from monitor.desk.feeding import OneFeed, Paused, UnknownFeed

TITLE = 120
REASON = 300
SHOWN = 5
"""Feeds of a site to choose from."""


def no_feed(sighting: Sighting) -> Message:
    """Nothing to add, and why."""
    out = Writer().line(tr("No feed at {address}.").format(address=line(sighting.asked, 100)), Style.BOLD)
    out.line(head(said(sighting.reason), REASON).text)
    return out.line().add(tr("Try the address of its start page, or of the feed itself.")).message()


def choice(sighting: Sighting, fields: Mapping[str, str], now: datetime) -> Message:
    """Several feeds: each with what it carries and a button to look at it."""
    out = Writer().line(
        tr("{address} has several feeds:").format(address=line(sighting.asked, 100)), Style.BOLD
    )
    given = "".join(f" {key}:{_quoted(value)}" for key, value in fields.items() if value)
    buttons: tuple[tuple[Button, ...], ...] = ()
    for number, feed in enumerate(sighting.feeds[:SHOWN], 1):
        out.line().add(f"{number}. ").line(line(feed.title, 80), Style.BOLD)
        _carries(out, feed, now)
        for each in feed.shown[:1]:
            out.line(f"   {head(each.title, TITLE).text}")
        typed = f"/addfeed {feed.url}{given}"
        buttons += row(presses(f"{number}. {line(feed.title, 40)}", f"addfeed:{feed.url}{given}", typed))
    others = [one for one in sighting.named if one.url not in {feed.url for feed in sighting.feeds}]
    for one in others[:SHOWN]:
        out.line().line(f"• {line(one.title, 80)}" if one.title else "•").add("   ").line(one.url, Style.CODE)
    out.line().add(tr("Choose one, or send /addfeed with its address."))
    return out.message(buttons)


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def listed(preview: Preview) -> Message:
    """It is there already."""
    out = fill(Writer(), tr("rules.yaml lists {feed} already."), feed=(line(preview.title, 80), Style.BOLD))
    out.add(" ").add(tr("/feeds shows how it does."))
    return out.message(row(presses(tr("Show it"), f"feed:{preview.url}", f"/feed {preview.url}")))


def preview(out: Writer, feed: Preview, zone: tzinfo, now: datetime, *, guessed: bool) -> Writer:
    """What a feed carries: kind, language, the newest stories with their dates."""
    out.line(line(feed.title, 100), Style.BOLD)
    _carries(out, feed, now)
    if feed.lang and guessed:
        out.line(tr("Its language seems to be {lang}; lang: says another.").format(lang=feed.lang))
    for each in feed.shown:
        when = tr("no date") if each.published is None else moment(each.published, zone, now)
        out.line(f"• {when}: {head(each.title, TITLE).text}")
    if not feed.stories:
        out.line(tr("⚠ It has no stories at present."))
    elif feed.newest is None:
        out.line(tr("⚠ Its stories have no dates: each counts as published when it is first seen."))
    return out


def _carries(out: Writer, feed: Preview, now: datetime) -> None:
    told = [feed.kind] if feed.kind else []
    told.append(trn("{n} story", "{n} stories", feed.stories))
    if feed.newest is not None:
        told.append(tr("the newest {ago}").format(ago=ago(feed.newest, now)))
    out.line(f"   {' · '.join(told)}")


def unknown(answer: UnknownFeed) -> Message:
    """No such feed, or several."""
    if answer.several:
        names = ", ".join(line(name, 40) for name in answer.several[:8])
        return Message(
            tr("Several feeds are called like {asked}: {names}. Write more of the name.").format(
                asked=quoted(answer.asked), names=names
            )
        )
    out = Writer().add(tr("There is no feed {asked}.").format(asked=quoted(answer.asked)))
    button = None
    if answer.nearest:
        out.add(" ")
        fill(out, tr("Did you mean {feed}?"), feed=(line(answer.nearest, 60), Style.BOLD))
        button = presses(line(answer.nearest, 40), f"feed:{answer.nearest}", f"/feed {answer.nearest}")
    out.add(" ").add(tr("/feeds lists them; /addfeed adds one."))
    return out.message(row(button))


def one(answer: OneFeed, zone: tzinfo, now: datetime) -> Message:
    """One feed in full: how it does, its rhythm, when it is asked next and why."""
    out = _head(Writer(), answer)
    state = answer.state
    if state.paused_since is not None:
        out.line(
            tr("⏸ Paused since {time}: it is not asked until it is resumed.").format(
                time=moment(state.paused_since, zone, now)
            ),
            Style.BOLD,
        )
    if state.last_poll_at is None:
        out.line(tr("It was not asked yet."))
    else:
        out.line(tr("Asked last {ago}.").format(ago=ago(state.last_poll_at, now)))
    if state.last_error is not None:
        out.line("⚠ " + tr("Failing: {reason}").format(reason=head(said(state.last_error), REASON).text))
        if state.failures > 1:
            out.line(trn("That was {n} time in a row.", "That was {n} times in a row.", state.failures))
    if state.last_success_at is not None:
        out.line(tr("Read last {ago}.").format(ago=ago(state.last_success_at, now)))
    for remark in remarks(state, now):
        out.line(f"⚠ {head(said(remark), REASON).text}")
    if state.paused_since is None:
        _next(out, answer, zone, now)
    out.line(
        trn(
            "{n} of its stories of the last 30 days matched a rule.",
            "{n} of its stories of the last 30 days matched a rule.",
            answer.hits,
        )
    )
    out.line().add(tr("/feeds lists all of them. It is changed or removed in rules.yaml."))
    return out.message(_buttons(answer))


def _head(out: Writer, answer: OneFeed) -> Writer:
    feed = answer.feed
    out.add(f"{answer.number} · ").line(line(feed.name, 100), Style.BOLD)
    url = feed.url if linkable(feed.url) else None
    out.add(line(feed.url, 300), url=url).line()
    told = [each for each in (feed.lang, feed.tier, " ".join(f"#{tag}" for tag in feed.tags)) if each]
    return out.line(line(" · ".join(told), 200)) if told else out


def _next(out: Writer, answer: OneFeed, zone: tzinfo, now: datetime) -> None:
    state = answer.state
    if state.next_poll_at is None:
        out.line(tr("It is asked no more: {reason}").format(reason=head(said(state.reason), REASON).text))
        return
    if state.next_poll_at <= now:
        out.line(tr("It is due now."))
    elif state.last_poll_at is None:
        out.line(tr("Next: {time}.").format(time=moment(state.next_poll_at, zone, now)))
    else:
        out.line(head(said(explain(state, now, zone)), REASON).text)


def _buttons(answer: OneFeed) -> tuple[tuple[Button, ...], ...]:
    url, number = answer.feed.url, answer.number
    if answer.state.paused_since is None:
        change = presses(tr("Pause"), f"feed:pause:{url}", f"/feed {number} pause")
    else:
        change = presses(tr("Resume"), f"feed:resume:{url}", f"/feed {number} resume")
    return row(presses(tr("Check now"), f"feed:check:{url}", f"/feed {number} check"), change)


def paused(answer: Paused, zone: tzinfo, now: datetime) -> Message:
    """It was paused or resumed, or was so already."""
    name = line(answer.one.feed.name, 80)
    if answer.paused:
        first = tr("{feed} is paused.") if answer.new else tr("{feed} was paused already.")
    else:
        first = tr("{feed} is asked again.") if answer.new else tr("{feed} was not paused.")
    told = one(answer.one, zone, now)
    out = Writer().line(first.format(feed=name)).line()
    moved = tuple(
        replace(mark, start=mark.start + out.length, end=mark.end + out.length) for mark in told.marks
    )
    return replace(told, text="".join(out.parts) + told.text, marks=moved)


def checked(answer: OneFeed, new: int | None, zone: tzinfo, now: datetime) -> Message:
    """What came of asking it just now."""
    told = one(answer, zone, now)
    if new is not None:
        first = trn("It answered: {n} new story.", "It answered: {n} new stories.", new)
    elif answer.state.last_error is not None:
        first = tr("It could not be read.")
    else:
        first = tr("It answered, and has nothing new.")
    out = Writer().line(first).line()
    moved = tuple(
        replace(mark, start=mark.start + out.length, end=mark.end + out.length) for mark in told.marks
    )
    return replace(told, text="".join(out.parts) + told.text, marks=moved)
