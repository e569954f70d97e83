"""/settings, and the manner in which messages come because of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time
from zoneinfo import ZoneInfo

import pytest

from monitor.chat.telling import telling
from monitor.core.access import Mode
from monitor.core.model import (
    Card,
    CardStory,
    CardView,
    Claimed,
    Delivery,
    DeliveryState,
    Kind,
    Level,
    Manner,
    Preferences,
    QuietHours,
)
from tests.build import CHAT, GROUP, NOW, hit, story
from tests.frontdesk import ADMIN, CHANNEL, MEMBER, PERSON, World, answer, data

SEOUL = ZoneInfo("Asia/Seoul")


def test_all_that_may_be_chosen_is_shown_with_what_holds_now() -> None:
    told = World().say("/settings")
    assert told.text == (
        "Settings of this chat\n"
        "Language: English, as whoever asks\n"
        "Time zone: UTC, nobody chose one\n"
        "Quiet hours: none (/quiet)\n"
        "Digests: none (/digest)\n"
        "At most: no limit\n"
        "Without a sound: info\n"
        "Forwarding and saving: allowed\n"
        "Link preview: off\n"
        "What may not have arrived: comes again, marked\n"
        "\n"
        "For example: /settings zone Asia/Seoul"
    )
    assert [button.text for row in told.buttons for button in row] == [
        "🔇 info",
        "🔔 alert",
        "🔔 flash",
        "🔔 digests",
        "Block forwarding",
        "Link preview",
        "Repeat nothing",
        "At most 20 an hour",
        "English",
        "한국어",
        "Русский",
    ]


@pytest.mark.parametrize(
    ("typed", "shown", "kept"),
    [
        pytest.param("zone seoul", "Time zone: Asia/Seoul", Preferences(zone=SEOUL), id="zone"),
        pytest.param(
            "silent alert, digest",
            "Without a sound: alert, digests",
            Preferences(silent=frozenset({"alert", "digest"})),
            id="silent",
        ),
        pytest.param(
            "SILENT none", "Without a sound: nothing", Preferences(silent=frozenset()), id="silent-none"
        ),
        pytest.param(
            "protect on", "Forwarding and saving: blocked", Preferences(protected=True), id="protect"
        ),
        pytest.param("preview on", "Link preview: on", Preferences(preview=True), id="preview"),
        pytest.param("cap 20", "At most: 20 alerts an hour, flash aside", Preferences(cap=20), id="cap"),
        pytest.param("cap 1", "At most: 1 alert an hour, flash aside", Preferences(cap=1), id="cap-of-one"),
        pytest.param("cap off", "At most: no limit", Preferences(cap=0), id="cap-off"),
    ],
)
def test_a_setting_is_changed_as_people_write_it(typed: str, shown: str, kept: Preferences) -> None:
    world = World()
    told = world.say(f"/settings {typed}").text
    assert told.startswith("Done. Settings of this chat")
    assert shown in told
    assert world.store.preferences(CHAT) == kept


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        pytest.param("colour red", "There is no setting “colour”.", id="unknown"),
        pytest.param("zone", "Say which time zone", id="no-zone"),
        pytest.param("zone Nowhere", "“Nowhere” is no time zone", id="unknown-zone"),
        pytest.param("silent", "Say what shall make no sound", id="nothing-silent"),
        pytest.param("silent loud", "Say what shall make no sound", id="unknown-level"),
        pytest.param("cap many", "Say how many alerts may come in an hour", id="no-number"),
        pytest.param("cap 1001", "Say how many", id="too-many"),
        pytest.param("protect maybe", "Say on or off.", id="protect"),
        pytest.param("preview", "Say on or off.", id="preview"),
        pytest.param("once 1", "Say on or off.", id="once"),
        pytest.param("language Klingon", "I speak en (English), ko (한국어), ru (Русский)", id="language"),
    ],
)
def test_what_cannot_be_is_answered_with_how_to_write_it(typed: str, wrong: str) -> None:
    world = World()
    told = world.say(f"/settings {typed}").text
    assert told.startswith(wrong)
    assert "Write: /settings" in told
    assert world.store.preferences(CHAT) == Preferences()


def test_every_button_changes_what_it_says_in_its_place() -> None:
    world = World()
    for asked in data(world.say("/settings"))[:8]:
        told = world.press(asked)
        assert told is not None
        assert told.replaces
    assert world.store.preferences(CHAT) == Preferences(
        silent=frozenset({"info", "digest"}), protected=True, preview=True, cap=20
    )
    assert world.store.sends_once() == {CHAT}
    back = data(world.say("/settings"))
    assert back[4:8] == ["set:protect off", "set:preview off", "set:once off", "set:cap off"]
    for asked in back[4:8]:
        world.press(asked)
    chosen = world.store.preferences(CHAT)
    assert (chosen.protected, chosen.preview, chosen.cap) == (False, False, 0)
    assert world.store.sends_once() == frozenset()


def test_at_most_once_is_a_setting_of_the_chat() -> None:
    world = World()
    assert "What may not have arrived: is not repeated" in world.say("/settings once on").text
    assert "comes again, marked" in world.say("/settings once off").text


def test_a_language_is_chosen_and_given_back() -> None:
    world = World()
    world.say("/settings language Русский")
    assert world.store.language(CHAT) == "ru"
    assert "Русский" in world.say("/settings").text
    world.say("/settings language auto")
    assert world.store.language(CHAT) is None
    assert "Language: English, as whoever asks" in world.say("/settings").text


def test_another_zone_is_that_of_quiet_hours_too() -> None:
    world = World()
    world.say("/quiet 22:00-07:00 Europe/Berlin except flash")
    assert "Time zone: Europe/Berlin" in world.say("/settings").text
    told = world.say("/settings zone Asia/Seoul").text
    assert "Quiet hours: 22:00-07:00, except flash" in told
    assert world.store.quiet(CHAT) == QuietHours(CHAT, time(22), time(7), SEOUL, frozenset({Level.FLASH}))
    world.say("/quiet 22:00-07:00")
    assert "Quiet hours: 22:00-07:00 (/quiet)" in world.say("/settings").text


def test_digests_are_told_in_a_line() -> None:
    world = World()
    world.say("/digest daily 08:00 border")
    assert "Digests: border: every day at 08:00 (/digest)" in world.say("/settings").text
    world.say("/digest hourly level:info")
    assert "Digests: border: every day at 08:00 and 1 more (/digest)" in world.say("/settings").text


def test_times_are_told_by_the_clock_of_the_chat() -> None:
    world = World()
    world.card(1)
    assert "10:00 UTC" in world.say("/latest").text
    world.say("/settings zone Asia/Seoul")
    assert "19:00 KST" in world.say("/latest").text


def test_members_of_a_group_look_and_admins_change() -> None:
    world = World()
    assert "Settings of this chat" in world.say("/settings", MEMBER).text
    for typed in ("zone seoul", "once on", "language ko", "silent none"):
        assert "Only admins" in world.say(f"/settings {typed}", MEMBER).text
    assert "Done." in world.say("/settings protect on", ADMIN).text
    assert world.store.preferences(GROUP) == Preferences(protected=True)
    assert "closed" in world.say("/settings", PERSON, Mode.CLOSED).text


def test_a_channel_is_set_from_a_private_chat() -> None:
    world = World()
    told = answer(world.desk(), PERSON, "settings", "language ko @channel", CHANNEL)
    assert told.text.startswith("Done. Settings of “Channel”\nLanguage: 한국어")
    assert told.buttons == ()
    assert world.store.language(CHANNEL.destination) == "ko"


def claimed(level: Level = Level.ALERT, manner: Manner = Manner()) -> Claimed:  # noqa: B008 - a frozen value
    """An alert on its way."""
    view = CardView(
        Card(1, level, NOW), (CardStory(story("A title", published=NOW), NOW, (hit("r", level),)),)
    )
    delivery = Delivery(1, 1, CHAT, Kind.ALERT, level, DeliveryState.SENDING, 1)
    return Claimed(delivery, view, manner=manner)


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("silent", ["info", "alert", "flash", "digest"])
def test_an_alert_makes_no_sound_where_its_level_is_silent(level: Level, silent: str) -> None:
    manner = Manner(silent=frozenset({silent}))
    assert telling(claimed(level, manner), UTC, NOW, {}).silent == (level.word == silent)


def test_an_alert_comes_in_the_manner_of_its_chat() -> None:
    usual = telling(claimed(), UTC, NOW, {})
    assert (usual.silent, usual.protected, usual.preview) == (False, False, False)
    assert "10:00 UTC" in usual.text
    manner = Manner(zone=SEOUL, protected=True, preview=True)
    wished = telling(claimed(manner=manner), UTC, NOW, {})
    assert (wished.protected, wished.preview) == (True, True)
    assert "19:00 KST" in wished.text


def test_an_alert_speaks_the_language_of_its_chat() -> None:
    repeated = replace(claimed(), delivery=replace(claimed().delivery, repeat=True))
    english = telling(repeated, UTC, NOW, {}).text
    korean = telling(replace(repeated, manner=Manner(language="ko")), UTC, NOW, {}).text
    assert "may be a repeat" in english
    assert korean != english
