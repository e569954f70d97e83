"""What a store tells of the past: portions, the best, words, hits and alerts for figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.language import parse
from monitor.core.match import compile_query, history_of
from monitor.core.match.plan import Aged, AllOf, AnyOf, Became, Everything, Plan, Token
from monitor.core.model import (
    Card,
    Hushed,
    Kept,
    Kind,
    Level,
    Outcome,
    Owed,
    RuleId,
    Sent,
    StoryKey,
)
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, hit, minutes, state, story
from tests.contract.outcomes import kept, outcome


def on_card(title: str, number: int, *rules: str, at: float = 0, **fields: object) -> Outcome:
    """A story that hit, on a card of its own."""
    told = replace(story(title, key=title), **fields)  # type: ignore[arg-type]  # of a test's own choosing
    new = Kept(told, tuple(hit(rule) for rule in rules), number, "new")
    return Outcome(state(), minutes(at), (new,), (Card(number, Level.ALERT, minutes(at)),))


def found(store: Store, query: str, limit: int = 50, muted: bool = False) -> list[str]:
    """What a query finds through portions, the matcher deciding."""
    finder = compile_query(parse(query), {})
    before: int | None = None
    out: list[str] = []
    for _ in range(1_000):
        read = store.portion(finder.plan, before, limit, NOW, CHAT)
        assert len(read.stories) <= limit
        for each in read.stories:
            hushed = muted and each.card is not None and bool(store.hushed(CHAT, [each.card]))
            if finder.matches(
                each.story, NOW, history_of(each, {RuleId("border"): Level.FLASH}, muted=hushed)
            ):
                out.append(each.story.title)
        if read.below is None:
            return out
        before = read.below
    pytest.fail("portions without an end")


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_portions_join_without_a_gap_or_a_repeat(store: Store, limit: int) -> None:
    store.save(outcome(*(kept(f"defector {n}") for n in range(7)), kept("film")))

    for query in ("defector", "def*", "title:defector"):
        assert found(store, query, limit) == [f"defector {n}" for n in range(6, -1, -1)]
    assert found(store, "after:2000-01-01", limit)[:2] == ["film", "defector 6"]


def test_what_became_of_stories_finds_them(store: Store) -> None:
    store.save(outcome(*(kept(f"plain {n}") for n in range(5))))
    store.save(on_card("first defector", 1, "border"))
    store.save(on_card("second defector", 2, "Mission", "border"))
    store.save(replace(on_card("third", 3, "mission-2"), hushed=(Hushed(3, CHAT, "rule mission-2"),)))

    assert found(store, "rule:border") == ["second defector", "first defector"]
    assert found(store, "rule:MISSION") == ["second defector"]
    assert found(store, "rule:nobody") == []
    assert found(store, "rule:border OR rule:mission-2") == ["third", "second defector", "first defector"]
    assert found(store, "rule:border -second") == ["first defector"]
    assert found(store, "card:2") == found(store, "card:#2") == ["second defector"]
    assert found(store, "card:99") == []
    assert found(store, "level:flash") == ["second defector", "first defector"]
    assert found(store, "is:muted", muted=True) == ["third"]
    assert found(store, "rule:border card:1") == ["first defector"]
    assert found(store, "defector rule:mission") == ["second defector"]
    assert found(store, "first OR rule:mission-2") == ["third", "first defector"]


def test_dates_find_what_the_matcher_accepts(store: Store) -> None:
    for days in (0, 1, 5, 40):
        store.save(outcome(kept(f"story {days}", published=NOW - timedelta(days=days))))
    store.save(outcome(kept("undated")))

    assert found(store, "story within:2d") == ["story 1", "story 0"]
    assert found(store, "story before:2026-09-01") == ["story 40"]
    assert found(store, "story after:2026-09-20 before:2026-09-27", 1) == ["story 5", "story 1"]
    assert found(store, "within:1h") == ["undated", "story 0"]


def test_an_age_without_a_moment_restricts_nothing(store: Store) -> None:
    store.save(outcome(kept("old", published=NOW - timedelta(days=400))))

    assert len(store.portion(Aged(age=timedelta(hours=1)), None, 9).stories) == 1


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(Everything(), id="everything"),
        pytest.param(AllOf((Token("story"), Aged(until=NOW + timedelta(days=1)))), id="words and dates"),
        pytest.param(AnyOf((Token("story"), Became("rule", "border"))), id="words or rules"),
    ],
)
def test_a_plan_never_loses_a_story(store: Store, plan: Plan) -> None:
    store.save(outcome(kept("story one"), kept("story two")))

    read = store.portion(plan, None, 10, NOW)

    assert [each.story.title for each in read.stories] == ["story two", "story one"]
    assert read.below is None


def test_the_best_say_most_of_what_is_looked_for(store: Store) -> None:
    store.save(
        outcome(
            kept("asylum", text="asylum asylum asylum"),
            kept("a long story about a film and a festival that mentions asylum once, at its very end"),
            kept("a film"),
        )
    )
    plan = compile_query(parse("asylum"), {}).plan

    ranked = [each.story.title for each in store.best(plan, 2, NOW, CHAT)]

    assert ranked[0] == "asylum"
    assert ranked[1].startswith("a long story")
    assert len(store.best(plan, 1, NOW)) == 1
    assert [each.story.title for each in store.best(Everything(), 2, NOW)] == [
        "a film",
        "a long story about a film and a festival that mentions asylum once, at its very end",
    ]


def test_the_best_keep_to_dates(store: Store) -> None:
    store.save(
        outcome(kept("asylum old", published=NOW - timedelta(days=90)), kept("asylum new", published=NOW))
    )
    plan = compile_query(parse("asylum before:2026-08-01"), {}).plan

    assert "asylum old" in [each.story.title for each in store.best(plan, 5, NOW)]


def test_words_that_begin_alike_with_how_many_stories_have_them(store: Store) -> None:
    store.save(outcome(kept("consulate consulate"), kept("consulate and consul"), kept("embassy")))

    words = dict(store.words_like("cons", 10))

    assert (words["consulate"], words["consul"]) == (2, 1)
    assert "embassy" not in words
    assert len(store.words_like("con", 1)) == 1
    assert store.words_like("zebra", 5) == ()


def test_hits_since_a_time_oldest_first(store: Store) -> None:
    store.save(on_card("before", 1, "border", at=-60))
    store.save(on_card("first", 2, "border", "mission"))
    store.save(on_card("second", 3, "mission", at=5))

    def told(rule: str | None = None) -> list[tuple[str, int | None]]:
        hits = store.hits_since(NOW, None if rule is None else RuleId(rule))
        assert {each.source for each in hits} == {"Example"}
        assert {each.level for each in hits} == {Level.ALERT}
        return [(each.rule, each.card) for each in hits]

    assert told() == [("border", 2), ("mission", 2), ("mission", 3)]
    assert told("mission") == [("mission", 2), ("mission", 3)]
    assert [each.at for each in store.hits_since(NOW)] == [NOW, NOW, minutes(5)]
    assert store.hits_since(minutes(6)) == ()


def test_first_alerts_of_cards_that_went_out(store: Store) -> None:
    for number, published in ((1, -9.0), (2, None), (3, -5.0)):
        told = on_card(
            f"story {number}",
            number,
            "border" if number < 3 else "mission",
            published=None if published is None else minutes(published),
        )
        owed = tuple(Owed(number, where, Kind.ALERT, Level.ALERT) for where in (CHAT, GROUP))
        store.save(replace(told, deliveries=owed))
    for at in (1.0, 2.0):
        for claimed in store.claim(minutes(at), 60, 2):
            if claimed.delivery.card != 3 or at == 2:
                store.settle(claimed.delivery.id, claimed.delivery.attempt, Sent("7"), minutes(at))

    rung = store.alerts_since(NOW)

    assert [(each.card, each.published, each.sent) for each in rung] == [
        (1, minutes(-9), minutes(1)),
        (2, NOW, minutes(2)),
    ]
    assert [each.card for each in store.alerts_since(NOW, RuleId("border"))] == [1, 2]
    assert store.alerts_since(NOW, RuleId("mission")) == ()
    assert [each.card for each in store.alerts_since(minutes(2))] == [2]


def test_an_update_is_no_alert_that_rang(store: Store) -> None:
    for kind, at in ((Kind.ALERT, 1.0), (Kind.UPDATE, 2.0)):
        told = on_card(f"story {kind}", 1, "border")
        store.save(replace(told, deliveries=(Owed(1, CHAT, kind, Level.ALERT),)))
        (claimed,) = store.claim(minutes(at), 60, 2)
        assert claimed.delivery.kind is kind
        assert store.settle(claimed.delivery.id, claimed.delivery.attempt, Sent("7"), minutes(at))
    assert [each.sent for each in store.alerts_since(NOW)] == [minutes(1)]


def test_the_stories_on_a_card_first_seen_first(store: Store) -> None:
    store.save(on_card("one", 1, "border"))
    later = Kept(story("two", key="two"), (hit("border"),), 1, "grown")
    store.save(Outcome(state(), minutes(3), (later,)))
    store.save(outcome(kept("elsewhere", key=StoryKey("x"))))

    assert [(each.story.title, each.card) for each in store.stories_on(1)] == [("one", 1), ("two", 1)]
    assert store.stories_on(9) == ()


def test_personal_rules_of_others_are_not_told(store: Store) -> None:
    store.save(on_card("seen", 1, "border", "watch-7"))
    store.save(on_card("hidden", 2, "watch-7"))

    assert [each.rule for each in store.hits_since(NOW, None, CHAT)] == ["border"]
    assert store.stories_on(2, CHAT) == ()
    assert [each.rules for each in store.stories_on(1, CHAT)] == [("border",)]
    read = store.portion(Everything(), None, 5, NOW, CHAT)
    assert [(each.rules, each.card) for each in read.stories] == [((), None), (("border",), 1)]
    assert all("watch-7" not in each.rules for each in store.best(Token("seen"), 5, NOW, CHAT))
