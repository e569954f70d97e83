"""One rule in full: as it stands in rules.yaml, how it did, and what can be done with it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.chat.excerpt import line, visible
from monitor.chat.message import Message, Style, Writer
from monitor.chat.phrases import ago, asks_why, badge, fill, presses, row
from monitor.chat.tongue import tr, trn

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.desk.answers import RuleLine, Rules
    from monitor.desk.editing import Written

TEXT = 1_800
"""Characters of a rule's text."""


def rule_in_full(answer: Written, now: datetime) -> Message:
    """Level, text, tests, last card."""
    rule = answer.line.rule
    out = Writer().line(f"{badge(rule.level)} · {line(rule.id)}", Style.BOLD)
    if rule.name:
        out.line(line(rule.name, 300))
    out.line()
    if answer.text is not None:
        text = visible(answer.text)
        out.line(text if len(text) <= TEXT else text[: TEXT - 1] + "…", Style.CODE)
    else:
        out.line(line(rule.match.source, TEXT), Style.CODE)
        if rule.unless is not None:
            out.line(tr("unless")).line(line(rule.unless.source, TEXT // 2), Style.CODE)
        out.line(tr("rules.yaml was changed since; this is the rule that is in force."))
    out.line()
    count = len(rule.examples.match) + len(rule.examples.no_match)
    if count:
        out.line(
            trn(
                "{n} example is tried at every load, and holds.",
                "{n} examples are tried at every load, and hold.",
                count,
            )
        )
    else:
        out.line(tr("It has no examples: nothing is tried when the file is loaded."))
    if answer.last is None:
        out.line(tr("No story matched it yet."))
    else:
        sentence = tr("Last card: #{number}, {ago}.")
        card = answer.last.card
        out.line(sentence.format(number=card.number, ago=ago(card.opened_at, now)))
    fill(out, tr("rules.yaml is version {version}."), version=(answer.version, Style.CODE)).line()
    out.line().add(_next(answer))
    subscribe = None
    if not answer.line.subscribed:
        subscribe = presses(tr("Subscribe"), f"sub:{rule.id}", f"/subscribe {rule.id}")
    test = presses(tr("Backtest"), f"backtest:{rule.id}", f"/backtest {rule.id}") if answer.may_edit else None
    why = asks_why(answer.last.card.number) if answer.last else None
    return out.message(row(subscribe, test, why))


def _next(answer: Written) -> str:
    rule = answer.line.rule.id
    if answer.may_edit:
        return tr("/editrule {rule} changes it, /test {rule} tries it on a text.").format(rule=rule)
    if answer.line.subscribed:
        return tr("Its alerts come here. /latest {rule} shows its cards.").format(rule=rule)
    return tr("/subscribe {rule} brings its alerts here.").format(rule=rule)


def picked(answer: Rules, wanted: str) -> Rules:
    """Those rules that a filter picks: by a part of the name or id, a tag, or a level; all for an empty one."""
    kept = tuple(each for each in answer.lines if _picks(wanted.casefold(), each))
    return replace(answer, lines=kept, total=len(answer.lines))


def _picks(wanted: str, each: RuleLine) -> bool:
    rule = each.rule
    kind, colon, value = wanted.partition(":")
    if colon and kind == "tag":
        return value in {tag.casefold() for tag in rule.tags}
    if colon and kind == "level":
        return value == rule.level.word
    return (
        wanted in rule.id.casefold()
        or wanted in rule.name.casefold()
        or wanted
        in {
            rule.level.word,
            *(tag.casefold() for tag in rule.tags),
        }
    )
