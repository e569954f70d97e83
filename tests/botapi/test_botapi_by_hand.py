from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

if TYPE_CHECKING:
    from tests.botapi import BotApi

ROOT = Path(__file__).parents[2]


async def act(session: aiohttp.ClientSession, api: BotApi, **what: Any) -> tuple[int, dict[str, Any]]:
    async with session.post(f"{api.url}/play/act", data=json.dumps(what)) as answer:
        return answer.status, await answer.json()


async def test_page_plays_a_person(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Why?", callback_data="w")]])
    sent = await bot.send_message(7, "x", reply_markup=keys)
    async with aiohttp.ClientSession() as session:
        async with session.get(api.url) as page:
            text = await page.text()
        assert "Play the user" in text or "play the user" in text
        assert "http://" not in text
        assert "https://" not in text
        async with session.get(f"{api.url}/play/state") as answer:
            state = await answer.json()
        assert state["chats"][0]["messages"][0]["buttons"] == [[{"text": "Why?", "url": None}]]
        assert (await act(session, api, act="say", chat="7", who="7", text="/start")) == (200, {"answer": ""})
        pressing = asyncio.create_task(
            act(session, api, act="press", chat="7", who="7", message=sent.message_id, label="Why?")
        )
        updates = await bot.get_updates(timeout=5)
        while not any(update.callback_query for update in updates):
            updates = await bot.get_updates(offset=updates[-1].update_id + 1, timeout=5)
        assert updates[-1].callback_query is not None
        await updates[-1].callback_query.answer("Because")
        assert await pressing == (200, {"answer": "Because"})
        status, answered = await act(session, api, act="press", chat="7", who="7", message=99, label="Why?")
        assert (status, answered["problem"]) == (400, "that message is gone")
        await act(session, api, act="block", chat="7", who="7")
    assert not chat.bot.present
    assert chat.history[-1].text == "/start"


async def test_server_runs_by_hand() -> None:
    arguments = ["-m", "tests.botapi", "--port", "0", "--token", "1:x"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[-1]
    async with Bot("1:x", base_url=f"{url}/bot") as bot:
        await bot.send_message("@my_channel", "hello")
    async with asyncio.timeout(10):
        while not (await process.stdout.readline()).startswith(b"200 sendMessage"):
            assert process.returncode is None
    process.terminate()
    await process.communicate()
