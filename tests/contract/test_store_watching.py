"""Personal rules, and that nobody else sees anything of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.match import Everything
from monitor.core.model import (
    Card,
    CardView,
    Destination,
    Kept,
    Kind,
    Level,
    Outcome,
    Owed,
    Refused,
    RuleId,
    Subscription,
    Watch,
)
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, URL, hit, minutes, state, story
from tests.contract.outcomes import LEASE, opened, send

TOPIC = replace(GROUP, topic=7)


def watched(store: Store, where: Destination = CHAT, query: str = "망명") -> Watch:
    return store.add_watch(where, query, "telegram:42", NOW)


def card(store: Store, number: int, *kept: Kept, level: Level = Level.ALERT) -> None:
    store.save(Outcome(state(), minutes(number), kept, (Card(number, level, NOW),)))


def kept(title: str, number: int, *rules: str, level: Level = Level.ALERT) -> Kept:
    return Kept(story(title), tuple(hit(rule, level) for rule in rules), number, "new")


def told(view: CardView | None) -> list[tuple[str, list[str]]]:
    assert view is not None
    return [(each.story.title, [hit.rule for hit in each.hits]) for each in view.stories]


def test_a_watch_comes_back_as_it_was(store: Store) -> None:
    first, second = watched(store), watched(store, TOPIC, "border")
    assert first == Watch(1, CHAT, "망명", "telegram:42", NOW)
    assert (second.number, second.id) == (2, RuleId("watch-2"))
    assert store.watches() == (first, second)
    assert store.watches(CHAT) == (first,)
    assert store.watches(GROUP) == ()


def test_a_watch_is_ended_by_its_chat_only_once_and_its_number_stays_its_own(store: Store) -> None:
    watch = watched(store)
    assert not store.end_watch(GROUP, watch.number, NOW)
    assert not store.end_watch(CHAT, 99, NOW)
    assert store.end_watch(CHAT, watch.number, NOW)
    assert not store.end_watch(CHAT, watch.number, NOW)
    assert store.watches() == ()
    assert watched(store).number == 2


def test_the_clerk_hears_who_waits_for_it(store: Store) -> None:
    watch = watched(store)
    assert store.facts_for(URL, (), NOW).subscriptions == (Subscription(CHAT, "watch-1", NOW, "telegram:42"),)
    store.end_watch(CHAT, watch.number, NOW)
    assert store.facts_for(URL, (), NOW).subscriptions == ()


def test_a_suspended_chat_is_not_told_and_a_new_watch_lifts_the_suspension(store: Store) -> None:
    watched(store)
    store.save(opened(1, CHAT))
    send(store, Refused("blocked", suspend=True))
    assert store.facts_for(URL, (), NOW).subscriptions == ()
    watched(store)
    assert store.status().suspended == {}
    assert len(store.facts_for(URL, (), NOW).subscriptions) == 2


def test_a_watch_follows_its_chat_and_its_topics(store: Store) -> None:
    watched(store, GROUP)
    watched(store, TOPIC)
    watched(store, CHAT)
    new = Destination("telegram", "-100777")
    store.move_destination(GROUP, new)
    assert [each.destination for each in store.watches()] == [new, replace(new, topic=7), CHAT]


def test_a_card_that_only_a_watch_opened_is_shown_in_its_chat_alone(store: Store) -> None:
    watched(store)
    card(store, 1, kept("one", 1, "watch-1"))
    assert store.card(1) is None
    assert store.card(1, GROUP) is None
    assert told(store.card(1, CHAT)) == [("one", ["watch-1"])]
    assert store.cards(9) == store.cards(9, viewer=GROUP) == ()
    assert [each.card.number for each in store.cards(9, viewer=CHAT)] == [1]


def test_it_stays_visible_there_when_the_watch_ended(store: Store) -> None:
    watched(store)
    card(store, 1, kept("one", 1, "watch-1"))
    store.end_watch(CHAT, 1, NOW)
    assert told(store.card(1, CHAT)) == [("one", ["watch-1"])]


def test_a_shared_card_does_not_name_the_watch(store: Store) -> None:
    watched(store)
    both = kept("both", 1, "r", "watch-1", level=Level.INFO)
    mine = replace(kept("mine", 1, "watch-1"), story=story("mine"))
    card(store, 1, both, mine)
    assert told(store.card(1, CHAT)) == [("both", ["r", "watch-1"]), ("mine", ["watch-1"])]
    public = store.card(1, GROUP)
    assert told(public) == [("both", ["r"])]
    assert public is not None
    assert public.card.level is Level.INFO  # what only the watch gave it is gone, too
    assert store.cards(9) == (public,)


def test_cards_of_others_do_not_make_a_page_shorter(store: Store) -> None:
    watched(store)
    card(store, 1, kept("one", 1, "r"))
    for number in (2, 3, 4):
        card(store, number, kept(f"mine {number}", number, "watch-1"))
    assert [each.card.number for each in store.cards(1)] == [1]
    assert [each.card.number for each in store.cards(2, viewer=CHAT)] == [4, 3]


def test_cards_of_a_personal_rule_are_asked_for_by_its_chat_only(store: Store) -> None:
    watched(store)
    card(store, 1, kept("one", 1, "r", "watch-1"))
    card(store, 2, kept("two", 2, "r"))
    assert store.cards(9, rule=RuleId("watch-1")) == ()
    assert [each.card.number for each in store.cards(9, rule=RuleId("watch-1"), viewer=CHAT)] == [1]


@pytest.mark.parametrize(
    ("viewer", "rules", "number"),
    [
        pytest.param(CHAT, ("watch-1",), 1, id="its-chat"),
        pytest.param(GROUP, (), None, id="another-chat"),
        pytest.param(None, (), None, id="nobody"),
    ],
)
def test_a_search_finds_the_story_but_not_what_became_of_it(
    store: Store, viewer: Destination | None, rules: tuple[str, ...], number: int | None
) -> None:
    watched(store)
    card(store, 1, kept("one", 1, "watch-1"))
    (found,) = store.candidates(Everything(), viewer=viewer)
    assert (found.rules, found.card) == (rules, number)


def test_an_alert_shows_only_what_its_chat_may_see(store: Store) -> None:
    watched(store)
    shared = kept("both", 1, "r", "watch-1")
    owed = tuple(Owed(1, where, Kind.ALERT, Level.ALERT) for where in (CHAT, GROUP))
    store.save(Outcome(state(), NOW, (shared,), (Card(1, Level.ALERT, NOW),), owed))
    views = {each.delivery.destination: told(each.view) for each in store.claim(NOW, LEASE, 9)}
    assert views == {CHAT: [("both", ["r", "watch-1"])], GROUP: [("both", ["r"])]}
