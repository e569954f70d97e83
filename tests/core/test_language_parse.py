from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import QueryError
from monitor.core.language import (
    VALUE_FIELDS,
    WORD_FIELDS,
    And,
    AtLeast,
    Dialect,
    In,
    Kind,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Ref,
    Term,
    entities_used,
    fields_used,
    parse,
    parse_term,
    show,
    walk,
)

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=150)

A, B, C, D = Term("a"), Term("b"), Term("c"), Term("d")


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        pytest.param("a", A, id="word"),
        pytest.param("a b", And((A, B)), id="implicit and"),
        pytest.param("a AND b c", And((A, B, C)), id="and"),
        pytest.param("a OR b", Or((A, B)), id="or"),
        pytest.param("a and b or not", And((A, Term("and"), B, Term("or"), Term("not"))), id="lower case words"),
        pytest.param("a -b", And((A, Not(B))), id="minus"),
        pytest.param("a NOT b", And((A, Not(B))), id="not"),
        pytest.param("(a b) OR c", Or((And((A, B)), C)), id="group"),
        pytest.param("((a))", A, id="idle parentheses"),
        pytest.param("a NEAR/3 b c", And((Near(A, B, 3), C)), id="near binds tighter than and"),
        pytest.param("a NEAR b OR c", Or((Near(A, B, 8), C)), id="near binds tighter than or"),
        pytest.param("a ONEAR/s b", Near(A, B, None, ordered=True), id="ordered, same sentence"),
        pytest.param("a NEAR/2 b NEAR/50 c", Near(Near(A, B, 2), C, 50), id="near chains to the left"),
        pytest.param("a NEAR/2 (b OR c)", Near(A, Or((B, C)), 2), id="near a group"),
        pytest.param("2of(a, b c, d)", AtLeast(2, (A, And((B, C)), D)), id="at least"),
        pytest.param('"a  b"', Term("a b"), id="phrase"),
        pytest.param("asylum-seeker", Term("asylum-seeker"), id="hyphen"),
        pytest.param('=GIFT ="U.S."', And((Term("GIFT", Kind.EXACT), Term("U.S.", Kind.EXACT))), id="exact"),
        pytest.param("defect*", Term("defect", Kind.PREFIX), id="prefix"),
        pytest.param("탈북*", Term("탈북", Kind.PREFIX), id="hangul prefix"),
        pytest.param("*망명", Term("망명", Kind.INFIX), id="infix"),
        pytest.param("*망명*", Term("망명", Kind.INFIX), id="stars around"),
        pytest.param("*北", Term("北", Kind.INFIX), id="han infix"),
        pytest.param('"North Kor"*', Term("North Kor", Kind.PREFIX), id="phrase prefix"),
        pytest.param("@mission @a.KO", And((Ref("mission"), Ref("a", "ko"))), id="entities"),
        pytest.param("title:a b", And((In("title", A), B)), id="field"),
        pytest.param("Title: (a OR b)", In("title", Or((A, B))), id="field with a group"),
        pytest.param("-title:a b", And((Not(In("title", A)), B)), id="field negated"),
        pytest.param("a title:-b", And((A, In("title", Not(B)))), id="field with a negative"),
        pytest.param("url:https://e.org/a?b=1", In("url", Term("https://e.org/a?b=1")), id="address"),
        pytest.param('tag:"a b"', In("tag", Term("a b")), id="phrase as a value"),
        pytest.param("lang:=ko", In("lang", Term("ko", Kind.EXACT)), id="exact value"),
        pytest.param("“a b” –c", And((Term("a b"), Not(C))), id="signs of a phone"),
        pytest.param("（a，b）", None, id="full-width comma"),
        pytest.param("Vladivostok~", Term("Vladivostok", Kind.FUZZY), id="fuzzy"),
        pytest.param('"Kim Vladivostok"~', Term("Kim Vladivostok", Kind.FUZZY), id="fuzzy phrase"),
        pytest.param("Владивосток～", Term("Владивосток", Kind.FUZZY), id="full-width tilde"),
        pytest.param("a~b", Term("a~b"), id="tilde inside"),
        pytest.param("after:2026-09-01", In("after", Term("2026-09-01")), id="date alone"),
        pytest.param("a -within:2w", And((A, Not(In("within", Term("2w"))))), id="older than"),
        pytest.param("rule:(x OR -y)", None, id="history that lacks"),
        pytest.param("level:FLASH card:#17", And((In("level", Term("FLASH")), In("card", Term("#17")))), id="history"),
        pytest.param("a -is:muted", And((A, Not(In("is", Term("muted"))))), id="not muted"),
        pytest.param("url:/a/b/", In("url", Term("/a/b/")), id="slashes of a link"),
        pytest.param("10:30 2of", And((Term("10:30"), Term("2of"))), id="words that look like signs"),
    ],
)  # fmt: skip
def test_queries_mean_what_people_mean(source: str, tree: Node | None) -> None:
    if tree is None:
        with pytest.raises(QueryError, match=r"comma|lacks"):
            parse(source)
    else:
        assert parse(source).tree == tree
        assert parse(source).source == source
        assert parse(show(tree)).tree == tree


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        pytest.param("/a(b|c) d/i", Pattern("a(b|c) d", ignore_case=True), id="pattern"),
        pytest.param(r"/a\/b\\/", Pattern(r"a\/b\\"), id="slash inside"),
        pytest.param('/"(/ x', And((Pattern('"('), Term("x"))), id="signs inside"),
        pytest.param(
            "(/(/)(-/)/ x)", And((Pattern("("), And((Not(Pattern(")")), Term("x"))))), id="signs beside"
        ),
        pytest.param("title:/a/ NEAR b", None, id="in a field"),
        pytest.param("a NEAR/2 /b/", Near(A, Pattern("b"), 2), id="near"),
        pytest.param("a within:24h", And((A, In("within", Term("24h")))), id="age"),
        pytest.param('"a /(" b /c/', And((Term("a /("), B, Pattern("c"))), id="slash inside quotes"),
        pytest.param("10:/(a)/ b", None, id="slash inside a word"),
    ],
)
def test_rules_have_patterns(source: str, tree: Node | None) -> None:
    if tree is None:
        with pytest.raises(QueryError):
            parse(source, Dialect.RULE)
    else:
        assert parse(source, Dialect.RULE).tree == tree
        assert parse(show(tree), Dialect.OWNER).tree == tree


@pytest.mark.parametrize(
    ("source", "term"),
    [
        pytest.param("North Korean", Term("North Korean"), id="phrase"),
        pytest.param(" N. Korean ", Term("N. Korean"), id="dotted"),
        pytest.param("=US", Term("US", Kind.EXACT), id="exact"),
        pytest.param('="U.S. Navy"', Term("U.S. Navy", Kind.EXACT), id="exact phrase"),
        pytest.param("탈북*", Term("탈북", Kind.PREFIX), id="prefix"),
        pytest.param("*망명", Term("망명", Kind.INFIX), id="infix"),
        pytest.param("Vladivostok~", Term("Vladivostok", Kind.FUZZY), id="fuzzy"),
        pytest.param('"Kim Vladivostok"~', Term("Kim Vladivostok", Kind.FUZZY), id="fuzzy, quoted"),
        pytest.param("Kim Vladivostok~", Term("Kim Vladivostok", Kind.FUZZY), id="fuzzy phrase"),
        pytest.param('"NOT"', Term("NOT"), id="quoted operator"),
        pytest.param("a-b", Term("a-b"), id="hyphen"),
    ],
)
def test_terms_of_entities_are_plain_text(source: str, term: Term) -> None:
    assert parse_term(source) == term
    assert parse(show(term)).tree == term


def test_every_node_knows_where_it_stands() -> None:
    source = '(a OR "b c") NEAR/3 @d -title:efg* 2of(f, g)'
    places = {show(node): source[node.start : node.end] for node in walk(parse(source).tree)}
    assert places == {
        '(a OR "b c") NEAR/3 @d -title:efg* 2of(f, g)': source,
        '(a OR "b c") NEAR/3 @d': 'a OR "b c") NEAR/3 @d',
    } | {
        text: text
        for text in (
            'a OR "b c"',
            "a",
            '"b c"',
            "@d",
            "-title:efg*",
            "title:efg*",
            "efg*",
            "2of(f, g)",
            "f",
            "g",
        )
    }


def test_what_a_query_uses() -> None:
    query = parse("@a (title:@b OR url:x) 2of(@a.ko, d NEAR @c)")
    assert entities_used(query) == {"a", "b", "c"}
    assert fields_used(query) == {"title", "url"}


texts = st.sampled_from(
    [
        "a",
        "North Korean",
        "AND",
        "2of",
        "-x",
        "x*",
        "title:",
        "@a",
        "북한",
        "U.S.",
        "a,b",
        "/x/",
        "y~",
        "=a",
        "(b)",
    ]
)
terms = (
    st.builds(Term, texts, st.sampled_from([Kind.FORMS, Kind.EXACT]))
    | st.builds(Term, st.sampled_from(["abc", "북한", "two words"]), st.just(Kind.PREFIX))
    | st.builds(Term, st.sampled_from(["Vladivostok", "of Владивосток", "abcdef,"]), st.just(Kind.FUZZY))
)
patterns = st.builds(
    Pattern, st.sampled_from(["a b", r"\/(", '"', "~*=", ")|[^/]".replace("/", "")]), st.booleans()
)
refs = st.builds(
    Ref, st.sampled_from(["mission", "north_korean", "a-b"]), st.sampled_from([None, "ko", "ru"])
)
values = terms.filter(lambda term: term.kind in {Kind.FORMS, Kind.EXACT})


def several(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(parts, min_size=2, max_size=3).map(tuple)


def groups(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return (
        st.builds(And, several(parts))
        | st.builds(Or, several(parts))
        | st.builds(AtLeast, st.integers(1, 2), several(parts))
        | st.builds(Near, parts, parts, st.none() | st.integers(1, 50), st.booleans())
    )


placed = st.recursive(terms | refs | patterns, groups, max_leaves=5)
scoped = (
    st.builds(In, st.sampled_from(WORD_FIELDS), placed)
    | st.builds(In, st.sampled_from([*VALUE_FIELDS, "rule"]), values)
    | st.sampled_from(
        [
            In("after", Term("2026-09-01")),
            In("within", Term("24h")),
            In("level", Or((Term("flash"), Term("INFO", Kind.EXACT)))),
            In("card", Term("#17")),
            In("is", Term("muted")),
        ]
    )
)
positive = placed | scoped
trees = positive | st.builds(lambda some, none: And((*some, Not(none))), several(positive), positive)


@STEADY
@given(trees)
def test_what_is_printed_reads_the_same(tree: Node) -> None:
    assert parse(show(tree), Dialect.OWNER).tree == tree
