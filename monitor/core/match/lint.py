"""Doubts about queries that are well formed: words too short or too common, clauses that can never match.

A mistake is refused; a doubt is only told, since whoever wrote the query may know better.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.core.language import (
    WORD_FIELDS,
    In,
    Kind,
    Node,
    Query,
    Ref,
    Term,
    children,
    entities_used,
    parse_term,
    show,
    walk,
)
from monitor.core.match.clashes import Oddity, clashes, doubles
from monitor.core.match.plan import AllOf, AnyOf, Plan, Token
from monitor.core.match.terms import looker
from monitor.core.text import Script, Words, index_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from monitor.core.model import Entity, Feed, RuleBook, Story

SHORT = 2
"""Letters of a word that is likely to be found by accident."""

MOST_SHARE = 0.05
"""Share of the stories from which a word is common."""

ANY_LANGUAGE = "*"
"""Language of an entity's terms that belong to every language."""

_MOST_SHOWN = 8
"""Values that a hint lists."""

_SPACED = (Script.LATIN, Script.CYRILLIC, Script.OTHER)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something odd at `position` to `end` of a query, and what one could do about it."""

    position: int
    end: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """How many of the stories at hand hold each token of the index."""

    stories: int
    tokens: Mapping[str, int]


def sample(stories: Iterable[Story]) -> Sample:
    """Count the words of stories, such as those of the last month."""
    counted: Counter[str] = Counter()
    total = 0
    for story in stories:
        total += 1
        counted.update(set(index_text(story.title, story.summary, story.text).split()))
    return Sample(total, counted)


def lint(
    query: Query,
    entities: Mapping[str, Entity],
    feeds: Sequence[Feed] = (),
    archive: Sample | None = None,
    most: float = MOST_SHARE,
) -> tuple[Doubt, ...]:
    """Doubts about a query whose entities exist, in the order of their places.

    `feeds` are those whose stories it will see; `archive` counts the words of some of them, of which a single word
    may be in a share of `most`.
    """
    odd = [*_short(query), *clashes(query.tree), *doubles(query.tree), *_wordless(query, entities, feeds)]
    odd += [*_strange_values(query, feeds), *(_common(query, archive, most) if archive else ())]
    doubts = {Doubt(node.start, node.end, message, hint) for node, message, hint in odd}
    return tuple(sorted(doubts, key=lambda doubt: (doubt.position, doubt.end, doubt.message)))


def lint_entity(entity: Entity) -> tuple[str, ...]:
    """Terms of an entity that are likely to be found by accident."""
    terms = dict.fromkeys(term for terms in entity.terms.values() for term in terms)
    return tuple(term for term in terms if _is_short(parse_term(term)))


def unused_entities(book: RuleBook, included: Collection[str] = ()) -> tuple[str, ...]:
    """Names of entities that no rule mentions, and none that is `included` by another."""
    queries = [query for rule in book.rules for query in (rule.match, rule.unless) if query]
    used = frozenset(included).union(*map(entities_used, queries))
    return tuple(name for name in book.entities if name not in used)


def _short(query: Query) -> Iterator[Oddity]:
    for term in _terms(query.tree):
        if _is_short(term):
            yield Oddity(
                term,
                f"{show(term)} is so short that it will be found by accident",
                'ask for the very spelling (="U.S."), or for another word near it',
            )


def _is_short(term: Term) -> bool:
    """Whether a term is one short word, in any of its forms, of a script with spaces."""
    words = Words(term.text).shapes
    return (
        term.kind is Kind.FORMS
        and len(words) == 1
        and words[0].script in _SPACED
        and len(words[0].text) <= SHORT
    )


def _terms(node: Node) -> Iterator[Term]:
    """Terms that are looked for among words: not the values of fields such as `lang:`."""
    if isinstance(node, Term):
        yield node
    if not (isinstance(node, In) and node.name not in WORD_FIELDS):
        for child in children(node):
            yield from _terms(child)


def _wordless(query: Query, entities: Mapping[str, Entity], feeds: Sequence[Feed]) -> Iterator[Oddity]:
    """Entities without a term in a language of the feeds; a query that asks for a language knows what it does."""
    nodes = walk(query.tree)
    spoken = Counter(feed.lang for feed in feeds if feed.lang)
    if any(isinstance(node, In) and node.name == "lang" for node in nodes):
        spoken.clear()
    for node in nodes:
        entity = entities.get(node.name) if isinstance(node, Ref) else None
        if entity is None:
            continue
        known = {lang for lang, terms in entity.terms.items() if terms}
        if not known:
            yield Oddity(node, f"{show(node)} has no term: it can never match", "give the entity terms")
        elif isinstance(node, Ref) and node.lang is None and ANY_LANGUAGE not in known:
            for lang, count in sorted(spoken.items()):
                if lang not in known:
                    wrote = f"{count} feed{'s' * (count > 1)}"
                    yield Oddity(node, f"{show(node)} has no term in {lang}, the language of {wrote}", _ADD)


_ADD = "add terms in that language to the entity"


def _strange_values(query: Query, feeds: Sequence[Feed]) -> Iterator[Oddity]:
    """Values that no feed gives its stories."""
    for field in [node for node in walk(query.tree) if isinstance(node, In)]:
        known = _values(field.name, feeds)
        for node in walk(field) if known else ():
            if isinstance(node, Term) and node.text.casefold() not in known:
                shown = ", ".join(sorted(known)[:_MOST_SHOWN])
                yield Oddity(
                    node,
                    f"no feed has the {field.name} {node.text}: this finds nothing",
                    f"feeds have {shown}",
                )


def _values(field: str, feeds: Sequence[Feed]) -> frozenset[str]:
    """Values of a field, folded; none if stories may have others than the feeds say."""
    found = {
        "tag": [tag for feed in feeds for tag in feed.tags],
        "tier": [feed.tier or "" for feed in feeds],
        # A feed without a language leaves it to its documents.
        "lang": [feed.lang for feed in feeds if feed.lang] if all(feed.lang for feed in feeds) else [],
    }
    return frozenset(value.casefold() for value in found.get(field, ()) if value)


def _common(query: Query, archive: Sample, most: float) -> Iterator[Oddity]:
    """Single words that stand in many stories."""
    for term in _terms(query.tree):
        if len(Words(term.text).shapes) != 1 or not archive.stories:
            continue
        share = min(1.0, _about(looker(term.text, term.kind).plan(), archive) / archive.stories)
        if share > most:
            yield Oddity(
                term,
                f"{show(term)} is in about {share:.0%} of the stories",
                "ask for another word near it, or only in the title: title:...",
            )


def _about(plan: Plan, archive: Sample) -> int:
    """In how many stories a word is, by the tokens that it needs; 0 where they do not tell."""
    match plan:
        case Token(text=text, prefix=False):
            return archive.tokens.get(text, 0)
        case AllOf(parts=parts):
            return min(_about(part, archive) for part in parts)
        case AnyOf(parts=parts):
            return max(_about(part, archive) for part in parts)  # forms of one word: mostly the same stories
        case _:
            return 0
