"""What readers think of alerts: the buttons 👍 and 👎, /vote, and what a rule could learn from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.excerpt import line
from monitor.chat.helping import usage
from monitor.chat.message import Message, Style, Writer
from monitor.chat.phrases import fill, presses, row
from monitor.chat.tongue import tr, trn
from monitor.desk.answers import Forbidden, NoCard

if TYPE_CHECKING:
    from monitor.chat.ask import Ask
    from monitor.chat.message import Button
    from monitor.core.advice import Advice
    from monitor.core.model import RuleId
    from monitor.desk.feedback import Standing, Voted

VOTE = "/vote [CARD] useful|useless"
VOTE_EXAMPLE = "/vote 1 useful"

WORDS = {"useful": True, "1": True, "👍": True, "useless": False, "0": False, "👎": False}
"""What may be said of a card; the button says 1 or 0."""

DIGITS = 18
"""Of a number that somebody may type."""


def vote(ask: Ask) -> Message:
    """`/vote CARD useful`, in reply to an alert without a number; the buttons send `CARD:1` or `CARD:0`."""
    words = ask.arguments.replace(":", " ").removeprefix("#").split()
    judged = WORDS.get(words[-1].casefold()) if words else None
    numbers = [int(word) for word in words[:-1] if _is_number(word)]
    if len(words) == 1 and ask.about is not None:
        numbers = [ask.about]
    if judged is None or len(numbers) != 1 or len(words) > 2:  # noqa: PLR2004 - a card and a word
        wrong = tr("Say which card, and whether it was useful; in reply to an alert one word is enough.")
        return usage(ask, "vote", wrong)
    told = ask.desk.feedback.vote(ask.caller, numbers[0], useful=judged)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, NoCard):
        return wording.no_card(told)
    return _thanks(told)


def _thanks(told: Voted) -> Message:
    number = told.card.card.number
    if told.advice is not None and told.advice.advice is not None:
        out = Writer().line(tr("Noted: card #{n} was not useful.").format(n=number)).line()
        button = _advised(out, told.advice.rule, told.advice.advice)
        return out.message(row(button))
    if not told.new:
        return Message(tr("You had said so before; nothing changed."), note=True)
    if told.useful:
        text = tr("Noted: card #{n} was useful. You can still change your mind.")
    else:
        text = tr(
            "Noted: card #{n} was not useful. To have less of it: the button “Mute…”, or /mute in reply."
        )
    return Message(text.format(n=number), note=True)


def judged(ask: Ask, rule: RuleId, told: Message) -> Message:
    """What is told of a rule, and below it how its readers judge it, with advice for editors."""
    standing = ask.desk.feedback.standing(ask.caller, rule)
    return told if standing is None else _below(told, standing)


def _below(told: Message, standing: Standing) -> Message:
    out = Writer([told.text, "\n\n"], list(told.marks), len(told.text) + 2)
    feedback = standing.feedback
    text = trn(
        "Readers judged {n} card of it; useful: {useful} ({share} %).",
        "Readers judged {n} cards of it; useful: {useful} ({share} %).",
        feedback.judged,
    )
    out.line(text.format(useful=feedback.useful, share=round(100 * feedback.precision)))
    button = None if standing.advice is None else _advised(out, standing.rule, standing.advice)
    made = out.message()
    return replace(told, text=made.text, marks=made.marks, buttons=(*told.buttons, *row(button)))


def _advised(out: Writer, rule: RuleId, advice: Advice) -> Button | None:
    """What one exclusion would have done, and the button that drafts it."""
    text = tr("Adding {exclusion} to {rule} removes {removed} of {rejected} rejected cards.")
    if advice.accepted:
        text = tr(
            "Adding {exclusion} to {rule} removes {removed} of {rejected} rejected and 0 of {accepted} useful cards."
        )
    fill(
        out,
        text,
        exclusion=(line(advice.exclusion, 100), Style.CODE),
        rule=(line(rule), Style.BOLD),
        removed=(str(advice.removed),),
        rejected=(str(advice.rejected),),
        accepted=(str(advice.accepted),),
    ).line()
    if advice.others:
        text = trn(
            "Of {n} card that nobody judged it removes {removed}.",
            "Of {n} cards that nobody judged it removes {removed}.",
            advice.others,
        )
        out.line(text.format(removed=advice.others_removed))
    typed = f"/editrule {rule} {advice.match}"
    fill(out, tr("To try it on what is stored: {command}"), command=(line(typed, 300), Style.CODE)).line()
    return presses(tr("Try it"), f"editrule:{rule} {advice.match}", typed)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= DIGITS
