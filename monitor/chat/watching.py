"""The commands /watch and /unwatch: what one chat waits for alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.excerpt import line
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.phrases import ago, fill, presses, quoted, row
from monitor.chat.tongue import said, tr, trn
from monitor.desk.answers import Forbidden, QueryMistake
from monitor.desk.personal import Full, TooBroad, Watched

if TYPE_CHECKING:
    from monitor.chat.ask import Ask
    from monitor.core.match.lint import Doubt
    from monitor.core.model import Watch
    from monitor.desk.personal import Unwatched, WatchList

WATCH = "/watch [QUERY]"
WATCH_EXAMPLE = '/watch "asylum seeker" embassy'
UNWATCH = "/unwatch NUMBER"
UNWATCH_EXAMPLE = "/unwatch 12"

PAGE = 8
"""Personal rules on one page."""

MOST_DOUBTS = 3


def watch(ask: Ask) -> Message:
    """Begin a personal rule; alone it lists them."""
    if not ask.arguments:
        return watches(ask)
    told = ask.desk.personal.watch(ask.caller, ask.arguments)
    match told:
        case Forbidden():
            return wording.forbidden(told, ask.caller)
        case QueryMistake():
            return wording.query_mistake(told.error)
        case TooBroad():
            return _too_broad(told)
        case Full():
            return _full(told)
    return _watched(told, ask)


def watches(ask: Ask) -> Message:
    """The personal rules of a chat, with a button to end each."""
    told = ask.desk.personal.watches(ask.caller)
    return wording.forbidden(told, ask.caller) if isinstance(told, Forbidden) else _listed(told, ask, 1)


def more_watches(ask: Ask) -> Message:
    """The buttons below the list: `watches:PAGE`."""
    told = ask.desk.personal.watches(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    page = int(ask.arguments) if ask.arguments.isdecimal() and len(ask.arguments) < 5 else 1  # noqa: PLR2004
    return replace(_listed(told, ask, page), replaces=True)


def unwatch(ask: Ask) -> Message:
    """End one."""
    written = ask.arguments.removeprefix("watch-").removeprefix("#")
    if not (written.isascii() and written.isdecimal()) or len(written) > 18:  # noqa: PLR2004 - more than a database holds
        return watches(ask)
    told = ask.desk.personal.unwatch(ask.caller, int(written))
    return wording.forbidden(told, ask.caller) if isinstance(told, Forbidden) else _unwatched(told, ask)


def _watched(told: Watched, ask: Ask) -> Message:
    out = Writer()
    if told.new:
        words = tr("This chat waits for {query} now; nobody else sees that. It is personal rule {rule}.")
    else:
        words = tr("This chat waits for {query} already, as personal rule {rule}.")
    query = (line(told.watch.query, 200), Style.CODE)
    fill(out, words, query=query, rule=(told.watch.id, Style.BOLD)).line().line()
    _doubts(out, told.doubts)
    if told.taste:
        words = trn(
            "In the last week it would have found {n} story:",
            "In the last week it would have found {n} stories:",
            told.found,
        )
        out.line(words)
        for find in told.taste:
            title = line(find.stored.story.title or tr("(without a title)"), 150)
            out.add(f"• {title}").line(f" ({ago(find.stored.seen_at, ask.desk.now())})", Style.ITALIC)
    else:
        out.line(tr("In the last week it would have found nothing; the next story that matches rings here."))
    out.line().add(tr("/watch lists your personal rules."))
    return out.message(row(_ends(told.watch)))


def _doubts(out: Writer, doubts: tuple[Doubt, ...]) -> None:
    for doubt in doubts[:MOST_DOUBTS]:
        mend = f"; {said(doubt.hint)}" if doubt.hint else ""
        out.line(f"⚠️ {line(said(doubt.message), 200)}{line(mend, 200)}")
    if doubts:
        out.line()


def _too_broad(told: TooBroad) -> Message:
    words = trn(
        "{query} would have found {n} story in the last week: nobody can read that.",
        "{query} would have found {n} stories in the last week: nobody can read that.",
        told.found,
    )
    out = fill(Writer(), words, query=(line(told.query, 200), Style.CODE)).line()
    return out.add(tr("Add a word that the story must have, or ask only in the title: title:WORD")).message()


def _full(told: Full) -> Message:
    words = trn(
        "This chat has {n} personal rule, as many as it may have.",
        "This chat has {n} personal rules, as many as it may have.",
        told.most,
    )
    out = Writer().add(words).add(" ")
    return out.add(tr("/watch lists them, with a button to end each.")).message()


def _listed(told: WatchList, ask: Ask, page: int, first: str = "") -> Message:
    out = Writer()
    if first:
        out.line(first).line()
    if not told.watches:
        fill(
            out,
            tr("No personal rules here. {example} begins one; /help search explains what can be asked."),
            example=(WATCH_EXAMPLE, Style.CODE),
        )
        return out.message()
    pages = -(-len(told.watches) // PAGE)
    page = min(max(page, 1), pages)
    out.line(tr("Personal rules of this chat"), Style.BOLD)
    buttons: list[tuple[Button, ...]] = []
    for each in told.watches[(page - 1) * PAGE : page * PAGE]:
        out.add("• ").add(each.id, Style.BOLD).add(" ").add(line(each.query, 200), Style.CODE)
        out.line(f", {ago(each.since, ask.desk.now())}")
        if each.number in told.broken:
            out.line(tr("   ⚠️ not in force: it names a list that rules.yaml no longer has"))
        buttons += row(_ends(each))
    newer = presses(tr("Back"), f"watches:{page - 1}", "/watch") if page > 1 else None
    older = presses(tr("More"), f"watches:{page + 1}", "/watch") if page < pages else None
    buttons += row(newer, older)
    out.line().add(tr("/unwatch NUMBER ends one; nobody else sees them or what they find."))
    return out.message(tuple(buttons))


def _unwatched(told: Unwatched, ask: Ask) -> Message:
    if told.watch is None:
        words = tr("There is no personal rule {number} here.").format(number=quoted(str(told.asked)))
        return _listed(told.left, ask, 1, words)
    out = fill(
        Writer(),
        tr("Personal rule {rule} has ended: {query}"),
        rule=(told.watch.id, Style.BOLD),
        query=(line(told.watch.query, 200), Style.CODE),
    ).line()
    again = presses(tr("Begin it again"), f"watch:{told.watch.query}", f"/watch {told.watch.query}")
    return out.add(tr("What it found stays in this chat. /watch lists the others.")).message(row(again))


def _ends(watch: Watch) -> Button | None:
    words = tr("End {rule}").format(rule=watch.id)
    return presses(words, f"unwatch:{watch.number}", f"/unwatch {watch.number}")
