"""What the bot says to commands, except for cards (`cards`) and lists (`reports`).

Pure: an answer of the desk becomes a Message. Every message leaves the person with a next step.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from monitor.chat.cards import listed
from monitor.chat.excerpt import head, line, visible
from monitor.chat.message import Message, Style, Writer
from monitor.chat.phrases import ago, badge, count, presses, quoted, row
from monitor.core.access import Place, Refusal
from monitor.desk.answers import (
    ALL,
    Caller,
    Forbidden,
    NoCard,
    NotSubscribed,
    Subscribed,
    Target,
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
    Refusal.ANONYMOUS: "I answer my owners only, and cannot see who you are. Owners: write as yourself, "
    "not as the group.",
    Refusal.NOT_ADMIN: "Only admins of this chat can change what comes here. "
    "/rules, /latest and /search are for everybody.",
    Refusal.PRIVATE_ONLY: "Other chats are managed from a private chat with me. "
    "Write to me there, with the same words.",
    Refusal.NOT_OWNER: "That is for my owners only, in a private chat. /status tells how things are.",
}


def forbidden(answer: Forbidden, caller: Caller) -> Message:
    """Why not, and what would help. A stranger is told the number by which an owner lets them in."""
    where = quoted(answer.target.title) if answer.target else "that chat"
    if answer.reason is Refusal.STRANGER:
        return _stranger(caller)
    if answer.reason is Refusal.NOT_ADMIN_THERE:
        return Message(f"You do not administer {where}. Ask one of its admins to send me this command.")
    if answer.reason is Refusal.CANNOT_POST:
        return Message(
            f"I may not post in {where}. Make me an administrator there with the right to post, "
            "then send this again."
        )
    return Message(REFUSALS[answer.reason])


def _stranger(caller: Caller) -> Message:
    number = line(caller.person.partition(":")[2])
    if caller.rights.place is Place.GROUP:
        return Message("I answer my owners only. Write to me in private to learn how to become one.")
    out = Writer().add("This bot is closed: it answers its owners only.\nYour id is ").add(number, Style.CODE)
    out.add(". Whoever runs the bot can let you in by adding it to ").add("OWNERS", Style.CODE)
    return out.add(", or answer everybody with ").add("ACCESS=open", Style.CODE).add(".").message()


def welcome(answer: Welcome, caller: Caller) -> Message:
    """Answer to /start: what this is, how it stands here, the first thing to do."""
    out = Writer()
    feeds, rules = count(answer.feeds, "news feed", "news feeds"), count(answer.rules, "rule", "rules")
    out.line("Tocsin", Style.BOLD)
    out.line(f"I watch {feeds} for the few stories that {rules} wait for, and ring when one comes.").line()
    if answer.resumed:
        out.line("Alerts to this chat had been held back; they go on now.")
    if answer.subscriptions:
        out.line(
            f"This chat has {count(answer.subscriptions, 'subscription', 'subscriptions')}: /subs lists them."
        )
        return out.add(
            "/latest shows what came last, /search WORDS looks into the past, /help lists the rest."
        ).message()
    out.line("Nothing comes to this chat yet.")
    if not answer.may_follow:
        return out.add(
            "An admin of it can change that with /subscribe. Everybody may use /rules, /latest and /search."
        ).message()
    place = "" if caller.rights.place is not Place.GROUP else " (this group)"
    out.add(f"/subscribe all brings every alert here{place}; /rules lists what can be chosen. ")
    out.add("For a channel, add me to it as an admin and write: /subscribe all @channel")
    return out.message(
        row(
            presses("Subscribe to all", "sub:all", "/subscribe all"),
            presses("Choose rules", "rules:1", "/rules"),
        )
    )


def subscribed(answer: Subscribed, now: datetime) -> Message:
    """What comes from now on, with the last cards as a taste."""
    here = _where(answer.target)
    what = "every rule" if answer.selector == ALL else answer.selector
    out = Writer()
    if answer.new:
        out.add("Subscribed. ", Style.BOLD).add(f"Alerts of {line(what)} now come to {here}.")
    else:
        out.add(f"Alerts of {line(what)} come to {here} already; nothing changed.")
    if answer.rule is not None:
        name = f", {line(answer.rule.name, 120)}" if answer.rule.name else ""
        out.add(f"\nIts level is {badge(answer.rule.level)}{name}.")
    if answer.covered:
        out.add(
            f"\nNote: {here} gets all rules anyway. To get only chosen ones: /unsubscribe all, "
            "then subscribe to those."
        )
    out.line().line()
    if answer.taste:
        out.line("The last ones of this kind:")
        for card in answer.taste:
            _taste(out, card, now)
    else:
        out.line("No such alert came so far; the first one will come by itself.")
    out.add("/subs lists what comes here, /latest shows the cards in full.")
    return out.message()


def _taste(out: Writer, card: CardView, now: datetime) -> None:
    story = card.stories[0].story
    title = head(story.title, 120).text or "(no title)"
    out.line(f"• {title} ({ago(card.card.opened_at, now)}, #{card.card.number})")


def unsubscribed(answer: Unsubscribed) -> Message:
    """What went and what still comes."""
    here = _where(answer.target)
    out = Writer().add("Done. ", Style.BOLD)
    if answer.selector == ALL:
        out.add(
            f"{count(answer.gone, 'subscription', 'subscriptions')} ended; nothing comes to {here} any more. "
        )
        return out.add("/subscribe RULE begins anew, /rules lists the rules.").message()
    out.add(f"{line(answer.selector)} no longer comes to {here}. ")
    if answer.left:
        out.add(f"Still coming: {listed(answer.left, NAMES)}. /unsubscribe all ends everything.")
    else:
        out.add("Nothing else comes either. /rules lists what there is.")
    return out.message()


def not_subscribed(answer: NotSubscribed) -> Message:
    """Nothing changed: what there is instead."""
    here = _where(answer.target)
    out = Writer()
    if not answer.have:
        return out.add(
            f"Nothing is subscribed in {here}. /rules lists what there is, /subscribe RULE begins."
        ).message()
    out.add(f"{quoted(answer.asked)} is not subscribed in {here}. ")
    if answer.nearest:
        out.add("Did you mean ").add(f"/unsubscribe {line(answer.nearest)}", Style.CODE).add("? ")
    out.add(f"Subscribed: {listed(answer.have, NAMES)}.")
    button = None
    if answer.nearest and answer.target is None:
        button = presses(
            f"End {line(answer.nearest, 40)}", f"unsub:{answer.nearest}", f"/unsubscribe {answer.nearest}"
        )
    return out.message(row(button))


def unknown_rule(answer: UnknownRule, *, offer: str, press: str | None = None) -> Message:
    """No such rule: the nearest one. `offer` is the command for it, `press` the button data."""
    out = Writer().add(f"There is no rule {quoted(answer.asked)}. ")
    button = None
    if answer.nearest:
        out.add("Did you mean ").add(f"{offer} {line(answer.nearest)}", Style.CODE).add("? ")
        button = (
            presses(line(answer.nearest, 40), f"{press}:{answer.nearest}", f"{offer} {answer.nearest}")
            if press
            else None
        )
    if answer.known:
        out.add(f"There are: {listed(answer.known, NAMES)}. ")
    return out.add("/rules tells more about each.").message(row(button))


def no_card(answer: NoCard) -> Message:
    """No card of that number."""
    if answer.newest is None:
        return Message(
            "There are no cards yet: no story matched a rule so far. /rules lists what is waited for."
        )
    return Message(
        f"There is no card #{answer.number}; the newest is #{answer.newest}. /latest shows the last ones."
    )


def no_cards(rule: str | None) -> Message:
    """No card at all, or none of a rule."""
    if rule is None:
        return Message(
            "No story matched a rule yet. /rules lists what is waited for, "
            "/status tells whether feeds are read."
        )
    return Message(f"No story matched {line(rule)} yet. /rules {line(rule)} shows what it waits for.")


def nothing_found(query: str) -> Message:
    """A search without a result: what to try next."""
    out = Writer().line(f"Nothing found for {quoted(query, 120)}.").line().line("You can try:")
    out.line("• fewer words: all of them must be in a story")
    out.add("• OR between words: ").line("consulate OR embassy", Style.CODE)
    out.add("• other forms or scripts: ").line("망명 OR defector OR перебежчик", Style.CODE)
    out.line("• one word of the title")
    return out.add("/latest shows what matched the rules.").message()


def query_mistake(error: QueryError) -> Message:
    """The query around the mistake, a caret below it, what is wrong and how to mend it."""
    shown = visible(error.query.replace("\n", " "))
    start = max(error.position - BEFORE_CARET, 0)
    bad = max(error.end - error.position, 1)
    end = min(error.position + bad + AFTER_CARET, error.position + LONGEST_BAD)
    before, after = "…" * (start > 0) + shown[start : error.position], shown[error.position : end]
    out = Writer().line("I cannot read this query:")
    caret = " " * cells(before) + "^" * max(cells(after[:bad]), 1)
    out.line(f"{before}{after}{'…' * (end < len(shown))}\n{caret}", Style.CODE)
    out.line(f"{head(error.message, 300).text} (at character {error.position + 1})")
    if error.hint:
        out.line(head(error.hint, 300).text)
    return out.add("/help search explains the query language.").message()


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
    out = Writer().line(wrong).add("Write: ").line(written, Style.CODE)
    return out.add("For example: ").add(example, Style.CODE).message()


def unknown_command(asked: str, nearest: str | None, known: Sequence[str]) -> Message:
    """No such command: the nearest one."""
    out = Writer().add(f"There is no command {quoted('/' + asked, 40)}. ")
    if nearest:
        out.add(f"Did you mean /{nearest}? ")
    else:
        out.add(f"There are {', '.join('/' + name for name in known)}. ")
    return out.add("/help tells what each does.").message()


def target_unknown(written: str) -> Message:
    """Another chat was named that the chat layer could not find."""
    return Message(
        f"I cannot find {quoted(written)}. Add me to that channel or group as an admin first, "
        "then send this again; "
        "private ones are named by their number, such as -1001234567890."
    )


def help_page(rows: Sequence[tuple[str, str]]) -> Message:
    """All commands, as (how it is written, what it does)."""
    out = Writer().line("What I can do", Style.BOLD)
    for written, summary in rows:
        out.line(f"{written} - {summary}")
    return (
        out.line()
        .add("/help COMMAND tells more, with an example; /help search explains the query language.")
        .message()
    )


def help_one(written: str, summary: str, example: str, *, admins: bool, elsewhere: bool) -> Message:
    """One command in full."""
    out = Writer().line(written, Style.CODE).line(summary)
    if admins:
        out.line("In groups this is for admins of the group.")
    if elsewhere:
        out.line("For a channel: in a private chat, with the channel's @name or number (-100…) at the end.")
    return out.add("For example: ").add(example, Style.CODE).message()


def help_search(examples: Sequence[tuple[str, str]]) -> Message:
    """The query language on one card, by worked examples: (query, meaning)."""
    out = Writer().line("How to search", Style.BOLD)
    out.line(
        "Words must all be in a story; plural, case endings and particles are found by themselves."
    ).line()
    for query, meaning in examples:
        out.line(query, Style.CODE).line(f"   {meaning}")
    return (
        out.line()
        .add("Rules use the same language. Try: ")
        .add(f"/search {examples[0][0]}", Style.CODE)
        .message()
    )


def _where(target: Target | None) -> str:
    return "this chat" if target is None else quoted(target.title)
