from datetime import timedelta

import pytest

from monitor.core.group import place
from monitor.core.model import RecentCard, RuleId, StoryMark
from tests.build import NOW, URL, card

WORDS = frozenset({"north", "korean", "worker", "enter", "consulate"})
RULES = frozenset({RuleId("r")})


def mark(
    url="https://a.example/1", fingerprint="north korean worker", words=WORDS, published=NOW
) -> StoryMark:
    return StoryMark(URL, url, fingerprint, words, published)


def recent(number=1, rules=RULES, *marks: StoryMark) -> RecentCard:
    return RecentCard(card(number), rules, marks or (mark(),), frozenset())


OTHER = frozenset({"a", "b", "c", "d", "e"})
NEAR = (WORDS - {"enter"}) | {"in"}  # 4 of 6 words in common
LIKE = WORDS | {"vladivostok"}  # 5 of 6


@pytest.mark.parametrize(
    ("new", "rules", "expected"),
    [
        pytest.param(mark(fingerprint="x", words=OTHER), {"other"}, 1, id="same address"),
        pytest.param(mark("https://b.example/2"), {"other"}, 1, id="same headline elsewhere"),
        pytest.param(mark(None), {"other"}, 1, id="same headline, no address"),
        pytest.param(mark("https://b.example/2", "x", LIKE), {"r"}, 1, id="nearly the same headline"),
        pytest.param(mark("https://b.example/2", "x", LIKE), {"other"}, None, id="alike, but no common rule"),
        pytest.param(mark("https://b.example/2", "x", NEAR), {"r"}, None, id="not alike enough"),
        pytest.param(
            mark("https://b.example/2", published=NOW - timedelta(days=3)),
            {"r"},
            None,
            id="days apart: another event",
        ),
        pytest.param(mark("https://b.example/2", published=None), {"r"}, 1, id="no date: counts as now"),
        pytest.param(
            mark("https://b.example/2", words=frozenset({"north"})), {"r"}, None, id="too short to compare"
        ),
    ],
)
def test_a_story_joins_a_card_only_if_it_is_plainly_the_same_report(new, rules, expected):
    placement = place(new, frozenset(map(RuleId, rules)), [recent()], NOW)
    assert placement.card == expected
    assert placement.why


def test_two_stories_without_an_address_are_not_the_same_for_it():
    assert place(mark(None, "x", OTHER), RULES, [recent(1, RULES, mark(None))], NOW).card is None


def test_short_headlines_on_a_card_are_not_compared_either():
    assert (
        place(mark("https://b.example/2"), RULES, [recent(1, RULES, mark(words=frozenset({"x"})))], NOW).card
        is None
    )


def test_the_likest_card_wins_and_of_equals_the_newest():
    worse = recent(2, RULES, mark(None, "x", WORDS | {"b", "c"}))
    better = recent(1, RULES, mark(None, "x", WORDS | {"b"}))
    equal = recent(3, RULES, mark(None, "x", WORDS | {"d"}))
    new = mark("https://b.example/2", "y")
    assert place(new, RULES, [worse, better], NOW).card == 1
    assert place(new, RULES, [equal, better], NOW).card == 3
    assert place(new, RULES, [better, worse], NOW).card == 1


def test_without_cards_there_is_nothing_to_join():
    assert place(mark(), RULES, [], NOW).card is None
