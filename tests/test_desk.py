from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.access import Mode, Refusal
from monitor.desk import answers as a
from tests.build import CHAT, GROUP, NOW, book
from tests.frontdesk import ADMIN, BOOK, CHANNEL, MEMBER, PERSON, World


@pytest.fixture(name="world")
def fixture_world() -> World:
    return World()


def test_a_subscription_is_kept_with_who_asked(world: World) -> None:
    told = world.desk().subscribe(PERSON, "border")

    assert told == a.Subscribed("border", BOOK.rules[1], None, new=True, covered=False, taste=())
    (kept,) = world.store.subscriptions(CHAT)
    assert (kept.selector, kept.since, kept.by, kept.title) == ("border", NOW, "telegram:42", "Ann")


def test_subscribing_again_changes_nothing(world: World) -> None:
    world.desk().subscribe(PERSON, "border")

    told = world.desk().subscribe(PERSON, "border")

    assert isinstance(told, a.Subscribed)
    assert not told.new
    assert len(world.store.subscriptions()) == 1


def test_a_new_subscriber_gets_a_taste_of_that_rule(world: World) -> None:
    for number in range(1, 6):
        world.card(number, "defection-at-mission")
    world.card(6)

    told = world.desk().subscribe(PERSON, "defection-at-mission")

    assert isinstance(told, a.Subscribed)
    assert [card.card.number for card in told.taste] == [5, 4, 3]


def test_who_gets_all_already_is_told(world: World) -> None:
    world.desk().subscribe(PERSON, "all")

    told = world.desk().subscribe(PERSON, "border")

    assert isinstance(told, a.Subscribed)
    assert told.covered


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        pytest.param("All", "all", id="all-with-a-capital"),
        pytest.param("Border", "border", id="a-rule-with-a-capital"),
        pytest.param("DEFECTION-AT-MISSION", "defection-at-mission", id="shouted"),
    ],
)
def test_case_does_not_matter(world: World, asked: str, meant: str) -> None:
    world.desk().subscribe(PERSON, asked)

    assert [each.selector for each in world.store.subscriptions()] == [meant]


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        pytest.param("defecton-at-mision", "defection-at-mission", id="misspelt"),
        pytest.param("boarder", "border", id="one-letter-too-many"),
        pytest.param("mission", "defection-at-mission", id="a-part-of-it"),
        pytest.param("alll", "all", id="all"),
        pytest.param("weather", None, id="nothing-like-it"),
        pytest.param("망명" * 5000, None, id="very-long"),
        pytest.param("", None, id="empty"),
    ],
)
def test_an_unknown_rule_is_answered_with_the_nearest(world: World, asked: str, nearest: str | None) -> None:
    known = ("defection-at-mission", "border", "level:flash", "level:info")

    assert world.desk().subscribe(PERSON, asked) == a.UnknownRule(asked, nearest, known)
    assert world.store.subscriptions() == ()


def test_ending_one_subscription_leaves_the_others(world: World) -> None:
    desk = world.desk()
    desk.subscribe(PERSON, "border")
    desk.subscribe(PERSON, "defection-at-mission")

    assert desk.unsubscribe(PERSON, "Border") == a.Unsubscribed("border", None, 1, ("defection-at-mission",))


def test_ending_all_ends_everything(world: World) -> None:
    desk = world.desk()
    desk.subscribe(PERSON, "border")
    desk.subscribe(PERSON, "all")

    assert desk.unsubscribe(PERSON, "all") == a.Unsubscribed("all", None, 2, ())
    assert world.store.subscriptions() == ()


def test_a_subscription_to_a_rule_that_is_gone_can_be_seen_and_ended(world: World) -> None:
    desk = world.desk()
    desk.subscribe(PERSON, "border")
    world.book = book(BOOK.rules[0])

    listed = desk.subscriptions(PERSON)
    ended = desk.unsubscribe(PERSON, "border")

    assert listed == a.Subscriptions((a.Followed("border", NOW, None, lost=True),), None, None)
    assert isinstance(ended, a.Unsubscribed)


@pytest.mark.parametrize(
    ("have", "asked", "nearest"),
    [
        pytest.param(["border"], "boarder", "border", id="misspelt"),
        pytest.param(["border"], "defection-at-mission", None, id="another-rule"),
        pytest.param([], "all", None, id="nothing-at-all"),
    ],
)
def test_what_is_not_subscribed_cannot_be_ended(
    world: World, have: list[str], asked: str, nearest: str | None
) -> None:
    for selector in have:
        world.desk().subscribe(PERSON, selector)

    told = world.desk().unsubscribe(PERSON, asked)

    assert told == a.NotSubscribed(asked, nearest, tuple(have), None)
    assert len(world.store.subscriptions()) == len(have)


def test_a_channel_is_run_from_a_private_chat(world: World) -> None:
    desk = world.desk()

    desk.subscribe(PERSON, "border", CHANNEL)
    listed = desk.subscriptions(PERSON, CHANNEL)
    ended = desk.unsubscribe(PERSON, "border", CHANNEL)

    assert isinstance(listed, a.Subscriptions)
    assert [each.selector for each in listed.followed] == ["border"]
    assert isinstance(ended, a.Unsubscribed)
    assert world.store.subscriptions(CHAT) == ()


@pytest.mark.parametrize(
    ("caller", "target", "mode", "reason"),
    [
        pytest.param(PERSON, None, Mode.CLOSED, Refusal.STRANGER, id="closed"),
        pytest.param(MEMBER, None, Mode.OPEN, Refusal.NOT_ADMIN, id="member-of-a-group"),
        pytest.param(ADMIN, CHANNEL, Mode.OPEN, Refusal.PRIVATE_ONLY, id="channel-from-a-group"),
        pytest.param(
            PERSON, replace(CHANNEL, admin=False), Mode.OPEN, Refusal.NOT_ADMIN_THERE, id="not-its-admin"
        ),
        pytest.param(
            PERSON, replace(CHANNEL, may_post=False), Mode.OPEN, Refusal.CANNOT_POST, id="no-right-to-post"
        ),
    ],
)
def test_nothing_changes_for_those_who_may_not(
    world: World, caller: a.Caller, target: a.Target | None, mode: Mode, reason: Refusal
) -> None:
    assert world.desk(mode).subscribe(caller, "all", target) == a.Forbidden(reason, target)
    assert world.store.subscriptions() == ()


def test_a_closed_bot_tells_strangers_nothing(world: World) -> None:
    world.card(1)
    desk = world.desk(Mode.CLOSED)
    stranger = a.Forbidden(Refusal.STRANGER)

    assert [
        desk.allowed(PERSON),
        desk.start(PERSON),
        desk.subscribe(PERSON, "all"),
        desk.unsubscribe(PERSON, "all"),
        desk.subscriptions(PERSON),
        desk.latest(PERSON, 5),
        desk.past.search(PERSON, "story"),
        desk.why(PERSON, 1),
        desk.rules(PERSON),
        desk.rule(PERSON, "border"),
        desk.feeds(PERSON),
        desk.status(PERSON),
    ] == [stranger] * 12


def test_start_lets_held_back_alerts_go_on(world: World) -> None:
    world.hold_back(CHAT)
    before = world.desk().subscriptions(PERSON)

    first, second = world.desk().start(PERSON), world.desk().start(PERSON)

    assert isinstance(before, a.Subscriptions)
    assert before.held == "blocked"
    assert first == a.Welcome(rules=2, feeds=1, subscriptions=1, resumed=True, may_follow=True)
    assert second == a.Welcome(rules=2, feeds=1, subscriptions=1, resumed=False, may_follow=True)


def test_start_by_a_member_of_a_group_changes_nothing(world: World) -> None:
    world.hold_back(GROUP)

    told = world.desk().start(MEMBER)

    assert isinstance(told, a.Welcome)
    assert not told.resumed
    assert world.store.status().suspended == {GROUP: "blocked"}


def test_a_chat_that_let_the_bot_in_again_is_resumed(world: World) -> None:
    world.hold_back(GROUP)

    assert [world.desk().resume(GROUP), world.desk().resume(GROUP)] == [True, False]
