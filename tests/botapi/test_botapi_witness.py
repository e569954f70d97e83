from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    Update,
)
from telegram.error import BadRequest, NetworkError
from telegram.ext import ApplicationBuilder, CallbackContext, CommandHandler

from tests.botapi.witness import PREVIEW, USERNAME, Witness

WHY = InlineKeyboardMarkup([[InlineKeyboardButton("Why?", callback_data="why:1")]])


async def test_foreign_server_understands_the_client(capsys: pytest.CaptureFixture[str]) -> None:
    async with Witness() as witness, Bot(witness.token, base_url=f"{witness.url}/bot") as bot:
        assert bot.username == "FixtureBot"
        await bot.send_message(
            1001,
            "ALERT title",
            entities=[MessageEntity("bold", 0, 5)],
            reply_markup=WHY,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        said = await witness.next_message()
        assert (said.method, said.chat_id, said.text) == ("sendMessage", 1001, "ALERT title")
        assert said.entities == [{"type": "bold", "offset": 0, "length": 5}]
        await witness.say("/start")
        (start,) = await bot.get_updates()
        assert start.message is not None
        assert start.message.text == "/start"
        await witness.press(said, "Why?")
        (_, pressed) = await bot.get_updates(timeout=1)
        assert pressed.callback_query is not None
        assert pressed.callback_query.data == "why:1"
        await pressed.callback_query.answer("Because")
        await bot.edit_message_text("edited", 1001, said.message_id)
        assert [m.text for m in witness.messages()] == ["ALERT title", "edited"]
        assert witness.refused == []
    assert f"shim: {PREVIEW} (1 times)" in capsys.readouterr().out


async def test_command_reaches_a_handler() -> None:
    async def start(update: Update, context: CallbackContext[Any, Any, Any, Any]) -> None:
        assert update.effective_message is not None
        await update.effective_message.reply_text(f"welcome {context.args}")

    async with Witness() as witness:
        app = ApplicationBuilder().token(witness.token).base_url(f"{witness.url}/bot").updater(None).build()
        app.add_handler(CommandHandler("start", start))
        async with app:
            await witness.say("/start abc")
            for update in await app.bot.get_updates():
                await app.process_update(update)
        assert (await witness.next_message()).text == "welcome ['abc']"
        assert witness.shimmed[USERNAME] == 1


async def test_what_the_foreign_server_lacks_without_shims() -> None:
    async with (
        Witness(shims=frozenset()) as witness,
        Bot(witness.token, base_url=f"{witness.url}/bot") as bot,
    ):
        assert bot.bot.username is None
        with pytest.raises(BadRequest, match="ink_preview_options is not supported"):
            await bot.send_message(1001, "x", link_preview_options=LinkPreviewOptions(is_disabled=True))
        with pytest.raises(BadRequest, match="hat not found"):
            await bot.send_message("@my_channel", "x")
        with pytest.raises(NetworkError, match="does not model this method"):
            await bot.get_chat_member(1001, 1001)
        assert [request["status"] for request in witness.refused] == [400, 400, 501]


async def test_waiting_in_vain_ends() -> None:
    async with Witness() as witness:
        with pytest.raises(TimeoutError):
            await witness.next_message(timeout=0.01)
        await asyncio.sleep(0)
        assert witness.messages() == []
