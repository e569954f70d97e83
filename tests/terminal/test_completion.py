"""What the tab key offers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.model import FeedUrl
from monitor.terminal.completion import completions
from monitor.terminal.lines import Completer
from tests.build import FEED, book, rule

NAMES = ("rule", "rules", "feed", "help", "subscribe", "status")
BOOK = replace(
    book(replace(rule("border", "x1"), tags=("east",)), rule("asylum", "x2")),
    feeds=(FEED, replace(FEED, url=FeedUrl("https://a.example/"), name="A paper")),
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("/ru", ["/rule ", "/rules "], id="commands"),
        pytest.param("RU", ["rule ", "rules "], id="without a slash"),
        pytest.param("/zz", [], id="no such command"),
        pytest.param("/rule ", ["/rule asylum", "/rule border"], id="rules"),
        pytest.param("/rule BO", ["/rule border"], id="a rule"),
        pytest.param("/rule border x", [], id="behind a rule"),
        pytest.param("/subscribe ta", ["/subscribe tag:east"], id="a tag"),
        pytest.param("/subscribe a", ["/subscribe all", "/subscribe asylum"], id="all"),
        pytest.param("/subscribe level:f", ["/subscribe level:flash"], id="a level"),
        pytest.param("/feed ", ["/feed A paper", "/feed Example"], id="feeds"),
        pytest.param("/feed A p", ["/feed A paper"], id="a name of two words"),
        pytest.param(
            "/feed A paper ",
            ["/feed A paper check", "/feed A paper pause", "/feed A paper resume"],
            id="wishes",
        ),
        pytest.param("/feed A paper c", ["/feed A paper check"], id="a wish"),
        pytest.param("/help st", ["/help status"], id="help"),
        pytest.param("/status x", [], id="a command without arguments"),
    ],
)
def test_what_may_follow_is_offered(line: str, expected: list[str]) -> None:
    assert completions(line, NAMES, BOOK) == expected


@pytest.mark.parametrize(
    ("line", "word", "expected"),
    [
        pytest.param("/ru", "/ru", ["/rule ", "/rules "], id="the first word"),
        pytest.param("/feed A p", "p", ["paper"], id="a later word"),
        pytest.param("  /feed A p", "p", ["paper"], id="with a margin"),
        pytest.param("/status x", "x", [], id="nothing"),
    ],
)
def test_readline_is_given_what_takes_the_place_of_the_last_word(
    line: str, word: str, expected: list[str]
) -> None:
    complete = Completer(lambda begun: completions(begun, NAMES, BOOK), lambda: line)
    assert [complete(word, number) for number in range(len(expected) + 1)] == [*expected, None]
