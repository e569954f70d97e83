from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.language import Kind, Near, Node, Or, Query, Term, show
from monitor.core.match import compile_query
from monitor.core.model import FeedUrl, Story, StoryKey

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=400)

Window = tuple[int, int]
"""First and last word."""


def windows(node: Node, words: list[str]) -> set[Window]:
    """Every window of a query, by the definition of NEAR and nothing else."""
    if isinstance(node, Term):
        asked = node.text.split()
        starts = range(len(words) - len(asked) + 1)
        return {(at, at + len(asked) - 1) for at in starts if words[at : at + len(asked)] == asked}
    if isinstance(node, Or):
        return set().union(*(windows(part, words) for part in node.parts))
    assert isinstance(node, Near)
    out = set()
    for one in windows(node.left, words):
        for other in windows(node.right, words):
            after = other[0] > one[1] if node.ordered else other[0] >= one[0]
            before = not node.ordered and other[0] < one[0]
            assert node.within is not None
            if (after and other[0] - one[1] <= node.within) or (before and one[0] - other[1] <= node.within):
                out.add((min(one[0], other[0]), max(one[1], other[1])))
    return out


letters = st.sampled_from([Term("a"), Term("b"), Term("a b"), Term("c")])
groups = letters | st.tuples(letters, letters).map(Or)


def near(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(Near, parts, parts, st.integers(1, 4), st.booleans())


nears = near(groups | near(groups | near(groups)))


@STEADY
@given(nears, st.lists(st.sampled_from("abcx"), max_size=14))
def test_near_finds_what_its_definition_says(node: Node, words: list[str]) -> None:
    story = Story(FeedUrl("https://example.org/rss"), StoryKey("1"), " ".join(words))
    found = compile_query(Query(show(node), node), {}).evidence(story)
    assert (found is not None) is bool(windows(node, words))


@STEADY
@given(letters, letters, st.integers(1, 6), st.booleans(), st.lists(st.sampled_from("abcx"), max_size=20))
def test_near_shows_the_shortest_window(
    left: Term, right: Term, within: int, ordered: bool, words: list[str]
) -> None:
    node = Near(left, right, within, ordered)
    title = " ".join(words)
    found = compile_query(Query(show(node), node), {}).evidence(
        Story(FeedUrl("https://example.org/rss"), StoryKey("1"), title)
    )
    lengths = [last - first for first, last in windows(node, words)]
    if found:
        first, last = title[: found[0].start].count(" "), max(title[: one.end].count(" ") for one in found)
        assert last - first == min(lengths)


@pytest.mark.parametrize("sign", [pytest.param("NEAR/50", id="near"), pytest.param("ONEAR/50", id="onear")])
def test_places_of_several_alternatives_count_once(sign: str) -> None:
    node = Near(Or((Term("a"), Term("a", Kind.EXACT))), Term("c"), 50, sign == "ONEAR/50")
    story = Story(FeedUrl("https://example.org/rss"), StoryKey("1"), "a b c")
    found = compile_query(Query(show(node), node), {}).evidence(story)
    assert [one.surface for one in found or ()] == ["a", "c"]
