"""Doubts about a rules file that is in order, each at its place."""

from __future__ import annotations

import pytest

from monitor.core.errors import RulesError
from monitor.core.match.lint import sample
from monitor.rulebook.doubts import doubts
from tests.build import story

HEAD = 'feeds: [{url: "https://e.example/rss", lang: en}]\n'


def places(text: str) -> list[tuple[int, int]]:
    return [(each.line, each.column) for each in doubts((HEAD + text).encode(), "rules.yaml").found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("rules: [{id: r, match: border}]\n", [], id="nothing odd"),
        pytest.param("rules: [{id: r, match: border ab}]\n", [(2, 31)], id="a short word"),
        pytest.param("rules: [{id: r, match: '  border ab'}]\n", [(2, 34)], id="behind spaces"),
        pytest.param(
            "rules:\n  - id: r\n    match: >\n      border\n      ab\n", [(6, 7)], id="in a folded text"
        ),
        pytest.param("rules: [{id: r, match: border, unless: ab}]\n", [(2, 40)], id="in unless"),
        pytest.param(
            "entities: {one: [border]}\nrules: [{id: r, match: border}]\n", [(2, 12)], id="an idle entity"
        ),
        pytest.param(
            "entities: {one: {en: [border]}, two: {include: one}}\nrules: [{id: r, match: '@two'}]\n",
            [],
            id="an entity that another includes",
        ),
        pytest.param(
            "entities:\n  one:\n    en: [border, ab]\nrules: [{id: r, match: '@one'}]\n",
            [(4, 18)],
            id="a short term of an entity",
        ),
    ],
)
def test_each_doubt_has_its_place(text, expected) -> None:
    assert places(text) == expected


def test_a_report_calls_them_warnings_and_shows_the_line() -> None:
    found = doubts((HEAD + "rules: [{id: r, match: border ab}]\n").encode(), "rules.yaml")
    first, line, caret, *_ = found.report("rules.yaml").splitlines()
    assert first.startswith("rules.yaml:2:31: warning: r: ab ")
    assert line.strip() == "rules: [{id: r, match: border ab}]"
    assert caret.index("^") == line.index("ab}")


def test_without_doubts_there_is_nothing_to_report() -> None:
    assert (
        doubts((HEAD + "rules: [{id: r, match: border}]\n").encode(), "rules.yaml").report("rules.yaml") == ""
    )


def test_words_of_the_archive_are_doubted() -> None:
    archive = sample(story(f"Border news {n}") for n in range(100))
    data = (HEAD + "rules: [{id: r, match: border}]\n").encode()
    (found,) = doubts(data, "rules.yaml", archive).found
    assert (found.line, found.column) == (2, 24)
    assert "border" in found.message


def test_what_is_not_in_order_is_refused() -> None:
    with pytest.raises(RulesError):
        doubts(b"rules: [", "rules.yaml")
