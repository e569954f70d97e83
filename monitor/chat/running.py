"""The commands that run the bot: /reload takes up rules.yaml, /backup copies the database."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.drafts import report
from monitor.chat.message import Message, Style, Writer
from monitor.chat.phrases import fill
from monitor.chat.tongue import number, tr, trn
from monitor.chat.work import Abroad
from monitor.core.errors import StoreError

if TYPE_CHECKING:
    from monitor.chat.ask import Ask
    from monitor.chat.work import Steps
    from monitor.core.model import Copy
    from monitor.ports import Put


def reload(ask: Ask) -> Message | Steps:
    """Take up the rules file now, whether or not anybody saw it change."""
    refused = ask.desk.running.may_run(ask.caller)
    return wording.forbidden(refused, ask.caller) if refused else _reload(ask)


def _reload(ask: Ask) -> Steps:
    before = ask.desk.office.book().version
    put: Put = yield Abroad(partial(ask.desk.running.errands.reload, ask.caller.person))
    if put.problem:
        out = Writer().line(tr("rules.yaml cannot be used; the last good rules stay in force:"), Style.BOLD)
        out.line(report(put.problem), Style.CODE)
        return out.add(tr("Mend the file, then send /reload again.")).message()
    book = ask.desk.office.book()
    if put.version == before:
        out = fill(
            Writer(), tr("rules.yaml is unchanged: version {version}"), version=(put.version, Style.CODE)
        )
    else:
        ask.desk.running.note(ask.caller, "rules", f"reloaded: {before} -> {put.version}")
        out = fill(
            Writer(), tr("rules.yaml was taken over: version {version}"), version=(put.version, Style.CODE)
        )
    rules = trn("{n} rule", "{n} rules", len(book.rules))
    feeds = trn("{n} feed", "{n} feeds", len(book.feeds))
    return out.line(f", {rules}, {feeds}.").add(tr("/rules lists the rules, /feeds the feeds.")).message()


def backup(ask: Ask) -> Message | Steps:
    """Copy the database, beside everything else that goes on."""
    refused = ask.desk.running.may_run(ask.caller)
    return wording.forbidden(refused, ask.caller) if refused else _backup(ask)


def _backup(ask: Ask) -> Steps:
    yield Message(tr("Copying the database; alerts and commands go on meanwhile …"))
    try:
        made: Copy = yield Abroad(ask.desk.running.errands.back_up)
    except StoreError as error:
        out = Writer().line(tr("There is no new copy of the database:"), Style.BOLD).line(str(error))
        return out.add(tr("The copies made before are untouched. /status tells how the rest is.")).message()
    name = Path(made.file).name
    ask.desk.running.note(ask.caller, "backup", name)
    out = fill(Writer(), tr("Copied and read through: {file}"), file=(name, Style.CODE)).line()
    rows = {what: number(made.rows.get(what, 0)) for what in ("stories", "hits", "cards")}
    out.line(
        tr("{size} MB with {stories} stories, {hits} hits, {cards} cards.").format(
            size=f"{made.size / 1e6:.1f}", **rows
        )
    )
    if made.older:
        out.line(
            trn("{n} older copy made room for it.", "{n} older copies made room for it.", len(made.older))
        )
    return out.add(
        tr("It lies in the folder of backups; /status tells when the last one was made.")
    ).message()
