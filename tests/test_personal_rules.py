"""The one matcher of the rules in force and the personal ones, and the way from a story to its chat alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.memory import MemoryStore
from monitor.core.decide import Policy
from monitor.core.errors import RulesError
from monitor.core.match import Matcher, compile_book
from monitor.core.model import Entity, Kind, RuleBook
from monitor.ingest import Ingest
from monitor.personal import MOST_CHANGES, PersonalRules
from monitor.rulebook import read
from tests.build import CHAT, FEED, GROUP, NOW, batch, book, page, rule, state, story, subscription
from tests.fakes import FixedClock

BOOK = book(rule("border", "border"), entities={"crew": Entity("crew", {"en": ("sailor",)})})


class Rules:
    """rules.yaml as it is in force, and how often its matcher was asked for."""

    def __init__(self) -> None:
        self.put(BOOK)

    def put(self, rules: RuleBook) -> None:
        self.now = (rules, compile_book(rules))

    def __call__(self) -> tuple[RuleBook, Matcher]:
        return self.now


@pytest.fixture(name="store")
def fixture_store() -> MemoryStore:
    store = MemoryStore()
    store.sync_feeds([FEED], NOW)
    store.save_state(state())
    return store


def fired(matcher: Matcher, title: str) -> list[str]:
    return list(matcher.fired(story(title)))


def test_without_personal_rules_it_is_the_matcher_of_the_book(store: MemoryStore) -> None:
    rules = Rules()
    assert PersonalRules(store, rules).matcher() is rules.now[1]


def test_personal_rules_stand_behind_those_of_the_book(store: MemoryStore) -> None:
    store.add_watch(CHAT, "defector @crew", "", NOW)
    matcher = PersonalRules(store, Rules()).matcher()
    assert fired(matcher, "A defector, a sailor, a border") == ["border", "watch-1"]


def test_each_is_called_by_what_it_waits_for(store: MemoryStore) -> None:
    rules = PersonalRules(store, Rules())
    store.add_watch(CHAT, "defector", "", NOW)
    assert rules.names() == {}
    rules.matcher()
    assert rules.names() == {"watch-1": "defector"}
    store.end_watch(CHAT, 1, NOW)
    rules.changed()
    rules.matcher()
    assert rules.names() == {}


def test_one_more_and_one_less_are_taken_up_when_told(store: MemoryStore) -> None:
    rules = PersonalRules(store, Rules())
    before = rules.matcher()
    store.add_watch(CHAT, "defector", "", NOW)
    assert rules.matcher() is before
    rules.changed()
    assert fired(rules.matcher(), "defector") == ["watch-1"]
    store.add_watch(GROUP, "defector", "", NOW)
    store.end_watch(CHAT, 1, NOW)
    rules.changed()
    assert fired(rules.matcher(), "defector at the border") == ["border", "watch-2"]
    assert rules.matcher() is rules.matcher()


def test_a_reload_keeps_the_personal_rules(store: MemoryStore) -> None:
    source = Rules()
    rules = PersonalRules(store, source)
    store.add_watch(CHAT, "defector", "", NOW)
    rules.matcher()
    source.put(book(rule("exam", "exam")))
    assert fired(rules.matcher(), "defector: exam at the border") == ["exam", "watch-1"]


def test_after_many_changes_all_is_compiled_anew(store: MemoryStore) -> None:
    source = Rules()
    rules = PersonalRules(store, source)
    rules.matcher()
    for _ in range(MOST_CHANGES // 2 + 1):
        watch = store.add_watch(CHAT, "defector", "", NOW)
        rules.changed()
        rules.matcher()
        store.end_watch(CHAT, watch.number, NOW)
        rules.changed()
        rules.matcher()
    assert rules.matcher() is source.now[1]


@pytest.mark.parametrize(
    "broken", [pytest.param("@gone sailor", id="a-list-that-is-gone"), pytest.param("((", id="no-query")]
)
def test_one_that_cannot_be_used_does_not_harm_the_others(
    store: MemoryStore, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    store.add_watch(CHAT, broken, "", NOW)
    store.add_watch(CHAT, "defector", "", NOW)
    rules = PersonalRules(store, Rules())
    assert fired(rules.matcher(), "defector at the border") == ["border", "watch-2"]
    assert "personal rule watch-1 is not in force" in caplog.text
    store.add_watch(CHAT, broken, "", NOW)
    rules.changed()
    assert fired(rules.matcher(), "defector at the border") == ["border", "watch-2"]


def test_a_rule_is_taken_out_of_a_matcher() -> None:
    matcher = compile_book(book(rule("a", "border"), rule("b", "border")))
    without = matcher.without(rule("a", "x").id)
    assert fired(without, "border") == ["b"]
    assert fired(matcher, "border") == ["a", "b"]
    assert matcher.without(rule("none", "x").id) is matcher
    assert fired(without.with_rule(rule("a", "border guard")), "border guard") == ["a", "b"]
    grown = matcher.with_rule(rule("c", "border"))
    assert fired(grown.without(rule("c", "x").id), "border") == ["a", "b"]


def test_a_story_rings_in_its_chat_alone_and_a_chat_that_gets_all_does_not_hear_of_it(
    store: MemoryStore,
) -> None:
    store.subscribe(subscription(GROUP, "all"))
    store.add_watch(CHAT, "defector", "", NOW)
    ingest = Ingest(store, PersonalRules(store, Rules()).matcher, Policy(), FixedClock(), lambda: 0.0)
    outcome = ingest.page(FEED, page(), batch(story("A defector"), story("Defector at the border")))
    kept = {story.story.title: story.card for story in outcome.stories}
    alone, shared = kept["A defector"], kept["Defector at the border"]
    owed = {(each.card, each.destination, each.kind) for each in outcome.deliveries}
    assert owed == {
        (alone, CHAT, Kind.ALERT),
        (shared, CHAT, Kind.ALERT),
        (shared, GROUP, Kind.ALERT),
    }
    public = {
        view.card.number: [hit.rule for each in view.stories for hit in each.hits] for view in store.cards(9)
    }
    assert list(public.values()) == [["border"]]
    assert len(store.cards(9, viewer=CHAT)) == 2
    assert len(store.cards(9, viewer=replace(CHAT, topic=3))) == 1


def test_no_rule_of_the_file_is_called_like_a_personal_one() -> None:
    with pytest.raises(RulesError, match="personal rules are called so"):
        read('feeds: [{url: "https://e.example/f"}]\nrules: [{id: watch-1, match: border}]\n', "rules.yaml")
    read('feeds: [{url: "https://e.example/f"}]\nrules: [{id: watch-list, match: border}]\n', "rules.yaml")
