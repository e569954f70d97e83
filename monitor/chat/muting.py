"""The button “Mute…” below an alert, and /mute in reply to one: what of it, and for how long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.chat import wishing, wording
from monitor.chat.excerpt import line
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.phrases import fill, presses, row
from monitor.chat.times import split_end
from monitor.chat.tongue import mark, tr
from monitor.core.model import personal
from monitor.desk.answers import Forbidden, NoCard, rules_of

if TYPE_CHECKING:
    from monitor.chat.ask import Ask
    from monitor.core.model import CardView

SPANS = ((mark("1 hour"), "1h"), (mark("8 hours"), "8h"), (mark("1 day"), "1d"), (mark("7 days"), "7d"))

DIGITS = 18
"""Of a card's number: what a database can hold."""

RULES = 3
"""Rules of one card that are offered."""


def mute(ask: Ask) -> Message:
    """As `wishing.mute`; in reply to an alert, without anything or with a time only, it is about that."""
    if ask.about is not None:
        what, _ = split_end(ask.arguments, ask.desk.now(), ask.zone)
        if not ask.arguments:
            return _menu(ask, ask.about, replaces=False)
        if not what:
            return wishing.mute(replace(ask, arguments=f"#{ask.about} {ask.arguments}"))
    return wishing.mute(ask)


def muting(ask: Ask) -> Message:
    """The button: `CARD` offers what can be muted, `CARD:WHAT` for how long, `CARD:` goes back."""
    written, chosen, what = ask.arguments.partition(":")
    if not (written.isascii() and written.isdecimal() and len(written) <= DIGITS):
        return wishing.mute(replace(ask, arguments=""))
    if what:
        return _spans(int(written), what)
    return _menu(ask, int(written), replaces=bool(chosen))


def muted(ask: Ask) -> Message:
    """The last of these buttons: `WHAT for HOW LONG`; its answer takes the menu's place."""
    return replace(wishing.mute(ask), replaces=True)


def _menu(ask: Ask, number: int, *, replaces: bool) -> Message:
    if refused := ask.desk.may_follow(ask.caller, ask.target):
        return wording.forbidden(refused, ask.caller)
    found = ask.desk.why(ask.caller, number)
    if isinstance(found, Forbidden):
        return wording.forbidden(found, ask.caller)
    if isinstance(found, NoCard):
        return wording.no_card(found)
    subjects = _subjects(found.card)
    out = Writer()
    if ask.aside or ask.target is not None:
        out.line(tr("Send one of these to me, with the name of the channel at the end:"))
        for _, what in subjects:
            out.line(f"/mute {what} for 8h", Style.CODE)
        return out.message()
    fill(out, tr("What of card #{n} shall not come to this chat for a while?"), n=(str(number),))
    buttons = tuple(
        each
        for text, what in subjects
        for each in row(presses(text, f"muting:{number}:{what}", f"/mute {what} for 8h"))
    )
    return replace(out.message(buttons), replaces=replaces)


def _subjects(view: CardView) -> list[tuple[str, str]]:
    """What can be muted of a card: the words of a button, and how it is typed."""
    rules = [rule for rule in rules_of(view) if not personal(rule)][:RULES]  # those are ended by /unwatch
    found = [(tr("Rule {rule}").format(rule=line(rule, 40)), str(rule)) for rule in rules]
    found.append((tr("Only this card, #{n}").format(n=view.card.number), f"#{view.card.number}"))
    source = view.stories[0].story.source
    if source and '"' not in source and any(map(str.isalnum, source)):
        found.append((tr("Source {source}").format(source=line(source, 40)), f'source:"{source}"'))
    return found


def _spans(number: int, what: str) -> Message:
    out = Writer()
    fill(out, tr("For how long shall {what} be muted here?"), what=(line(what, 100), Style.BOLD))
    spans = (presses(tr(text), f"hush:{what} for {span}", f"/mute {what} for {span}") for text, span in SPANS)
    back: Button | None = presses(tr("« Back"), f"muting:{number}:", f"/mute #{number}")
    return replace(out.message((*row(*spans), *row(back))), replaces=True)
