"""docs/query-language.md, held to the code: every example runs, every table says what the code says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from monitor.core.errors import QueryError
from monitor.core.language import (
    DATE_FIELDS,
    FIELDS,
    HISTORY_FIELDS,
    LEVELS,
    VALUE_FIELDS,
    WORD_FIELDS,
    Dialect,
    Kind,
    Node,
    Term,
    parse,
    walk,
)
from monitor.core.language.build import DEEPEST, FARTHEST, LONGEST_PATTERN
from monitor.core.language.parse import DEEPEST_NEAR, LONGEST, MOST_NEARS, MOST_WORDS
from monitor.core.match import History, compile_query
from monitor.core.match.compiling import MOST_PAIRS
from monitor.core.match.patterns import MOST_PLACES, MOST_STEPS
from monitor.core.model import Entity, FeedUrl, Level, RuleId, Story, StoryKey

PAGE = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text("utf-8")
ENTITIES = {"name": Entity("name", {"en": ("consulate",), "ko": ("총영사관",)})}
NOON = "T12:00+00:00"


class Example(NamedTuple):
    """One line of an example: a query, and what the page says of it."""

    query: str
    dialect: Dialect
    sign: str
    known: dict[str, str]
    text: str


def examples() -> list[Example]:
    found = []
    for language, body in re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL):
        query, *lines = body.strip().split("\n")
        for line in lines:
            parts = re.fullmatch(r"([+!-]) (?:\[(.*?)\] )?(.*)", line)
            assert parts, line
            sign, known, text = parts.groups()
            pairs = dict(word.partition("=")[::2] for word in (known or "").split())
            dialect = Dialect.RULE if language == "rule" else Dialect.SEARCH
            found.append(Example(query, dialect, sign, pairs, text))
    return found


def noon(day: str | None) -> datetime | None:
    return datetime.fromisoformat(day + NOON).astimezone(UTC) if day else None


def matches(example: Example) -> bool:
    known = example.known
    story = Story(
        FeedUrl("https://example.org/rss"),
        StoryKey("1"),
        example.text,
        url=known.get("url"),
        published=noon(known.get("date")),
        lang=known.get("lang"),
        tags=(known["tag"],) if "tag" in known else (),
    )
    history = History(
        rules=(RuleId(known["rule"]),) if "rule" in known else (),
        level=Level[known["level"].upper()] if "level" in known else None,
        card=int(known["card"]) if "card" in known else None,
        muted="muted" in known,
        seen_at=noon(known.get("now")),
    )
    finder = compile_query(parse(example.query, example.dialect), ENTITIES)
    return finder.evidence(story, noon(known.get("now")), history) is not None


@pytest.mark.parametrize(
    "example", [pytest.param(one, id=f"{one.query} {one.sign} {one.text}") for one in examples()]
)
def test_examples_do_what_the_page_says(example: Example) -> None:
    if example.sign == "!":
        with pytest.raises(QueryError) as caught:
            compile_query(parse(example.query, example.dialect), ENTITIES)
        assert caught.value.message.startswith(example.text)
    else:
        assert matches(example) is (example.sign == "+")


def test_there_are_examples_of_each_kind() -> None:
    assert {example.sign for example in examples()} == {"+", "-", "!"}
    assert {example.dialect for example in examples()} == {Dialect.RULE, Dialect.SEARCH}


def table(header: str) -> list[list[str]]:
    """Rows of the table whose first column has this name."""
    rows = PAGE.split(f"\n| {header} |", 1)[1].split("\n\n", 1)[0].split("\n")[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def test_the_table_of_operators_has_every_element() -> None:
    nodes: set[type] = set()
    kinds: set[Kind] = set()
    for cell, *_ in table("element"):
        for query in re.findall("`(.*?)`", cell):
            source = {"-a": "b -a", "NOT a": "b NOT a", "( )": "(a)"}.get(query, query)
            for node in walk(parse(source, Dialect.OWNER).tree):
                nodes.add(type(node))
                kinds |= {node.kind} if isinstance(node, Term) else set()
    assert nodes == set(get_args(Node))
    assert kinds == set(Kind)


def test_the_table_of_fields_is_that_of_the_code() -> None:
    rows = table("field")
    assert [row[0] for row in rows] == [f"`{name}:`" for name in FIELDS]
    compared = {row[0].strip("`:"): row[2] for row in rows}
    assert {name for name, how in compared.items() if how == "word by word"} == set(WORD_FIELDS)
    assert {name for name, how in compared.items() if how == "date"} == set(DATE_FIELDS)
    assert {name for name, how in compared.items() if how == "history"} == set(HISTORY_FIELDS)
    whole = {name for name, how in compared.items() if how in {"as a whole", "any part of it"}}
    assert whole == set(VALUE_FIELDS)


def test_the_limits_are_those_of_the_code() -> None:
    assert {row[0]: int(row[1]) for row in table("limit")} == {
        "characters of a query": LONGEST,
        "words in a query": MOST_WORDS,
        "levels of nesting": DEEPEST,
        "NEARs in a query": MOST_NEARS,
        "NEARs inside one another": DEEPEST_NEAR,
        "words of distance": FARTHEST,
        "pairs that groups beside NEAR make": MOST_PAIRS,
        "characters of a pattern": LONGEST_PATTERN,
        "steps of a pattern's program": MOST_STEPS,
    }
    assert f"The first {MOST_PLACES} places" in PAGE


def test_levels_are_those_of_rules() -> None:
    assert tuple(level.word for level in Level) == LEVELS
