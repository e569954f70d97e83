"""What changed between two rule books, in one line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.authoring.changes import changes
from monitor.core.model import Entity, Feed, FeedUrl, Level
from tests.build import FEED, book, rule

OLD = book(rule("a", "x"), rule("b", "y"), entities={"m": Entity("m", {"en": ("one",)})})
OTHER = Feed(FeedUrl("https://other.example"), "Other")


@pytest.mark.parametrize(
    ("new", "told"),
    [
        pytest.param(replace(OLD, version="v2"), "comments or layout only", id="nothing"),
        pytest.param(replace(OLD, rules=OLD.rules[::-1]), "another order", id="rules in another order"),
        pytest.param(replace(OLD, rules=(*OLD.rules, rule("c", "z"))), "rules +c", id="a rule more"),
        pytest.param(replace(OLD, rules=OLD.rules[:1]), "rules -b", id="a rule less"),
        pytest.param(
            replace(OLD, rules=(rule("a", "x", Level.FLASH), OLD.rules[1])), "rules ~a", id="another level"
        ),
        pytest.param(
            replace(OLD, rules=(rule("c", "x"), rule("b", "y z"))), "rules +c ~b -a", id="all at once"
        ),
        pytest.param(replace(OLD, entities={}), "entities -m", id="an entity less"),
        pytest.param(
            replace(OLD, entities={"m": Entity("m", {"en": ("two",)})}), "entities ~m", id="another term"
        ),
        pytest.param(replace(OLD, feeds=(OTHER,)), "feeds +1 -1", id="feeds are counted"),
        pytest.param(replace(OLD, feeds=(replace(FEED, name="New name"),)), "feeds ~1", id="a feed renamed"),
        pytest.param(
            replace(OLD, rules=(*OLD.rules, *(rule(f"n{i}", "x") for i in range(6)))),
            "rules +6",
            id="too many to name",
        ),
        pytest.param(
            replace(OLD, rules=OLD.rules[:1], feeds=(FEED, OTHER)), "rules -b; feeds +1", id="several kinds"
        ),
    ],
)
def test_changes_are_told_short(new, told) -> None:
    assert changes(OLD, new) == told


def test_feeds_in_another_order_are_another_order() -> None:
    one, other = replace(OLD, feeds=(FEED, OTHER)), replace(OLD, feeds=(OTHER, FEED))
    assert changes(one, other) == "another order"
