"""The parser against rubbish, and the matcher against bad intent.

`TOCSIN_FUZZ=1000000 python -m pytest tests/core/test_language_fuzz.py` is the long run.
"""

from __future__ import annotations

import os

import pytest

from monitor.core.errors import QueryError
from monitor.core.language import Dialect, parse, parse_term, show
from monitor.core.match import compile_query
from tests.hostile import ENTITIES, HOSTILE, PATTERNS, STORIES, rubbish

ROUNDS = int(os.environ.get("TOCSIN_FUZZ", "20000"))


def refusal(source: str, dialect: Dialect | None) -> QueryError | None:
    """How a query, or a term of an entity, is refused; nothing else may be raised."""
    try:
        if dialect is None:
            parse_term(source)
        else:
            tree = parse(source, dialect).tree
            assert parse(show(tree), dialect).tree == tree
    except QueryError as error:
        return error
    return None


def test_rubbish_is_refused_at_a_place_inside_it() -> None:
    dialects = (*Dialect, None)
    accepted = 0
    for number, source in enumerate(rubbish(ROUNDS)):
        error = refusal(source, dialects[number % len(dialects)])
        accepted += error is None
        if error is not None:
            assert error.query == source
            assert 0 <= error.position <= error.end <= len(source), repr(source)
            assert error.message
            assert len(error.message) + len(error.hint) < 1000, repr(source)
    assert accepted > ROUNDS / 100, "some of it is a query"


@pytest.mark.parametrize(
    "source",
    [pytest.param(one, id=f"{number} {one[:30]!r}") for number, one in enumerate(HOSTILE)]
    + [pytest.param(f"/{one}/", id=f"pattern {number} {one[:30]!r}") for number, one in enumerate(PATTERNS)],
)
def test_hostile_queries_are_refused_or_evaluated(source: str) -> None:
    try:
        finder = compile_query(parse(source, Dialect.OWNER), ENTITIES)
    except QueryError as error:
        inside = 0 <= error.position <= error.end <= len(source)
        assert len(error.message) + len(error.hint) < 1000  # noqa: PT017 - it need not be refused
    else:
        inside = True
        found = [finder.evidence(story) for story in STORIES]
        assert all(one.surface for evidence in found for one in evidence or ())
    assert inside


def test_there_are_a_hundred_of_them() -> None:
    assert len({*HOSTILE}) + len({*PATTERNS}) >= 100
