"""Lists and figures: subscriptions, rules, feeds, the status. Pure: the desk's answer becomes a Message."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from monitor.chat.cards import listed
from monitor.chat.excerpt import head, line, visible
from monitor.chat.message import TEXT_LIMIT, Button, Message, Style, Writer, utf16
from monitor.chat.phrases import BADGES, ago, asks_why, badge, count, moment, presses, quoted, row
from monitor.core.cadence import explain, spell
from monitor.core.vigil import remarks
from monitor.desk.answers import ALL, Feeds, OneRule, RuleLine, Rules, Status, Subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from monitor.core.model import FeedState

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
    here = "this chat" if answer.target is None else quoted(answer.target.title)
    if not answer.followed:
        begin = presses("Subscribe to all", "sub:all", "/subscribe all") if answer.target is None else None
        return Message(
            f"Nothing comes to {here} yet. /rules lists what there is; "
            "/subscribe RULE or /subscribe all begins.",
            buttons=row(begin),
        )
    out = Writer().line(f"What comes to {here}:", Style.BOLD)
    if answer.held is not None:
        out.line(f"Held back at the moment: {line(answer.held, REASON)}. /start in that chat lets it go on.")
    for each in answer.followed[:PAGE]:
        level = "" if each.rule is None else f"{BADGES[each.rule.level]} "
        name = "all rules" if each.selector == ALL else line(each.selector)
        lost = " - no longer in rules.yaml, so nothing comes of it" if each.lost else ""
        out.line(f"• {level}{name}, since {moment(each.since, zone, now)}{lost}")
    if len(answer.followed) > PAGE:
        out.line(f"… and {listed([each.selector for each in answer.followed[PAGE:]], 600)}")
    out.line().add("/unsubscribe RULE ends one, /unsubscribe all ends everything.")
    if answer.target is not None:
        return out.message()
    ends = [
        presses(f"End {line(each.selector, 30)}", f"unsub:{each.selector}", f"/unsubscribe {each.selector}")
        for each in answer.followed[:PAGE]
    ]
    return out.message(tuple(one for end in ends for one in row(end)))


def rules(answer: Rules, page: int) -> Message:
    """The rules, a page at a time (from 1), with a button for each that does not come here yet."""
    if not answer.lines:
        return Message(
            "There are no rules yet. They stand in rules.yaml, under `rules:`. /status tells its version."
        )
    shown, page, pages = paged(answer.lines, page)
    out = Writer().line(f"{count(len(answer.lines), 'rule', 'rules')}{_page(page, pages)}", Style.BOLD)
    for each in shown:
        out.add(f"{BADGES[each.rule.level]} ").add(line(each.rule.id), Style.CODE)
        out.add(f" {line(each.rule.name, 100)}" if each.rule.name else "")
        out.line(" ✓" if each.subscribed else "")
    if answer.problem:
        out.line().line(
            "rules.yaml was changed since and cannot be used; these are the last good rules. See /status."
        )
    out.line().add("✓ comes here. /subscribe RULE brings one, /rules RULE tells more about it.")
    turn = _turn("rules", page, pages)
    offers = [_subscribe(each) for each in shown if not each.subscribed]
    return out.message(tuple(one for offer in offers for one in row(offer)) + turn)


def rule(answer: OneRule, now: datetime) -> Message:
    """One rule in full."""
    one = answer.line.rule
    out = Writer().line(f"{badge(one.level)} · {line(one.id)}", Style.BOLD)
    if one.name:
        out.line(line(one.name, 300))
    out.line().line("It matches").line(head(one.match.source, 1000).text, Style.CODE)
    if one.unless is not None:
        out.line("unless").line(head(one.unless.source, 500).text, Style.CODE)
    if one.examples.match:
        out.add("For example: ").line(head(one.examples.match[0], 300).text, Style.ITALIC)
    out.line()
    if answer.last is None:
        out.line("No story matched it yet.")
    else:
        out.line(f"Last card: #{answer.last.card.number}, {ago(answer.last.card.opened_at, now)}.")
    if answer.line.subscribed:
        out.add(f"Its alerts come here. /latest {line(one.id)} shows its cards.")
    else:
        out.add(f"/subscribe {line(one.id)} brings its alerts here.")
    why = asks_why(answer.last.card.number) if answer.last else None
    return out.message(row(None if answer.line.subscribed else _subscribe(answer.line), why))


def feeds(answer: Feeds, page: int, zone: tzinfo, now: datetime) -> Message:
    """The feeds: counts for everybody, one by one for owners, the failing ones first."""
    if not answer.total:
        return Message(
            "There are no feeds yet. They stand in rules.yaml, under `feeds:`. /status tells its version."
        )
    out = Writer().line(_feed_counts(answer), Style.BOLD)
    if not answer.detailed:
        return out.add(
            "Their addresses and errors are shown to owners, in a private chat. /latest shows what came."
        ).message()
    shown, page, pages = paged(answer.states, page)
    for left, each in zip(range(len(shown) - 1, -1, -1), shown, strict=True):
        more = _amiss(each, now)
        if each.next_poll_at is not None and each.last_poll_at is not None:
            more.append(f"   {line(explain(each, now, zone), RHYTHM)}")
        _feed(out, each, now)
        for told in more:
            if (
                out.units() + utf16(told) + left * ONE_FEED < TEXT_LIMIT - FOOT
            ):  # what is still to come has its room
                out.line(told)
    if pages > 1:
        out.line().line(f"Page {page} of {pages}")
    out.line().add("Feeds are added, changed and removed in rules.yaml. /status tells how the rest is.")
    return out.message(_turn("feeds", page, pages))


def status(answer: Status, zone: tzinfo, now: datetime) -> Message:
    """How Tocsin does, the troubles with what to do about them."""
    out = Writer()
    blind = answer.feeds.failing > 0 and answer.feeds.failing == answer.feeds.total
    troubles = bool(answer.unwell or answer.problem or blind)
    well = "Running, but not everything was delivered" if answer.dead_count else "All is well"
    out.line("Not well" if troubles else well, Style.BOLD)
    for trouble in answer.unwell:
        out.line(f"⚠ {line(trouble, REASON)}")
    if blind:
        out.line("⚠ no feed at all can be read: look whether our own network is down")
    if answer.problem:
        out.line("⚠ rules.yaml was changed and cannot be used; the last good rules stay in force:")
        out.line(
            _report(answer.report)
            if answer.report
            else "its owner sees where and why with /status in a private chat"
        )
    last = "never" if answer.last_poll_at is None else ago(answer.last_poll_at, now)
    late = (
        f"; {count(answer.overdue, 'feed is', 'feeds are')} due, up to {spell(answer.lag)} late"
        if answer.lag > SOON
        else ""
    )
    out.line(f"Last poll: {last}{late}")
    out.line(_feed_counts(answer.feeds))
    failing = [state for state in answer.feeds.states if state.last_error is not None]
    amiss = [s for s in answer.feeds.states if s.last_error is None and remarks(s, now)]
    for state in (*failing[:TOLD], *amiss[:TOLD]):
        _feed(out, state, now)
        for told in _amiss(state, now):
            out.line(told)
    if left := len(failing[TOLD:]) + len(amiss[TOLD:]):
        out.line(f"… and {left} more: /feeds")
    hits = f"{count(answer.hits, 'hit', 'hits')} on {count(answer.cards, 'card', 'cards')}"
    out.line(f"{count(answer.stories, 'story', 'stories')} stored, {hits}")
    waiting = (
        ""
        if answer.oldest_owed_at is None
        else f", the oldest since {moment(answer.oldest_owed_at, zone, now)}"
    )
    out.line(f"Alerts: {answer.sent:,} sent, {answer.owed:,} waiting{waiting}")
    _undelivered(out, answer, zone, now)
    out.line(
        f"{count(answer.subscriptions, 'subscription', 'subscriptions')}, "
        f"{count(answer.rules, 'rule', 'rules')}"
        f" (version {line(answer.version, 20) or 'none'})"
    )
    return out.line().add("/feeds tells more about the feeds, /latest shows what came last.").message()


def paged(items: Sequence[T], page: int) -> tuple[Sequence[T], int, int]:
    """One page of a list, its number (the nearest there is), and how many there are."""
    pages = max(-(-len(items) // PAGE), 1)
    page = min(max(page, 1), pages)
    return items[(page - 1) * PAGE : page * PAGE], page, pages


def _undelivered(out: Writer, answer: Status, zone: tzinfo, now: datetime) -> None:
    """What was refused for good, and where nothing can be delivered."""
    if answer.dead_count:
        out.line(f"{count(answer.dead_count, 'alert was', 'alerts were')} given up for good")
        for dead in answer.dead[:TOLD]:
            to = line(str(dead.delivery.destination), 60)
            why = line(dead.delivery.reason, REASON)
            out.line(f"   #{dead.delivery.card} to {to}, {moment(dead.at, zone, now)}: {why}")
        if answer.detailed:
            out.line("   `python bot.py outbox` lists them, `… outbox requeue all` sends them again")
    if answer.suspended_count:
        chats = count(answer.suspended_count, "chat cannot be reached", "chats cannot be reached")
        out.line(f"{chats}; alerts to it wait until somebody sends /start there")
        for destination, reason in answer.suspended[:TOLD]:
            out.line(f"   {line(str(destination), 60)}: {line(reason, REASON)}")


def _feed_counts(answer: Feeds) -> str:
    told = [count(answer.total, "feed", "feeds")]
    told += [f"{answer.failing} failing"] if answer.failing else []
    told += [f"{answer.unpolled} not asked yet"] if answer.unpolled else []
    told += [f"{answer.ended} ended by the publisher"] if answer.ended else []
    told += [f"{answer.dead} dead"] if answer.dead else []
    told += [f"{answer.silent} silent"] if answer.silent else []
    told += [f"{answer.endless} endless"] if answer.endless else []
    told += [f"{answer.gaps} with a gap"] if answer.gaps else []
    return ", ".join(told) if len(told) > 1 else f"{told[0]}, none failing"


def _feed(out: Writer, state: FeedState, now: datetime) -> None:
    if state.next_poll_at is None:
        sign, told = "⏹", state.last_error or state.reason or "ended"
    elif state.last_error is not None:
        times = f"{count(state.failures, 'time', 'times')} in a row" if state.failures else "now"
        sign, told = "⚠", f"failing {times}: {state.last_error}"
    elif state.last_success_at is None:
        sign, told = "…", "not asked yet"
    else:
        sign, told = "✓", f"read {ago(state.last_success_at, now)}"
    out.line(f"{sign} {line(state.name, 60)}: {line(told, REASON)}")


def _amiss(state: FeedState, now: datetime) -> list[str]:
    return [f"   ⚠ {line(remark, REASON)}" for remark in remarks(state, now)]


def _report(report: str) -> str:
    """The first lines of a report on rules.yaml, as they are: the caret must stay below its place."""
    kept = [each.rstrip() for each in visible(report).splitlines()[:REPORT]]
    return "\n".join(each if len(each) <= REASON else each[: REASON - 1] + "…" for each in kept)


def _subscribe(each: RuleLine) -> Button | None:
    return presses(f"Subscribe {line(each.rule.id, 40)}", f"sub:{each.rule.id}", f"/subscribe {each.rule.id}")


def _page(page: int, pages: int) -> str:
    return f", page {page} of {pages}" if pages > 1 else ""


def _turn(what: str, page: int, pages: int) -> tuple[tuple[Button, ...], ...]:
    back = presses("‹ Back", f"{what}:{page - 1}", f"/{what} {page - 1}") if page > 1 else None
    return row(back, presses("More ›", f"{what}:{page + 1}", f"/{what} {page + 1}") if page < pages else None)
