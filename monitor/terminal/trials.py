"""Backtests and near misses, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.excerpt import around, head
from monitor.core.authoring.nearmiss import Cause
from monitor.core.authoring.trial import moment
from monitor.terminal.explained import MARKED, QUIET, TITLE, found, short, why
from monitor.terminal.plot import columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from monitor.core.authoring.nearmiss import NearMiss
    from monitor.core.authoring.trial import Noise, Overlap, Trial
    from monitor.core.model import Evidence, StoredStory, Story
    from monitor.desk.workbench import Misses
    from monitor.terminal.screen import Screen

MOST_CLAUSES = 10
"""Clauses shown that keep stories away."""

MOST_OVERLAPS = 10


def draw_trial(screen: Screen, trial: Trial, zone: tzinfo) -> None:
    """Total, plot, samples, overlap, noise."""
    span = f"{trial.since.astimezone(zone):%Y-%m-%d} to {trial.until.astimezone(zone):%Y-%m-%d}"
    screen.pieces(
        (f"{trial.hits} hit{'s' * (trial.hits != 1)}", "bold"),
        (f" in {trial.stories} stories, {span}: {short(trial.asked)}", ""),
    )
    if trial.noise is None:
        return
    if screen.draws_blocks:
        screen.line("hits a day", QUIET)
        for line in columns(trial.days):
            screen.line(line, "cyan" if "┤" in line else QUIET)
    else:
        for day, count in trial.days:
            if count:
                screen.line(f"{day:%Y-%m-%d} {count}")
    screen.line("newest", QUIET)
    for one in trial.samples:
        draw_story(screen, one.stored, one.evidence, zone)
    _draw_overlaps(screen, trial.overlaps)
    _draw_noise(screen, trial.noise, trial.hits)


def _draw_overlaps(screen: Screen, overlaps: Sequence[Overlap]) -> None:
    if not overlaps:
        screen.line("no other rule hits any of them")
        return
    screen.line("also hit by", QUIET)
    rows = [
        [one.rule, str(one.both), f"{one.of_ours:.0%} of these", f"{one.of_theirs:.0%} of its {one.theirs}"]
        for one in overlaps[:MOST_OVERLAPS]
    ]
    screen.table(["rule", "both", "of these hits", "of its hits"], rows)


def _draw_noise(screen: Screen, noise: Noise, hits: int) -> None:
    day, most = noise.worst_day
    screen.line("noise to expect", QUIET)
    screen.line(
        f"  {_rate(noise.a_day)} a day, {_rate(noise.a_week)} a week, {noise.per_thousand:.2g} in 1,000 stories; "
        f"worst day {day:%d %b} with {most}"
    )
    screen.line(
        f"  {noise.titles} different titles in {hits} hits; {noise.single:.0%} rest on one piece of evidence"
    )
    screen.line(f"  busiest source: {noise.source or '(no name)'} with {noise.source_share:.0%}")


def _rate(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"  # noqa: PLR2004 - more digits would pretend


def draw_story(screen: Screen, stored: StoredStory, evidence: Sequence[Evidence], zone: tzinfo) -> None:
    """When, where, the title with what matched marked; another field if nothing in the title did."""
    story = stored.story
    when = f"{moment(stored).astimezone(zone):%m-%d %H:%M}"
    screen.pieces(
        (f"  {when}  #{stored.id}  {head(story.source, TITLE).text}: ", QUIET),
        *_marked(story, "title", evidence),
    )
    others = [field for field in ("summary", "text") if any(one.field == field for one in evidence)]
    if others and not any(one.field == "title" for one in evidence):
        screen.pieces(("      ", ""), *_marked(story, others[0], evidence))


def _marked(story: Story, field: str, evidence: Sequence[Evidence]) -> list[tuple[str, str]]:
    spans = [(one.start, one.end) for one in evidence if one.field == field]
    shown = around(getattr(story, field), TITLE, spans)
    pieces: list[tuple[str, str]] = []
    at = 0
    for start, end in shown.spans:
        pieces += [(shown.text[at:start], ""), (shown.text[start:end], MARKED)]
        at = end
    return [*pieces, (shown.text[at:] or ("" if at else "(no title)"), "")]


def draw_misses(screen: Screen, misses: Misses, zone: tzinfo) -> None:
    """How many each rule just missed, which clauses keep them away, and the newest."""
    screen.pieces(
        (f"just missed since {misses.since.astimezone(zone):%Y-%m-%d}", "bold"), (", by one clause", "")
    )
    screen.table(["rule", "stories"], [[rule, str(count)] for rule, count in misses.counts])
    if not misses.newest:
        return
    screen.line("what they fail by", QUIET)
    rows = [[str(count), rule, short(clause)] for rule, clause, count in misses.clauses[:MOST_CLAUSES]]
    screen.table(["stories", "rule", "clause"], rows)
    screen.line("newest", QUIET)
    for each in misses.newest:
        draw_story(screen, each.stored, (*each.miss.had, *each.miss.against), zone)
        screen.pieces(("      ", ""), (f"{each.miss.rule} ", "bold"), *_reason(each.miss))


def _reason(miss: NearMiss) -> list[tuple[str, str]]:
    clause = (short(miss.clause), MARKED)
    match miss.cause:
        case Cause.LACKS:
            return [("lacks ", ""), clause]
        case Cause.UNLESS:
            return [("its unless keeps it away: ", ""), (found(miss.against), MARKED)]
        case Cause.EXCLUDED:
            return [("excluded by ", ""), clause, (f": {found(miss.against)}", "")]
        case _:
            step = miss.explanation.failing
            return [(f"{why(step)}: " if step is not None else "", ""), clause]
