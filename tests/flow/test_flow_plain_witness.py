"""The plain part of a newcomer's story against npm's telegram-test-api (see `plain_witness`): `make witnesses`.

It needs Node and the package, whose folder `TELEGRAM_TEST_API` names; without that it is skipped.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.botapi.plain_witness import ANN, PlainWitness
from tests.flow.process import PATIENCE
from tests.flow.site import Item

if TYPE_CHECKING:
    from tests.botapi.plain_witness import Heard
    from tests.flow.process import Stage

MODULES = os.environ.get("TELEGRAM_TEST_API", "")
OLD = Item("Weather stays fine")
NEWS = Item("North Korean worker enters U.S. consulate in Vladivostok", "He asked for protection.")


@pytest.mark.skipif(not MODULES, reason="TELEGRAM_TEST_API names no folder with npm's telegram-test-api")
async def test_start_subscribe_alert_why_and_search(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", OLD)
    async with PlainWitness(Path(MODULES)) as witness:

        async def asks(words: str) -> Heard:
            await witness.say(words)
            return await witness.next_message(PATIENCE)

        bot = stage.run(TELEGRAM_API_URL=witness.url, TELEGRAM_BOT_TOKEN=witness.token, OWNERS=str(ANN))
        assert "Nothing comes to this chat yet." in (await asks("/start")).text
        assert "Subscribed." in (await asks("/subscribe all")).text
        await bot.says("polled feed=wire stories=1")
        stage.site.carry("wire.xml", NEWS, OLD)
        alert = await witness.next_message(PATIENCE)
        assert alert.text.startswith(f"🔴 FLASH · A North Korean at the door of a mission\n{NEWS.title}")
        assert NEWS.title in (await asks("/search worker consulate")).text
        await witness.press(alert, "Why?")
        assert (await witness.next_message(PATIENCE)).text.startswith("Why card #1")
        assert await bot.stop() == 0
        shimmed = dict(sorted(witness.shimmed.items()))
    with capsys.disabled():
        print(f"\ntelegram-test-api: smoothed over {shimmed}")  # noqa: T201 - for readers of `make witnesses`
