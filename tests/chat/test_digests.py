"""/digest, and the messages of digests and summaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.chat.message import TEXT_LIMIT, Message, utf16
from monitor.chat.telling import telling
from monitor.core.access import Mode
from monitor.core.model import (
    Card,
    CardView,
    Claimed,
    Delivery,
    DeliveryState,
    Destination,
    Digest,
    DigestPart,
    DigestWish,
    Every,
    Gathered,
    Kept,
    Kind,
    Level,
    Outcome,
    Preferences,
    RuleId,
    Schedule,
    Sent,
)
from tests.build import CHAT, GROUP, NOW, hit, minutes, state, story
from tests.frontdesk import ADMIN, CHANNEL, MEMBER, PERSON, World, answer, answer_button, data

HOURLY = Schedule(Every.HOUR)


def gather(
    world: World,
    *numbers: int,
    where: Destination = CHAT,
    level: Level = Level.INFO,
    title: str = "Story",
) -> None:
    """Cards that wait for a digest."""
    for number in numbers:
        kept = Kept(
            story(f"{title} {number}", url=f"https://e.example/{number}"),
            (hit("border", level),),
            number,
            "new",
        )
        what = Outcome(state(), NOW, (kept,), (Card(number, level, NOW),))
        world.store.save(replace(what, gathered=(Gathered(number, where, level, HOURLY),)))


def messages(world: World, at: datetime) -> list[str]:
    """The texts of all that is due."""
    return [message.text for message in sent(world, at)]


def sent(world: World, at: datetime):
    out: list[Message] = []
    while claims := world.store.claim(at, 60, 10):
        for each in claims:
            assert world.store.settle(each.delivery.id, each.delivery.attempt, Sent("m"), at)
            out.append(telling(each, UTC, at, world.desk().names()))
    return out


@pytest.fixture(name="world")
def fixture_world() -> World:
    world = World()
    world.say("/subscribe all")
    return world


def test_without_a_digest_it_says_so_and_offers_three() -> None:
    told = World().say("/digest")
    assert "No digest in this chat: every alert comes at once." in told.text
    assert "Nothing is subscribed there yet: /subscribe all begins." in told.text
    assert data(told) == ["digest:hourly", "digest:daily 08:00", "digest:weekly Mon 08:00"]
    assert [button.text for (button,) in told.buttons] == [
        "Every hour",
        "Every day at 08:00",
        "Every Monday at 08:00",
    ]


@pytest.mark.parametrize(
    ("typed", "wish", "shown"),
    [
        pytest.param("hourly", ("all", HOURLY), "• all: every hour", id="hourly"),
        pytest.param(
            "daily 8:00 border", ("border", "daily 08:00"), "• border: every day at 08:00", id="rule"
        ),
        pytest.param(
            "weekly fri 17:30 level:info",
            ("level:info", "weekly Fri 17:30"),
            "• level:info: every Friday at 17:30",
            id="level",
        ),
    ],
)
def test_a_digest_is_wished_as_people_write_it(
    world: World, typed: str, wish: tuple[str, Schedule | str], shown: str
) -> None:
    told = world.say(f"/digest {typed}")
    assert shown in told.text
    assert "Flash alerts come at once all the same" in told.text
    (kept,) = world.store.digests(CHAT)
    assert (kept.selector, str(kept.schedule)) == (wish[0], str(wish[1]))
    assert data(told) == ["digest:off"]


def test_who_names_flash_is_not_told_that_it_comes_at_once(world: World) -> None:
    assert "Flash alerts" not in world.say("/digest daily 08:00 level:flash").text


def test_an_exception_is_kept_as_long_as_there_is_a_digest(world: World) -> None:
    world.say("/digest daily 08:00")
    assert "• border: at once" in world.say("/digest off border").text
    world.say("/digest hourly defection-at-mission")
    world.say("/digest off defection-at-mission")
    assert len(world.store.digests(CHAT)) == 3
    assert "No digest" in world.say("/digest off").text
    assert world.store.digests(CHAT) == ()


def test_the_last_digest_ended_leaves_nothing(world: World) -> None:
    world.say("/digest daily 08:00 border")
    assert "No digest in this chat" in world.say("/digest off border").text
    assert world.store.digests(CHAT) == ()


@pytest.mark.parametrize("typed", ["daily", "sometimes", "daily 25:00 border", "weekly 08:00"])
def test_what_is_no_time_is_answered_with_how_to_write_it(world: World, typed: str) -> None:
    assert world.say(f"/digest {typed}").text.startswith("Say when: now, off, hourly")
    assert world.store.digests(CHAT) == ()


def test_an_unknown_rule_is_answered_with_the_nearest(world: World) -> None:
    told = world.say("/digest daily 08:00 bordr").text
    assert "There is no rule “bordr”" in told
    assert "/digest daily 08:00 border" in told


def test_the_clock_is_the_readers_until_the_chat_has_its_own(world: World) -> None:
    desk = world.desk()
    berlin = ZoneInfo("Europe/Berlin")
    assert "By the clock of Europe/Berlin" in answer(desk, PERSON, "digest", "hourly", zone=berlin).text
    assert world.store.preferences(CHAT).zone == berlin
    world.store.prefer(CHAT, Preferences(zone=ZoneInfo("Asia/Seoul")))
    assert "By the clock of Asia/Seoul" in world.say("/digest daily 08:00").text


def test_many_wishes_are_cut(world: World) -> None:
    for number in range(25):
        world.store.set_digest(DigestWish(CHAT, f"rule-{number:02}", HOURLY))
    told = world.say("/digest").text
    assert "• rule-19: every hour" in told
    assert "… and 5 more" in told


def test_what_waits_is_told_and_can_be_sent_now(world: World) -> None:
    world.say("/digest hourly")
    gather(world, 1, 2)
    told = world.say("/digest")
    assert "2 cards are gathered; they come at 11:00 UTC." in told.text
    assert data(told) == ["digest:now", "digest:off"]
    now = world.press("digest:now")
    assert now is not None
    assert now.replaces
    assert "2 cards come to this chat now." in now.text
    assert len(messages(world, NOW)) == 1
    assert "Nothing is gathered for this chat" in world.say("/digest now").text


def test_what_was_gathered_comes_when_the_digest_ends(world: World) -> None:
    world.say("/digest hourly")
    gather(world, 1)
    assert "1 gathered card comes now." in world.say("/digest off").text
    assert len(messages(world, NOW)) == 1


def test_what_a_cap_held_back_is_told(world: World) -> None:
    world.say("/settings cap 1")
    for number in (1, 2, 3):
        world.card(number, "border", CHAT)
    assert len(messages(world, NOW)) == 1
    told = world.say("/digest").text
    assert "2 cards were held back by the cap; the summary comes at 11:00 UTC." in told


def test_members_of_a_group_look_and_admins_change() -> None:
    world = World()
    assert "No digest" in world.say("/digest", MEMBER).text
    for line in ("/digest hourly", "/digest now"):
        assert "Only admins" in world.say(line, MEMBER).text
    assert "every hour" in world.say("/digest hourly", ADMIN).text
    assert world.store.digests(GROUP) == (DigestWish(GROUP, "all", HOURLY),)
    assert "closed" in world.say("/digest", PERSON, Mode.CLOSED).text


def test_a_channel_has_its_digest_from_a_private_chat() -> None:
    world = World()
    told = answer(world.desk(), PERSON, "digest", "daily 08:00 @channel", CHANNEL)
    assert "Digests in “Channel”" in told.text
    assert told.buttons == ()
    assert len(world.store.digests(CHANNEL.destination)) == 1


def test_a_digest_lists_its_cards_by_level_and_rule(world: World) -> None:
    world.say("/digest hourly")
    world.say("/settings zone Asia/Seoul")
    gather(world, 1, 2)
    gather(world, 3, level=Level.ALERT)
    (message,) = sent(world, minutes(60))
    assert message.text == (
        "🗞 Digest of 3 cards\n"
        "Since 19:00 KST; every hour.\n"
        "\n"
        "🟠 ALERT · border\n"
        "• Story 3 · Example · #3\n"
        "\n"
        "🔵 INFO · border\n"
        "• Story 2 · Example · #2\n"
        "• Story 1 · Example · #1\n"
        "\n"
        "/why NUMBER shows what matched, /digest changes when this comes."
    )
    links = [mark.url for mark in message.marks if mark.url]
    assert links == [f"https://e.example/{number}" for number in (3, 2, 1)]
    assert not message.silent


def test_a_long_digest_comes_in_parts_that_each_fit(world: World) -> None:
    world.say("/digest hourly")
    gather(world, *range(1, 65), title="🚨" * 300)
    texts = [each.text for each in sent(world, minutes(60))]
    assert len(texts) == 5
    assert all(utf16(text) <= TEXT_LIMIT for text in texts)
    assert "part 2 of 5" in texts[1]
    assert all(any(f"#{number}" in text for text in texts) for number in range(15, 65))
    assert "… and 14 more; nothing is lost." in texts[4]


def test_what_a_digest_only_counted_is_shown_page_by_page(world: World) -> None:
    world.say("/digest hourly")
    gather(world, *range(1, 65))
    last = sent(world, minutes(60))[-1]
    (button,) = data(last)
    first = world.press(button)
    assert first is not None
    assert not first.replaces
    assert "page 6 of 7" in first.text
    newer, older = data(first)
    page = world.press(older)
    assert page is not None
    assert page.replaces
    assert "page 7 of 7" in page.text
    assert "#1" in page.text
    assert len(data(page)) == 1
    assert "page 5 of 7" in (world.press(newer) or page).text


@pytest.mark.parametrize(
    "pressed", ["gathered:1:1", "gathered:x:y", "gathered:99999999999999999999:1", "gathered:"]
)
def test_a_list_of_another_chat_is_not_shown(world: World, pressed: str) -> None:
    world.store.set_digest(DigestWish(GROUP, "all", HOURLY))
    gather(world, 1, where=GROUP)
    messages(world, minutes(60))
    told = world.press(pressed)
    assert told is not None
    assert "another chat" in told.text
    if pressed == "gathered:1:1":
        shown = world.press(pressed, MEMBER)
        assert shown is not None
        assert "Story 1" in shown.text
        assert "page 1 of 1" in shown.text


def test_a_closed_bot_shows_its_lists_to_its_owners_only(world: World) -> None:
    told = answer_button(world.desk(Mode.CLOSED), PERSON, "gathered:1:1")
    assert told is not None
    assert "closed" in told.text


def test_a_summary_says_what_a_cap_held_back(world: World) -> None:
    world.say("/settings cap 2")
    for number in range(1, 11):
        world.card(number, "border", CHAT)
    assert len(messages(world, NOW)) == 2
    (summary,) = sent(world, minutes(60))
    assert summary.text.startswith(
        "🗜 8 more alerts were held back\nThat is over the cap of this chat, since 10:00 UTC."
    )
    assert "• Story 10 at the border" in summary.text
    assert "… and 3 more; nothing is lost." in summary.text
    (button,) = data(summary)
    shown = world.press(button)
    assert shown is not None
    assert "🗜 8 cards held back by the cap" in shown.text
    assert all(f"#{number}" in shown.text for number in range(3, 11))


def one(kind: Kind, *views: CardView, **fields: object) -> Claimed:
    """A digest's only part."""
    delivery = Delivery(1, 1, CHAT, kind, Level.INFO, DeliveryState.SENDING, digest=1, **fields)  # type: ignore[arg-type]  # names are checked by the dataclass
    schedule = None if kind is Kind.SUMMARY else HOURLY
    told = Digest(1, CHAT, kind, schedule, NOW, NOW, tuple(view.card.number for view in views), len(views))
    return Claimed(delivery, views[0], digest=DigestPart(told, views))


def test_a_card_of_which_nothing_may_be_shown_is_left_out_and_a_repeat_is_marked() -> None:
    claimed = one(Kind.SUMMARY, CardView(Card(1, Level.INFO, NOW), ()), repeat=True)
    message = telling(claimed, UTC, NOW, {RuleId("r"): "A rule"})
    assert "may be a repeat" in message.text
    assert message.buttons == ()
