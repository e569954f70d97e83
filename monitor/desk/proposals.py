"""A change of the rules file, worked out: the new text, checked as a whole, and what is different in it.

Pure but for time: loading the rules and their examples takes a while, so it runs in any thread but the store's.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

from monitor.core.authoring.changes import NO_CHANGE, changes
from monitor.core.errors import QueryError, RulesError
from monitor.core.language import Dialect, parse
from monitor.core.match import compile_query
from monitor.core.match.lint import lint
from monitor.core.model import DraftKind, Feed, FeedUrl
from monitor.desk.answers import QueryMistake
from monitor.rulebook import read
from monitor.rulebook.edit import feed_entry
from monitor.rulebook.reading import version_of
from monitor.rulebook.rewriting import with_changes, with_feed, with_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.core.match.lint import Doubt
    from monitor.core.model import Draft, Rule, RuleBook

NAME = "rules.yaml"
"""Stands for the file in messages."""

CONTEXT = 1
"""Lines shown around what changes."""

LONGEST = 2_000
"""Characters of a query in a rule that is written in a chat."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The change cannot be made: every mistake with its place; `already` if the file as it is cannot be used."""

    report: str
    already: bool = False


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The file says that already."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that could be applied."""

    text: str  # of the whole file
    book: RuleBook  # that it says
    before: RuleBook
    changes: str  # in a few words
    diff: tuple[str, ...]  # lines, each beginning with `+`, `-`, a blank, or `@`
    rule: Rule | None  # the rule that is added or changed
    doubts: tuple[Doubt, ...]


def version(text: str) -> str:
    """The version of a file's text."""
    return version_of(text.encode())


def work_out(draft: Draft, text: str, back: str = "") -> Proposal | QueryMistake | Broken | Unchanged:
    """What the file would be after a change; `back` is the text of the version that is to be put back."""
    try:
        before = read(text, NAME)
    except RulesError as error:
        if draft.kind is not DraftKind.PUT_BACK:
            return Broken(error.report(), already=True)
        before = None
    fields = dict(draft.fields)
    try:
        _understand(fields, before)
    except QueryError as error:
        return QueryMistake(error)
    new = back if draft.kind is DraftKind.PUT_BACK else _rewritten(draft, text, fields)
    if new == text:
        return Unchanged()
    try:
        book = read(new, NAME)
    except RulesError as error:
        return Broken(error.report())
    before = before or book
    told = changes(before, book)
    if told == NO_CHANGE and draft.kind is not DraftKind.PUT_BACK:
        return Unchanged()
    rule = next((rule for rule in book.rules if rule.id == draft.subject), None)
    return Proposal(new, book, before, told, tuple(difference(text, new)), rule, _doubts(rule, book))


def difference(old: str, new: str) -> Iterator[str]:
    """What is different between two texts, without the names of the files."""
    lines = unified_diff(old.splitlines(), new.splitlines(), n=CONTEXT, lineterm="")
    for number, line in enumerate(lines):
        if number > 1:
            yield line


def _understand(fields: Mapping[str, str], before: RuleBook | None) -> None:
    """Read the queries by themselves, since their mistakes are told best by themselves. Raises QueryError."""
    for key in ("match", "unless"):
        if written := fields.get(key):
            if len(written) > LONGEST:
                message = f"this query is longer than {LONGEST} characters"
                hint = "Put lists of words into an entity of rules.yaml, and name it by @name."
                raise QueryError(message, query=written, position=LONGEST, end=len(written), hint=hint)
            query = parse(written, Dialect.RULE)
            if before is not None:
                compile_query(query, before.entities)


def _rewritten(draft: Draft, text: str, fields: Mapping[str, str]) -> str:
    match draft.kind:
        case DraftKind.ADD_RULE:
            return with_rule(text, draft.subject, fields)
        case DraftKind.EDIT_RULE:
            return with_changes(text, draft.subject, fields)
        case _:
            return with_feed(text, feed_entry(feed_of(draft.subject, fields)))


def feed_of(url: str, fields: Mapping[str, str]) -> Feed:
    """The feed that a draft wants to add."""
    return Feed(
        url=FeedUrl(url),
        name=fields.get("name", ""),
        lang=fields.get("lang") or None,
        tags=tuple(fields.get("tags", "").replace(",", " ").split()),
        tier=fields.get("tier") or None,
    )


def _doubts(rule: Rule | None, book: RuleBook) -> tuple[Doubt, ...]:
    if rule is None:
        return ()
    queries = [query for query in (rule.match, rule.unless) if query is not None]
    return tuple(doubt for query in queries for doubt in lint(query, book.entities, book.feeds))


__all__ = ["Broken", "Proposal", "Unchanged", "difference", "feed_of", "version", "work_out"]
