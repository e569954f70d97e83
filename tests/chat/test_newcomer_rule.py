"""From "I want to know about X" to a live, backtested rule: at most five messages, presses among them."""

from __future__ import annotations

from dataclasses import replace

from monitor.chat.message import Message
from monitor.core.access import Place, Rights, Role
from monitor.core.match import compile_book
from monitor.core.model import Kept, Outcome, RuleBook
from monitor.rulebook import read
from tests.build import minutes, state, story
from tests.errands import RULES
from tests.frontdesk import PERSON, World, data

EDITOR = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.EDITOR))
MOST = 5


class Talk:
    """A conversation, counted."""

    def __init__(self) -> None:
        self.world = World(book=read(RULES, "rules.yaml"))
        self.world.errands.take_over = self._take_over
        self.sent = 0
        for day, title in ((3, "A balloon over the border"), (1, "Balloons with leaflets land in Seoul")):
            seen = minutes(-60 * 24 * day)
            self.world.store.save(Outcome(state(), seen, (Kept(story(title)),)))

    def _take_over(self, book: RuleBook) -> None:
        self.world.book = book

    async def say(self, line: str) -> Message:
        self.sent += 1
        return await self.world.work(line.removeprefix("/"), EDITOR)

    async def press(self, told: Message, kind: str) -> Message:
        self.sent += 1
        (pressed,) = (each for each in data(told) if each.startswith(f"{kind}:"))
        return await self.world.press_work(pressed, EDITOR)

    def rings(self, title: str) -> list[str]:
        """Which rules in force would ring for it, of those that come to the chat."""
        comes = self.world.selectors()
        return [hit.rule for hit in compile_book(self.world.book).hits(story(title)) if hit.rule in comes]


async def test_by_the_command_for_it() -> None:
    talk = Talk()
    told = await talk.say("/addrule balloons balloon leaflet OR")
    assert "OR has nothing on its right side" in told.text
    told = await talk.say("/addrule balloons balloon OR leaflet")
    assert "2 hits in 2 stories" in told.text
    told = await talk.press(told, "apply")
    await talk.press(told, "sub")
    assert talk.rings("Balloons again") == ["balloons"]
    assert talk.sent <= MOST


async def test_by_way_of_a_search_or_a_text_of_ones_own() -> None:
    talk = Talk()
    told = await talk.say("/test balloon | A balloon came down")
    told = await talk.press(told, "addrule")
    assert "2 hits in 2 stories" in told.text
    told = await talk.press(told, "apply")
    await talk.press(told, "sub")
    assert talk.rings("Balloons again") == ["balloon"]
    assert talk.sent <= MOST


async def test_by_way_of_a_backtest() -> None:
    talk = Talk()
    told = await talk.say("/backtest balloon")
    told = await talk.press(told, "addrule")
    told = await talk.press(told, "apply")
    await talk.press(told, "sub")
    assert talk.rings("Balloons again") == ["balloon"]
    assert talk.sent <= MOST
