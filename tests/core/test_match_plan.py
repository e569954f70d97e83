from __future__ import annotations

import re
from typing import assert_never

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import QueryError
from monitor.core.language import Kind, Query, parse, parse_term
from monitor.core.match import AllOf, AnyOf, Everything, Plan, Token, compile_book, compile_query
from monitor.core.match.compiling import Workshop
from monitor.core.match.index import WakeIndex
from monitor.core.match.plan import Aged, Became, Nearly
from monitor.core.match.terms import looker
from monitor.core.model import FeedUrl, Rule, RuleBook, RuleId, Story, StoryKey
from monitor.core.text import Words, index_text

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=400)


def satisfied(plan: Plan, tokens: set[str]) -> bool:
    """What the store's full-text index answers."""
    match plan:
        case Token(text=text, prefix=prefix):
            return any(token.startswith(text) if prefix else token == text for token in tokens)
        case AllOf(parts=parts):
            return all(satisfied(part, tokens) for part in parts)
        case AnyOf(parts=parts):
            return any(satisfied(part, tokens) for part in parts)
        case Everything() | Nearly() | Became() | Aged():  # nobody can ask the index of words for these
            return True
        case _:
            assert_never(plan)


VOCABULARY = (
    "North Korean consulates embassy's U.S. us N.Korea story stories defected defect asylum-seekers Straße 3,000 "
    "북한 북한은 총영사관에 주총영사관 미국 미국총영사관 북 망명 K팝을 LG전자 北노동자 對北 美총영사관 팝 "
    "Konsulate Ivanov Ivonov Иванову Иванив "
    "Россия Россию российского Надежда надежды. Надежду. Франц президента государственная "
    "Консульства консульством беженцы беженец Иванов посол после ﬁnal abcꟿd ꥠ가 É"
)
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.lists(WORDS, max_size=8).map(" ".join)
TERMS = (
    WORDS.map('"{}"'.format)
    | WORDS.map('="{}"'.format)
    | st.lists(WORDS, min_size=2, max_size=3).map(lambda words: '"' + " ".join(words) + '"')
    | WORDS.map(lambda word: f"{word[:4]}*")
    | WORDS.map(lambda word: f"*{word[:2]}")
    | WORDS.map('"{}"~'.format)
)
QUERIES = st.recursive(
    TERMS,
    lambda parts: (
        st.tuples(parts, parts).map("({0[0]} {0[1]})".format)
        | st.tuples(parts, parts).map("({0[0]} OR {0[1]})".format)
        | st.tuples(parts, parts).map("({0[0]} NEAR/4 {0[1]})".format)
        | st.tuples(parts, parts).map("({0[0]} -{0[1]})".format)
        | st.tuples(parts, parts, parts).map("2of({0[0]}, {0[1]}, {0[2]})".format)
        | parts.map("title:{}".format)
    ),
    max_leaves=4,
)


@STEADY
@given(QUERIES, TEXTS, TEXTS, TEXTS)
def test_a_plan_is_never_stricter_than_its_query(source: str, title: str, summary: str, text: str) -> None:
    try:
        finder = compile_query(parse(source), {})
    except QueryError:  # a field inside a field, a prefix too short: not what is tested here
        return
    story = Story(FeedUrl("https://example.org/rss"), StoryKey("1"), title, summary=summary, text=text)
    tokens = set(index_text(title, summary, text).split())
    index = WakeIndex()
    index.add(0, finder.plan)
    if finder.evidence(story) is not None:
        assert satisfied(finder.plan, tokens)
        assert index.awake(Words(title), Words(summary), Words(text)) == [0]


@STEADY
@given(QUERIES, QUERIES, TEXTS, TEXTS)
def test_what_the_index_saw_changes_no_find(one: str, other: str, title: str, text: str) -> None:
    try:
        queries = [parse(one), parse(other)]
    except QueryError:
        return
    story = Story(FeedUrl("https://example.org/rss"), StoryKey("1"), title, text=text)
    rules = tuple(Rule(RuleId(str(number)), query) for number, query in enumerate(queries))
    book = compile_book(RuleBook(rules=rules[:1])).with_rule(rules[1])
    alone = [compile_query(query, {}).evidence(story) for query in queries]
    assert {hit.rule: hit.evidence for hit in book.hits(story)} == {
        RuleId(str(number)): found for number, found in enumerate(alone) if found is not None
    }


@STEADY
@given(st.text(min_size=1, max_size=6), st.text(max_size=20))
def test_whatever_the_script(term: str, around: str) -> None:
    """Any term, found in any text that holds it as a word, is found through the index too."""
    for mark in ('"{}"', '="{}"', '"{}"*'):
        try:
            node = parse_term(mark.format(term))
        except QueryError:
            continue
        finder = compile_query(Query(term, node), {})
        title = re.sub(r"\s", " ", f"{around} {term} {term}{around}")
        story = Story(FeedUrl("https://example.org/rss"), StoryKey("1"), title)
        if finder.evidence(story) is not None:
            assert satisfied(finder.plan, set(index_text(title).split()))


@STEADY
@given(TERMS, TEXTS)
def test_a_term_is_found_at_the_same_places_in_either_way(source: str, text: str) -> None:
    try:
        term = parse_term(source)
    except QueryError:
        return
    words = Words(text)
    finder = Workshop({}).looker(term)
    assert sorted(finder.spots(words)) == sorted({words.span(*place[2:]) for place in finder.found(words)})


@settings(STEADY, max_examples=60)
@given(
    st.lists(st.sampled_from(["ship", "ships", "sea", "a"]), min_size=2, max_size=5),
    st.lists(st.sampled_from(["ship", "ships", "sea", "a", "Ship's", "other"]), min_size=40, max_size=60),
)
def test_phrases_of_words_that_are_all_over_the_text_are_found_at_the_same_places(
    phrase: list[str], text: list[str]
) -> None:
    finder = looker(" ".join(phrase), Kind.FORMS)
    words = Words(" ".join(text))
    assert sorted(finder.spots(words)) == sorted({words.span(*place[2:]) for place in finder.found(words)})
