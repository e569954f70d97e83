"""Where rules are blind: rule by language by kind of source, where no feed that lives could ever satisfy it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.core.language import And, AtLeast, In, Near, Node, Not, Or, Query, Ref, Term, children, show
from monitor.core.match import compile_query
from monitor.core.model import Story, StoryKey
from monitor.core.text import Script, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.core.model import Entity, Feed, FeedState, FeedUrl, Rule, RuleBook, RuleId

FAILING = 3
"""Polls in a row that went wrong, from which a feed counts as failing: one bad answer is nothing yet."""

ANY_LANGUAGE = "*"

_OF_FEED = frozenset({"tag", "tier", "lang", "source"})
"""Fields that a feed gives to all its stories."""

_TEXT = frozenset({"title", "text"})

_SCRIPTS = {
    **dict.fromkeys(["ko"], frozenset({Script.HANGUL, Script.HAN})),
    **dict.fromkeys(["zh", "ja"], frozenset({Script.HAN})),
    **dict.fromkeys(["ru", "uk", "be", "bg", "kk", "ky", "mk", "mn", "tg"], frozenset({Script.CYRILLIC})),
    **dict.fromkeys(["sr"], frozenset({Script.CYRILLIC, Script.LATIN})),
    **dict.fromkeys(["ar", "fa", "he", "hi", "th", "el", "ka", "hy"], frozenset({Script.OTHER})),
}
_LATIN = frozenset({Script.LATIN})
"""Scripts by language; the others are written in Latin letters."""


class Standing(StrEnum):
    """What a rule can see in one language and kind of source."""

    COVERED = "covered"
    NO_FEED = "no feed"  # there is none of that language and tier
    NO_FORM = "no form"  # there are feeds, but a clause of the rule has no form in their language
    EXCLUDED = "excluded"  # there are feeds, but the rule itself keeps them out: by field or by `unless`
    FAILING = "failing"  # the feeds that could satisfy it all fail
    GONE = "gone"  # the server of each said that it is gone for good


@dataclass(frozen=True, slots=True)
class Cell:
    """One rule, one language, one tier."""

    rule: RuleId
    lang: str | None  # None: of feeds without a language
    tier: str | None
    standing: Standing
    feeds: int  # of this language and tier
    able: int  # of them, those whose stories could satisfy the rule
    live: int  # of these, those that can be read at present
    clause: str = ""  # that no story there can satisfy, or that excludes it


@dataclass(frozen=True, slots=True)
class Coverage:
    """All cells, by rule in the book's order, then language, then tier."""

    cells: tuple[Cell, ...]
    langs: tuple[str | None, ...]
    tiers: tuple[str | None, ...]
    polled: bool  # whether anything is known of how the feeds do

    @property
    def blind(self) -> tuple[tuple[RuleId, str | None], ...]:
        """Rules and languages in which no live feed at all could satisfy them."""
        seen = {(cell.rule, cell.lang) for cell in self.cells if cell.standing is Standing.COVERED}
        return tuple(dict.fromkeys(pair for c in self.cells if (pair := (c.rule, c.lang)) not in seen))


def coverage(book: RuleBook, states: Mapping[FeedUrl, FeedState]) -> Coverage:
    """Every rule against the feeds of the book; a feed without a state counts as live."""
    forms = {lang for entity in book.entities.values() for lang in entity.terms} - {ANY_LANGUAGE}
    langs = _ordered({*(feed.lang for feed in book.feeds), *forms})
    tiers = _ordered({feed.tier for feed in book.feeds})
    cells = tuple(
        _cell(rule, lang, tier, book, states) for rule in book.rules for lang in langs for tier in tiers
    )
    return Coverage(cells, langs, tiers, bool(states))


def _ordered(names: set[str | None]) -> tuple[str | None, ...]:
    return tuple(sorted(names, key=lambda name: (name is None, name or "")))


def _cell(
    rule: Rule, lang: str | None, tier: str | None, book: RuleBook, states: Mapping[FeedUrl, FeedState]
) -> Cell:
    here = [feed for feed in book.feeds if feed.lang == lang and feed.tier == tier]
    if not here:
        return Cell(rule.id, lang, tier, Standing.NO_FEED, 0, 0, 0)
    refusals = [refusal(rule, feed, book.entities) for feed in here]
    able = [feed for feed, refused in zip(here, refusals, strict=True) if refused is None]
    first = next(filter(None, refusals), None)
    if first is not None and not able:
        return Cell(rule.id, lang, tier, first.standing, len(here), 0, 0, first.clause)
    known = [states.get(feed.url) for feed in able]
    ended = sum(state is not None and state.next_poll_at is None for state in known)
    failing = sum(
        state is not None and state.next_poll_at is not None and state.failures >= FAILING for state in known
    )
    live = len(able) - ended - failing
    standing = Standing.COVERED if live else Standing.FAILING if failing else Standing.GONE
    return Cell(rule.id, lang, tier, standing, len(here), len(able), live)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why no story of a feed can satisfy a rule."""

    standing: Standing  # NO_FORM or EXCLUDED
    clause: str


def refusal(rule: Rule, feed: Feed, entities: Mapping[str, Entity]) -> Refused | None:
    """Why no story of the feed can ever satisfy the rule; None if one could.

    Of words only their script is judged: Latin ones cannot be expected in a Korean text, capital letters such as
    UNHCR can.
    """
    judge = _Judge(feed, entities)
    refused = judge.refuses(rule.match.tree)
    if refused is None and rule.unless is not None and judge.surely(rule.unless.tree):
        refused = Refused(Standing.EXCLUDED, show(rule.unless.tree))
    return refused


class _Judge:
    """Judges clauses by what is known of every story of one feed."""

    def __init__(self, feed: Feed, entities: Mapping[str, Entity]) -> None:
        self._lang = feed.lang
        self._entities = entities
        self._story = Story(
            feed=feed.url,
            key=StoryKey(""),
            title="",
            lang=feed.lang,
            source=feed.name,
            tags=feed.tags,
            tier=feed.tier,
        )

    def refuses(self, node: Node) -> Refused | None:
        """Why the clause can never be true."""
        match node:
            case And() | Near():
                return next(filter(None, self._each(node)), None)
            case Or() | AtLeast():
                count = node.count if isinstance(node, AtLeast) else 1
                refused = list(self._each(node))
                return next(filter(None, refused)) if refused.count(None) < count else None
            case Not(part=part):
                return Refused(Standing.EXCLUDED, show(node)) if self.surely(part) else None
            case In(name=name, part=part) if name in _TEXT:
                return self.refuses(part)
            case In():
                excluded = self._known(node) is False
                return Refused(Standing.EXCLUDED, show(node)) if excluded else None
            case _:
                return None if self._has_form(node) else Refused(Standing.NO_FORM, show(node))

    def _each(self, node: Node) -> Iterator[Refused | None]:
        return map(self.refuses, children(node))

    def surely(self, node: Node) -> bool:
        """Whether the clause is true for every story of the feed."""
        match node:
            case And():
                return all(map(self.surely, node.parts))
            case Or() | AtLeast():
                count = node.count if isinstance(node, AtLeast) else 1
                return sum(map(self.surely, node.parts)) >= count
            case In():
                return self._known(node) is True
            case _:
                return False

    def _known(self, node: In) -> bool | None:
        """Whether a field fits, if the feed alone decides it."""
        if node.name not in _OF_FEED or (node.name == "lang" and self._lang is None):
            return None
        finder = compile_query(Query(show(node), node), self._entities)
        return finder.evidence(self._story) is not None

    def _has_form(self, node: Node) -> bool:
        """Whether a text in the feed's language can hold a term or an entity; nobody knows of a pattern."""
        if isinstance(node, Term):
            return self._readable(node.text)
        if not isinstance(node, Ref) or self._lang is None:
            return True
        terms = self._entities[node.name].terms
        if node.lang is not None:
            return node.lang == self._lang or self._readable(*terms[node.lang])
        return bool(terms.get(self._lang)) or self._readable(*terms.get(ANY_LANGUAGE, ()))

    def _readable(self, *terms: str) -> bool:
        """Whether one of the terms is in the scripts of the language."""
        if self._lang is None:
            return True
        scripts = _SCRIPTS.get(self._lang, _LATIN)
        return any(
            all(
                word.shape.script in scripts or word.shape.script is Script.NUMBER or _acronym(term)
                for word in Words(term).all
            )
            for term in terms
        )


def _acronym(term: str) -> bool:
    letters = [c for c in term if c.isalpha()]
    return term.isascii() and bool(letters) and all(c.isupper() for c in letters)
