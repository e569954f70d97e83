"""The history of the rules, kept by the running bot and rolled back beside it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from db import open_reader
from tests.flow.process import ROOT, RULES, until

if TYPE_CHECKING:
    from tests.flow.process import Stage

MORE = RULES + "  - {id: storms, level: info, match: storm}\n"


def kept(stage: Stage) -> list[str]:
    """What is told of each version, newest first."""
    with closing(open_reader(str(stage.database))) as store:
        return [f"{book.by}: {book.note}" for book in store.books(9)]


async def test_a_running_bot_keeps_what_it_takes_over_and_takes_over_what_is_put_back(stage: Stage) -> None:
    stage.write_rules("wire.xml")
    bot = stage.run()
    await bot.says("Telegram: connected")
    assert kept(stage) == ["file: the first one kept"]
    with closing(open_reader(str(stage.database))) as store:
        (first,) = store.books(1)
    stage.write_rules("wire.xml", rules=MORE)
    await bot.says("rules loaded", times=1)
    stage.write_rules("wire.xml", rules=MORE + "  - {id: broken}\n")
    await bot.says("rules not loaded")
    assert kept(stage) == ["file: rules +storms", "file: the first one kept"]

    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(ROOT / "bot.py"), "rules", "rollback", first.version],
        cwd=stage.folder,
        env={**os.environ, **stage.settings()},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"what stood there is kept in" in done.stderr
    await bot.says("rules loaded", times=2)
    await until(lambda: len(kept(stage)) > 2, "the version put back in the history")
    assert kept(stage)[0] == "file: put back: rules -storms"
    assert await bot.stop() == 0
