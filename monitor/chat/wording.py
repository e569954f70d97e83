"""What the bot says to commands, except for cards (`cards`) and lists (`reports`).

Pure: an answer of the desk becomes a Message. Every message leaves the person with a next step.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from monitor.chat.cards import listed
from monitor.chat.excerpt import head, line, visible
from monitor.chat.message import Message, Style, Writer
from monitor.chat.phrases import ago, badge, fill, presses, quoted, row, where
from monitor.chat.tongue import mark, said, tr, trn
from monitor.core.access import Place, Refusal
from monitor.desk.answers import (
    ALL,
    Caller,
    Forbidden,
    NoCard,
    NotSubscribed,
    Subscribed,
    UnknownRule,
    Unsubscribed,
    Welcome,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.core.errors import QueryError
    from monitor.core.model import CardView

NAMES = 600
"""Characters of a list of names inside a sentence."""

BEFORE_CARET, AFTER_CARET = 24, 12
"""Characters shown around a mistake: together a line on a phone, so that the caret stays below its place."""

LONGEST_BAD = 40
"""Characters shown from the mistake on, however long it is."""

REFUSALS = {
    Refusal.ANONYMOUS: mark(
        "I answer my owners only, and cannot see who you are. Owners: write as yourself, not as the group."
    ),
    Refusal.NOT_ADMIN: mark(
        "Only admins of this chat can change what comes here. /rules, /latest and /search are for everybody."
    ),
    Refusal.PRIVATE_ONLY: mark(
        "Other chats are managed from a private chat with me. Write to me there, with the same words."
    ),
    Refusal.NOT_OWNER: mark("That is for my owners only, in a private chat. /status tells how things are."),
    Refusal.NOT_EDITOR: mark(
        "Only editors change rules and feeds. Ask an admin of this bot to make you one; /watch needs nobody."
    ),
    Refusal.NOT_RUNNER: mark("That is for the admins of this bot. /status tells how things are."),
    Refusal.IN_PRIVATE: mark("That is not done before the eyes of a group. Write to me in private."),
    Refusal.FULL: mark(
        "This chat has as many subscriptions as it may have. /subs lists them, with a button to end each; "
        "/subscribe all takes the place of many."
    ),
}


def forbidden(answer: Forbidden, caller: Caller) -> Message:
    """Why not, and what would help. A stranger is told the number by which an owner lets them in."""
    where = quoted(answer.target.title) if answer.target else tr("that chat")
    if answer.reason is Refusal.STRANGER:
        return _stranger(caller)
    if answer.reason is Refusal.NOT_ADMIN_THERE:
        told = tr("You do not administer {chat}. Ask one of its admins to send me this command.")
        return Message(told.format(chat=where))
    if answer.reason is Refusal.CANNOT_POST:
        told = tr(
            "I may not post in {chat}. Make me an administrator there with the right to post, "
            "then send this again."
        )
        return Message(told.format(chat=where))
    return Message(tr(REFUSALS[answer.reason]))


def _stranger(caller: Caller) -> Message:
    number = line(caller.person.partition(":")[2])
    if caller.rights.place is Place.GROUP:
        return Message(tr("I answer my owners only. Write to me in private to learn how to become one."))
    told = tr(
        "This bot is closed: it answers its owners only.\nYour id is {id}. Whoever runs the bot can let you "
        "in by adding it to {owners}, or answer everybody with {open}."
    )
    return fill(
        Writer(),
        told,
        id=(number, Style.CODE),
        owners=("OWNERS", Style.CODE),
        open=("ACCESS=open", Style.CODE),
    ).message()


def welcome(answer: Welcome, caller: Caller) -> Message:
    """Answer to /start: what this is, how it stands here, the first thing to do."""
    out = Writer()
    out.line("Tocsin", Style.BOLD)
    told = tr("I watch {feeds} for the few stories that {rules} wait for, and ring when one comes.")
    feeds, rules = (
        trn("{n} news feed", "{n} news feeds", answer.feeds),
        trn("{n} rule", "{n} rules", answer.rules),
    )
    out.line(told.format(feeds=feeds, rules=rules)).line()
    if answer.resumed:
        out.line(tr("Alerts to this chat had been held back; they go on now."))
    if answer.subscriptions:
        out.line(
            trn(
                "This chat has {n} subscription: /subs lists it.",
                "This chat has {n} subscriptions: /subs lists them.",
                answer.subscriptions,
            )
        )
        rest = tr("/latest shows what came last, /search WORDS looks into the past, /help lists the rest.")
        return out.add(rest).message()
    out.line(tr("Nothing comes to this chat yet."))
    if not answer.may_follow:
        rest = tr(
            "An admin of it can change that with /subscribe. Everybody may use /rules, /latest and /search."
        )
        return out.add(rest).message()
    if caller.rights.place is Place.GROUP:
        out.add(tr("/subscribe all brings every alert here (this group); /rules lists what can be chosen. "))
    else:
        out.add(tr("/subscribe all brings every alert here; /rules lists what can be chosen. "))
    out.add(tr("For a channel, add me to it as an admin and write: /subscribe all @channel"))
    return out.message(
        row(
            presses(tr("Subscribe to all"), "sub:all", "/subscribe all"),
            presses(tr("Choose rules"), "rules:", "/rules"),
        )
    )


def subscribed(answer: Subscribed, now: datetime) -> Message:
    """What comes from now on, with the last cards as a taste."""
    here = where(answer.target)
    what = tr("every rule") if answer.selector == ALL else line(answer.selector)
    out = Writer()
    if answer.new:
        out.add(tr("Subscribed.") + " ", Style.BOLD)
        out.add(tr("Alerts of {rule} now come to {chat}.").format(rule=what, chat=here))
    else:
        told = tr("Alerts of {rule} come to {chat} already; nothing changed.")
        out.add(told.format(rule=what, chat=here))
    if answer.rule is not None:
        name = f", {line(answer.rule.name, 120)}" if answer.rule.name else ""
        out.line().add(tr("Its level is {level}.").format(level=badge(answer.rule.level) + name))
    if answer.covered:
        told = tr(
            "Note: {chat} gets all rules anyway. To get only chosen ones: /unsubscribe all, "
            "then subscribe to those."
        )
        out.line().add(told.format(chat=here))
    out.line().line()
    if answer.taste:
        out.line(tr("The last ones of this kind:"))
        for card in answer.taste:
            _taste(out, card, now)
    else:
        out.line(tr("No such alert came so far; the first one will come by itself."))
    out.add(tr("/subs lists what comes here, /latest shows the cards in full."))
    return out.message()


def _taste(out: Writer, card: CardView, now: datetime) -> None:
    story = card.stories[0].story
    title = head(story.title, 120).text or tr("(no title)")
    out.line(f"• {title} ({ago(card.card.opened_at, now)}, #{card.card.number})")


def unsubscribed(answer: Unsubscribed) -> Message:
    """What went and what still comes."""
    here = where(answer.target)
    out = Writer().add(tr("Done.") + " ", Style.BOLD)
    if answer.selector == ALL:
        ended = trn("{n} subscription ended", "{n} subscriptions ended", answer.gone)
        out.add(tr("{ended}; nothing comes to {chat} any more. ").format(ended=ended, chat=here))
        return out.add(tr("/subscribe RULE begins anew, /rules lists the rules.")).message()
    out.add(tr("{rule} no longer comes to {chat}. ").format(rule=line(answer.selector), chat=here))
    if answer.left:
        told = tr("Still coming: {rules}. /unsubscribe all ends everything.")
        out.add(told.format(rules=listed(answer.left, NAMES)))
    else:
        out.add(tr("Nothing else comes either. /rules lists what there is."))
    return out.message()


def not_subscribed(answer: NotSubscribed) -> Message:
    """Nothing changed: what there is instead."""
    here = where(answer.target)
    out = Writer()
    if not answer.have:
        told = tr("Nothing is subscribed in {chat}. /rules lists what there is, /subscribe RULE begins.")
        return out.add(told.format(chat=here)).message()
    out.add(tr("{rule} is not subscribed in {chat}. ").format(rule=quoted(answer.asked), chat=here))
    if answer.nearest:
        fill(
            out, tr("Did you mean {command}? "), command=(f"/unsubscribe {line(answer.nearest)}", Style.CODE)
        )
    out.add(tr("Subscribed: {rules}.").format(rules=listed(answer.have, NAMES)))
    button = None
    if answer.nearest and answer.target is None:
        text = tr("End {rule}").format(rule=line(answer.nearest, 40))
        button = presses(text, f"unsub:{answer.nearest}", f"/unsubscribe {answer.nearest}")
    return out.message(row(button))


def unknown_rule(answer: UnknownRule, *, offer: str, press: str | None = None) -> Message:
    """No such rule: the nearest one. `offer` is the command for it, `press` the button data."""
    out = Writer().add(tr("There is no rule {rule}. ").format(rule=quoted(answer.asked)))
    button = None
    if answer.nearest:
        fill(out, tr("Did you mean {command}? "), command=(f"{offer} {line(answer.nearest)}", Style.CODE))
        button = (
            presses(line(answer.nearest, 40), f"{press}:{answer.nearest}", f"{offer} {answer.nearest}")
            if press
            else None
        )
    if answer.known:
        out.add(tr("There are: {rules}. ").format(rules=listed(answer.known, NAMES)))
    return out.add(tr("/rules tells more about each.")).message(row(button))


def no_card(answer: NoCard) -> Message:
    """No card of that number."""
    if answer.newest is None:
        return Message(
            tr("There are no cards yet: no story matched a rule so far. /rules lists what is waited for.")
        )
    told = tr("There is no card #{n}; the newest is #{newest}. /latest shows the last ones.")
    return Message(told.format(n=answer.number, newest=answer.newest))


def no_cards(rule: str | None) -> Message:
    """No card at all, or none of a rule."""
    if rule is None:
        return Message(
            tr(
                "No story matched a rule yet. /rules lists what is waited for, "
                "/status tells whether feeds are read."
            )
        )
    told = tr("No story matched {rule} yet. /rules {rule} shows what it waits for.")
    return Message(told.format(rule=line(rule)))


def query_mistake(error: QueryError) -> Message:
    """The query around the mistake, a caret below it, what is wrong and how to mend it."""
    shown = visible(error.query.replace("\n", " "))
    start = max(error.position - BEFORE_CARET, 0)
    bad = max(error.end - error.position, 1)
    end = min(error.position + bad + AFTER_CARET, error.position + LONGEST_BAD)
    before, after = "…" * (start > 0) + shown[start : error.position], shown[error.position : end]
    out = Writer().line(tr("I cannot read this query:"))
    caret = " " * cells(before) + "^" * max(cells(after[:bad]), 1)
    out.line(f"{before}{after}{'…' * (end < len(shown))}\n{caret}", Style.CODE)
    told = head(said(error.message), 300).text
    out.line(tr("{mistake} (at character {n})").format(mistake=told, n=error.position + 1))
    if error.hint:
        out.line(head(said(error.hint), 300).text)
    return out.add(tr("/help search explains the query language.")).message()


def cells(text: str) -> int:
    """How many columns a text takes in a typewriter font: two for Hangul and Han, none for what combines."""
    return sum(
        0
        if unicodedata.category(c) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


def usage(wrong: str, written: str, example: str) -> Message:
    """An argument that is missing or cannot be used: how the command is written, with an example."""
    out = Writer().line(wrong)
    fill(out, tr("Write: {usage}"), usage=(written, Style.CODE)).line()
    return fill(out, tr("For example: {example}"), example=(example, Style.CODE)).message()


def unknown_command(asked: str, nearest: str | None, known: Sequence[str]) -> Message:
    """No such command: the nearest one."""
    out = Writer().add(tr("There is no command {command}. ").format(command=quoted("/" + asked, 40)))
    if nearest:
        out.add(tr("Did you mean {command}? ").format(command=f"/{nearest}"))
    else:
        out.add(tr("There are {commands}. ").format(commands=", ".join("/" + name for name in known)))
    return out.add(tr("/help tells what each does.")).message()


def target_unknown(written: str) -> Message:
    """Another chat was named that the chat layer could not find."""
    told = tr(
        "I cannot find {chat}. Add me to that channel or group as an admin first, then send this again; "
        "private ones are named by their number, such as -1001234567890."
    )
    return Message(told.format(chat=quoted(written)))


def help_page(rows: Sequence[tuple[str, str]]) -> Message:
    """All commands, as (how it is written, what it does)."""
    out = Writer().line(tr("What I can do"), Style.BOLD)
    for written, summary in rows:
        out.line(f"{written} - {tr(summary)}")
    told = tr("/help COMMAND tells more, with an example; /help search explains the query language.")
    return out.line().add(told).message()


def help_one(written: str, summary: str, example: str, *, admins: bool, elsewhere: bool) -> Message:
    """One command in full."""
    out = Writer().line(written, Style.CODE).line(tr(summary))
    if admins:
        out.line(tr("In groups this is for admins of the group."))
    if elsewhere:
        out.line(
            tr("For a channel: in a private chat, with the channel's @name or number (-100…) at the end.")
        )
    return fill(out, tr("For example: {example}"), example=(example, Style.CODE)).message()


def help_search(examples: Sequence[tuple[str, str]]) -> Message:
    """The query language on one card, by worked examples: (query, meaning)."""
    out = Writer().line(tr("How to search"), Style.BOLD)
    out.line(
        tr("Words must all be in a story; plural, case endings and particles are found by themselves.")
    ).line()
    for query, meaning in examples:
        out.line(query, Style.CODE).line(f"   {tr(meaning)}")
    out.line()
    told = tr("Rules use the same language. Try: {example}")
    return fill(out, told, example=(f"/search {examples[0][0]}", Style.CODE)).message()
