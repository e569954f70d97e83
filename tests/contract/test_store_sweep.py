"""Old stories that nobody was told of make room; what hit, what is on a card and what a page may carry stays."""

from __future__ import annotations

from typing import Any

from db.promises import ON_A_PAGE
from monitor.core.match.plan import Everything, Token
from monitor.core.model import Card, Edit, Kept, Level
from monitor.ports import Store
from tests.build import CHAT, NOW, URL, hit, minutes, story
from tests.contract.outcomes import kept, outcome, owed

OLD = 5


def fill(store: Store, *first: Kept, **more: Any) -> None:
    """The stories given, and so many later ones that they are no longer among the last of the feed."""
    store.save(outcome(*first, **more))
    store.save(outcome(*(kept(f"later {number}") for number in range(ON_A_PAGE)), at=minutes(OLD)))


def left(store: Store) -> set[str]:
    return {each.story.title for each in store.candidates(Everything()) if "later" not in each.story.title}


def walk(store: Store, minute: float = OLD, limit: int = 100) -> int:
    """Go through all old stories; how many went."""
    removed, after = 0, 0
    while True:
        swept = store.sweep(minutes(minute), after, limit)
        removed += swept.removed
        if swept.last is None:
            return removed
        assert swept.last > after
        after = swept.last


def test_old_stories_go_with_all_that_belongs_to_them(store: Store) -> None:
    fill(store, kept("rain falls", doubt="no date"), kept("snow falls"))
    assert walk(store) == 2
    assert left(store) == set()
    assert [each.story.title for each in store.candidates(Token("falls"))][ON_A_PAGE:] == []
    assert store.status().stories == ON_A_PAGE
    assert store.versions(1) == ()
    facts = store.facts_for(URL, [story("rain falls")], NOW)
    assert (facts.known, facts.alike) == ({}, ())


def test_what_hit_and_what_stands_on_a_card_stays(store: Store) -> None:
    fill(
        store,
        kept("plain"),
        kept("hit", "r"),
        kept("hit on a card", "r", card=1),
        kept("beside it", card=1),
        cards=[Card(1, Level.ALERT, NOW)],
        owe=[owed(1)],
    )
    before = (store.card(1), store.status().hits, store.status().owed)
    assert walk(store) == 1
    assert left(store) == {"hit", "hit on a card", "beside it"}
    assert (store.card(1), store.status().hits, store.status().owed) == before
    assert [each.delivery.destination for each in store.claim(minutes(9), 60, 5)] == [CHAT]


def test_what_is_not_old_stays(store: Store) -> None:
    fill(store, kept("old"))
    assert walk(store, minute=0) == 0
    assert walk(store, minute=0.01) == 1


def test_the_last_stories_of_a_feed_stay_as_its_page_may_carry_them(store: Store) -> None:
    store.save(outcome(*(kept(f"story {number}") for number in range(ON_A_PAGE + 2))))
    assert walk(store, minute=60 * 24 * 365) == 2
    assert left(store) == {f"story {number}" for number in range(2, ON_A_PAGE + 2)}


def test_the_walk_is_made_in_portions(store: Store) -> None:
    fill(store, kept("a"), kept("b", "r"), kept("c"))
    first = store.sweep(minutes(OLD), 0, 2)
    assert (first.removed, first.last) == (1, 2)
    second = store.sweep(minutes(OLD), 2, 2)
    assert (second.removed, second.last) == (1, 3)
    assert store.sweep(minutes(OLD), 3, 2).last is None


def test_an_edited_story_goes_with_its_versions_and_its_words(store: Store) -> None:
    store.save(outcome(kept("first words")))
    now = story("second words", key="first words")
    store.save(outcome(edits=(Edit(1, now, (), None),)))
    store.save(outcome(*(kept(f"later {number}") for number in range(ON_A_PAGE)), at=minutes(OLD)))
    assert len(store.versions(1)) == 1
    assert walk(store) == 1
    assert store.versions(1) == ()
    for word in ("first", "second"):
        assert not [each for each in store.candidates(Token(word)) if "later" not in each.story.title]


def test_ids_are_not_used_twice_and_a_story_that_went_may_come_again(store: Store) -> None:
    fill(store, kept("rain"))
    walk(store)
    store.save(outcome(Kept(story("rain"), (hit(),)), at=minutes(9)))
    (newest, *_) = store.candidates(Everything())
    assert (newest.story.title, newest.id) == ("rain", ON_A_PAGE + 2)
    assert store.status().hits == 1
