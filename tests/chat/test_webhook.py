"""Telegram calls us: order, repeats, restarts, forged and oversized calls, and the way back to long polling."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from typing import TYPE_CHECKING, Any

import pytest

from db.memory import MemoryStore
from monitor.chat.app import TelegramChat
from monitor.chat.hook import Hook
from monitor.chat.polling import Timing
from monitor.chat.webhook import LARGEST, PATH
from tests.botapi.faults import Refuse
from tests.botapi.server import BotApi
from tests.chat.telegram_world import ANN, HERE, QUICK, ask, chatting, desk_over, selectors, until
from tests.fakes import inline

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "s3cret-of-the-hook"
PUBLIC = "https://bot.example/tocsin"
JSON = "application/json"


@pytest.fixture
def hook(api: BotApi) -> Hook:
    """A free port, to which the public address leads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    api.updates.ways[PUBLIC] = f"http://127.0.0.1:{port}/tocsin"
    return Hook(PUBLIC, port, SECRET, host="127.0.0.1", every=0.02)


async def knock(
    port: int,
    body: bytes,
    *,
    secret: str | None = SECRET,
    method: str = "POST",
    path: str = PATH,
    kind: str = JSON,
    length: int | None = None,
) -> int:
    """Somebody calls; the status of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", f"Content-Type: {kind}"]
    head.append(f"Content-Length: {len(body) if length is None else length}")
    if secret is not None:
        head.append(f"X-Telegram-Bot-Api-Secret-Token: {secret}")
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    line = await reader.readline()
    writer.close()
    return int(line.split()[1])


def update(number: int, text: str) -> bytes:
    """What Telegram would post when Ann writes."""
    ann = {"id": ANN, "is_bot": False, "first_name": "Ann"}
    chat = {"id": ANN, "type": "private", "first_name": "Ann"}
    command = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
    message = {"message_id": number, "date": 1, "chat": chat, "from": ann, "text": text, "entities": command}
    return json.dumps({"update_id": number, "message": message}).encode()


async def test_commands_come_by_the_webhook(api: BotApi, store: MemoryStore, hook: Hook) -> None:
    async with chatting(api, store, hook=hook) as chat:
        assert "Subscribed" in await ask(api, "/subscribe all")
        await until(lambda: chat.connected)
        assert chat.state == "connected as @TocsinBot, called by a webhook"
        asked = (await api.wait_for("setWebhook")).params
        assert (asked["url"], asked["secret_token"], asked["max_connections"]) == (PUBLIC + PATH, SECRET, "1")
    assert not api.calls("getUpdates")
    assert not api.calls("deleteWebhook")
    assert api.updates.webhook == PUBLIC + PATH  # what is said meanwhile waits there
    assert chat.state == "stopped"


async def test_a_secret_is_made_up_where_none_is_given(api: BotApi, store: MemoryStore, hook: Hook) -> None:
    made = []
    for _ in range(2):
        async with chatting(api, store, hook=Hook(PUBLIC, hook.port, host="127.0.0.1")):
            assert await ask(api, "/help")
        made.append(api.updates.secret)
    assert made[0] != made[1]
    assert min(map(len, made)) > 30


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({"secret": None}, 403, id="no secret"),
        pytest.param({"secret": ""}, 403, id="empty secret"),
        pytest.param({"secret": SECRET[:-1]}, 403, id="part of the secret"),
        pytest.param({"secret": SECRET + "x"}, 403, id="more than the secret"),
        pytest.param({"secret": "\xff\xfe"}, 403, id="no letters"),
        pytest.param({"kind": "text/plain"}, 415, id="not as JSON"),
        pytest.param({"method": "GET"}, 405, id="not posted"),
        pytest.param({"path": "/"}, 404, id="elsewhere"),
        pytest.param({"path": PATH + "/x"}, 404, id="below"),
        pytest.param({"length": LARGEST + 1}, 413, id="said to be too large"),
    ],
)
async def test_what_is_not_from_telegram_is_refused(
    api: BotApi, store: MemoryStore, hook: Hook, changed: dict[str, Any], status: int
) -> None:
    async with chatting(api, store, hook=hook) as chat:
        await until(lambda: chat.connected)
        assert await knock(hook.port, update(5, "/subscribe all"), **changed) == status
    assert not store.subscriptions()
    assert not api.calls("sendMessage")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="nothing"),
        pytest.param(b"{", 400, id="half of it"),
        pytest.param(b"[]", 400, id="a list"),
        pytest.param(b"{}", 400, id="no number"),
        pytest.param(b'{"update_id": "5"}', 400, id="a text for a number"),
        pytest.param(b'{"update_id": true}', 400, id="yes for a number"),
        pytest.param(b"[" * 100_000, 400, id="too deep"),
        pytest.param(b"\xff", 400, id="no text"),
        pytest.param(b" " * (LARGEST + 1), 413, id="too large"),
        pytest.param(b'{"update_id": 5, "message": {"message_id": "x"}}', 200, id="unreadable, passed over"),
        pytest.param(b'{"update_id": 5, "poll": null}', 200, id="of another kind"),
    ],
)
async def test_what_is_no_update_does_nothing(
    api: BotApi, store: MemoryStore, hook: Hook, body: bytes, status: int
) -> None:
    async with chatting(api, store, hook=hook) as chat:
        await until(lambda: chat.connected)
        assert await knock(hook.port, body) == status
        assert await ask(api, "/help")


async def test_an_update_that_comes_twice_is_handled_once(
    api: BotApi, store: MemoryStore, hook: Hook
) -> None:
    async with chatting(api, store, hook=hook) as chat:
        await until(lambda: chat.connected)
        both = [knock(hook.port, update(5, "/subscribe all")) for _ in range(3)]
        assert await asyncio.gather(*both) == [200, 200, 200]
        assert await knock(hook.port, update(5, "/subscribe all")) == 200
        assert len(api.calls("sendMessage")) == 1


async def test_what_is_said_stays_in_order(api: BotApi, store: MemoryStore, hook: Hook) -> None:
    ann = api.chats[ANN]
    for _ in range(10):
        await ann.says(api.people[ANN], "/subscribe defection")
        await ann.says(api.people[ANN], "/unsubscribe defection")
    await ann.says(api.people[ANN], "/subscribe exams")
    async with chatting(api, store, hook=hook):
        await api.wait_for("sendMessage", 21)
    assert selectors(store, HERE) == ["exams"]
    assert not api.updates.waiting


class Gate:
    """`ports.Offload` that waits once for its gate, as a slow disk would."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        self.reached.set()
        await self.open.wait()
        return work(*args, **kwargs)


async def test_a_command_that_a_crash_cut_off_comes_again(
    api: BotApi, store: MemoryStore, hook: Hook
) -> None:
    gate = Gate()
    chat = TelegramChat(
        token=api.token,
        desk=desk_over(store),
        store=store,
        offload=gate,
        api_url=api.url,
        timing=QUICK,
        hook=hook,
    )
    await chat.start()
    await api.chats[ANN].says(api.people[ANN], "/subscribe all")
    await gate.reached.wait()
    assert api.updates.waiting  # not answered yet
    for task in asyncio.all_tasks():
        if task.get_name() == "telegram" or task.get_name().startswith("update "):
            task.cancel()  # as a crash would end it
    await chat.stop()
    assert api.updates.waiting
    assert not store.subscriptions()
    async with chatting(api, store, hook=hook):
        assert "Subscribed" in (await api.chats[ANN].next_message()).text
    assert selectors(store, HERE) == ["all"]


async def test_back_to_polling_takes_the_webhook_away(api: BotApi, store: MemoryStore, hook: Hook) -> None:
    async with chatting(api, store, hook=hook):
        assert await ask(api, "/help")
    await api.chats[ANN].says(api.people[ANN], "/subscribe all")
    async with chatting(api, store):
        assert "Subscribed" in (await api.chats[ANN].next_message()).text
    assert api.updates.webhook == ""


async def test_it_starts_while_telegram_is_down(api: BotApi, store: MemoryStore, hook: Hook) -> None:
    await api.stop()
    async with chatting(api, store, hook=hook) as chat:
        await until(lambda: "ConnectError" in chat.state)
        assert not chat.reachable
        await api.start()
        assert await ask(api, "/help")
        await until(lambda: chat.connected)


async def test_a_wrong_token_is_said_with_its_mend(api: BotApi, store: MemoryStore, hook: Hook) -> None:
    right, api.token = api.token, "123456:another-token-altogether-0123456789"
    async with chatting(api, store, token=right, hook=hook) as chat:
        await until(lambda: "TELEGRAM_BOT_TOKEN is wrong" in chat.state)
        api.token = right
        await until(lambda: chat.connected)


async def test_a_wait_that_telegram_asks_for_is_kept(api: BotApi, store: MemoryStore, hook: Hook) -> None:
    api.fail("getWebhookInfo", Refuse(429, "Too Many Requests: retry after 1000", {"retry_after": 1000}))
    async with chatting(api, store, hook=hook) as chat:
        await until(lambda: "wait 1000 s" in chat.state)
        assert await ask(api, "/help")  # what is said comes all the same


async def test_a_webhook_that_another_program_took_is_taken_back_loudly(
    api: BotApi, store: MemoryStore, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    async with chatting(api, store, hook=hook) as chat:
        await until(lambda: chat.connected)
        rivalled = [chat.rivalled]
        for _ in range(2):
            api.updates.webhook = ""
            await until(lambda: api.updates.webhook == PUBLIC + PATH)
        rivalled.append(chat.rivalled)
    assert rivalled == [False, True]
    said = [each for each in caplog.records if "took this bot's webhook" in each.getMessage()]
    assert [each.levelname for each in said if each.levelno > logging.DEBUG] == ["ERROR"]


async def test_an_address_that_leads_nowhere_is_said(
    api: BotApi, store: MemoryStore, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monitor")
    way, api.updates.ways[PUBLIC] = api.updates.ways[PUBLIC], "http://127.0.0.1:1"
    await api.chats[ANN].says(api.people[ANN], "/help")
    async with chatting(api, store, hook=hook) as chat:
        await until(lambda: f"Telegram does not reach {PUBLIC}" in chat.state)
        api.updates.ways[PUBLIC] = way
        assert (await api.chats[ANN].next_message()).text
        await until(lambda: chat.connected)
    assert "Telegram is there again" in caplog.text


async def test_a_port_that_is_taken_is_said_and_tried_again(
    api: BotApi, store: MemoryStore, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", hook.port))
        other.listen()
        async with chatting(api, store, hook=hook) as chat:
            await until(lambda: "WEBHOOK_PORT" in chat.state)
            other.close()
            assert await ask(api, "/help")
    assert [each.levelname for each in caplog.records if "WEBHOOK_PORT" in each.getMessage()] == ["ERROR"]


async def test_stopping_does_not_wait_for_the_next_look(api: BotApi, store: MemoryStore, hook: Hook) -> None:
    slow = Hook(PUBLIC, hook.port, SECRET, host="127.0.0.1", every=1_000.0)
    chat = TelegramChat(
        token=api.token,
        desk=desk_over(store),
        store=store,
        offload=inline,
        api_url=api.url,
        timing=Timing(grace=5.0),
        hook=slow,
    )
    await chat.start()
    await until(lambda: chat.connected)
    async with asyncio.timeout(2):
        await chat.stop()


async def test_the_secret_is_in_no_line_of_ours(
    api: BotApi, store: MemoryStore, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "monitor")
    async with chatting(api, store, hook=hook) as chat:
        await until(lambda: chat.connected)
        for _ in range(20):
            assert await knock(hook.port, b"{}", secret="forged") == 403
    assert caplog.text.count("without our secret") == 1  # a flood of them does not flood the log
    assert SECRET not in "".join(
        each.getMessage() for each in caplog.records if each.name.startswith("monitor")
    )
