"""Coverage and the history of the rules, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.excerpt import head
from monitor.core.authoring.coverage import Standing
from monitor.terminal.explained import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from monitor.core.authoring.coverage import Cell, Coverage
    from monitor.core.model import KeptBook
    from monitor.terminal.screen import Screen

SIGNS = {
    Standing.NO_FEED: "-",
    Standing.NO_FORM: "no form",
    Standing.EXCLUDED: "excluded",
    Standing.FAILING: "failing",
    Standing.GONE: "gone",
}

LOOKS = {"-": "dim", "no form": "yellow", "excluded": "yellow", "failing": "red", "gone": "red"}

UNKNOWN = "?"
"""A language or tier that a feed does not name."""

NOTE = 200


def draw_coverage(screen: Screen, coverage: Coverage) -> None:
    """A line for each rule and language, a column for each tier; then where a rule is blind, and why."""
    rows: dict[tuple[str, str], list[str]] = {}
    for cell in coverage.cells:
        rows.setdefault((cell.rule, cell.lang or UNKNOWN), []).append(_sign(cell))
    tiers = [tier or UNKNOWN for tier in coverage.tiers]
    screen.table(["rule", "language", *tiers], [[*names, *signs] for names, signs in rows.items()], LOOKS)
    screen.line("numbers are live feeds whose stories could satisfy the rule; - there is no such feed", "dim")
    if not coverage.polled:
        screen.line("no feed was polled yet: all count as live", "dim")
    for rule, lang in coverage.blind:
        reasons = [cell for cell in coverage.cells if (cell.rule, cell.lang) == (rule, lang)]
        screen.pieces(
            ("blind ", "red"),
            (f"{rule} ", "bold"),
            (f"in {lang or 'feeds without a language'}: {_why(reasons)}", ""),
        )
    if not coverage.blind:
        screen.line("no rule is blind in any language", "green")


def _sign(cell: Cell) -> str:
    if cell.standing is not Standing.COVERED:
        return SIGNS[cell.standing]
    return str(cell.live) if cell.live == cell.feeds else f"{cell.live} of {cell.feeds}"


def _why(cells: Sequence[Cell]) -> str:
    """The reason that stands in the most cells with feeds."""
    with_feeds = [cell for cell in cells if cell.feeds]
    if not with_feeds:
        return "no feed"
    worst = max(with_feeds, key=lambda cell: cell.feeds)
    return {
        Standing.NO_FORM: f"no form of {short(worst.clause)}",
        Standing.EXCLUDED: f"kept out by {short(worst.clause)}",
        Standing.FAILING: "its feeds fail",
    }.get(worst.standing, "its feeds are gone for good")


def draw_history(screen: Screen, books: Iterable[KeptBook], zone: tzinfo) -> None:
    """Versions of the rules, newest first."""
    rows = [
        [
            book.version,
            f"{book.loaded_at.astimezone(zone):%Y-%m-%d %H:%M}",
            book.by,
            head(book.note, NOTE).text,
        ]
        for book in books
    ]
    screen.table(["version", "in force since", "by", "what changed"], rows)


def draw_diff(screen: Screen, lines: Iterable[str]) -> None:
    """A unified diff, coloured."""
    for line in lines:
        kind = next((kind for kind in ("+++", "---", "@@", "+", "-") if line.startswith(kind)), "")
        style = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}.get(kind, "")
        screen.line(line, style)
