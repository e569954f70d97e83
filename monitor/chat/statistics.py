"""/stats: what came of the rules lately, as a picture and in words."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.charts import Chart, Panel, largest
from monitor.chat.excerpt import line
from monitor.chat.helping import usage
from monitor.chat.message import Attachment, Message, Style, Writer
from monitor.chat.phrases import presses, row, span
from monitor.chat.pictures import drawn
from monitor.chat.tongue import day, tr, trn
from monitor.chat.work import Abroad
from monitor.core.access import Place
from monitor.desk.answers import Forbidden, UnknownRule
from monitor.desk.statistics import LONGEST

if TYPE_CHECKING:
    from monitor.chat.ask import Answer, Ask
    from monitor.chat.message import Button
    from monitor.chat.work import Steps
    from monitor.core.model import RuleId
    from monitor.desk.statistics import Latency, Stats

USUAL = 7
"""Days that are counted unless told otherwise."""

SPANS = (7, 30, 90)
"""Days for which there is a button."""

DAYS = re.compile(r"(\d{1,4})\s*(d|w|days?|weeks?)?", re.ASCII | re.IGNORECASE)
WEEK = 7

RULES = 6
"""Rules that have a colour of their own."""

SOURCES = 6
"""Sources that are named."""

BOUNDS = (60, 300, 900, 3_600, 6 * 3_600)
"""Seconds between which alerts are counted together."""

NAME = 40


def stats(ask: Ask) -> Answer:
    """Figures of all rules or of one: `[RULE] [7d]`."""
    words = ask.arguments.split()
    days = USUAL
    if words and (found := DAYS.fullmatch(words[-1])) is not None:
        days = int(found[1]) * (WEEK if (found[2] or "d").lower().startswith("w") else 1)
        words = words[:-1]
    if len(words) > 1 or not 1 <= days <= LONGEST:
        return usage(ask, "stats", tr("A rule, and up to {n} days.").format(n=LONGEST))
    return _stats(ask, words[0] if words else None, days)


def again(ask: Ask) -> Answer:
    """A button: `stats:DAYS:RULE`."""
    days, _, rule = ask.arguments.partition(":")
    found = DAYS.fullmatch(days)
    return _stats(ask, rule or None, min(int(found[1]), LONGEST) if found else USUAL)


def _stats(ask: Ask, rule: str | None, days: int) -> Answer:
    told = ask.desk.statistics.stats(ask.caller, rule, days, ask.zone)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, UnknownRule):
        return wording.unknown_rule(told, offer="/stats")
    words = in_words(told, ask.desk.names())
    if ask.caller.rights.place is Place.TERMINAL or not told.total:
        return words
    return _with_picture(words, chart(told, ask.desk.names()))


def _with_picture(words: Message, shown: Chart) -> Steps:
    picture = yield Abroad(partial(drawn, shown))
    if picture is None:
        return words
    file = Attachment("tocsin-stats.png", picture, picture=True)
    return Message(words.text, words.marks, words.buttons, attachment=file)


def in_words(answer: Stats, names: dict[RuleId, str]) -> Message:
    """The figures for those who see no pictures; short enough for a caption."""
    out = Writer()
    out.line(_heading(answer, names), Style.BOLD)
    hits, cards = trn("{n} hit", "{n} hits", answer.total), trn("{n} card", "{n} cards", answer.cards)
    out.line(tr("{hits} on {cards}").format(hits=hits, cards=cards))
    if not answer.total:
        out.line(
            tr("No story hit a rule in this time. /rules lists what is waited for, /status how feeds do.")
        )
        return out.message(_spans(answer))
    if answer.rule is None:
        for rule, counts in list(answer.hits.items())[:RULES]:
            out.line(f"• {line(names.get(rule) or rule, NAME)}: {sum(counts)}" + _precision(answer, rule))
        if len(answer.hits) > RULES:
            out.line(trn("… and {n} more rule", "… and {n} more rules", len(answer.hits) - RULES))
    else:
        out.add(_precision(answer, answer.rule, alone=True))
    busiest = max(range(len(answer.days)), key=lambda at: sum(each[at] for each in answer.hits.values()))
    most = sum(each[busiest] for each in answer.hits.values())
    told = tr("Most on {day}: {n}").format(day=day(answer.days[busiest], year=False), n=most)
    out.line(told)
    sources = ", ".join(f"{line(name, NAME)} {n}" for name, n in answer.sources[:SOURCES])
    out.line(tr("Sources: {list}").format(list=sources))
    out.line(_latency(answer.latency))
    return out.message(_spans(answer))


def _heading(answer: Stats, names: dict[RuleId, str]) -> str:
    days = trn("last {n} day", "last {n} days", len(answer.days))
    if answer.rule is None:
        return tr("All rules, {days}").format(days=days)
    return f"{line(names.get(answer.rule) or answer.rule, NAME)}, {days}"


def _precision(answer: Stats, rule: RuleId, *, alone: bool = False) -> str:
    """How useful people found the cards of a rule, if they said so."""
    found = answer.feedback.get(rule)
    if found is None:
        return ""
    told = tr("{share} % useful of {n} judged").format(share=round(100 * found.precision), n=found.judged)
    return f"{told}\n" if alone else f" ({told})"


def _latency(found: Latency | None) -> str:
    if found is None:
        return tr("No alert went out in this time.")
    told = tr("From publication to alert: half within {median}, nine of ten within {p90} ({alerts})")
    alerts = trn("{n} alert", "{n} alerts", found.alerts)
    return told.format(median=span(found.median), p90=span(found.p90), alerts=alerts)


def _spans(answer: Stats) -> tuple[tuple[Button, ...], ...]:
    rule = answer.rule or ""
    return row(
        *(
            presses(
                trn("{n} day", "{n} days", days),
                f"stats:{days}:{rule}",
                f"/stats {rule} {days}d".replace("  ", " "),
            )
            for days in SPANS
            if days != len(answer.days)
        )
    )


def chart(answer: Stats, names: dict[RuleId, str]) -> Chart:
    """The same to be drawn."""
    series = [(line(names.get(rule) or rule, NAME), counts) for rule, counts in answer.hits.items()]
    sources = answer.sources[:SOURCES]
    return Chart(
        _heading(answer, names) + ": " + trn("{n} hit", "{n} hits", answer.total),
        tuple(day(each, year=False) for each in answer.days),
        largest(series, RULES, tr("others")),
        Panel(tr("Sources"), tuple(line(name, NAME) for name, _ in sources), tuple(n for _, n in sources)),
        _delays(answer.latency),
        tr("nothing yet"),
    )


def _delays(found: Latency | None) -> Panel:
    """How many alerts were how late."""
    title = tr("From publication to alert")
    if found is None:
        return Panel(title, (), ())
    names = [tr("up to {time}").format(time=span(bound)) for bound in BOUNDS]
    names.append(tr("over {time}").format(time=span(BOUNDS[-1])))
    counts = [0] * len(names)
    for seconds in found.seconds:
        counts[sum(seconds > bound for bound in BOUNDS)] += 1
    return Panel(title, tuple(names), tuple(counts))


__all__ = ["again", "chart", "in_words", "stats"]
