"""Why a rule matches a story, or why it does not, clause by clause. Pure: an explanation becomes words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.excerpt import line
from monitor.chat.message import Style
from monitor.chat.phrases import fill, quoted
from monitor.chat.tongue import mark, tr, trn
from monitor.core.match.explain import Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.chat.message import Writer
    from monitor.core.match.explain import Explanation, Step
    from monitor.core.model import Evidence

CLAUSE = 80
"""Characters of a clause that are shown: two lines on a phone."""

MOST_FOUND = 3
"""Places shown for one clause."""

DEEPEST = 4
"""Levels of clauses within clauses that are shown."""

ROOM = 2_600
"""UTF-16 units after which no further clause is begun, so that the end of the message has its room."""

FIELDS = {
    "title": mark("the title"),
    "summary": mark("the summary"),
    "text": mark("the text"),
    "source": mark("the source"),
    "author": mark("the author"),
    "url": mark("the address"),
    "tags": mark("the tags"),
}


def clauses(out: Writer, explained: Explanation) -> Writer:
    """Every clause with a sign and what was found for it, then the `unless`, then by what a miss fails."""
    _clause(out, explained.match, 0)
    if explained.unless is not None:
        _unless(out, explained.unless)
    failing = explained.failing
    if failing is not None:
        out.line()
        fill(out, tr("First clause that fails: {clause}"), clause=(line(failing.clause, CLAUSE), Style.CODE))
        out.line(f" · {_reason(failing)}")
    elif explained.suppressed and explained.unless is not None:
        out.line().line(
            tr("It would match, but its unless speaks against it: {found}").format(
                found=_found(explained.unless.evidence)
            )
        )
    return out


def _clause(out: Writer, step: Step, depth: int) -> None:
    if out.units() > ROOM:
        return
    out.add("   " * depth + ("✓ " if step.holds else "✗ "))
    if step.shape in (Shape.ONE, Shape.NOT) or depth >= DEEPEST:
        told = _found(step.evidence) if step.holds else _reason(step)
        out.add(line(step.clause, CLAUSE), Style.CODE).line(f" {told}" if told else "")
        return
    heading = _heading(step)
    far = step.shape is Shape.NEAR and not step.holds and all(part.holds for part in step.parts)
    out.line(f"{heading}: {_reason(step)}" if far else heading)
    closest = min(step.parts, key=lambda part: (part.short, -part.found))
    for part in step.parts:
        if step.shape is Shape.ANY and part is not closest and not part.holds:
            continue  # of several that would do, and do not, the one that comes closest tells the most
        _clause(out, part, depth + 1)


def _unless(out: Writer, step: Step) -> None:
    """An `unless` is good if it is not true: its sign is turned around."""
    out.add("✗ " if step.holds else "✓ ").add(tr("unless")).add(" ")
    out.add(line(step.clause, CLAUSE), Style.CODE)
    out.line(f" {_found(step.evidence)}" if step.holds else f" {tr('not found, so it may match')}")


def _heading(step: Step) -> str:
    count = len(step.parts)
    match step.shape:
        case Shape.NEAR if step.within is None:
            return tr("both in one sentence, in this order") if step.ordered else tr("both in one sentence")
        case Shape.NEAR:
            n = step.within or 0
            if step.ordered:
                return trn("within {n} word, in this order", "within {n} words, in this order", n)
            return trn("within {n} word of each other", "within {n} words of each other", n)
        case Shape.ALL:
            return tr("all of these")
        case Shape.SOME:
            return tr("at least {needed} of these {count}").format(needed=step.needed, count=count)
        case _:
            return tr("one of these")


def _reason(step: Step) -> str:
    """By what a clause fails."""
    if step.shape is Shape.NOT:
        return tr("found, though it must not be there: {found}").format(found=_found(step.evidence))
    if step.shape is not Shape.NEAR:
        return tr("not found")
    if not all(part.holds for part in step.parts):
        return tr("not both found")
    if step.apart is None:
        return tr("both found, but never in one part of the story")
    if step.within is not None and step.apart <= step.within:
        return tr("both found, but in the other order")
    return trn("both found, but {n} word apart", "both found, but {n} words apart", step.apart)


def _found(evidence: Sequence[Evidence]) -> str:
    """What was found and where; and for what, if that is written otherwise."""
    told: list[str] = []
    for one in evidence[:MOST_FOUND]:
        field = tr(FIELDS[one.field]) if one.field in FIELDS else one.field
        surface, term = quoted(one.surface, 40), quoted(one.term.strip('="*~'), 40)
        if surface.casefold() == term.casefold():
            told.append(tr("{found} in {field}").format(found=surface, field=field))
        else:
            told.append(
                tr("{found} (a form of {term}) in {field}").format(found=surface, term=term, field=field)
            )
    told = list(dict.fromkeys(told))
    more = len(evidence) - MOST_FOUND
    if more > 0:
        told.append(trn("and {n} more", "and {n} more", more))
    return ", ".join(told)


__all__ = ["clauses"]
