"""Changes of the rules in words: what would change, what did, and what was in force before. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.excerpt import head, line, visible
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.phrases import fill, moment, presses, row
from monitor.chat.tongue import said, tr, trn
from monitor.core.model import DraftKind
from monitor.desk.proposals import Broken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from monitor.core.model import Draft, KeptBook
    from monitor.desk.editing import NoDraft, NoVersion, OwnDraft, Versions
    from monitor.desk.proposals import Proposal

DIFF = 24
"""Lines of a difference that are shown."""

LINE = 300
"""Characters of each."""

DOUBTS = 4

REPORT = 12
"""Lines of a report on rules.yaml: the first mistakes."""

PAGE = 6
"""Versions on one page."""


def proposal(draft: Draft, made: Proposal, *, anew: bool) -> Writer:
    """What would change, as it will stand in rules.yaml, and what is doubtful about it."""
    out = Writer()
    if anew:
        out.line(
            tr("rules.yaml was changed since this draft was made; this is what it would change now.")
        ).line()
    fill(
        out, tr("Draft {number}: {change}"), number=(str(draft.number), Style.BOLD), change=(made.changes,)
    ).line()
    out.line(_diff(made.diff), Style.CODE)
    if made.rule is not None:
        count = len(made.rule.examples.match) + len(made.rule.examples.no_match)
        out.line(tr("✓ The query can be read, and all examples of all rules hold."))
        if not count:
            out.line(
                tr("It has no examples of its own; add some in rules.yaml so that it stays as you mean it.")
            )
    else:
        out.line(tr("✓ The file is in order, and all examples of all rules hold."))
    for doubt in made.doubts[:DOUBTS]:
        hint = said(doubt.hint)
        told = said(doubt.message) + (f": {hint}" if hint else "")
        out.line(f"⚠ {head(told, LINE).text}")
    return out


def offered(out: Writer, draft: Draft, *, approval: bool, own: bool) -> Message:
    """How a draft is applied; with `approval` by another editor than its author."""
    number = draft.number
    out.line()
    drop = presses(tr("Discard"), f"undraft:{number}", f"/apply {number} no")
    if approval and own:
        sentence = tr(
            "Nothing has changed yet. Another editor has to apply it within a day, by sending {apply} to me."
        )
        return fill(out, sentence, apply=(f"/apply {number}", Style.CODE)).message(row(drop))
    sentence = tr("Nothing has changed yet. {apply} puts it in force; it waits for a day.")
    fill(out, sentence, apply=(f"/apply {number}", Style.CODE))
    return out.message(row(presses(tr("Apply"), f"apply:{number}", f"/apply {number}"), drop))


def applied(draft: Draft, made: Proposal, version: str, *, subscribed: bool) -> Message:
    """It is in force."""
    out = Writer().add(tr("Applied."), Style.BOLD).add(" ")
    sentence = tr("rules.yaml is now version {version}: {change}.")
    fill(out, sentence, version=(version, Style.CODE), change=(made.changes,)).line()
    subscribe: Button | None = None
    if draft.kind is DraftKind.ADD_FEED:
        out.line(tr("The feed is asked for the first time within minutes; /feeds shows how it does."))
    elif made.rule is not None and not subscribed:
        out.line(tr("Its alerts do not come to this chat yet."))
        rule = made.rule.id
        subscribe = presses(tr("Subscribe this chat"), f"sub:{rule}", f"/subscribe {rule}")
    elif made.rule is not None:
        out.line(tr("Its alerts come to this chat."))
    out.add(tr("/rollback takes a change back, /rules shows what is in force."))
    back = presses(tr("Take it back"), f"rollback:{draft.base}", f"/rollback {draft.base}")
    return out.message(row(subscribe, back))


def broken(answer: Broken) -> Message:
    """Why the change cannot be made."""
    if answer.already:
        out = Writer().line(
            tr("rules.yaml cannot be used as it is at present, so it cannot be changed from here:")
        )
        return (
            out.line(report(answer.report), Style.CODE)
            .add(tr("Mend it in the file first; /status tells more."))
            .message()
        )
    out = Writer().line(tr("That cannot stand in rules.yaml; nothing has changed:"), Style.BOLD)
    out.line(report(answer.report), Style.CODE)
    return out.add(
        tr("Change it and send it again. /help addrule and /help editrule show how they are written.")
    ).message()


def not_put(problem: str, number: int) -> Message:
    """The file could not be replaced; the draft stays."""
    out = Writer().line(tr("The change could not be put in force; the rules are as before:"), Style.BOLD)
    out.line(report(problem), Style.CODE)
    sentence = tr("The draft is kept: {apply} tries it again once that is mended.")
    return fill(out, sentence, apply=(f"/apply {number}", Style.CODE)).message()


def unchanged() -> Message:
    """There is nothing to do."""
    return Message(
        tr("rules.yaml says that already; nothing has to change. /rule RULE shows a rule as it stands.")
    )


def taken(rule: str) -> Message:
    """A rule of that name is there."""
    out = fill(Writer(), tr("There is a rule {rule} already."), rule=(rule, Style.CODE)).add(" ")
    fill(
        out, tr("Change it by {edit}, or choose another name."), edit=(f"/editrule {rule} QUERY", Style.CODE)
    )
    return out.message(row(presses(tr("Show it"), f"rule:{rule}", f"/rule {rule}")))


def no_draft(answer: NoDraft) -> Message:
    """It was applied or dropped, or is too old."""
    out = Writer().line(
        tr("There is no draft {number}: it was applied or discarded, or a day has passed.").format(
            number=answer.number
        )
    )
    if answer.waiting:
        numbers = ", ".join(str(each.number) for each in answer.waiting[:10])
        return out.add(
            tr("These wait: {numbers}. /apply NUMBER puts one in force.").format(numbers=numbers)
        ).message()
    return out.add(tr("/addrule and /editrule make a new one.")).message()


def own(answer: OwnDraft) -> Message:
    """Four eyes."""
    sentence = tr("Changes of the rules need a second editor here: somebody else has to send {apply}.")
    return fill(Writer(), sentence, apply=(f"/apply {answer.draft.number}", Style.CODE)).message()


def dropped(number: int, *, there: bool) -> Message:
    """A draft was discarded."""
    if there:
        return Message(
            tr("Draft {number} is discarded; nothing has changed. /rules shows what is in force.").format(
                number=number
            )
        )
    return Message(
        tr("There is no draft {number} any more. /apply lists those that wait.").format(number=number)
    )


def waiting(drafts: Sequence[Draft], zone: tzinfo, now: datetime) -> Message:
    """What can still be applied."""
    if not drafts:
        return Message(tr("No change waits to be applied. /addrule and /editrule make one."))
    out = Writer().line(
        trn("{n} change waits to be applied", "{n} changes wait to be applied", len(drafts)), Style.BOLD
    )
    buttons: tuple[tuple[Button, ...], ...] = ()
    for each in drafts[:PAGE]:
        out.line(
            f"{each.number} · {_subject(each)} · {line(each.name, 40)}, {moment(each.made_at, zone, now)}"
        )
        label = tr("Look at {number}").format(number=each.number)
        buttons += row(presses(label, f"draft:{each.number}", f"/apply {each.number} show"))
    out.line().add(tr("/apply NUMBER puts one in force."))
    return out.message(buttons)


def versions(answer: Versions, page: int, zone: tzinfo, now: datetime) -> Message:
    """The files that were in force, a page at a time, each with a button to put it back."""
    if len(answer.books) < 2:  # noqa: PLR2004 - the one in force, and another
        return Message(tr("No earlier version of rules.yaml is kept yet. /rules shows what is in force."))
    pages = -(-len(answer.books) // PAGE)
    page = min(max(page, 1), pages)
    out = Writer().line(tr("Versions of rules.yaml, newest first"), Style.BOLD)
    buttons: tuple[tuple[Button, ...], ...] = ()
    for number, book in enumerate(answer.books):
        if number // PAGE + 1 != page:
            continue
        out.add(book.version, Style.CODE).line(f" · {moment(book.loaded_at, zone, now)} · {_who(book)}")
        out.line(
            f"   {head(book.note, LINE).text}"
            if number
            else f"   {tr('in force')} · {head(book.note, LINE).text}"
        )
        if number:
            label = tr("Put back {version}").format(version=book.version)
            buttons += row(presses(label, f"rollback:{book.version}", f"/rollback {book.version}"))
    out.line().add(tr("Putting one back shows first what it would change."))
    older = presses(tr("Older ›"), f"versions:{page + 1}", f"/rollback {page + 1}") if page < pages else None
    newer = presses(tr("‹ Newer"), f"versions:{page - 1}", f"/rollback {page - 1}") if page > 1 else None
    return out.message(buttons + row(newer, older))


def no_version(answer: NoVersion) -> Message:
    """None, or several, or the one in force."""
    if answer.same:
        return Message(tr("rules.yaml is that version already. /rollback lists the others."))
    return Message(
        tr("No version, or more than one, begins like that: {asked}. /rollback lists them.").format(
            asked=line(answer.asked, 40)
        )
    )


def report(words: str) -> str:
    """The first lines of a report, as they are: a caret must stay below its place."""
    kept = [each.rstrip() for each in visible(words).splitlines()]
    shown = [each if len(each) <= LINE else each[: LINE - 1] + "…" for each in kept[:REPORT]]
    return "\n".join(shown + ["…"] * (len(kept) > REPORT))


def _diff(lines: Sequence[str]) -> str:
    shown = ["…" if each.startswith("@@") else visible(each) for each in lines]
    shown = shown[1:] if shown[:1] == ["…"] else shown
    cut = [each if len(each) <= LINE else each[: LINE - 1] + "…" for each in shown[:DIFF]]
    if len(shown) > DIFF:
        cut.append(trn("… and {n} more line", "… and {n} more lines", len(shown) - DIFF))
    return "\n".join(cut)


def _subject(draft: Draft) -> str:
    subject = line(draft.subject, 60)
    match draft.kind:
        case DraftKind.ADD_RULE:
            return tr("new rule {rule}").format(rule=subject)
        case DraftKind.EDIT_RULE:
            return tr("change of {rule}").format(rule=subject)
        case DraftKind.ADD_FEED:
            return tr("new feed {feed}").format(feed=subject)
        case DraftKind.PUT_BACK:
            return tr("back to version {version}").format(version=subject)


def _who(book: KeptBook) -> str:
    if book.by == "file":
        return tr("in the file")
    return tr("at the terminal") if book.by == "terminal:" else line(book.by, 60)
