"""What an alert says of itself, and its two rows of buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from monitor.chat.cards import alert
from monitor.chat.message import Message
from monitor.core.model import (
    Acknowledged,
    Card,
    CardStory,
    CardView,
    Claimed,
    Delivery,
    DeliveryState,
    Escalated,
    Kind,
    Level,
)
from tests.build import CHAT, NOW, hit, minutes, story

SEEN = Acknowledged(1, CHAT, "telegram:42", "Ann", minutes(-5))


def claimed(level: Level = Level.FLASH, source: str = "Yonhap", kind: Kind = Kind.ALERT) -> Claimed:
    one = story("A title", url="https://e.example/1", source=source)
    view = CardView(Card(1, level, NOW), (CardStory(one, NOW, (hit("r", level),)),))
    return Claimed(Delivery(1, 1, CHAT, kind, level, DeliveryState.SENDING, 1), view)


def told(of: Claimed) -> Message:
    return alert(of, UTC, NOW, {})


def labels(message: Message) -> list[list[str]]:
    return [[button.text for button in row] for row in message.buttons]


@pytest.mark.parametrize(
    ("of", "rows"),
    [
        pytest.param(
            claimed(), [["Why?", "Open", "Mute…", "✔ Seen"], ["👍", "👎", "More from it"]], id="flash"
        ),
        pytest.param(
            claimed(Level.ALERT),
            [["Why?", "Open", "Mute…", "✔ Seen"], ["👍", "👎", "More from it"]],
            id="alert",
        ),
        pytest.param(
            claimed(Level.INFO), [["Why?", "Open", "Mute…"], ["👍", "👎", "More from it"]], id="info"
        ),
        pytest.param(
            replace(claimed(), acknowledged=SEEN),
            [["Why?", "Open", "Mute…"], ["👍", "👎", "More from it"]],
            id="seen-already",
        ),
        pytest.param(
            claimed(source='The "Sun"'), [["Why?", "Open", "Mute…", "✔ Seen"], ["👍", "👎"]], id="no-query"
        ),
        pytest.param(claimed(source=""), [["Why?", "Open", "Mute…", "✔ Seen"], ["👍", "👎"]], id="no-source"),
    ],
)
def test_the_buttons_fit_two_rows(of: Claimed, rows: list[list[str]]) -> None:
    assert labels(told(of)) == rows


def test_where_nothing_can_be_pressed_the_commands_stand() -> None:
    typed = [button.typed for row in told(claimed()).buttons for button in row if button.data]

    assert typed == [
        "/why 1",
        "/mute #1",
        "/ack 1",
        "/vote 1 useful",
        "/vote 1 useless",
        '/search source:"Yonhap"',
    ]


def test_who_saw_it_stands_below() -> None:
    assert "✔ seen by Ann, 09:55 UTC" in told(replace(claimed(), acknowledged=SEEN)).text
    nameless = replace(claimed(), acknowledged=replace(SEEN, name=""))
    assert "✔ seen by somebody" in told(nameless).text
    assert "seen by" not in told(claimed()).text


def test_why_it_is_repeated_stands_above() -> None:
    woken = told(replace(claimed(kind=Kind.ESCALATION), escalated=Escalated("Newsroom", 900)))

    assert woken.text.splitlines()[0] == "⏰ Nobody acknowledged this in “Newsroom” within 15 min."
    unnamed = told(replace(claimed(kind=Kind.ESCALATION), escalated=Escalated("", 900)))
    assert unnamed.text.startswith("⏰ Nobody acknowledged this in the first chat")
    assert not told(claimed()).text.startswith("⏰")
