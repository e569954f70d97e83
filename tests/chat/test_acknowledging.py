"""Who saw an alert, and where it goes if nobody does: /ack, /escalate and their buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.chat.commands import begin, other_of, press_changes, target_of
from monitor.chat.message import Message
from monitor.core.access import Mode
from monitor.core.model import Destination, Escalation, Level, Sent
from monitor.desk.answers import Target
from tests.build import CHAT, GROUP, NOW
from tests.frontdesk import ADMIN, ANONYMOUS, CHANNEL, MEMBER, PERSON, World, data

ME = Target(CHAT, "Ann", admin=True, may_post=True)
DESK = Target(Destination("telegram", "-1007"), "Night desk", admin=True, may_post=True)
TOPIC = Destination("telegram", "-1001", 7)


def escalate(
    world: World, arguments: str, other: Target | None, caller=PERSON, target: Target | None = None
) -> Message:
    told = begin(world.desk(), caller, "escalate", arguments, target, other=other)
    assert isinstance(told, Message)
    return told


def alerted(world: World, number: int = 1) -> None:
    world.card(number, "border", CHAT)
    (claimed,) = world.store.claim(NOW, 60, 1)
    world.store.settle(claimed.delivery.id, 1, Sent(f"m{number}"), NOW)


def test_the_first_who_saw_it_is_known_to_all() -> None:
    world = World()
    alerted(world)

    first = world.press("ack:1")
    again = world.press("ack:1", replace(PERSON, person="telegram:43", name="Bo"))

    assert first is not None
    assert first.note
    assert "#1" in first.text
    assert again is not None
    assert again.text.startswith("Ann has seen card #1")
    assert world.store.acknowledged(CHAT, (1,))[1].name == "Ann"
    world.clock.forward(60)
    assert "You have acknowledged card #1 already" in world.say("ack 1").text


@pytest.mark.parametrize(
    ("line", "about", "said"),
    [
        pytest.param("ack 1", None, "Acknowledged", id="by-number"),
        pytest.param("ack #1", None, "Acknowledged", id="with-a-hash"),
        pytest.param("ack", 1, "Acknowledged", id="in-reply"),
        pytest.param("ack", None, "Which card?", id="of-nothing"),
        pytest.param("ack one", 1, "Which card?", id="no-number"),
        pytest.param("ack 9", None, "There is no card #9", id="unknown"),
        pytest.param("ack 9999999999999999999", None, "Which card?", id="no-database-holds-it"),
    ],
)
def test_ack_as_it_is_typed(line: str, about: int | None, said: str) -> None:
    world = World()
    world.card(1)
    name, _, arguments = line.partition(" ")

    told = begin(world.desk(), PERSON, name, arguments, about=about)

    assert isinstance(told, Message)
    assert told.text.startswith(said)


def test_a_closed_bot_takes_no_acknowledgement_of_strangers() -> None:
    world = World()
    world.card(1)

    assert "closed" in world.say("ack 1", mode=Mode.CLOSED).text
    assert world.store.acknowledged(CHAT, (1,)) == {}


def test_somebody_without_a_name_saw_it_too() -> None:
    world = World()
    world.card(1)
    world.say("ack 1", replace(PERSON, person="telegram:43", name=""))

    assert world.say("ack 1").text.startswith("Somebody has seen")


def test_flash_alerts_of_a_group_go_to_its_admin() -> None:
    world = World()
    admin = replace(ADMIN, person="telegram:42")

    told = escalate(world, "me 15m", ME, admin)

    assert world.store.escalation(GROUP) == Escalation(
        GROUP, CHAT, 900, NOW, "telegram:42", "Newsroom", "Ann"
    )
    assert "within 15 min" in told.text
    assert data(told) == ["escalate:off"]
    ended = world.press("escalate:off", admin)
    assert ended is not None
    assert "not repeated" in ended.text
    assert world.store.escalation(GROUP) is None


def test_fifteen_minutes_are_usual_and_a_channel_can_be_named() -> None:
    world = World()

    told = escalate(world, "@night @channel", DESK, PERSON, CHANNEL)

    wish = world.store.escalation(CHANNEL.destination)
    assert wish is not None
    assert (wish.target, wish.after, wish.called) == (DESK.destination, 900, "Night desk")
    assert "Channel" in told.text
    assert data(told) == []
    shown = begin(world.desk(), PERSON, "escalate", "off @channel", CHANNEL)
    assert isinstance(shown, Message)
    assert world.store.escalation(CHANNEL.destination) is None


def test_how_it_stands() -> None:
    world = World()
    assert "not repeated anywhere" in world.say("escalate").text
    world.store.set_escalation(GROUP, Escalation(GROUP, CHAT, 600, NOW, "", "Newsroom", "Ann"))

    told = world.say("escalate", replace(ADMIN, here=TOPIC))

    assert "10 min" in told.text
    assert "whole chat" in told.text
    assert data(told) == []
    assert "whole chat" not in world.say("escalate", ADMIN).text


@pytest.mark.parametrize(
    ("arguments", "other", "caller", "target", "said"),
    [
        pytest.param("me 15m", None, ANONYMOUS, None, "Say where to", id="anonymous-me"),
        pytest.param("15m", None, PERSON, None, "Say where to", id="nowhere"),
        pytest.param("@night soon", DESK, PERSON, None, "how long", id="no-span"),
        pytest.param("@night 10s", DESK, PERSON, None, "how long", id="seconds"),
        pytest.param("@night 2d", DESK, PERSON, None, "at most", id="too-long"),
        pytest.param("me 15m", ME, PERSON, None, "already", id="the-same-place"),
        pytest.param("me 15m", ME, replace(MEMBER, person="telegram:42"), None, "Only admins", id="a-member"),
        pytest.param(
            "soon", None, replace(MEMBER, person="telegram:42"), None, "Only admins", id="member-usage"
        ),
        pytest.param("@night 15m", DESK, ADMIN, None, "private chat", id="another-chat-from-a-group"),
        pytest.param(
            "@night 15m", replace(DESK, admin=False), PERSON, None, "do not administer", id="not-theirs"
        ),
        pytest.param(
            "@night 15m", replace(DESK, may_post=False), PERSON, None, "may not post", id="mute-bot"
        ),
        pytest.param(
            "me 15m",
            replace(ME, may_post=False),
            replace(ADMIN, person="telegram:42"),
            None,
            "/start",
            id="never-met",
        ),
        pytest.param(
            "@night 15m @channel",
            DESK,
            PERSON,
            replace(CHANNEL, admin=False),
            "do not administer",
            id="their-channel",
        ),
    ],
)
def test_what_cannot_be(
    arguments: str, other: Target | None, caller, target: Target | None, said: str
) -> None:
    world = World()

    told = escalate(world, arguments, other, caller, target)

    assert said in told.text
    assert world.store.escalation(caller.here) is None


@pytest.mark.parametrize("line", ["escalate", "escalate off", "escalate 15m"])
def test_a_closed_bot_says_nothing_of_escalations(line: str) -> None:
    assert "closed" in World().say(line, mode=Mode.CLOSED).text


@pytest.mark.parametrize(
    ("arguments", "other", "target"),
    [
        pytest.param("me 15m", "me", None, id="me"),
        pytest.param("15m ME", "me", None, id="me-last"),
        pytest.param("@night", "@night", None, id="a-chat"),
        pytest.param("t.me/night 15m", "@night", None, id="a-link"),
        pytest.param("-1007 15m -1009", "-1007", "-1009", id="two-numbers"),
        pytest.param("me 15m @channel", "me", "@channel", id="me-for-a-channel"),
        pytest.param("off @channel", None, "@channel", id="off"),
        pytest.param("15m", None, None, id="none"),
        pytest.param("", None, None, id="nothing"),
    ],
)
def test_which_chats_are_named(arguments: str, other: str | None, target: str | None) -> None:
    assert other_of("escalate", arguments) == other
    assert target_of("escalate", arguments) == target
    assert other_of("subscribe", "me @channel") is None
    assert other_of("nonsense", "me") is None


@pytest.mark.parametrize(
    ("button", "needs_admin"),
    [
        ("mute:x for 1h", True),
        ("hush:x for 1h", True),
        ("muting:1", True),
        ("escalate:off", True),
        ("ack:1", False),
        ("vote:1:1", False),
        ("x", False),
    ],
)
def test_which_buttons_need_an_admin(button: str, needs_admin: bool) -> None:
    assert press_changes(button) is needs_admin


def test_the_level_makes_no_difference_to_who_may_say_so() -> None:
    world = World()
    world.card(1, "defection-at-mission")

    assert world.say("ack 1", MEMBER).note
    assert Level.FLASH.word == "flash"
    assert world.store.acknowledged(GROUP, (1,))[1].at == NOW + timedelta()
