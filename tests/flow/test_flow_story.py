"""One story from the bytes of a feed to the message that a subscriber sees, through every real part in between."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot import newsroom
from monitor.rulebook import Library
from monitor.settings import load
from tests.flow.process import Stage, asks, tells
from tests.flow.site import Item


@dataclass(frozen=True, slots=True)
class Case:
    """A story in one script: the words to be marked in the message, title first, and how it is looked for."""

    title: str
    text: str
    marked: tuple[str, ...]
    search: str


CASES = [
    pytest.param(
        Case(
            "North Koreans enter U.S. consulate in Vladivostok & ask for help",
            "Officials of the embassy in Moscow confirmed that the North Koreans are safe.",
            ("North Koreans", "consulate"),
            '"North Korean" consulate',
        ),
        id="English",
    ),
    pytest.param(
        Case(
            "북한 노동자, 블라디보스토크 미국총영사관에 진입",
            "러시아 경찰이 조사에 나섰다.",
            ("북한", "총영사관"),
            "북한 총영사관",
        ),
        id="Korean",
    ),
    pytest.param(
        Case(
            "Северокорейского рабочего нашли в генконсульстве США",
            "Он попросил защиты, сообщили в полиции.",
            ("Северокорейского", "генконсульстве"),
            "северокорейский генконсульство",
        ),
        id="Russian",
    ),
]


@pytest.mark.parametrize("case", CASES)
async def test_from_bytes_to_a_message_and_its_reasons(stage: Stage, case: Case) -> None:
    ann = stage.api.private(7, "Ann")
    stage.write_rules("wire.xml")
    stage.subscribe(ann)
    item = Item(case.title, case.text)
    stage.site.carry("wire.xml", item)
    settings = load(stage.settings(ALERT_ON_FIRST_POLL="yes"), None)
    async with newsroom(settings, Library(settings.rules), None, lambda _: None) as room:
        assert room.chat is not None
        await room.chat.start()
        assert await room.poll.tick() == 1
        alert = await tells(ann)
        card, _, source, summary, *_, last = alert.text.splitlines()
        assert card == "🔴 FLASH · A North Korean at the door of a mission"
        assert alert.links == {case.title: item.link}
        assert tuple(alert.marked("bold"))[:3] == (card, *case.marked)
        assert source.startswith("wire · ")
        assert source.endswith(" min old)")
        assert summary == ""
        assert case.text in alert.text
        assert last == "defection · card #1"
        assert alert.button("Open")["url"] == item.link

        await ann.presses(ann.user, alert, "Why?")
        why = await tells(ann)
        assert why.text == await asks(ann, "/why 1")
        assert why.text.startswith("Why card #1: 🔴 FLASH\n" + case.title)
        assert "✓ @north_korean\n" in why.text
        assert "✓ @mission\n" in why.text
        assert all(f"“{word}” in the title: " in why.text for word in case.marked)
        assert f"▪ {case.title}" in await asks(ann, f"/search {case.search}")
    assert ann.unread() == []
    assert not stage.api.rejected
