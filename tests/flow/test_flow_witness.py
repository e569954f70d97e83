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


async def test_start_subscribe_alert_and_search(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", OLD)
    async with Witness(shims=frozenset()) as witness:

        async def asks(words: str) -> Said:
            await witness.say(words)
            return await witness.next_message(PATIENCE)

        bot = stage.run(TELEGRAM_API_URL=witness.url, TELEGRAM_BOT_TOKEN=witness.token, OWNERS="1001")
        assert "Nothing comes to this chat yet." in (await asks("/start")).text
        assert "Subscribed." in (await asks("/subscribe all")).text
        await bot.says("polled feed=wire stories=1")
        stage.site.carry("wire.xml", NEWS, OLD)
        alert = await witness.next_message(PATIENCE)
        assert alert.text.startswith(f"🔴 FLASH · A North Korean at the door of a mission\n{NEWS.title}")
        links = [entity["url"] for entity in alert.entities if entity["type"] == "text_link"]
        assert links == [NEWS.link]
        assert [[button["text"] for button in row] for row in alert.buttons] == [["Why?", "Open"]]
        assert NEWS.title in (await asks("/search worker consulate")).text
        await witness.press(alert, "Why?")
        assert (await witness.next_message(PATIENCE)).text.startswith("Why card #1")
        assert await bot.stop() == 0
        assert len(witness.messages()) == 5
        refused = witness.refused
        assert not witness.shimmed
    # It knows no link previews; the bot sends each message once more, without a word about them.
    assert [(each["method"], each["status"]) for each in refused] == [("sendMessage", 400)] * 5
    assert all(PREVIEW in each["fields"] for each in refused)
    with capsys.disabled():
        print(f"\nlo-bot-api-emulator: no shim; {len(refused)} messages sent again without {PREVIEW}")  # noqa: T201 - for readers of CI
