"""An explanation, drawn: every clause with a sign, what was found for it, and by what a rule fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.excerpt import head
from monitor.core.match.explain import Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.core.match.explain import Explanation, Step
    from monitor.core.model import Evidence
    from monitor.terminal.screen import Screen

TITLE = 140
"""Characters of a title that are shown."""

CLAUSE = 100
"""Characters of a clause that are shown."""

MOST_FOUND = 4
"""Pieces of evidence shown for one clause."""

YES, NO, MARKED, QUIET = "green", "red", "bold yellow", "dim"


def draw_explanation(screen: Screen, explained: Explanation, title: str) -> None:
    """The verdict, the tree of clauses, and for a miss the one clause to look at."""
    verdict = ("hits", YES) if explained.hit else ("does not hit", NO)
    screen.pieces(
        (f"{explained.rule} ", "bold"), verdict, (f": {head(title, TITLE).text or '(no title)'}", "")
    )
    _draw(screen, explained.match, 1)
    if explained.unless is not None:
        _draw_unless(screen, explained.unless)
    failing = explained.failing
    if failing is not None:
        screen.pieces(
            ("  first clause that fails: ", ""), (short(failing.clause), MARKED), (f", {why(failing)}", "")
        )
    elif explained.suppressed and explained.unless is not None:
        screen.pieces(
            ("  it would hit, but for its unless: found ", ""), (found(explained.unless.evidence), MARKED)
        )


def short(clause: str) -> str:
    """A clause on one line of bearable length."""
    return head(clause, CLAUSE).text


def found(evidence: Sequence[Evidence]) -> str:
    """What was found and where; and for what, if that is written otherwise."""
    told = []
    for one in evidence[:MOST_FOUND]:
        form = "" if one.surface.casefold() == one.term.strip('="*').casefold() else f" for {one.term}"
        told.append(f"“{head(one.surface, CLAUSE).text}”{form} ({one.field} {one.start + 1})")
    more = len(evidence) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def why(step: Step) -> str:
    """By what a clause fails."""
    if step.shape is Shape.NOT:
        return f"found {found(step.evidence)}"
    if step.shape is not Shape.NEAR:
        return "not found"
    if step.apart is None:
        return "both there, but never in one field"
    if step.within is not None and step.apart <= step.within:
        return "both there, but in the other order"
    return f"both there, but {step.apart} words apart"


def _draw(screen: Screen, step: Step, depth: int) -> None:
    sign, margin = _sign(step), "  " * depth
    if step.shape in (Shape.ONE, Shape.NOT):
        there = found(step.evidence) if step.holds else why(step)
        screen.pieces(
            (margin, ""), sign, (f"{short(step.clause)}  ", ""), (there, MARKED if step.evidence else QUIET)
        )
        return
    far = step.shape is Shape.NEAR and not step.holds and all(part.holds for part in step.parts)
    screen.pieces((margin, ""), sign, (_heading(step), ""), (f": {why(step)}" if far else "", MARKED))
    closest = min(step.parts, key=lambda part: (part.short, -part.found))
    for part in step.parts:
        if step.shape is Shape.ANY and part is not closest and not part.holds and part.parts:
            _draw_other(screen, part, depth + 1)
        else:
            _draw(screen, part, depth + 1)


def _draw_other(screen: Screen, step: Step, depth: int) -> None:
    """An alternative that does not come closest: one line."""
    failing = step.path[-1]
    reason = f"  fails by {short(failing.clause)}" if step.short == 1 else f"  {step.short} clauses short"
    screen.pieces(("  " * depth, ""), _sign(step), (f"{short(step.clause)}{reason}", QUIET))


def _draw_unless(screen: Screen, step: Step) -> None:
    """An `unless` is good if it is not true: its sign is turned around."""
    there = found(step.evidence) if step.holds else "not found"
    screen.pieces(
        ("  ", ""),
        ("✗ ", NO) if step.holds else ("✓ ", YES),
        ("unless ", "bold"),
        (f"{short(step.clause)}  ", ""),
        (there, MARKED if step.holds else QUIET),
    )


def _sign(step: Step) -> tuple[str, str]:
    return ("✓ ", YES) if step.holds else ("✗ ", NO)


def _heading(step: Step) -> str:
    count = len(step.parts)
    match step.shape:
        case Shape.NEAR:
            how = "in one sentence" if step.within is None else f"within {step.within} words"
            return f"{how}, in this order" if step.ordered else how
        case Shape.ALL:
            return f"all {count} of"
        case Shape.SOME:
            return f"at least {step.needed} of {count}"
        case _:
            return f"one of {count}"
