"""What readers do with an alert, in every store: seen, judged, repeated elsewhere, replied to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import (
    Acknowledged,
    CardView,
    Destination,
    Edit,
    Escalated,
    Escalation,
    Feedback,
    Kind,
    Later,
    Level,
    RuleId,
    Sent,
    Unanswered,
    Vote,
)
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, URL, card, hit, minutes, story
from tests.contract.outcomes import LEASE, grown, kept, opened, outcome, owed

TOPIC = Destination("telegram", "-1001", 7)
ELSEWHERE = Destination("telegram", "99")
MOVED = Destination("telegram", "-100999")
SEEN = Acknowledged(1, CHAT, "telegram:42", "Ann", minutes(5))
WISH = Escalation(CHAT, ELSEWHERE, 900, NOW, "telegram:42", "Newsroom", "Night desk")
FLASH = Level.FLASH


def deliver(store: Store, message: str = "m1", minute: float = 0) -> None:
    """Send all that is due; the first message gets this id, the next ones others."""
    for count, claimed in enumerate(store.claim(minutes(minute), LEASE, 10)):
        sent = Sent(message if count == 0 else f"{message}.{count}")
        assert store.settle(claimed.delivery.id, claimed.delivery.attempt, sent, minutes(minute))


def flashed(store: Store, number: int = 1, *where: Destination, minute: float = 0) -> None:
    """A flash alert that was sent to some chats."""
    opening = opened(number, *(where or (CHAT,)), level=FLASH, at=minutes(minute))
    stories = tuple(replace(each, hits=(hit("r", FLASH),)) for each in opening.stories)
    store.save(replace(opening, stories=stories))
    deliver(store, f"m{number}", minute)


def vote(
    number: int, useful: bool, by: str = "telegram:42", minute: float = 0, chat: Destination = CHAT
) -> Vote:
    return Vote(number, chat, by, useful, minutes(minute))


def unanswered(store: Store) -> list[tuple[int, str]]:
    return [(each.card, str(each.source)) for each in store.unanswered(NOW)]


def due(store: Store, minute: float) -> list[tuple[int, str, Kind]]:
    claims = store.claim(minutes(minute), LEASE, 10)
    return [(each.delivery.card, str(each.delivery.destination), each.delivery.kind) for each in claims]


def test_the_secret_of_buttons_is_the_first_one_given(store: Store) -> None:
    assert store.button_secret("first") == "first"
    assert store.button_secret("second") == "first"


def test_a_button_is_kept_until_it_is_old(store: Store) -> None:
    store.keep_buttons({"a": "why:1", "b": "s:7:망명 OR x"}, NOW)
    store.keep_buttons({"a": "why:1"}, minutes(60))

    assert store.button("b") == "s:7:망명 OR x"
    assert store.drop_buttons(minutes(30)) == 1
    assert (store.button("a"), store.button("b"), store.button("c")) == ("why:1", None, None)


def test_the_card_of_a_sent_message_is_found_in_its_chat_only(store: Store) -> None:
    store.save(opened(1, CHAT, TOPIC))
    deliver(store, "m1")

    assert store.card_of_message(CHAT, "m1") == 1
    assert store.card_of_message(TOPIC, "m1.1") == 1
    assert store.card_of_message(GROUP, "m1.1") == 1
    assert store.card_of_message(GROUP, "m1") is None
    assert store.card_of_message(CHAT, "m2") is None


def test_the_first_to_see_a_card_counts_and_its_message_says_so(store: Store) -> None:
    store.save(opened(1, CHAT, GROUP))
    deliver(store, "m1")
    late = replace(SEEN, by="telegram:43", name="Bo", at=minutes(9))

    assert store.acknowledge(SEEN) == SEEN
    assert store.acknowledge(late) == SEEN
    assert store.acknowledged(CHAT, (1, 2)) == {1: SEEN}
    assert store.acknowledged(GROUP, (1,)) == {}
    (claimed,) = store.claim(minutes(6), LEASE, 10)
    assert (claimed.delivery.kind, claimed.delivery.destination) == (Kind.UPDATE, CHAT)
    assert (claimed.message, claimed.acknowledged, claimed.escalated) == ("m1", SEEN, None)


def test_every_topic_of_a_chat_knows_who_saw_a_card(store: Store) -> None:
    store.save(opened(1, TOPIC, GROUP))
    deliver(store, "m1")
    deliver(store, "m2", 1)
    store.acknowledge(replace(SEEN, chat=GROUP))

    assert store.acknowledged(TOPIC, (1,)) == {1: replace(SEEN, chat=GROUP)}
    told: set[Destination] = set()
    for minute in (6, 7):
        (claimed,) = store.claim(minutes(minute), LEASE, 10)
        assert store.settle(claimed.delivery.id, 1, Sent(claimed.message), minutes(minute))
        told.add(claimed.delivery.destination)
    assert told == {TOPIC, GROUP}


def test_an_alert_that_was_not_sent_yet_says_who_saw_its_card(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.acknowledge(SEEN)

    (claimed,) = store.claim(minutes(6), LEASE, 10)

    assert (claimed.delivery.kind, claimed.acknowledged) == (Kind.ALERT, SEEN)


def test_a_vote_may_change_and_counts_once_per_person(store: Store) -> None:
    store.save(opened(1, CHAT))

    assert store.vote(vote(1, useful=True))
    assert not store.vote(vote(1, useful=True, minute=1))
    assert store.vote(vote(1, useful=False, minute=2))
    assert store.feedback(None, NOW) == {"r": Feedback(0, 1)}
    assert store.feedback(RuleId("r"), minutes(3)) == {}


def test_a_rule_is_judged_by_cards_and_a_draw_is_useful(store: Store) -> None:
    for number in (1, 2, 3):
        store.save(opened(number))
    store.save(outcome(kept("more", "r", "q", card=1)))
    store.vote(vote(1, useful=True))
    store.vote(vote(1, useful=False, by="telegram:43"))
    store.vote(vote(2, useful=False))
    store.vote(vote(2, useful=True, by="telegram:43"))
    store.vote(vote(2, useful=False, by="telegram:43", chat=GROUP))

    assert store.feedback(None, NOW) == {"q": Feedback(1, 1), "r": Feedback(1, 2)}
    assert store.feedback(RuleId("q"), NOW) == {"q": Feedback(1, 1)}
    assert Feedback(1, 2).precision == pytest.approx(0.5)
    assert Feedback(0, 0).precision == 0


def test_judged_cards_come_newest_first_with_their_stories(store: Store) -> None:
    for number in (1, 2, 3):
        store.save(opened(number))
        store.vote(vote(number, useful=number > 1))
    store.save(outcome(kept("other", "q", card=4), cards=[card(4)]))
    store.vote(vote(4, useful=True))

    found = store.judged(RuleId("r"), 2)

    assert [(view.card.number, useful) for view, useful in found] == [(3, True), (2, True)]
    assert isinstance(found[0][0], CardView)
    assert found[0][0].stories[0].story.title == "story 3"
    assert [useful for _, useful in store.judged(RuleId("r"), 9)] == [True, True, False]
    assert store.judged(RuleId("none"), 9) == ()


def test_an_escalation_comes_back_as_it_was_until_it_ends(store: Store) -> None:
    store.set_escalation(CHAT, replace(WISH, after=60))
    store.set_escalation(CHAT, WISH)

    assert store.escalation(CHAT) == WISH
    assert store.escalation(GROUP) is None
    store.set_escalation(CHAT, None)
    assert store.escalation(CHAT) is None


def test_only_flash_alerts_sent_since_are_unanswered(store: Store) -> None:
    flashed(store, 1)
    store.set_escalation(CHAT, replace(WISH, since=minutes(1)))
    flashed(store, 2, CHAT, GROUP, minute=2)
    store.save(opened(3, CHAT, at=minutes(3)))
    deliver(store, "m3", 3)
    opening = opened(4, CHAT, level=FLASH, at=minutes(4))
    store.save(opening)
    (claimed,) = store.claim(minutes(4), LEASE, 10)
    store.settle(claimed.delivery.id, claimed.delivery.attempt, Later(60, "busy"), minutes(4))

    assert unanswered(store) == [(2, "telegram:42")]
    (found,) = store.unanswered(NOW)
    assert found == Unanswered(2, CHAT, minutes(2), replace(WISH, since=minutes(1)))
    assert store.unanswered(minutes(3)) == ()


def test_without_an_escalation_nothing_is_unanswered(store: Store) -> None:
    flashed(store)

    assert store.unanswered(NOW) == ()


def test_a_card_that_became_flash_later_is_unanswered_since_then(store: Store) -> None:
    store.set_escalation(CHAT, WISH)
    store.save(opened(1, CHAT))
    deliver(store)
    more = replace(kept("worse", "r", card=1), hits=(hit("r", FLASH),))
    store.save(outcome(more, cards=[card(1, FLASH)], at=minutes(30)))

    (found,) = store.unanswered(NOW)

    assert found.sent_at == minutes(30)


def test_a_flash_card_without_a_flash_hit_counts_from_its_alert(store: Store) -> None:
    store.set_escalation(CHAT, WISH)
    store.save(opened(1, CHAT, level=FLASH))
    deliver(store, minute=2)

    assert [each.sent_at for each in store.unanswered(NOW)] == [minutes(2)]


def test_a_topic_with_a_wish_of_its_own_does_not_follow_its_chat(store: Store) -> None:
    store.set_escalation(GROUP, replace(WISH, source=GROUP))
    flashed(store, 1, TOPIC)
    assert [each.escalation.target for each in store.unanswered(NOW)] == [ELSEWHERE]
    store.set_escalation(TOPIC, replace(WISH, source=TOPIC, target=CHAT))

    assert [each.escalation.target for each in store.unanswered(NOW)] == [CHAT]


def test_an_unanswered_alert_is_repeated_once_and_says_why(store: Store) -> None:
    store.set_escalation(CHAT, WISH)
    flashed(store)
    (late,) = store.unanswered(NOW)

    assert store.escalate(late, minutes(15))
    assert not store.escalate(late, minutes(16))
    assert unanswered(store) == []
    (claimed,) = store.claim(minutes(16), LEASE, 10)
    assert (claimed.delivery.kind, claimed.delivery.destination) == (Kind.ESCALATION, ELSEWHERE)
    assert claimed.delivery.level is FLASH
    assert claimed.escalated == Escalated("Newsroom", 900)
    assert store.settle(claimed.delivery.id, 1, Sent("m9"), minutes(16))
    assert due(store, 30) == []
    assert store.card_of_message(ELSEWHERE, "m9") == 1


def test_an_acknowledged_alert_is_not_repeated(store: Store) -> None:
    store.set_escalation(CHAT, WISH)
    flashed(store)
    (late,) = store.unanswered(NOW)
    store.acknowledge(SEEN)

    assert unanswered(store) == []
    assert not store.escalate(late, minutes(15))
    assert due(store, 16) == [(1, "telegram:42", Kind.UPDATE)]


def test_a_repetition_that_was_not_sent_yet_is_withdrawn(store: Store) -> None:
    store.set_escalation(CHAT, WISH)
    flashed(store)
    flashed(store, 2)
    for late in store.unanswered(NOW):
        store.escalate(late, minutes(15))
    store.acknowledge(SEEN)

    assert sorted(due(store, 16)) == [(1, "telegram:42", Kind.UPDATE), (2, "telegram:99", Kind.ESCALATION)]


def test_a_repetition_under_way_stays_and_both_chats_learn_who_saw_it(store: Store) -> None:
    store.set_escalation(CHAT, WISH)
    flashed(store)
    (late,) = store.unanswered(NOW)
    store.escalate(late, minutes(15))
    deliver(store, "m9", 16)
    seen = replace(SEEN, chat=ELSEWHERE, at=minutes(20))
    store.acknowledge(seen)

    assert store.acknowledged(CHAT, (1,)) == {1: replace(seen, chat=CHAT)}
    claims = store.claim(minutes(21), LEASE, 10)
    assert {(str(each.delivery.destination), each.message) for each in claims} == {
        ("telegram:42", "m1"),
        ("telegram:99", "m9"),
    }
    assert {each.escalated for each in claims} == {None, Escalated("Newsroom", 900)}
    assert {each.delivery.kind for each in claims} == {Kind.UPDATE}


def test_a_third_chat_that_saw_it_is_none_of_their_business(store: Store) -> None:
    store.set_escalation(CHAT, WISH)
    flashed(store, 1, CHAT, GROUP)
    (late,) = store.unanswered(NOW)
    store.escalate(late, minutes(15))
    store.acknowledge(replace(SEEN, chat=GROUP))

    assert store.acknowledged(CHAT, (1,)) == {}
    assert sorted(due(store, 16)) == [(1, "telegram:-1001", Kind.UPDATE), (1, "telegram:99", Kind.ESCALATION)]


def test_a_chat_with_an_alert_of_its_own_is_not_told_twice_why(store: Store) -> None:
    store.set_escalation(CHAT, WISH)
    flashed(store, 1, CHAT, ELSEWHERE)
    (late,) = store.unanswered(NOW)
    store.escalate(late, minutes(15))
    (claimed,) = store.claim(minutes(16), LEASE, 10)
    store.settle(claimed.delivery.id, 1, Sent("m9"), minutes(16))
    store.save(grown(1, at=minutes(20), to=ELSEWHERE))

    (update,) = store.claim(minutes(21), LEASE, 10)

    assert (claimed.delivery.kind, claimed.escalated) == (Kind.ESCALATION, Escalated("Newsroom", 900))
    assert (update.delivery.kind, update.escalated, update.message) == (Kind.UPDATE, None, "m1.1")


def test_everything_follows_a_chat_to_its_new_address(store: Store) -> None:
    wish = replace(WISH, source=GROUP, target=GROUP)
    for source in (GROUP, CHAT, TOPIC):
        store.set_escalation(source, replace(wish, source=source))
    flashed(store, 1, TOPIC)
    flashed(store, 2, CHAT, minute=1)
    for late in store.unanswered(NOW):
        store.escalate(late, minutes(15))
    store.acknowledge(replace(SEEN, card=2, chat=GROUP))
    store.vote(vote(1, useful=True, chat=GROUP))
    store.vote(vote(1, useful=False, chat=CHAT))
    store.move_destination(GROUP, MOVED)

    topic = replace(MOVED, topic=7)
    assert store.escalation(MOVED) == replace(wish, source=MOVED, target=MOVED)
    assert store.escalation(CHAT) == replace(wish, source=CHAT, target=MOVED)
    assert store.escalation(topic) == replace(wish, source=topic, target=MOVED)
    assert store.escalation(GROUP) is None
    assert store.acknowledged(MOVED, (2,)) == {2: replace(SEEN, card=2, chat=MOVED)}
    assert not store.vote(vote(1, useful=True, chat=MOVED))
    assert not store.vote(vote(1, useful=False, chat=CHAT))
    assert unanswered(store) == []
    store.acknowledge(replace(SEEN, chat=MOVED))
    assert store.acknowledged(topic, (1,)) == {1: replace(SEEN, chat=MOVED)}


def test_an_edit_of_the_story_does_not_change_how_its_card_was_judged(store: Store) -> None:
    store.save(opened(1, CHAT))
    store.vote(vote(1, useful=False))
    (stored,) = store.facts_for(URL, (story("story 1"),), NOW - timedelta(days=1)).known.values()
    edit = Edit(stored.id, story("story 1 again", key="story 1"), (hit("r"),), 1, "")
    store.save(outcome(edits=(edit,)))

    assert store.feedback(None, NOW) == {"r": Feedback(0, 1)}
    assert owed(1).card == 1


def test_a_chat_may_let_its_closed_topics_fall_back(store: Store) -> None:
    store.fall_back(TOPIC, on=True)
    store.fall_back(GROUP, on=True)
    store.save(opened(1, TOPIC, GROUP, CHAT))

    assert store.falls_back(TOPIC)
    assert not store.falls_back(CHAT)
    claims = {each.delivery.destination: each.falls_back for each in store.claim(NOW, LEASE, 10)}
    assert claims == {TOPIC: True, CHAT: False}
    store.move_destination(GROUP, MOVED)
    assert store.falls_back(MOVED)
    assert not store.falls_back(GROUP)
    store.fall_back(MOVED, on=False)
    assert not store.falls_back(MOVED)


def test_personal_rules_are_judged_apart(store: Store) -> None:
    both = replace(kept("both", "r", "watch-3", "watch-4", card=1), card=1)
    store.save(outcome(both, cards=[card(1)]))
    store.vote(vote(1, useful=False))

    assert store.feedback(None, NOW) == {"r": Feedback(0, 1)}
    assert store.feedback(RuleId("watch-3"), NOW) == {"watch-3": Feedback(0, 1)}
    ((view, _),) = store.judged(RuleId("r"), 9)
    assert [each.rule for each in view.stories[0].hits] == ["r"]
    ((view, _),) = store.judged(RuleId("watch-3"), 9)
    assert [each.rule for each in view.stories[0].hits] == ["r", "watch-3"]
