"""The command /ack, its button, and /escalate: who saw an alert, and where it goes if nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.helping import usage
from monitor.chat.message import Message, Style, Writer
from monitor.chat.phrases import fill, moment, presses, quoted, row, span, where
from monitor.chat.times import split_end
from monitor.chat.tongue import tr
from monitor.core.access import Refusal
from monitor.core.escalation import LONGEST, SHORTEST, USUAL
from monitor.desk.answers import Forbidden, NoCard
from monitor.desk.escalation import NotSensible, SamePlace

if TYPE_CHECKING:
    from monitor.chat.ask import Ask
    from monitor.desk.escalation import Escalates

DIGITS = 18
"""Of a number that somebody may type."""

ACK = "/ack [CARD]"
ACK_EXAMPLE = "/ack 1"
ESCALATE = "/escalate me|@chat [15m]|off [@channel]"
ESCALATE_EXAMPLE = "/escalate me 15m"

OFF = "off"


def acknowledge(ask: Ask) -> Message:
    """`/ack CARD`, or in reply to an alert without a number; the button too."""
    written = ask.arguments.removeprefix("#")
    number = int(written) if written.isascii() and written.isdecimal() and len(written) <= DIGITS else None
    if not written:
        number = ask.about
    if number is None:
        wrong = tr("Which card? Its number stands in the alert's last line; or reply to the alert.")
        return usage(ask, "ack", wrong)
    told = ask.desk.feedback.acknowledge(ask.caller, number)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, NoCard):
        return wording.no_card(told)
    if told.mine and not told.first:
        text = tr("You have acknowledged card #{n} already, {time}.")
        at = moment(told.by.at, ask.zone, ask.desk.now())
        return Message(text.format(n=number, time=at), note=True)
    if told.first:
        text = tr("Acknowledged: everybody who reads this chat sees that you have seen card #{n}.")
        return Message(text.format(n=number), note=True)
    text = tr("{name} has seen card #{n} before you, {time}.")
    at = moment(told.by.at, ask.zone, ask.desk.now())
    return Message(text.format(name=told.by.name or tr("Somebody"), n=number, time=at), note=True)


def escalate(ask: Ask) -> Message:
    """`/escalate WHERE AFTER`; alone it tells how it stands, `off` ends it."""
    words = ask.arguments.split()
    if not words and ask.paired is None:
        told = ask.desk.escalating.shown(ask.caller, ask.target)
        return wording.forbidden(told, ask.caller) if isinstance(told, Forbidden) else _stands(told)
    if [each.casefold() for each in words] == [OFF]:
        ended = ask.desk.escalating.end(ask.caller, ask.target)
        return wording.forbidden(ended, ask.caller) if isinstance(ended, Forbidden) else _stands(ended)
    return _begin(ask, " ".join(words))


def _begin(ask: Ask, written: str) -> Message:
    """Repeat alerts elsewhere from now on, or say what is missing."""
    rest, until = split_end(written, ask.desk.now(), ask.zone)
    if rest or (until is None and written):
        return _usage(ask, tr("Say where to, and after how long: a minute at least, a day at most."))
    if ask.other is None:
        where_to = tr(
            "Say where to: “me” for your private chat with me, or another chat that you administer."
        )
        return _usage(ask, where_to)
    after = USUAL if until is None else until - ask.desk.now()
    told = ask.desk.escalating.begin(ask.caller, ask.other, after, ask.target)
    if isinstance(told, Forbidden):
        return _refused(ask, told)
    if isinstance(told, SamePlace):
        return _usage(ask, tr("Alerts come there already: choose another chat."))
    if isinstance(told, NotSensible):
        spans = {"least": span(SHORTEST.total_seconds()), "most": span(LONGEST.total_seconds())}
        return _usage(ask, tr("That cannot be: {least} at least, {most} at most.").format(**spans))
    return _stands(told)


def _refused(ask: Ask, told: Forbidden) -> Message:
    theirs = told.target is not None and str(told.target.destination) == ask.caller.person
    if told.reason is Refusal.CANNOT_POST and theirs:
        text = tr(
            "I cannot write to you yet. Open a private chat with me, send /start there, then send this again."
        )
        return Message(text)
    return wording.forbidden(told, ask.caller)


def _usage(ask: Ask, wrong: str) -> Message:
    refused = ask.desk.may_follow(ask.caller, ask.target)
    if refused:
        return wording.forbidden(refused, ask.caller)
    return wording.usage(wrong, ESCALATE, ESCALATE_EXAMPLE)


def _stands(told: Escalates) -> Message:
    here = where(told.target)
    out = Writer()
    if told.escalation is None:
        text = tr("Flash alerts of {chat} are not repeated anywhere. For example: {example}")
        return fill(out, text, chat=(here,), example=(ESCALATE_EXAMPLE, Style.CODE)).message()
    wish = told.escalation
    text = tr("Flash alerts of {chat} that nobody acknowledges within {span} are repeated once in {other}.")
    out.line(text.format(chat=here, span=span(wish.after), other=quoted(wish.called)))
    if told.covered:
        out.line(tr("That was chosen for the whole chat; this topic can choose for itself."))
    out.line(tr("The button “✔ Seen” below an alert, or /ack in reply to it, acknowledges it."))
    fill(out, tr("{command} ends this."), command=("/escalate off", Style.CODE))
    ends = None if told.target or told.covered else presses(tr("End it"), "escalate:off", "/escalate off")
    return out.message(row(ends))
