"""The commands /mute, /unmute and /quiet: what a chat is spared for a while, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.chat import wording
from monitor.chat.excerpt import line
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.phrases import fill, moment, presses, quoted, row, where
from monitor.chat.times import read_hours, split_end, zone_named
from monitor.chat.tongue import mark, tr, trn
from monitor.core.model import Level, Mute, MuteKind, QuietHours
from monitor.desk.answers import Forbidden, NoCard, QueryMistake, UnknownRule
from monitor.desk.wishes import Mutable

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from monitor.chat.ask import Ask
    from monitor.desk.wishes import Muted, Quiet, Unmuted

MUTE = '/mute [RULE|#CARD|"QUERY" for 2h|until 08:00] [@channel]'
MUTE_EXAMPLE = "/mute source:yonhap for 2h"
UNMUTE = '/unmute RULE|#CARD|"QUERY"|all [@channel]'
UNMUTE_EXAMPLE = "/unmute all"
QUIET = "/quiet [22:00-07:00 [ZONE] [except flash]|off] [@channel]"
QUIET_EXAMPLE = "/quiet 22:00-07:00 Asia/Seoul except flash"

SPANS = ((mark("1 hour"), "1h"), (mark("8 hours"), "8h"), (mark("1 day"), "1d"), (mark("1 week"), "1w"))
"""Offered where somebody says what to mute, but not for how long."""

SHOWN = 15
"""Mutes in one list."""

EXCEPT = re.compile(r"(?:^|\s)except\s+(.+)$", re.IGNORECASE)


def mute(ask: Ask) -> Message:
    """`/mute WHAT for HOW LONG`; alone it lists what is muted."""
    if not ask.arguments:
        return _mutes(ask)
    what, until = split_end(ask.arguments, ask.desk.now(), ask.zone)
    timed = re.search(r"(?i)(?:^|\s)(?:for|until)\b", ask.arguments.removeprefix(what))
    if not what or (until is None and timed):
        if refused := ask.desk.may_follow(ask.caller, ask.target):
            return wording.forbidden(refused, ask.caller)
        wrong = tr("Say what to mute, and for how long or until when (a year at most).")
        return wording.usage(wrong, MUTE, MUTE_EXAMPLE)
    return _asked(ask, what, until)


def _asked(ask: Ask, what: str, until: datetime | None) -> Message:
    """Mute it, or say why not and what would do."""
    told = ask.desk.mute(ask.caller, what, until, ask.target)
    match told:
        case Forbidden():
            return wording.forbidden(told, ask.caller)
        case UnknownRule():
            return _unknown(told, ask)
        case NoCard():
            return wording.no_card(told)
        case QueryMistake():
            return wording.query_mistake(told.error)
        case Mutable(asked):
            return _how_long(ask, asked)
    return _muted(told, ask.zone, ask.desk.now())


def unmute(ask: Ask) -> Message:
    """`/unmute WHAT`; alone it lists what is muted, with a button to end each."""
    if not ask.arguments:
        return _mutes(ask)
    told = ask.desk.unmute(ask.caller, ask.arguments, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return _unmuted(told)


def quiet(ask: Ask) -> Message:
    """`/quiet HOURS ZONE except LEVELS`, `/quiet off`; alone it tells how they stand."""
    if not ask.arguments:
        told = ask.desk.quiet(ask.caller, ask.target)
    else:
        if refused := ask.desk.may_follow(ask.caller, ask.target):
            return wording.forbidden(refused, ask.caller)
        hours = None if ask.arguments.casefold() == "off" else _hours(ask)
        if isinstance(hours, Message):
            return hours
        told = ask.desk.set_quiet(ask.caller, hours, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return _quiet(told, ask.desk.now())


def named(each: Mute) -> str:
    """A mute as it is typed after /unmute."""
    if each.kind is MuteKind.CARD:
        return f"#{each.value}"
    if each.kind is MuteKind.QUERY and '"' not in each.value:
        return f'"{each.value}"'
    return each.value


def _mutes(ask: Ask) -> Message:
    told = ask.desk.mutes(ask.caller, ask.target)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    here, now = where(told.target), ask.desk.now()
    out = Writer()
    if not told.mutes:
        told_here = tr("Nothing is muted in {chat}. For example: {example}; /help mute tells more.")
        return fill(out, told_here, chat=(here,), example=(MUTE_EXAMPLE, Style.CODE)).message()
    out.line(tr("Muted in {chat}:").format(chat=here), Style.BOLD)
    for each in told.mutes[:SHOWN]:
        until = tr("{mute} until {time}").format(
            mute=line(named(each), 200), time=moment(each.until, ask.zone, now)
        )
        out.line(f"• {until}")
    if (left := len(told.mutes) - SHOWN) > 0:
        out.line(trn("… and {n} more", "… and {n} more", left))
    out.add(tr("What matches is stored all the same: /latest shows it. /unmute all ends every mute."))
    if told.target is not None:
        return out.message()
    ends = [_ends(each) for each in told.mutes[:SHOWN]]
    return out.message(tuple(each for end in ends for each in end))


def _ends(each: Mute) -> tuple[tuple[Button, ...], ...]:
    text = tr("Unmute {mute}").format(mute=line(named(each), 40))
    return row(presses(text, f"unmute:{named(each)}", f"/unmute {named(each)}"))


def _how_long(ask: Ask, what: str) -> Message:
    """What is to be muted was said, but not for how long."""
    offers = [
        presses(tr(text), f"mute:{what} for {span}", f"/mute {what} for {span}")
        if ask.target is None
        else None
        for text, span in SPANS
    ]
    asked = tr("For how long shall {mute} be muted? For example: {example}")
    example = (f"/mute {line(what, 100)} for 2h", Style.CODE)
    return fill(Writer(), asked, mute=(quoted(what),), example=example).message(row(*offers))


def _unknown(told: UnknownRule, ask: Ask) -> Message:
    out = Writer().add(tr("There is no rule {rule}. ").format(rule=quoted(told.asked)))
    if told.nearest:
        fill(out, tr("Did you mean {command}? "), command=(f"/mute {line(told.nearest)} …", Style.CODE))
    wanted = ask.arguments.replace(told.asked, f'"{told.asked}"', 1)
    example = (f"/mute {line(wanted, 100)}", Style.CODE)
    return fill(
        out, tr("To mute stories with that word, put it in quotes: {example}"), example=example
    ).message()


def _muted(told: Muted, zone: tzinfo, now: datetime) -> Message:
    each = told.mute
    what = {
        MuteKind.RULE: tr("Alerts of {rule} will not come to {chat} until {time}."),
        MuteKind.CARD: tr("What still comes to card #{rule} will not come to {chat} until {time}."),
        MuteKind.QUERY: tr("What {rule} matches will not come to {chat} until {time}."),
    }[each.kind]
    name = quoted(each.value, 120) if each.kind is MuteKind.QUERY else line(each.value)
    out = Writer().add(tr("Muted.") + " ", Style.BOLD)
    out.line(what.format(rule=name, chat=where(told.target), time=moment(each.until, zone, now)))
    if told.spared is not None:
        covers = trn(
            "It covers {n} card of the last week.", "It covers {n} cards of the last week.", told.spared
        )
        out.line(covers)
    out.add(tr("Nothing is lost: it is stored, and /latest shows it with a mark. "))
    button = None if told.target else presses(tr("Unmute"), f"unmute:{named(each)}", f"/unmute {named(each)}")
    ends = (f"/unmute {line(named(each), 200)}", Style.CODE)
    return fill(out, tr("{command} ends it."), command=ends).message(row(button))


def _unmuted(told: Unmuted) -> Message:
    here = where(told.target)
    out = Writer()
    if told.gone:
        ended = trn("{n} mute ended in {chat}. ", "{n} mutes ended in {chat}. ", told.gone)
        out.add(tr("Done.") + " ", Style.BOLD).add(ended.format(chat=here))
    else:
        out.add(tr("{mute} is not muted in {chat}. ").format(mute=quoted(told.asked), chat=here))
    if told.left:
        left = ", ".join(line(named(each), 60) for each in told.left[:SHOWN])
        out.add(tr("Still muted: {mutes}.").format(mutes=left))
    else:
        out.add(tr("Nothing is muted there now; /subs lists what comes."))
    return out.message()


def _hours(ask: Ask) -> QuietHours | Message:
    """The hours that were typed; or what is wrong with them."""
    found = read_hours(ask.arguments)
    if found is None:
        wrong = tr("Two different times are needed, from when to when.")
        return wording.usage(wrong, QUIET, QUIET_EXAMPLE)
    begins, ends, rest = found
    excepted = EXCEPT.search(rest)
    words = re.split(r"[,\s]+|\band\b", excepted[1].casefold()) if excepted else []
    levels = {level.word: level for level in Level}
    if wrong_words := [word for word in words if word and word not in levels]:
        wrong = tr("{word} is no level; there are {levels}.").format(
            word=quoted(wrong_words[0]), levels=", ".join(levels)
        )
        return wording.usage(wrong, QUIET, QUIET_EXAMPLE)
    name = (rest[: excepted.start()] if excepted else rest).strip()
    zone = zone_named(name) if name else ask.zone
    if zone is None:
        wrong = tr("{zone} is no time zone that I know; they are named like Asia/Seoul or Europe/Berlin.")
        return wording.usage(wrong.format(zone=quoted(name)), QUIET, QUIET_EXAMPLE)
    kept = zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")
    return QuietHours(ask.caller.here, begins, ends, kept, frozenset(levels[word] for word in words if word))


def _quiet(told: Quiet, now: datetime) -> Message:
    here = where(told.target)
    out = Writer()
    if told.quiet is None or told.next is None:
        none = tr("No quiet hours in {chat}: alerts come at any time. For example: {example}")
        return fill(out, none, chat=(here,), example=(QUIET_EXAMPLE, Style.CODE)).message()
    hours = told.quiet
    span = f"{hours.begins:%H:%M}-{hours.ends:%H:%M} {hours.zone.key}"
    out.add(tr("Quiet hours in {chat}: {hours}. ").format(chat=here, hours=span), Style.BOLD)
    spared = ", ".join(level.word for level in sorted(hours.excepted, reverse=True))
    out.line(
        tr("Except {levels}, which ring at any time.").format(levels=spared)
        if spared
        else tr("For all levels.")
    )
    time = moment(told.next, hours.zone, now)
    if told.now:
        held = trn("{n} alert is held until then", "{n} alerts are held until then", told.held)
        out.line(tr("It is quiet now, until {time}; {held}.").format(time=time, held=held))
    else:
        out.line(tr("They begin next at {time}.").format(time=time))
    out.add(
        tr("Feeds are read and rules matched all the same; what is held comes afterwards, in order.") + " "
    )
    end = None if told.target else presses(tr("End quiet hours"), "quiet:off", "/quiet off")
    return fill(out, tr("{command} ends this."), command=("/quiet off", Style.CODE)).message(row(end))
