"""The commands /invite, /grant, /revoke and /audit, and what /start does with an invitation: who was let in."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.excerpt import line
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.phrases import fill, moment, presses, quoted, row
from monitor.chat.times import split_end
from monitor.chat.tongue import tr, trn
from monitor.core.access import Action, Role
from monitor.core.model import Redeemed, Spent
from monitor.desk.answers import Forbidden
from monitor.desk.roles import GOOD_FOR, Granted, Held, LastOwner, Person, Revoked, TooHigh, TooMany

if TYPE_CHECKING:
    from monitor.chat.ask import Ask
    from monitor.desk.roles import Invited, Trail

INVITE = "/invite [reader|editor|admin] [for 2d]"
INVITE_EXAMPLE = "/invite editor for 1d"
GRANT = "/grant [PERSON reader|editor|admin|owner]"
GRANT_EXAMPLE = "/grant 123456789 editor"
REVOKE = "/revoke PERSON"
REVOKE_EXAMPLE = "/revoke 123456789"
AUDIT = "/audit [NUMBER]"
AUDIT_EXAMPLE = "/audit 20"

CODE = re.compile(r"[A-Za-z0-9_-]{32}")
"""What an invitation looks like."""

NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)

HERE = "here"
"""Stands for the group in which it is said."""

SHOWN = 20
"""People in one list."""


def invite(ask: Ask) -> Message:
    """Make a link that lets one person in, once."""
    rest, until = split_end(ask.arguments, ask.desk.now(), ask.zone)
    role = _role(rest or Role.READER)
    if role is None:
        return _usage(ask, "invite", tr("{word} is no role.").format(word=quoted(rest)))
    told = ask.desk.roles.invite(ask.caller, role, GOOD_FOR if until is None else until - ask.desk.now())
    match told:
        case Forbidden():
            return wording.forbidden(told, ask.caller)
        case TooHigh():
            return _too_high(told)
        case TooMany():
            wrong = tr("{n} invitations are open; that is as many as there may be. Wait until one was used.")
            return Message(wrong.format(n=told.most))
    return _invited(told, ask)


def start_with(ask: Ask) -> Message | None:
    """What an invitation behind /start does; None if nothing stands there that looks like one."""
    if CODE.fullmatch(ask.arguments) is None:
        return None
    told = ask.desk.roles.redeem(ask.caller, ask.arguments)
    if isinstance(told, Redeemed):
        return _came_in(told)
    if isinstance(told, Spent) and told.used:
        return Message(tr("This invitation was used already. Ask whoever sent it for a new one."))
    if isinstance(told, Spent):
        return Message(tr("This invitation has expired. Ask whoever sent it for a new one."))
    return Message(tr("I do not know this invitation. Open the link that you were sent once more."))


def grant(ask: Ask) -> Message:
    """Give somebody a role; alone it lists who holds what."""
    if ask.arguments.casefold() == HERE:
        told = ask.desk.roles.let_in(ask.caller)
        return wording.forbidden(told, ask.caller) if isinstance(told, Forbidden) else _let_in()
    if not ask.arguments and ask.person is None:
        return people(ask)
    person, _, word = ask.arguments.rpartition(" ")
    role = _role(word)
    if role is None:
        return _usage(ask, "grant", tr("Which role? reader, editor, admin or owner."))
    return _given(ask, _person(ask, person.strip()), role)


def _given(ask: Ask, person: Person | Message, role: Role) -> Message:
    if isinstance(person, Message):
        return _helped(ask, person)
    told = ask.desk.roles.grant(ask.caller, person, role)
    return _granted(told, ask) if isinstance(told, Granted) else _refused(ask, told)


def revoke(ask: Ask) -> Message:
    """Take somebody's role away."""
    if ask.arguments.casefold() == HERE:
        told = ask.desk.roles.let_in(ask.caller, let=False)
        return wording.forbidden(told, ask.caller) if isinstance(told, Forbidden) else _shut_out()
    if not ask.arguments and ask.person is None:
        return people(ask)
    person = _person(ask, ask.arguments)
    if isinstance(person, Message):
        return _helped(ask, person)
    taken = ask.desk.roles.revoke(ask.caller, person)
    if isinstance(taken, Revoked):
        return _revoked(taken)
    return _refused(ask, taken)


def people(ask: Ask) -> Message:
    """Who holds what, with a button to take it away."""
    told = ask.desk.roles.held(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return _held(told, ask)


def audit(ask: Ask) -> Message:
    """Who changed what."""
    count = ask.arguments.strip()
    if count and (not count.isdecimal() or len(count) > 3):  # noqa: PLR2004 - more than 999 is no wish
        return _usage(ask, "audit", tr("{word} is no number.").format(word=quoted(count)))
    told = ask.desk.roles.audit(ask.caller, int(count or 10))
    return wording.forbidden(told, ask.caller) if isinstance(told, Forbidden) else _trail(told, ask)


def older_deeds(ask: Ask) -> Message:
    """The button below /audit: `audit:BEFORE`."""
    before = int(ask.arguments) if ask.arguments.isdecimal() and len(ask.arguments) < 19 else None  # noqa: PLR2004
    told = ask.desk.roles.audit(ask.caller, before=before)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return _trail(told, ask, replaces=True)


def _usage(ask: Ask, name: str, wrong: str) -> Message:
    return _helped(ask, wording.usage(wrong, ask.commands[name].usage, ask.commands[name].example))


def _helped(ask: Ask, mend: Message) -> Message:
    """How it is written, for those who may do it at all."""
    refused = ask.desk.office.refusal(Action.GRANT, ask.caller)
    return mend if refused is None else wording.forbidden(refused, ask.caller)


def _role(word: str) -> Role | None:
    return next((role for role in Role if role == word.casefold()), None)


def _person(ask: Ask, written: str) -> Person | Message:
    """Whom the command is about: a number, or whoever the message shows; else how to say it, in words."""
    written = written.removeprefix("telegram:")
    if NUMBER.fullmatch(written):
        known = ask.desk.roles.held(ask.caller)
        who = f"telegram:{int(written)}"
        names = {each.who: each.name for each in known.grants} if isinstance(known, Held) else {}
        return Person(who, names.get(who, ""))
    if ask.person is not None and (not written or written.startswith("@")):
        return ask.person
    return Message(
        tr(
            "Whom do you mean? Telegram does not tell me who a name is. Write the person's number (I tell it to "
            "strangers who send me /start), or forward me a message of theirs and answer that with the "
            "command; or send them the link that /invite makes."
        )
    )


def _refused(ask: Ask, told: TooHigh | LastOwner | Forbidden) -> Message:
    match told:
        case Forbidden():
            return wording.forbidden(told, ask.caller)
        case TooHigh():
            return _too_high(told)
    return Message(tr("Nobody else owns this bot. Make somebody else an owner first: /grant PERSON owner"))


def _too_high(told: TooHigh) -> Message:
    words = tr("Only owners give and take the role {role}. You may let readers and editors in.")
    return fill(Writer(), words, role=(told.role, Style.CODE)).message()


def _invited(told: Invited, ask: Ask) -> Message:
    out = Writer()
    words = tr("This link lets one person in as {role}, once, until {until}. Send it to them alone:")
    until = moment(told.until, ask.zone, ask.desk.now())
    fill(out, words, role=(told.role, Style.BOLD), until=(until,)).line()
    if ask.bot:
        out.line(f"https://t.me/{ask.bot}?start={told.code}")
    else:
        out.line(f"/start {told.code}", Style.CODE)
    return out.line().add(tr("It is shown here only. /grant lists who was let in.")).message()


def _came_in(told: Redeemed) -> Message:
    out = Writer()
    if told.before is told.grant.role:
        words = tr("Welcome back! You are {role} here already; the invitation is used up now.")
    else:
        words = tr("Welcome! You are {role} here now.")
    fill(out, words, role=(told.grant.role, Style.BOLD)).line().line()
    out.add(
        tr(
            "/subscribe all brings every alert to this chat, /rules lists what can be chosen, /help what I can do."
        )
    )
    return out.message(row(Button(tr("Subscribe to all"), "sub:all", typed="/subscribe all")))


def _let_in() -> Message:
    return Message(
        tr(
            "Everybody in this chat may now read here: /rules, /latest and /search. What comes here is still "
            "chosen by its admins. /revoke here ends it."
        )
    )


def _shut_out() -> Message:
    return Message(tr("From now on I answer in this chat only those whom I know. /grant here changes that."))


def _granted(told: Granted, ask: Ask) -> Message:
    out = Writer()
    fill(
        out,
        tr("{person} is {role} now."),
        person=(_name(told.person), Style.BOLD),
        role=(told.role, Style.BOLD),
    )
    if told.before is not None and told.before is not told.role:
        fill(out.add(" "), tr("Before that: {role}."), role=(told.before,))
    out.line()
    if told.before is None and ask.bot:
        out.line(tr("They begin at https://t.me/{bot}").format(bot=ask.bot))
    return out.add(tr("/grant lists who holds what, /audit who changed it.")).message()


def _revoked(told: Revoked) -> Message:
    out = Writer()
    if told.role is None:
        fill(out, tr("{person} holds no role."), person=(_name(told.person), Style.BOLD))
        return out.add(" ").add(tr("/grant lists who does.")).message()
    words = tr("{person} is no longer {role}.")
    fill(out, words, person=(_name(told.person), Style.BOLD), role=(told.role,)).line()
    if told.ended:
        out.line(
            trn(
                "{n} subscription of their private chat ended with it.",
                "{n} subscriptions of their private chat ended with it.",
                told.ended,
            )
        )
    return out.add(tr("Those named in OWNERS stay owners whatever is said here.")).message()


def _held(told: Held, ask: Ask) -> Message:
    out = Writer()
    if told.grants:
        out.line(tr("Let in so far"), Style.BOLD)
    else:
        out.line(tr("Nobody was let in yet; those named in OWNERS own this bot."))
    buttons: list[tuple[Button, ...]] = []
    for each in told.grants[:SHOWN]:
        number = each.who.partition(":")[2]
        out.add("• ").add(each.role, Style.BOLD).add(" ")
        if each.name:
            out.add(line(each.name, 40)).add(" ")
        out.add(number, Style.CODE).line(f", {moment(each.at, ask.zone, ask.desk.now())}")
        words = tr("Revoke {person}").format(person=line(each.name, 30) or number)
        buttons += row(presses(words, f"revoke:{each.who}", f"/revoke {number}"))
    if len(told.grants) > SHOWN:
        out.line(trn("… and {n} more", "… and {n} more", len(told.grants) - SHOWN))
    if told.invites:
        out.line(trn("{n} invitation is open.", "{n} invitations are open.", len(told.invites)))
    out.line()
    out.add(
        tr(
            "/invite makes a link for somebody; /grant NUMBER ROLE gives a role (reader, editor, admin, owner)."
        )
    )
    return out.message(tuple(buttons))


def _trail(told: Trail, ask: Ask, *, replaces: bool = False) -> Message:
    if not told.deeds:
        return Message(tr("Nothing was changed so far. Roles, rules, feeds and backups leave a line here."))
    out = Writer().line(tr("Who changed what"), Style.BOLD)
    for deed in told.deeds:
        out.add(f"{moment(deed.at, ask.zone, ask.desk.now())} ").add(
            line(deed.name or deed.by, 40), Style.BOLD
        )
        out.add(" ").add(deed.kind, Style.CODE).line(f" {line(deed.detail, 200)}")
    older = None
    if told.older is not None:
        older = presses(tr("Older"), f"audit:{told.older}", "/audit 20")
    return replace(out.message(row(older)), replaces=replaces)


def _name(person: Person) -> str:
    return line(person.name, 60) or person.who.partition(":")[2]
