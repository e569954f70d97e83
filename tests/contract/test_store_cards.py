"""What a person may look up: cards and stories."""

from __future__ import annotations

from itertools import islice

import pytest

from monitor.core.match.plan import AllOf, AnyOf, Everything, Plan, Token
from monitor.core.model import CardView, Level, RuleId
from monitor.core.text import index_text
from monitor.ports import Store
from tests.build import NOW, card, minutes
from tests.contract.outcomes import kept, opened, outcome


def numbers(views: tuple[CardView, ...]) -> list[int]:
    return [view.card.number for view in views]


def titles(store: Store, plan: Plan, before: int | None = None) -> list[str]:
    return [each.story.title for each in store.candidates(plan, before)]


def token(word: str) -> Plan:
    """The plan of a word: all of its tokens."""
    parts = tuple(Token(each) for each in dict.fromkeys(index_text(word).split()))
    return parts[0] if len(parts) == 1 else AllOf(parts)


def test_there_are_no_cards_in_the_beginning(store: Store) -> None:
    assert store.cards(10) == ()
    assert store.card(1) is None


def test_cards_come_newest_first_below_a_number_and_no_more_than_asked(store: Store) -> None:
    for number in range(1, 6):
        store.save(opened(number))
    assert numbers(store.cards(10)) == [5, 4, 3, 2, 1]
    assert numbers(store.cards(2)) == [5, 4]
    assert numbers(store.cards(2, before=4)) == [3, 2]
    assert numbers(store.cards(10, before=1)) == []
    assert store.cards(1, before=3) == (store.card(2),)


def test_cards_are_found_by_a_rule_that_one_of_their_stories_hit(store: Store) -> None:
    store.save(
        outcome(
            kept("a", "r", card=1),
            kept("b", "q", "r", card=1),
            kept("c", "q", card=2),
            kept("d", "r", card=3),
            kept("e", "other"),
            cards=[card(1), card(2), card(3)],
        )
    )
    assert numbers(store.cards(10, rule=RuleId("r"))) == [3, 1]
    assert numbers(store.cards(10, rule=RuleId("q"))) == [2, 1]
    assert numbers(store.cards(1, rule=RuleId("q"))) == [2]
    assert numbers(store.cards(10, before=3, rule=RuleId("r"))) == [1]
    assert store.cards(10, rule=RuleId("other")) == store.cards(10, rule=RuleId("%")) == ()


def test_a_card_shows_its_stories_first_seen_first(store: Store) -> None:
    store.save(opened(1, at=minutes(5)))
    store.save(outcome(kept("third", "r", card=1), at=minutes(9)))
    store.save(outcome(kept("first", "r", card=1), kept("first too", card=1), at=minutes(1)))
    view = store.card(1)
    assert view is not None
    assert [(each.story.title, each.seen_at) for each in view.stories] == [
        ("first", minutes(1)),
        ("first too", minutes(1)),
        ("story 1", minutes(5)),
        ("third", minutes(9)),
    ]
    assert [len(each.hits) for each in view.stories] == [1, 0, 1, 1]


def test_a_card_without_a_story_is_a_card(store: Store) -> None:
    store.save(outcome(cards=[card(4, Level.INFO)]))
    assert store.card(4) == CardView(card(4, Level.INFO), ())


def test_all_stories_come_newest_stored_first(store: Store) -> None:
    store.save(outcome(kept("a", published=minutes(99)), kept("b"), at=minutes(5)))
    store.save(outcome(kept("c"), at=NOW))
    assert titles(store, Everything()) == ["c", "b", "a"]
    assert titles(store, Everything(), before=3) == ["b", "a"]
    assert titles(store, Everything(), before=1) == titles(store, Everything(), before=0) == []
    assert titles(store, Everything(), before=10**6) == ["c", "b", "a"]


WORDS = {
    "en": "A defector enters the U.S. consulate",
    "ru": "Перебежчик вошёл в генконсульство",
    "ko": "탈북민 블라디보스토크 총영사관 진입",
    "other": "Weather",
}


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        pytest.param(token("defector"), "en", id="English word"),
        pytest.param(token("перебежчик"), "ru", id="Russian word"),
        pytest.param(token("вошёл"), "ru", id="the letter io"),
        pytest.param(token("총영사관"), "ko", id="Korean word"),
        pytest.param(token("탈북"), "ko", id="two syllables within a word"),
        pytest.param(Token("перебе", prefix=True), "ru", id="prefix"),
        pytest.param(AllOf((Token("defe", prefix=True), token("consulate"))), "en", id="all of"),
    ],
)
def test_what_could_match_is_among_the_candidates(store: Store, plan: Plan, found: str) -> None:
    store.save(outcome(*(kept(title, key=key) for key, title in WORDS.items())))
    assert WORDS[found] in titles(store, plan)
    both = AnyOf((plan, token("weather")))
    assert [t for t in titles(store, both) if t in (WORDS[found], "Weather")] == ["Weather", WORDS[found]]


def test_the_summary_and_the_body_are_searched_too(store: Store) -> None:
    store.save(
        outcome(kept("a", summary="one consulate"), kept("b", text="two consulates"), kept("c consulate"))
    )
    assert titles(store, token("consulate"))[0] == "c consulate"
    assert {"a", "c consulate"} <= set(titles(store, token("consulate")))
    assert "b" in titles(store, token("consulates"))


def test_any_text_is_a_harmless_token(store: Store) -> None:
    store.save(outcome(kept("a AND b")))
    for text in ('"', "a OR b", "NEAR(", "*", "title:", "", " ", "-", "^a", "a\x00b", "🔔"):
        for plan in (Token(text), Token(text, prefix=True), AnyOf((Token(text), Token("b")))):
            assert set(titles(store, plan)) <= {"a AND b"}


def test_a_caller_who_has_enough_may_stop_and_the_store_goes_on(store: Store) -> None:
    store.save(outcome(*(kept(f"story {i}") for i in range(1000))))
    found = store.candidates(Everything())
    assert [each.id for each in islice(found, 3)] == [1000, 999, 998]
    store.save(outcome(kept("newer")))
    store.beat("poll", NOW)
    assert [each.id for each in found] == list(range(997, 0, -1))
    unread = store.candidates(token("story"))
    store.save(outcome(kept("newest")))
    assert next(unread).id == 1000 or store.status().stories == 1002
