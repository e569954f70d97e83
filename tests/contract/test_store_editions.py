"""Edited stories: the stored one becomes the new version, what it was is kept, and it is found by what it says now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.core.match.plan import Everything, Token
from monitor.core.model import (
    Edit,
    Evidence,
    Hit,
    Kept,
    Level,
    Outcome,
    RuleId,
    Sent,
    StoredStory,
    Story,
    StoryKey,
)
from monitor.ports import Store
from tests.build import CHAT, NOW, URL, card, hit, minutes, state, story
from tests.contract.outcomes import LEASE, kept, outcome, owed, send

FIRST = story("A defector came", key="k", summary="Early words", published=minutes(-9))
SECOND = replace(FIRST, title="A defector left", summary="Later words", url="https://news.example/1")


def only(store: Store) -> StoredStory:
    (stored,) = store.candidates(Everything())
    return stored


def edited(store: Store, now: Story, *hits: Hit, minute: float = 5, **fields: Any) -> Outcome:
    """Save an edit of the only story; the outcome that did it."""
    there = only(store)
    edit = replace(Edit(there.id, now, hits, there.card), **fields)
    what = outcome(edits=(edit,), at=minutes(minute))
    store.save(what)
    return what


def test_an_edit_replaces_the_story_and_keeps_what_it_was(store: Store) -> None:
    store.save(outcome(Kept(FIRST), at=minutes(1)))
    edited(store, SECOND)
    assert only(store) == StoredStory(1, SECOND, minutes(1))
    assert [(v.story, v.until) for v in store.versions(1)] == [(replace(FIRST), minutes(5))]
    assert store.versions(2) == ()


def test_saving_an_edit_twice_is_saving_it_once(store: Store) -> None:
    store.save(outcome(Kept(FIRST)))
    what = edited(store, SECOND)
    store.save(what)
    assert len(store.versions(1)) == 1
    edited(store, replace(SECOND, text="More"))
    assert [v.story.title for v in store.versions(1)] == ["A defector left", "A defector came"]


def test_what_nobody_would_read_is_no_version(store: Store) -> None:
    store.save(outcome(Kept(FIRST)))
    edited(store, replace(FIRST, key=StoryKey("new")), keep=False)
    assert store.versions(1) == ()
    assert store.facts_for(URL, [FIRST], NOW).known == {}
    assert store.facts_for(URL, [replace(FIRST, key=StoryKey("new"))], NOW).known.keys() == {"new"}


def test_of_many_versions_the_first_and_the_newest_are_kept(store: Store) -> None:
    store.save(outcome(Kept(FIRST)))
    for number in range(30):
        edited(store, replace(FIRST, title=f"Title {number}"), minute=number)
    titles = [each.story.title for each in store.versions(1)]
    assert titles == [*(f"Title {number}" for number in range(28, 9, -1)), "A defector came"]


def test_a_story_is_found_by_what_it_says_now(store: Store) -> None:
    store.save(outcome(Kept(FIRST), kept("another early one")))
    store.save(outcome(edits=(Edit(1, SECOND),)))
    by_word = {
        word: [s.id for s in store.candidates(Token(word, prefix=False))]
        for word in ("late", "early", "left")
    }
    assert 1 in by_word["left"]
    assert 2 in by_word["early"]


def test_hits_of_an_edit_are_added_and_old_ones_stay(store: Store) -> None:
    place = Evidence("c", "early", "summary", 0, 5, "Early")
    store.save(outcome(Kept(FIRST, (Hit(RuleId("early"), Level.INFO, (place,)),), 1, "new"), cards=[card()]))
    edited(store, SECOND, hit("late", Level.FLASH), why="since it was edited")
    (told,) = store.cards(1)
    assert [(h.rule, h.evidence) for h in told.stories[0].hits] == [
        ("early", ()),
        ("late", hit("late").evidence),
    ]
    assert only(store).rules == ("early", "late")
    assert store.facts_for(URL, [], NOW).cards[0].stories[0].canonical_url == "https://news.example/1"


def test_an_edit_can_bring_a_story_onto_a_card_and_an_alert(store: Store) -> None:
    store.save(outcome(Kept(FIRST)))
    edit = Edit(1, SECOND, (hit("r"),), 1, "newly")
    what = outcome(edits=(edit,), cards=[card()], owe=[owed(1, CHAT)], at=minutes(3))
    store.save(what)
    send(store, Sent("m"), 4)
    store.save(what)
    assert store.claim(minutes(9), LEASE, 9) == ()
    assert [c.card for c in store.candidates(Everything())] == [1]


def test_doubts_and_articles_are_kept(store: Store) -> None:
    doubtful = replace(FIRST, doubt="its date lay in the future")
    store.save(outcome(Kept(doubtful)))
    assert only(store).story == doubtful
    assert not only(store).article
    edited(store, replace(doubtful, text="The whole article"), article=True)
    assert only(store).article
    assert only(store).story.doubt == "its date lay in the future"
    edited(store, FIRST)
    assert (only(store).story, only(store).article) == (FIRST, False)


@pytest.mark.parametrize("number", [7, 0, -1])
def test_an_edit_of_a_story_that_does_not_exist_changes_nothing(store: Store, number: int) -> None:
    with pytest.raises(KeyError):
        store.save(outcome(kept("new"), edits=(Edit(number, FIRST),)))
    assert list(store.candidates(Everything())) == []


def test_stories_like_those_of_a_page_are_found(store: Store) -> None:
    store.save(
        outcome(
            kept("Same title", key="1", url="https://news.example/1"),
            kept("Other", key="2", url="https://news.example/2"),
            kept("Neither", key="3", url="https://news.example/3"),
            kept("", key="4"),
        )
    )
    page = [
        story("Same title", key="n1"),
        story("Changed", key="n2", url="https://news.example/2"),
        story("", key="n4"),
        story("Neither", key="3", url="https://news.example/3"),
    ]
    facts = store.facts_for(URL, page, NOW)
    assert [each.story.key for each in facts.alike] == ["2", "1"]
    assert facts.known.keys() == {"3"}


def test_of_a_feed_never_seen_nothing_is_known(store: Store) -> None:
    store.save(outcome(kept("a"), seen_before=False))
    assert store.facts_for(URL, [story("a")], NOW).known == {}


def test_cards_of_old_stories_come_apart_from_recent_ones(store: Store) -> None:
    store.save(outcome(kept("old", "r", card=1), cards=[card(1)], owe=[owed(1, CHAT)], at=minutes(0)))
    store.save(outcome(kept("young", "r", card=2), cards=[card(2)], at=minutes(100)))
    facts = store.facts_for(URL, [story("old"), story("young")], minutes(50))
    assert [c.card.number for c in facts.cards] == [2]
    assert [(c.card.number, c.told) for c in facts.old_cards] == [(1, frozenset({CHAT}))]


def test_the_items_of_the_last_page_are_remembered(store: Store) -> None:
    assert store.seen_items(URL) == frozenset()
    store.save(outcome(items=("a", "b")))
    store.save(outcome(kept("x")))
    assert store.seen_items(URL) == {"a", "b"}
    store.save(outcome(items=()))
    assert store.seen_items(URL) == frozenset()
    store.save_state(state())
