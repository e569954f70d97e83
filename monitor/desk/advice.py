"""What somebody may try who found nothing: a word that stories have, or less at a time. Bounded work."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from monitor.core.language import DATE_FIELDS, And, In, Kind, Node, Not, Query, Term, show, walk
from monitor.core.text import Script, Words, index_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.core.model import Story
    from monitor.desk.looking import Look

BEGINS = 3
"""Letters that a mistyped word shares with the one that was meant."""

LIKE = 3_000
"""Words of the archive that begin so and are compared."""

ALIKE = 0.75
"""How alike they must be, as `difflib` counts."""

TRIED = 6
"""Clauses without which the rest is looked for."""

ENOUGH = 200
"""Candidates read for that."""

FEW = 40
"""Candidates read to see whether a word is in any story, and how it is written there."""

SHOWN = 3
"""Pieces of advice."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A word that no story has, and the nearest one that some have."""

    asked: str
    nearest: str
    query: str  # with it


@dataclass(frozen=True, slots=True)
class Less:
    """What is found without a clause."""

    clause: str
    query: str  # without it
    number: int  # found among the newest candidates
    dates: bool  # whether the clause is about dates


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing was found, and what might be found instead."""

    query: str
    meant: tuple[Meant, ...] = ()
    less: tuple[Less, ...] = ()  # the one that finds least first: it is nearest to what was asked


def advise(look: Look) -> Nothing:
    """What to try instead of a query that finds nothing."""
    meant = tuple(_meant(look))
    less = sorted(_less(look), key=lambda each: (not each.dates, each.number))
    return Nothing(look.asked, meant[:SHOWN], tuple(less[:SHOWN]))


def _less(look: Look) -> Iterator[Less]:
    """The query without one of its clauses, where that finds something."""
    tree = look.query.tree
    if not isinstance(tree, And):
        return
    for clause in tree.parts[:TRIED]:
        rest = tuple(part for part in tree.parts if part is not clause)
        if all(isinstance(part, Not) or _dates(part) for part in rest):
            continue  # that would be nearly everything
        node: Node = And(rest) if len(rest) > 1 else rest[0]
        text = show(node)
        other = look.instead(Query(text, node))
        if other is None:
            continue
        read = look.office.store.portion(other.finder.plan, None, ENOUGH, look.now, look.caller.here)
        number = sum(other.matches(each) for each in read.stories)
        if number:
            yield Less(show(clause), text, number, _dates(clause))


def _dates(node: Node) -> bool:
    return isinstance(node, In) and node.name in DATE_FIELDS


def _meant(look: Look) -> Iterator[Meant]:
    """Words that no story has, with the nearest ones that some have."""
    terms = [node for node in walk(look.query.tree) if isinstance(node, Term) and node.kind is Kind.FORMS]
    for term in dict.fromkeys(terms):
        words = Words(term.text).all
        if len(words) != 1 or words[0].shape.script not in (Script.LATIN, Script.CYRILLIC):
            continue
        if (other := look.instead(Query(term.text, term))) is None or _read(other):
            continue
        if (near := _nearest(look, words[0].shape.text)) is not None:
            source = look.query.source
            changed = source[: term.start] + near + source[term.end :]
            yield Meant(term.text, near, " ".join(changed.split()))


def _read(look: Look) -> bool:
    """Whether a story matches, as far as a few candidates tell."""
    read = look.office.store.portion(look.finder.plan, None, FEW, look.now)
    return any(look.matches(each) for each in read.stories)


def _nearest(look: Look, word: str) -> str | None:
    """The nearest word, as it stands in a story."""
    known = (
        [term for term, _ in look.office.store.words_like(word[:BEGINS], LIKE)] if len(word) > BEGINS else []
    )
    for close in get_close_matches(word, known, n=SHOWN, cutoff=ALIKE):
        other = look.instead(Query(close, Term(close, Kind.FORMS)))
        if other is None:
            continue
        for stored in look.office.store.portion(other.finder.plan, None, FEW, look.now).stories:
            if (found := _as_written(stored.story, close)) is not None:
                return found
    return None


def _as_written(story: Story, token: str) -> str | None:
    """The word of a story that the index knows under a token, without capitals of a sentence's begin."""
    for text in (story.title, story.summary, story.text):
        for chunk in text.split():
            if token in index_text(chunk).split():
                word = "".join(c for c in chunk if c.isalnum() or c in "-’'").strip("-’'")
                return word or None
    return None


__all__ = ["Less", "Meant", "Nothing", "advise"]
