"""Doubts about the rules and entities of a file that is in order, each with its place: what `check` warns of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from monitor.core.errors import Mistake, RulesError
from monitor.core.match.lint import lint, lint_entity, unused_entities
from monitor.rulebook.document import Listing, Mapping, Scalar, decode, parse
from monitor.rulebook.offsets import file_offset
from monitor.rulebook.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.core.language import Query
    from monitor.core.match.lint import Sample
    from monitor.core.model import Rule, RuleBook
    from monitor.rulebook.document import Node


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is doubtful in a file, in the order of its places, and the file's lines."""

    found: tuple[Mistake, ...]
    lines: tuple[str, ...]

    def report(self, path: str) -> str:
        """As mistakes are told, but called warnings; empty if there are none."""
        marked = tuple(replace(each, message=f"warning: {each.message}") for each in self.found)
        return RulesError(path, marked, self.lines).report()


def doubts(data: bytes, name: str, archive: Sample | None = None) -> Doubts:
    """What is doubtful in the rules of a file; `archive` as for `lint`.

    Raises RulesError if the file is not in order.
    """
    book = read_bytes(data, name).book
    source = decode(data)
    root = cast("Mapping", parse(source)[0])  # what was read as a book is a mapping, with a list of rules
    rules = cast("Listing", cast("tuple[Scalar, Node]", root.get("rules"))[1])
    found: list[Mistake] = []
    for rule, entry in zip(book.rules, rules.items, strict=True):
        for scalar, query in _clauses(rule, cast("Mapping", entry)):
            before = len(scalar.value) - len(scalar.value.lstrip())
            for doubt in lint(query, book.entities, book.feeds, archive):
                index = file_offset(scalar, source.text, before + doubt.position)
                hint = doubt.hint[:1].upper() + doubt.hint[1:]
                found.append(source.mistake(index, f"{rule.id}: {doubt.message}", hint))
    found += (source.mistake(*each) for each in _entities(root, book))
    return Doubts(tuple(sorted(found)), source.lines)


def _clauses(rule: Rule, entry: Mapping) -> Iterator[tuple[Scalar, Query]]:
    """A rule's queries, each with the text that it was read from."""
    for key, query in (("match", rule.match), ("unless", rule.unless)):
        pair = entry.get(key)
        if pair is not None and query is not None:
            yield cast("Scalar", pair[1]), query


def _entities(root: Mapping, book: RuleBook) -> Iterator[tuple[int, str, str]]:
    """Doubts about entities: place, message, mend."""
    pair = root.get("entities")
    entries = pair[1].pairs if pair and isinstance(pair[1], Mapping) else ()
    texts = {key.value: {text.value.strip(): text.start for text in _texts(node)} for key, node in entries}
    included = {text.value.strip() for _, node in entries for text in _texts(_below(node, "include"))}
    idle = unused_entities(book, included)
    for key, _ in entries:
        if key.value in idle:
            yield key.start, f"no rule mentions @{key.value}", "Use it in a rule, or remove it."
        for term in lint_entity(book.entities[key.value]):
            place = texts[key.value].get(term, key.start)
            hint = 'Ask for the very spelling (="U.S."), or for more words.'
            yield place, f"@{key.value}: {term} is so short that it will be found by accident", hint


def _below(node: Node, key: str) -> Node:
    """What stands under a key; an empty list if nothing does."""
    pair = node.get(key) if isinstance(node, Mapping) else None
    return pair[1] if pair else Listing((), 0)


def _texts(node: Node) -> Iterator[Scalar]:
    """Every text in a part of the file, but for keys."""
    if isinstance(node, Scalar):
        yield node
        return
    below = node.items if isinstance(node, Listing) else tuple(value for _, value in node.pairs)
    for child in below:
        yield from _texts(child)


__all__ = ["Doubts", "doubts"]
