"""Lists and figures: subscriptions, rules, feeds, the status. Pure: the desk's answer becomes a Message."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from monitor.chat.cards import listed
from monitor.chat.excerpt import line, visible
from monitor.chat.message import TEXT_LIMIT, Button, Message, Style, Writer, utf16
from monitor.chat.phrases import BADGES, ago, moment, presses, quoted, row, span, where
from monitor.chat.tongue import number, said, tr, trn
from monitor.core.cadence import explain
from monitor.core.model import Kind
from monitor.core.vigil import remarks
from monitor.desk.answers import ALL, Feeds, RuleLine, Rules, Status, Subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from monitor.core.model import Delivery, FeedState

PAGE = 15
"""Lines on one page of a list."""

REASON = 120
"""Characters of a reason."""

RHYTHM = 160
"""Characters of why a feed is asked when it is."""

ONE_FEED = 400
"""UTF-16 units that the first line of a feed may take at most: a name, a reason, every letter of them a rare one."""

FOOT = 300
"""UTF-16 units that the end of a list may take."""

TOLD = 3
"""Failing feeds, feeds with something amiss, refused deliveries and silent chats named in /status; the rest is
counted."""

REPORT = 6
"""Lines of a report on rules.yaml: the first mistake or two."""

SOON = 120.0
"""Seconds that a feed may be late without a word: ticks are not faster."""

T = TypeVar("T")


def subscriptions(answer: Subscriptions, zone: tzinfo, now: datetime) -> Message:
    """What comes to a chat, each with a button to end it (in the chat itself)."""
    here = where(answer.target)
    if not answer.followed:
        begin = (
            presses(tr("Subscribe to all"), "sub:all", "/subscribe all") if answer.target is None else None
        )
        return Message(
            tr(
                "Nothing comes to {chat} yet. /rules lists what there is; "
                "/subscribe RULE or /subscribe all begins."
            ).format(chat=here),
            buttons=row(begin),
        )
    out = Writer().line(tr("What comes to {chat}:").format(chat=here), Style.BOLD)
    if answer.held is not None:
        told = tr("Held back at the moment: {reason}. /start in that chat lets it go on.")
        out.line(told.format(reason=line(answer.held, REASON)))
    for each in answer.followed[:PAGE]:
        level = "" if each.rule is None else f"{BADGES[each.rule.level]} "
        name = tr("all rules") if each.selector == ALL else line(each.selector)
        lost = " - " + tr("no longer in rules.yaml, so nothing comes of it") if each.lost else ""
        since = tr("{rule}, since {time}").format(rule=name, time=moment(each.since, zone, now))
        out.line(f"• {level}{since}{lost}")
    if len(answer.followed) > PAGE:
        more = listed([each.selector for each in answer.followed[PAGE:]], 600)
        out.line(tr("… and {rules}").format(rules=more))
    out.line().add(tr("/unsubscribe RULE ends one, /unsubscribe all ends everything."))
    if answer.target is not None:
        return out.message()
    ends = [
        presses(
            tr("End {rule}").format(rule=line(each.selector, 30)),
            f"unsub:{each.selector}",
            f"/unsubscribe {each.selector}",
        )
        for each in answer.followed[:PAGE]
    ]
    return out.message(tuple(one for end in ends for one in row(end)))


def rules(answer: Rules, page: int, wanted: str = "") -> Message:
    """The rules, a page at a time (from 1), with a button for each that does not come here yet.

    `wanted` is the filter that picked them.
    """
    if not answer.lines and wanted:
        told = tr("No rule of {n} has {filter} in its name, tags or level. /rules lists them all.")
        return Message(told.format(n=number(answer.total), filter=quoted(wanted)))
    if not answer.lines:
        return Message(
            tr("There are no rules yet. They stand in rules.yaml, under `rules:`. /status tells its version.")
        )
    shown, page, pages = paged(answer.lines, page)
    out = Writer().line(trn("{n} rule", "{n} rules", len(answer.lines)) + _page(page, pages), Style.BOLD)
    for each in shown:
        out.add(f"{BADGES[each.rule.level]} ").add(line(each.rule.id), Style.CODE)
        out.add(f" {line(each.rule.name, 100)}" if each.rule.name else "")
        out.line(" ✓" if each.subscribed else "")
    if answer.problem:
        out.line().line(
            tr("rules.yaml was changed since and cannot be used; these are the last good rules. See /status.")
        )
    out.line().add(tr("✓ comes here. /subscribe RULE brings one, /rule RULE tells more about it."))
    turn = _turn("rules", page, pages, wanted)
    offers = [_subscribe(each) for each in shown if not each.subscribed]
    return out.message(tuple(one for offer in offers for one in row(offer)) + turn)


def feeds(answer: Feeds, page: int, zone: tzinfo, now: datetime) -> Message:
    """The feeds: counts for everybody, one by one for owners, the failing ones first."""
    if not answer.total:
        return Message(
            tr("There are no feeds yet. They stand in rules.yaml, under `feeds:`. /status tells its version.")
        )
    out = Writer().line(_feed_counts(answer), Style.BOLD)
    if not answer.detailed:
        told = tr(
            "Their addresses and errors are shown to owners, in a private chat. /latest shows what came."
        )
        return out.add(told).message()
    shown, page, pages = paged(answer.states, page)
    for left, each in zip(range(len(shown) - 1, -1, -1), shown, strict=True):
        more = _amiss(each, now)
        if (
            each.next_poll_at is not None
            and each.last_poll_at is not None
            and each.paused_since is None
            and each.reason
        ):
            more.append(f"   {line(said(explain(each, now, zone)), RHYTHM)}")
        _feed(out, each, now)
        for told in more:
            if (
                out.units() + utf16(told) + left * ONE_FEED < TEXT_LIMIT - FOOT
            ):  # what is still to come has its room
                out.line(told)
    if pages > 1:
        out.line().line(tr("Page {page} of {pages}").format(page=page, pages=pages))
    out.line().add(tr("/feed NAME tells more about one, /addfeed adds one. /status tells how the rest is."))
    return out.message(_turn("feeds", page, pages))


def status(answer: Status, zone: tzinfo, now: datetime) -> Message:
    """How Tocsin does, the troubles with what to do about them."""
    out = Writer()
    blind = answer.feeds.failing > 0 and answer.feeds.failing == answer.feeds.total
    troubles = bool(answer.unwell or answer.problem or blind)
    well = tr("Running, but not everything was delivered") if answer.dead_count else tr("All is well")
    out.line(tr("Not well") if troubles else well, Style.BOLD)
    for trouble in answer.unwell:
        out.line(f"⚠ {line(said(trouble), REASON)}")
    if blind:
        out.line("⚠ " + tr("no feed at all can be read: look whether our own network is down"))
    if answer.problem:
        out.line("⚠ " + tr("rules.yaml was changed and cannot be used; the last good rules stay in force:"))
        out.line(
            _report(answer.report)
            if answer.report
            else tr("its owner sees where and why with /status in a private chat")
        )
    last = tr("never") if answer.last_poll_at is None else ago(answer.last_poll_at, now)
    late = ""
    if answer.lag > SOON:
        due = trn(
            "{n} feed is due, up to {span} late", "{n} feeds are due, up to {span} late", answer.overdue
        )
        late = "; " + due.format(span=span(answer.lag))
    out.line(tr("Last poll: {age}").format(age=last) + late)
    out.line(_feed_counts(answer.feeds))
    failing = [state for state in answer.feeds.states if state.last_error is not None]
    amiss = [s for s in answer.feeds.states if s.last_error is None and remarks(s, now)]
    for state in (*failing[:TOLD], *amiss[:TOLD]):
        _feed(out, state, now)
        for told in _amiss(state, now):
            out.line(told)
    if left := len(failing[TOLD:]) + len(amiss[TOLD:]):
        out.line(tr("… and {n} more: /feeds").format(n=left))
    stories = trn("{n} story stored", "{n} stories stored", answer.stories)
    hits, on = trn("{n} hit", "{n} hits", answer.hits), trn("on {n} card", "on {n} cards", answer.cards)
    out.line(f"{stories}, {hits} {on}")
    sent, owed = number(answer.sent), number(answer.owed)
    waiting = tr("Alerts: {sent} sent, {owed} waiting").format(sent=sent, owed=owed)
    if answer.oldest_owed_at is not None:
        waiting += tr(", the oldest since {time}").format(time=moment(answer.oldest_owed_at, zone, now))
    out.line(waiting)
    _undelivered(out, answer, zone, now)
    followed = trn("{n} subscription", "{n} subscriptions", answer.subscriptions)
    rules = trn("{n} rule", "{n} rules", answer.rules)
    version = tr("version {version}").format(version=line(answer.version, 20) or tr("none"))
    out.line(f"{followed}, {rules} ({version})")
    return out.line().add(tr("/feeds tells more about the feeds, /latest shows what came last.")).message()


def paged(items: Sequence[T], page: int) -> tuple[Sequence[T], int, int]:
    """One page of a list, its number (the nearest there is), and how many there are."""
    pages = max(-(-len(items) // PAGE), 1)
    page = min(max(page, 1), pages)
    return items[(page - 1) * PAGE : page * PAGE], page, pages


def _undelivered_one(delivery: Delivery) -> str:
    """What was not delivered, in a word or two."""
    if delivery.digest is None:
        return f"#{delivery.card}"
    if delivery.kind is Kind.SUMMARY:
        return tr("summary {n}").format(n=delivery.digest)
    return tr("digest {n}, part {part} of {parts}").format(
        n=delivery.digest, part=delivery.part, parts=delivery.parts
    )


def _undelivered(out: Writer, answer: Status, zone: tzinfo, now: datetime) -> None:
    """What was refused for good, and where nothing can be delivered."""
    if answer.dead_count:
        out.line(
            trn("{n} alert was given up for good", "{n} alerts were given up for good", answer.dead_count)
        )
        for dead in answer.dead[:TOLD]:
            to = line(str(dead.delivery.destination), 60)
            why = line(dead.delivery.reason, REASON)
            told = tr("{what} to {chat}, {time}: {reason}")
            at, what = moment(dead.at, zone, now), _undelivered_one(dead.delivery)
            out.line("   " + told.format(what=what, chat=to, time=at, reason=why))
        if answer.detailed:
            out.line("   " + tr("`python bot.py outbox` lists them, `… outbox requeue all` sends them again"))
    if answer.suspended_count:
        out.line(
            trn(
                "{n} chat cannot be reached; alerts to it wait until somebody sends /start there",
                "{n} chats cannot be reached; alerts to them wait until somebody sends /start there",
                answer.suspended_count,
            )
        )
        for destination, reason in answer.suspended[:TOLD]:
            out.line(f"   {line(str(destination), 60)}: {line(reason, REASON)}")


def _feed_counts(answer: Feeds) -> str:
    told = [trn("{n} feed", "{n} feeds", answer.total)]
    for n, words in (
        (answer.failing, tr("{n} failing")),
        (answer.unpolled, tr("{n} not asked yet")),
        (answer.ended, tr("{n} ended by the publisher")),
        (answer.dead, tr("{n} dead")),
        (answer.silent, tr("{n} silent")),
        (answer.endless, tr("{n} endless")),
        (answer.gaps, tr("{n} with a gap")),
        (answer.paused, tr("{n} paused")),
    ):
        told += [words.format(n=number(n))] if n else []
    return ", ".join(told) if len(told) > 1 else tr("{feeds}, none failing").format(feeds=told[0])


def _feed(out: Writer, state: FeedState, now: datetime) -> None:
    if state.paused_since is not None:
        sign, told = (
            "⏸",
            tr("paused {age}; /feed NAME resume asks it again").format(age=ago(state.paused_since, now)),
        )
    elif state.next_poll_at is None:
        sign, told = "⏹", state.last_error or state.reason or tr("ended")
    elif state.last_error is not None:
        sign = "⚠"
        told = tr("failing now: {reason}")
        if state.failures:
            told = trn(
                "failing {n} time in a row: {reason}", "failing {n} times in a row: {reason}", state.failures
            )
        told = told.format(reason=said(state.last_error))
    elif state.last_success_at is None:
        sign, told = "…", tr("not asked yet")
    else:
        sign, told = "✓", tr("read {age}").format(age=ago(state.last_success_at, now))
    out.line(f"{sign} {line(state.name, 60)}: {line(told, REASON)}")


def _amiss(state: FeedState, now: datetime) -> list[str]:
    return [f"   ⚠ {line(said(remark), REASON)}" for remark in remarks(state, now)]


def _report(report: str) -> str:
    """The first lines of a report on rules.yaml, as they are: the caret must stay below its place."""
    kept = [each.rstrip() for each in visible(report).splitlines()[:REPORT]]
    return "\n".join(each if len(each) <= REASON else each[: REASON - 1] + "…" for each in kept)


def _subscribe(each: RuleLine) -> Button | None:
    text = tr("Subscribe {rule}").format(rule=line(each.rule.id, 40))
    return presses(text, f"sub:{each.rule.id}", f"/subscribe {each.rule.id}")


def _page(page: int, pages: int) -> str:
    return tr(", page {page} of {pages}").format(page=page, pages=pages) if pages > 1 else ""


def _turn(what: str, page: int, pages: int, wanted: str = "") -> tuple[tuple[Button, ...], ...]:
    def to(text: str, other: int) -> Button | None:
        data = f"{what}:{other}:{wanted}" if wanted else f"{what}:{other}"
        return presses(text, data, f"/{what} {wanted} {other}" if wanted else f"/{what} {other}")

    back = to(tr("‹ Back"), page - 1) if page > 1 else None
    return row(back, to(tr("More ›"), page + 1) if page < pages else None)
