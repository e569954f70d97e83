"""A backtest as a message: how many, on which days, which ones, and what to expect. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.excerpt import head, line
from monitor.chat.message import Style
from monitor.chat.phrases import fill, linkable, marked, moment
from monitor.chat.tongue import day, number, tr, trn
from monitor.core.authoring.trial import moment as news_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime, tzinfo

    from monitor.chat.message import Writer
    from monitor.core.authoring.trial import Noise, Raised, Trial

BLOCKS = "▁▂▃▄▅▆▇█"
"""Eighths of a line; a day without hits is a dot."""

COLUMNS = 32
"""Days on one line: as many letters of one width as a phone shows. More days are put together."""

TITLE = 120
"""Characters of a title."""

OVERLAPS = 3
"""Other rules that are named."""

NOISY = 20.0
"""Hits a day from which nobody reads them all."""

ALIKE = 0.8
"""Share of the hits of another rule from which both say the same."""

ONE_SOURCE = 0.6
"""Share of one source from which it is named."""

RATHER = 5
"""Hits from which shares say something."""


def tell_trial(out: Writer, trial: Trial, zone: tzinfo, now: datetime, *, samples: int) -> Writer:
    """The figures, the days, the newest `samples`, overlap, what to expect and what to beware of."""
    first, last = trial.since.astimezone(zone), trial.until.astimezone(zone)
    out.add(trn("{n} hit", "{n} hits", trial.hits), Style.BOLD)
    out.line(
        " "
        + trn(
            "in {n} story from {first} to {last}", "in {n} stories from {first} to {last}", trial.stories
        ).format(first=day(first, year=False), last=day(last, year=False))
    )
    if trial.noise is None:
        return _none(out, trial)
    for plotted in plot(trial.days):
        out.line(plotted, Style.CODE)
    if samples:
        out.line().line(tr("The newest:"))
        for one in trial.samples[:samples]:
            _sample(out, one, zone, now)
    out.line()
    _overlaps(out, trial)
    _noise(out, trial.noise, trial.hits)
    return out


def _none(out: Writer, trial: Trial) -> Writer:
    if not trial.stories:
        return out.line(tr("No story of that time is stored: /status tells whether feeds are read."))
    return out.line(
        tr("It would have been silent. For a rare event that is right; /test tries it on a text of your own.")
    )


def plot(days: Sequence[tuple[date, int]]) -> list[str]:
    """Hits a day as a line of blocks with the highest count at its left, and the dates below."""
    size = -(-len(days) // COLUMNS)
    counts = [sum(count for _, count in days[at : at + size]) for at in range(0, len(days), size)]
    most = max(*counts, 1)
    blocks = "".join(BLOCKS[max(-(-8 * count // most), 1) - 1] if count else "·" for count in counts)
    label = f"{number(most)} "
    first, last = day(days[0][0], year=False), day(days[-1][0], year=False)
    gap = max(len(counts) - len(first) - len(last), 1)
    return [f"{label}{blocks}", f"{' ' * len(label)}{first}{' ' * gap}{last}"]


def _sample(out: Writer, one: Raised, zone: tzinfo, now: datetime) -> None:
    story = one.stored.story
    out.add(f"• {moment(news_at(one.stored), zone, now)}, {line(story.source, 40)}: ")
    spans = [(each.start, each.end) for each in one.evidence if each.field == "title"]
    url = story.url if story.url is not None and linkable(story.url) else None
    shown = head(story.title, TITLE, spans)
    if shown.text:
        marked(out, shown, url=url)
    else:
        out.add(tr("(no title)"), url=url)
    out.line(f" #{one.stored.id}")


def _overlaps(out: Writer, trial: Trial) -> None:
    if not trial.overlaps:
        out.line(tr("No other rule hits any of them."))
        return
    for one in trial.overlaps[:OVERLAPS]:
        fill(
            out,
            tr("{rule} hits {share} of them, too."),
            rule=(line(one.rule, 40), Style.CODE),
            share=(f"{one.of_ours:.0%}",),
        ).line()
    first = trial.overlaps[0]
    if first.of_ours >= ALIKE and first.of_theirs >= ALIKE:
        fill(
            out,
            tr("⚠ It says nearly the same as {rule}: better change that one."),
            rule=(line(first.rule, 40), Style.CODE),
        ).line()


def _noise(out: Writer, noise: Noise, hits: int) -> None:
    a_day, most = noise.worst_day
    if noise.a_day >= 1:
        rate = tr("About {n} a day").format(n=_rate(noise.a_day))
    else:
        rate = tr("About {n} a week").format(n=_rate(noise.a_week))
    worst = tr("most on {day}: {n}").format(day=day(a_day, year=False), n=number(most))
    out.line(f"{rate}; {worst}.")
    if noise.a_day >= NOISY:
        out.line(tr("⚠ Nobody reads so many: ask for more words, or for words near each other (NEAR/8)."))
    if hits >= RATHER and noise.source and noise.source_share >= ONE_SOURCE:
        out.line(
            tr("⚠ {share} come from {source}.").format(
                share=f"{noise.source_share:.0%}", source=line(noise.source, 40)
            )
        )


def _rate(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"  # noqa: PLR2004 - more digits would pretend


__all__ = ["plot", "tell_trial"]
