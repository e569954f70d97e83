"""The commands that change the rules: /addrule, /editrule, /apply, /rollback, and /rule to look at one."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from monitor.chat import drafts, feedback, reports, wording
from monitor.chat.helping import usage
from monitor.chat.reading import number
from monitor.chat.ruling import picked, rule_in_full
from monitor.chat.tongue import tr
from monitor.chat.trials import tell_trial
from monitor.chat.trying import carried_out
from monitor.chat.work import Abroad
from monitor.chat.written import proposed_id, split_fields
from monitor.core.model import DraftKind
from monitor.desk.answers import Forbidden, QueryMistake, UnknownRule
from monitor.desk.backtesting import Backtest
from monitor.desk.editing import Draft, NoDraft, NoVersion, OwnDraft, Taken
from monitor.desk.names import nearest, same
from monitor.desk.proposals import Broken, Proposal, Unchanged
from monitor.desk.trying import USUAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.chat.ask import Ask
    from monitor.chat.message import Message
    from monitor.chat.work import Steps
    from monitor.desk.editing import Written
    from monitor.ports import Put

ADD = '/addrule NAME QUERY [level:flash] [name:"WORDS"] [unless:QUERY] [tags:A,B]'
ADD_EXAMPLE = "/addrule asylum-embassy asylum (embassy OR consulate) level:flash"
EDIT = "/editrule RULE QUERY | /editrule RULE level:flash|name:WORDS|unless:QUERY|tags:A,B"
EDIT_EXAMPLE = "/editrule border unless:film OR anniversary"
APPLY = "/apply [NUMBER]"
ROLLBACK = "/rollback [VERSION]"

KEYS = ("match", "unless", "level", "name", "tags")
"""Keys of a rule that can be written beside a query."""

LONGEST_PAGE = 3
"""Digits of a page of versions; a version has eight letters."""

TASTE = 3
"""Stories that show what a change would have raised."""

DISCARD = frozenset({"no", "discard", "drop"})


def rule(ask: Ask) -> Message | Steps:
    """One rule as it stands in rules.yaml."""
    if not ask.arguments:
        return usage(ask, "rule", tr("Which rule? /rules lists them."))
    told = ask.desk.rule(ask.caller, ask.arguments)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, UnknownRule):
        return wording.unknown_rule(told, offer="/rule", press="rule")
    return _rule(ask, ask.desk.editing.written(told.line, told.last, ask.caller))


def _rule(ask: Ask, found: Written) -> Steps:
    written: Written = yield Abroad(partial(asyncio.to_thread, found.cut_out))
    return feedback.judged(ask, written.line.rule.id, rule_in_full(written, ask.desk.now()))


def rules(ask: Ask) -> Message | Steps:
    """List the rules, all or those that a word picks; a rule's whole name shows it in full."""
    wanted, page = ask.arguments.strip(), number(ask.arguments.strip().rpartition(" ")[2])
    if page is not None:
        wanted = wanted.rpartition(" ")[0].strip()
    return _rules(ask, wanted, page)


def turn_rules(ask: Ask) -> Message:
    """The button that turns the pages of rules: `rules:PAGE:FILTER`; without a page it begins the list."""
    page, _, wanted = ask.arguments.partition(":")
    return replace(_listed(ask, wanted, number(page) or 1), replaces=bool(page))


def _rules(ask: Ask, wanted: str, page: int | None) -> Message | Steps:
    """A rule that is named in full, else a list."""
    told = ask.desk.rules(ask.caller)
    named = page is None and not isinstance(told, Forbidden) and same(wanted, [e.rule.id for e in told.lines])
    return rule(replace(ask, arguments=wanted)) if named else _listed(ask, wanted, page or 1)


def _listed(ask: Ask, wanted: str, page: int) -> Message:
    told = ask.desk.rules(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    found = picked(told, wanted)
    known = tuple(each.rule.id for each in told.lines)
    if not found.lines and (meant := nearest(wanted, known)):
        return wording.unknown_rule(UnknownRule(wanted, meant, known), offer="/rules", press="rule")
    return reports.rules(found, page, wanted)


def addrule(ask: Ask) -> Message | Steps:
    """A new rule: what it would be, and what it would have raised."""
    name, _, rest = ask.arguments.strip().partition(" ")
    query, fields = split_fields(rest, KEYS)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", name) or not (query or fields.get("match")):
        wrong = tr("A rule needs a name of letters a-z, digits and hyphens, and a query.")
        return _usage(ask, "addrule", wrong)
    return _proposed(ask, DraftKind.ADD_RULE, name.lower(), _keys(query, fields))


def saved(ask: Ask) -> Message | Steps:
    """The button that makes a rule of a query: `addrule:QUERY`; a name is proposed."""
    query, fields = split_fields(ask.arguments, KEYS)
    if not query:
        return _usage(ask, "addrule", tr("There is no query to make a rule of."))
    name = proposed_id(query, [each.id for each in ask.desk.office.book().rules])
    return _proposed(ask, DraftKind.ADD_RULE, name, _keys(query, fields))


def editrule(ask: Ask) -> Message | Steps:
    """Another query, or other values of a rule's keys."""
    name, _, rest = ask.arguments.strip().partition(" ")
    query, fields = split_fields(rest, KEYS)
    if not name or not (query or fields):
        return _usage(ask, "editrule", tr("Say which rule, and its new query or what else shall change."))
    return _proposed(ask, DraftKind.EDIT_RULE, name, _keys(query, fields))


def _usage(ask: Ask, name: str, wrong: str) -> Message:
    """How it is written, for those who may do it."""
    refused = ask.desk.feeding.may_edit(ask.caller)
    return wording.forbidden(refused, ask.caller) if refused else usage(ask, name, wrong)


def _keys(query: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The keys as they will be written; a query without a key is the rule's match."""
    return {**({"match": query} if query else {}), **fields}


def _proposed(ask: Ask, kind: DraftKind, subject: str, fields: Mapping[str, str]) -> Message | Steps:
    begun = ask.desk.editing.draft(ask.caller, kind, subject, fields.items())
    return _work_out(ask, begun) if isinstance(begun, Draft) else _refused(ask, begun)


def _refused(ask: Ask, told: UnknownRule | Taken | Broken | Forbidden) -> Message:
    match told:
        case Forbidden():
            return wording.forbidden(told, ask.caller)
        case UnknownRule():
            return wording.unknown_rule(told, offer="/editrule", press="rule")
        case Taken():
            return drafts.taken(told.rule)
        case Broken():
            return drafts.broken(told)


def _work_out(ask: Ask, draft: Draft) -> Steps:
    """Check a change that was not seen yet, keep it, show it."""
    made = yield Abroad(partial(asyncio.to_thread, draft.work_out))
    if not isinstance(made, Proposal):
        return _not_made(made)
    kept = replace(draft, kept=replace(draft.kept, number=ask.desk.editing.keep(draft)))
    return (yield from _shown(ask, kept, made))


def _not_made(made: QueryMistake | Broken | Unchanged) -> Message:
    match made:
        case QueryMistake():
            return wording.query_mistake(made.error)
        case Broken():
            return drafts.broken(made)
        case Unchanged():
            return drafts.unchanged()


def _shown(ask: Ask, draft: Draft, made: Proposal, *, anew: bool = False) -> Steps:
    """What would change, what it would have raised, and how it is applied."""
    out = drafts.proposal(draft.kept, made, anew=anew)
    if made.rule is not None:
        now = ask.desk.now()
        test = Backtest(made.book, made.rule.id, since=now - USUAL, until=now, zone=ask.zone)
        trial = yield from carried_out(ask, test, out)
        if not isinstance(trial, QueryMistake):
            out.line()
            tell_trial(out, trial, ask.zone, now, samples=TASTE)
    own = draft.kept.by == ask.caller.person
    return drafts.offered(out, draft.kept, approval=ask.desk.editing.approval, own=own)


def apply(ask: Ask) -> Message | Steps:
    """Put a draft in force; alone, list what waits; with `show`, look at one again."""
    if refused := ask.desk.feeding.may_edit(ask.caller):
        return wording.forbidden(refused, ask.caller)
    asked, _, how = ask.arguments.strip().partition(" ")
    if not asked:
        return drafts.waiting(ask.desk.editing.waiting(), ask.zone, ask.desk.now())
    chosen = number(asked.removeprefix("#"))
    if chosen is None:
        return usage(
            ask, "apply", tr("A draft is called by its number; alone, this command lists what waits.")
        )
    if how.casefold() in DISCARD:
        return _undraft(ask, chosen)
    return _look(ask, chosen) if how.casefold() == "show" else _apply(ask, chosen)


def look(ask: Ask) -> Message | Steps:
    """The button that shows a draft again: `draft:NUMBER`."""
    return _look(ask, number(ask.arguments) or 0)


def undraft(ask: Ask) -> Message:
    """The button that discards a draft: `undraft:NUMBER`."""
    return _undraft(ask, number(ask.arguments) or 0)


def _undraft(ask: Ask, chosen: int) -> Message:
    told = ask.desk.editing.drop(ask.caller, chosen)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    return drafts.dropped(chosen, there=told)


def _not_taken(ask: Ask, told: NoDraft | OwnDraft | Broken | Forbidden) -> Message:
    match told:
        case Forbidden():
            return wording.forbidden(told, ask.caller)
        case NoDraft():
            return drafts.no_draft(told)
        case OwnDraft():
            return drafts.own(told)
        case Broken():
            return drafts.broken(told)


def _look(ask: Ask, chosen: int) -> Steps:
    draft = ask.desk.editing.take(ask.caller, chosen, looks=True)
    if not isinstance(draft, Draft):
        return _not_taken(ask, draft)
    made = yield Abroad(partial(asyncio.to_thread, draft.work_out))
    if not isinstance(made, Proposal):
        return _not_made(made)
    return (yield from _shown(ask, _of_now(ask, draft), made, anew=draft.stale))


def _of_now(ask: Ask, draft: Draft) -> Draft:
    return ask.desk.editing.redo(draft) if draft.stale else draft


def _apply(ask: Ask, chosen: int) -> Steps:
    editing = ask.desk.editing
    draft = editing.take(ask.caller, chosen)
    if not isinstance(draft, Draft):
        return _not_taken(ask, draft)
    made = yield Abroad(partial(asyncio.to_thread, draft.work_out))
    if not isinstance(made, Proposal):
        return _not_made(made)
    if draft.stale:
        return (yield from _shown(ask, _of_now(ask, draft), made, anew=True))
    signed = editing.signed(ask.caller, draft)
    put: Put = yield Abroad(
        partial(editing.errands.put_rules, made.text, instead_of=draft.kept.base, by=signed)
    )
    if put.stale:  # somebody was quicker, between two steps
        return (yield from _look(ask, chosen))
    if put.problem:
        return drafts.not_put(put.problem, chosen)
    editing.applied(ask.caller, draft, made.changes)
    return drafts.applied(draft.kept, made, put.version, subscribed=_comes(ask, made))


def _comes(ask: Ask, made: Proposal) -> bool:
    """Whether alerts of the rule come to the chat already."""
    if made.rule is None:
        return False
    told = ask.desk.rule(ask.caller, made.rule.id)
    return not isinstance(told, Forbidden | UnknownRule) and told.line.subscribed


def rollback(ask: Ask) -> Message | Steps:
    """Put an earlier version back, after a look at what it would change; alone, list the versions."""
    asked = ask.arguments.strip()
    if not asked or (asked.isdecimal() and len(asked) <= LONGEST_PAGE):
        return versions(ask)
    made = ask.desk.editing.back(ask.caller, asked)
    match made:
        case Draft():
            return _work_out(ask, made)
        case Forbidden():
            return wording.forbidden(made, ask.caller)
        case NoVersion():
            return drafts.no_version(made)
        case Broken():
            return drafts.broken(made)


def versions(ask: Ask) -> Message:
    """The button that turns the pages of versions: `versions:PAGE`."""
    told = ask.desk.editing.versions(ask.caller)
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    page = number(ask.arguments.strip())
    return replace(drafts.versions(told, page or 1, ask.zone, ask.desk.now()), replaces=page is not None)


__all__ = [
    "addrule",
    "apply",
    "editrule",
    "look",
    "rollback",
    "rule",
    "rules",
    "saved",
    "turn_rules",
    "undraft",
    "versions",
]
