"""Generated queries and texts over few words, so that they often match and often nearly do."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = ["a1", "b1", "c1"]
ATOMS = st.sampled_from([*WORDS, "title:b1", "=c1"])
_PAIRS = st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS))

QUERIES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        st.tuples(inner, inner, inner).map(lambda three: f"2of({', '.join(three)})"),
        _PAIRS.map(lambda two: f"({two[0]} ONEAR/2 {two[1]})"),
        st.tuples(inner, ATOMS).map(lambda two: f"({two[0]} -{two[1]})"),
    ),
    max_leaves=6,
)
"""Queries as people could write them, every group in parentheses."""

TEXTS = st.lists(st.sampled_from([*WORDS, "x"]), max_size=6).map(" ".join)
"""A few words, some of which no query asks for."""
