"""Polling over a line that goes dead without a sign; `python -m benchmarks black_hole` does it twenty times."""

from __future__ import annotations

from db.memory import MemoryStore
from monitor.chat.app import TelegramChat
from monitor.chat.polling import Timing
from tests.black_hole import BlackHole
from tests.botapi.server import BotApi
from tests.chat.telegram_world import ask, desk_over, until
from tests.fakes import inline

SOON = Timing(hold=5, watchdog=0.1, first=0.005, most=0.01, farewell=1.0)


async def test_a_command_is_answered_after_the_line_swallowed_a_poll(api: BotApi, store: MemoryStore) -> None:
    async with BlackHole(api.port) as hole:
        chat = TelegramChat(
            token=api.token, desk=desk_over(store), store=store, offload=inline, api_url=hole.url, timing=SOON
        )
        await chat.start()
        await until(lambda: chat.connected)
        hole.open = True
        await until(lambda: "no answer to getUpdates" in chat.state)
        await until(lambda: hole.swallowed > 0)
        hole.open = False
        assert await ask(api, "/help")
        await chat.stop()
