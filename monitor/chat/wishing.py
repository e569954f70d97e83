"""The commands /mute, /unmute and /quiet: what a chat is spared for a while, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.chat import wording
from monitor.chat.excerpt import line
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.phrases import count, moment, presses, quoted, row
from monitor.chat.times import read_hours, split_end, zone_named
from monitor.core.model import Level, Mute, MuteKind, QuietHours
from monitor.desk.answers import Forbidden, NoCard, QueryMistake, Target, UnknownRule
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

SPANS = (("1 hour", "1h"), ("8 hours", "8h"), ("1 day", "1d"), ("1 week", "1w"))
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
        wrong = "Say what to mute, and for how long or until when (a year at most)."
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
    here, now = _where(told.target), ask.desk.now()
    out = Writer()
    if not told.mutes:
        out.add(f"Nothing is muted in {here}. ").add("For example: ").add(MUTE_EXAMPLE, Style.CODE)
        return out.add("; /help mute tells more.").message()
    out.line(f"Muted in {here}:", Style.BOLD)
    for each in told.mutes[:SHOWN]:
        out.line(f"• {line(named(each), 200)} until {moment(each.until, ask.zone, now)}")
    if left := len(told.mutes) - SHOWN:
        out.line(f"… and {left} more" if left > 0 else "")
    out.add("What matches is stored all the same: /latest shows it. /unmute all ends every mute.")
    if told.target is not None:
        return out.message()
    ends = [_ends(each) for each in told.mutes[:SHOWN]]
    return out.message(tuple(each for end in ends for each in end))


def _ends(each: Mute) -> tuple[tuple[Button, ...], ...]:
    return row(presses(f"Unmute {line(named(each), 40)}", f"unmute:{named(each)}", f"/unmute {named(each)}"))


def _how_long(ask: Ask, what: str) -> Message:
    """What is to be muted was said, but not for how long."""
    offers = [
        presses(text, f"mute:{what} for {span}", f"/mute {what} for {span}") if ask.target is None else None
        for text, span in SPANS
    ]
    out = Writer().add(f"For how long shall {quoted(what)} be muted? For example: ")
    return out.add(f"/mute {line(what, 100)} for 2h", Style.CODE).message(row(*offers))


def _unknown(told: UnknownRule, ask: Ask) -> Message:
    out = Writer().add(f"There is no rule {quoted(told.asked)}. ")
    if told.nearest:
        out.add("Did you mean ").add(f"/mute {line(told.nearest)} …", Style.CODE).add("? ")
    out.add("To mute stories with that word, put it in quotes: ")
    wanted = ask.arguments.replace(told.asked, f'"{told.asked}"', 1)
    return out.add(f"/mute {line(wanted, 100)}", Style.CODE).message()


def _muted(told: Muted, zone: tzinfo, now: datetime) -> Message:
    each = told.mute
    what = {
        MuteKind.RULE: f"Alerts of {line(each.value)}",
        MuteKind.CARD: f"What still comes to card #{each.value}",
        MuteKind.QUERY: f"What {quoted(each.value, 120)} matches",
    }[each.kind]
    out = Writer().add("Muted. ", Style.BOLD)
    out.line(f"{what} will not come to {_where(told.target)} until {moment(each.until, zone, now)}.")
    if told.spared is not None:
        out.line(f"It covers {count(told.spared, 'card', 'cards')} of the last week.")
    out.add("Nothing is lost: it is stored, and /latest shows it with a mark. ")
    button = None if told.target else presses("Unmute", f"unmute:{named(each)}", f"/unmute {named(each)}")
    return out.add(f"/unmute {line(named(each), 200)}", Style.CODE).add(" ends it.").message(row(button))


def _unmuted(told: Unmuted) -> Message:
    here = _where(told.target)
    out = Writer()
    if told.gone:
        out.add("Done. ", Style.BOLD).add(f"{count(told.gone, 'mute', 'mutes')} ended in {here}. ")
    else:
        out.add(f"{quoted(told.asked)} is not muted in {here}. ")
    if told.left:
        out.add(f"Still muted: {', '.join(line(named(each), 60) for each in told.left[:SHOWN])}.")
    else:
        out.add("Nothing is muted there now; /subs lists what comes.")
    return out.message()


def _hours(ask: Ask) -> QuietHours | Message:
    """The hours that were typed; or what is wrong with them."""
    found = read_hours(ask.arguments)
    if found is None:
        wrong = "Two different times are needed, from when to when."
        return wording.usage(wrong, QUIET, QUIET_EXAMPLE)
    begins, ends, rest = found
    excepted = EXCEPT.search(rest)
    words = re.split(r"[,\s]+|\band\b", excepted[1].casefold()) if excepted else []
    levels = {level.word: level for level in Level}
    if wrong_words := [word for word in words if word and word not in levels]:
        wrong = f"{quoted(wrong_words[0])} is no level; there are {', '.join(levels)}."
        return wording.usage(wrong, QUIET, QUIET_EXAMPLE)
    name = (rest[: excepted.start()] if excepted else rest).strip()
    zone = zone_named(name) if name else ask.zone
    if zone is None:
        wrong = (
            f"{quoted(name)} is no time zone that I know; they are named like Asia/Seoul or Europe/Berlin."
        )
        return wording.usage(wrong, QUIET, QUIET_EXAMPLE)
    kept = zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")
    return QuietHours(ask.caller.here, begins, ends, kept, frozenset(levels[word] for word in words if word))


def _quiet(told: Quiet, now: datetime) -> Message:
    here = _where(told.target)
    out = Writer()
    if told.quiet is None or told.next is None:
        out.add(f"No quiet hours in {here}: alerts come at any time. For example: ")
        return out.add(QUIET_EXAMPLE, Style.CODE).message()
    hours = told.quiet
    span = f"{hours.begins:%H:%M}-{hours.ends:%H:%M} {hours.zone.key}"
    out.add(f"Quiet hours in {here}: {span}. ", Style.BOLD)
    spared = [level.word for level in sorted(hours.excepted, reverse=True)]
    out.line(f"Except {', '.join(spared)}, which ring at any time." if spared else "For all levels.")
    if told.now:
        held = count(told.held, "alert is", "alerts are")
        out.line(f"It is quiet now, until {moment(told.next, hours.zone, now)}; {held} held until then.")
    else:
        out.line(f"They begin next at {moment(told.next, hours.zone, now)}.")
    out.add("Feeds are read and rules matched all the same; what is held comes afterwards, in order. ")
    end = None if told.target else presses("End quiet hours", "quiet:off", "/quiet off")
    return out.add("/quiet off", Style.CODE).add(" ends this.").message(row(end))


def _where(target: Target | None) -> str:
    return "this chat" if target is None else quoted(target.title)
