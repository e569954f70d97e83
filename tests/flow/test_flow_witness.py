"""The whole bot against a foreign emulator of the Bot API, which does not share our mistakes (see `witness`).

Nothing is smoothed over for the bot here: where the emulator refuses what Telegram takes, the bot has to cope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.botapi.witness import PREVIEW, Witness
from tests.flow.process import PATIENCE
from tests.flow.site import Item

if TYPE_CHECKING:
    import pytest

    from tests.botapi.witness import Said
    from tests.flow.process import Stage

OLD = Item("Weather stays fine")
NEWS = Item("North Korean worker enters U.S. consulate in Vladivostok", "He asked for protection.")


BUTTONS = [["Why?", "Open", "Mute…", "✔ Seen"], ["👍", "👎", "More from it"]]
FLOOD = Item("Zeppelin lands in Vladivostok", "Nobody had expected it.")


class Newcomer:
    """Ann, who types and presses, and reads what comes next."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness

    async def asks(self, words: str) -> Said:
        await self.witness.say(words)
        return await self.reads()

    async def presses(self, said: Said, label: str) -> Said:
        await self.witness.press(said, label)
        return await self.reads()

    async def reads(self) -> Said:
        return await self.witness.next_message(PATIENCE)

    async def reads_until(self, words: str) -> Said:
        """Until one holds the words: progress is shown before, and edited."""
        while words not in (said := await self.reads()).text:
            pass
        return said


async def test_a_newcomers_story(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", OLD)
    async with Witness(shims=frozenset()) as witness:
        ann = Newcomer(witness)
        bot = stage.run(TELEGRAM_API_URL=witness.url, TELEGRAM_BOT_TOKEN=witness.token, OWNERS="1001")
        assert "Nothing comes to this chat yet." in (await ann.asks("/start")).text
        assert "Subscribed." in (await ann.asks("/subscribe all")).text
        await bot.says("polled feed=wire stories=1")
        stage.site.carry("wire.xml", NEWS, OLD)
        alert = await ann.reads()
        assert alert.text.startswith(f"🔴 FLASH · A North Korean at the door of a mission\n{NEWS.title}")
        links = [entity["url"] for entity in alert.entities if entity["type"] == "text_link"]
        assert links == [NEWS.link]
        assert [[button["text"] for button in row] for row in alert.buttons] == BUTTONS
        assert (await ann.presses(alert, "Why?")).text.startswith("Why card #1")
        assert NEWS.title in (await ann.asks("/search worker consulate")).text
        # From "I want to know about X" to a live, backtested rule.
        await witness.say("/addrule airships zeppelin*")
        draft = await ann.reads_until("Nothing has changed yet")
        await witness.press(draft, "Apply")
        await ann.reads_until("Applied.")
        stage.site.carry("wire.xml", FLOOD, NEWS, OLD)
        another = await ann.reads_until(FLOOD.title)
        assert another.text.startswith("🟠 ALERT · airships")
        assert (
            "For how long" in (await ann.presses(await ann.presses(another, "Mute…"), "Rule airships")).text
        )
        assert await bot.stop() == 0
        refused = witness.refused
        assert not witness.shimmed
    # It knows no link previews; the bot sends each message once more, without a word about them.
    known = {"sendMessage", "editMessageText"}
    unknown = {each["method"] for each in refused if each["method"] not in known}
    assert all(PREVIEW in each["fields"] for each in refused if each["method"] in known)
    with capsys.disabled():
        again = sum(each["method"] in known for each in refused)
        told = f"{again} messages again without {PREVIEW}; it lacks {sorted(unknown)}"
        print(f"\nlo-bot-api-emulator: no shim; {told}")  # noqa: T201 - for readers of CI
