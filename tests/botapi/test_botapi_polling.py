from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from telegram import Bot, BotCommandScopeAllPrivateChats, Message, Update
from telegram.error import Conflict, InvalidToken, NetworkError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, CommandHandler

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.botapi import BotApi


async def echo(update: Update, context: CallbackContext[Any, Any, Any, Any]) -> None:
    assert isinstance(update.effective_message, Message)
    await update.effective_message.reply_text(" ".join(["heard", *(context.args or ())]))


@pytest.fixture
async def polling(api: BotApi) -> AsyncIterator[Application[Any, Any, Any, Any, Any, Any]]:
    """A real application of python-telegram-bot, polling."""
    app = ApplicationBuilder().token(api.token).base_url(f"{api.url}/bot").build()
    app.add_handler(CommandHandler("echo", echo))
    await app.initialize()
    await app.start()
    assert app.updater is not None
    await app.updater.start_polling()
    yield app
    await app.updater.stop()
    await app.stop()
    await app.shutdown()


async def test_application_polls_and_answers(
    api: BotApi, polling: Application[Any, Any, Any, Any, Any, Any]
) -> None:
    chat, group = api.private(7, "Ann"), api.group(-1001, "Team")
    await chat.says(chat.user, "/echo one")
    assert (await chat.next_message()).text == "heard one"
    await group.command(chat.user, "echo two")
    assert (await group.next_message()).text == "heard two"
    assert polling.running
    assert not api.rejected


async def test_updates_stay_until_they_are_confirmed(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    for text in ("one", "two", "three"):
        await chat.says(chat.user, text)
    first = await bot.get_updates(limit=2)
    assert [u.message and u.message.text for u in first] == ["one", "two"]
    assert await bot.get_updates(limit=2) == first
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [u.message and u.message.text for u in rest] == ["three"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()


async def test_negative_offset_keeps_the_newest_only(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    for text in ("one", "two", "three"):
        await chat.says(chat.user, text)
    assert [u.message and u.message.text for u in await bot.get_updates(offset=-1)] == ["three"]
    assert len(api.updates.waiting) == 1


async def test_long_poll_ends_with_the_first_update(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.01)
    assert not poll.done()
    await chat.says(chat.user, "hello")
    assert [u.message and u.message.text for u in await poll] == ["hello"]


async def test_confirmed_update_can_be_repeated(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    await chat.says(chat.user, "hello")
    (update,) = api.updates.waiting
    await bot.get_updates(offset=update["update_id"] + 1)
    api.updates.repeat(update)
    assert [u.update_id for u in await bot.get_updates()] == [update["update_id"]]


async def test_second_poller_throws_out_the_first(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.01)
    async with Bot(api.token, base_url=f"{api.url}/bot") as other:
        second = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await chat.says(chat.user, "hello")
        assert len(await second) == 1
    assert api.updates.conflicts == 1


@pytest.mark.parametrize(
    "token", [pytest.param("123456:other", id="wrong secret"), pytest.param("nonsense", id="no token at all")]
)
async def test_wrong_token_is_refused(api: BotApi, token: str) -> None:
    stranger = Bot(token, base_url=f"{api.url}/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_log_of_requests_never_shows_the_token(api: BotApi, bot: Bot) -> None:
    await bot.get_me()
    assert api.token not in repr(api.requests)


async def test_commands_are_kept_per_scope_and_language(bot: Bot) -> None:
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([("start", "Begin")])
    await bot.set_my_commands([("start", "Начать")], scope=private, language_code="ru")
    assert [c.description for c in await bot.get_my_commands()] == ["Begin"]
    assert [c.description for c in await bot.get_my_commands(private, "ru")] == ["Начать"]
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()


async def test_outage_ends_polls_and_keeps_the_world(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await api.wait_for("getMe")
    await asyncio.sleep(0.01)
    await api.stop()
    with pytest.raises((NetworkError, Conflict)):
        await poll
    with pytest.raises(NetworkError):
        await bot.get_me()
    await api.start()
    await bot.send_message(7, "back")
    assert (await chat.next_message()).text == "back"


async def test_webhook_gets_the_updates_with_its_secret(api: BotApi, bot: Bot) -> None:
    heard: asyncio.Queue[tuple[str | None, str]] = asyncio.Queue()
    answers = iter([500, 200, 200])

    async def hook(request: web.Request) -> web.Response:
        text = (await request.json())["message"]["text"]
        heard.put_nowait((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), text))
        return web.Response(status=next(answers))

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot.set_webhook(url, secret_token="s3cret", drop_pending_updates=True)
    assert (await bot.get_webhook_info()).url == url
    chat = api.private(7, "Ann")
    for text in ("one", "two"):
        await chat.says(chat.user, text)
    async with asyncio.timeout(5):
        assert [await heard.get() for _ in range(3)] == [
            ("s3cret", "one"),
            ("s3cret", "one"),
            ("s3cret", "two"),
        ]
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()
    await runner.cleanup()
