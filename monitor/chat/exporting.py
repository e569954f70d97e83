"""/export: what a search finds as a file, with its progress told meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.helping import usage
from monitor.chat.message import Attachment, Message, Style, Writer
from monitor.chat.phrases import fill, presses, quoted, row
from monitor.chat.reading import number
from monitor.chat.tongue import tr, trn
from monitor.chat.work import Abroad
from monitor.desk.answers import Forbidden, QueryMistake
from monitor.desk.exporting import Cut, Export
from monitor.desk.sheets import Format

if TYPE_CHECKING:
    from monitor.chat.ask import Answer, Ask
    from monitor.chat.message import Button
    from monitor.chat.work import Steps
    from monitor.desk.exporting import Exported

OFTEN = timedelta(seconds=3)
"""Between two words on how far it came: a chat takes twenty messages a minute."""


def export(ask: Ask) -> Answer:
    """Export what a query finds: `csv|jsonl QUERY`."""
    first, _, rest = ask.arguments.partition(" ")
    named = first.casefold() in list(Format)
    query = rest.strip() if named else ask.arguments
    if not query:
        return usage(ask, "export", tr("What shall I export? A query, as for /search."))
    return _begin(ask, Format(first.casefold()) if named else Format.CSV, query, None)


def part(ask: Ask) -> Answer:
    """A button: `export:FORMAT:BEFORE:QUERY`."""
    form, before, query = [*ask.arguments.split(":", 2), "", ""][:3]
    return _begin(ask, Format.JSONL if form == Format.JSONL else Format.CSV, query, number(before))


def _begin(ask: Ask, form: Format, query: str, before: int | None) -> Answer:
    begun = ask.desk.exports.begin(ask.caller, form, query, before)
    if isinstance(begun, Forbidden):
        return wording.forbidden(begun, ask.caller)
    if isinstance(begun, QueryMistake):
        return wording.query_mistake(begun.error)
    return _steps(ask, begun, form, query)


def _steps(ask: Ask, begun: Export, form: Format, query: str) -> Steps:
    """Portion by portion; others have their turn between two of them."""
    told = ask.desk.now()
    finished = False
    try:
        while begun.step():
            now = ask.desk.now()
            if now - told >= OFTEN:
                told = now
                yield _progress(begun)
            else:
                yield Abroad(_breath)
        exported = begun.finish()
        finished = True
    finally:
        if not finished:
            begun.close()
    return _done(exported, form, query, ask.desk.now().strftime("%Y-%m-%d"))


async def _breath() -> None:
    await asyncio.sleep(0)


def _progress(begun: Export) -> Message:
    stories = trn("{n} story", "{n} stories", begun.rows)
    told = tr("Exporting: {stories} so far, {share} % of the archive looked at…")
    return Message(told.format(stories=stories, share=round(100 * begun.share)))


def _done(exported: Exported, form: Format, query: str, today: str) -> Message:
    """The file, and the way to the next part."""
    if not exported.rows:
        exported.file.close()
        told = tr(
            "Nothing to export: no story matches {query}. /search with the same query says what to try."
        )
        return Message(told.format(query=quoted(query, 120)))
    out = Writer()
    stories = trn("{n} story", "{n} stories", exported.rows)
    out.line(tr("{stories} for {query}, newest first.").format(stories=stories, query=quoted(query, 120)))
    if exported.ending.endswith(".gz"):
        out.line(tr("The file is packed; 7-Zip and most other programs open it."))
    if exported.cut is Cut.SHARE:
        out.line(
            tr(
                "More is only for those who run this bot; dates such as before:2026-01-31 choose other stories."
            )
        )
    buttons: tuple[tuple[Button, ...], ...] = ()
    if exported.older is not None:
        out.line(tr("There is more: this part is full. The next one goes on with older stories."))
        typed = f"/export {form} {query}"
        next_part = presses(tr("Next part"), f"export:{form}:{exported.older}:{query}", typed)
        if next_part is None:
            fill(out, tr("For it add {dates}."), dates=("before:YYYY-MM-DD", Style.CODE))
        buttons = row(next_part)
    message = out.message(buttons)
    name = f"tocsin-{today}.{exported.ending}"
    return Message(message.text, message.marks, message.buttons, attachment=Attachment(name, exported.file))
