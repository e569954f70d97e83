"""A rule's examples: run at every load, with the reason when one fails."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

from monitor.core.language import And, Node, Not, Query, show
from monitor.core.match import compile_query
from monitor.core.model import FeedUrl, Rule, RuleBook, RuleId, Story, StoryKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.core.match import Matcher
    from monitor.core.model import Evidence

_MOST_SHOWN = 4
_LONGEST_HINT = 200  # characters


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not do what it shows: the `index`-th of the list `list`."""

    list: str  # "match" or "no_match"
    index: int
    message: str
    hint: str


def failing_examples(rule: Rule, book: RuleBook, matcher: Matcher) -> Iterator[Failure]:
    """The examples of a rule that fail, in the order written. An example is a story that has only a title."""
    for index, text in enumerate(rule.examples.match):
        if not _evidence(rule.id, text, matcher):
            yield Failure(
                "match",
                index,
                f"the rule `{rule.id}` does not match this example",
                _missing(rule, book, text),
            )
    for index, text in enumerate(rule.examples.no_match):
        found = _evidence(rule.id, text, matcher)
        if found:
            message = f"the rule `{rule.id}` matches this example, though it must not"
            yield Failure("no_match", index, message, f"Found {_shown(found)}.")


def _evidence(rule: RuleId, text: str, matcher: Matcher) -> tuple[Evidence, ...]:
    return next((hit.evidence for hit in matcher.hits(_story(text)) if hit.rule == rule), ())


def _story(text: str) -> Story:
    return Story(feed=FeedUrl(""), key=StoryKey(""), title=text)


def _missing(rule: Rule, book: RuleBook, text: str) -> str:
    """Why a rule does not match: the parts of `match` that find nothing, or what speaks against it."""
    tree = rule.match.tree
    parts = tree.parts if isinstance(tree, And) else (tree,)
    wanted = [part for part in parts if not isinstance(part, Not)]
    unwanted = [part.part for part in parts if isinstance(part, Not)]
    if rule.unless is not None:
        unwanted.append(rule.unless.tree)
    lacking = [show(part) for part in wanted if not _found(part, book, text)]
    if lacking:
        return shorten(f"Nothing in it fits to: {' ... '.join(lacking)}", _LONGEST_HINT, placeholder=" ...")
    against = [each for part in unwanted for each in _found(part, book, text)]
    return f"Its `unless` or a `-` excludes it: found {_shown(tuple(against))}."


def _found(part: Node, book: RuleBook, text: str) -> tuple[Evidence, ...]:
    """What a part of a query finds by itself."""
    return compile_query(Query(show(part), part), book.entities).evidence(_story(text)) or ()


def _shown(evidence: tuple[Evidence, ...]) -> str:
    shown = [f"`{each.surface}` for {each.term}" for each in evidence[:_MOST_SHOWN]]
    more = len(evidence) - len(shown)
    return ", ".join(dict.fromkeys(shown)) + (f" and {more} more" if more else "")


__all__ = ["Failure", "failing_examples"]
