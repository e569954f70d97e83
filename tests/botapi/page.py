"""A page to play the people by hand: chats, messages, buttons, an input. For `python -m tests.botapi`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.botapi.chats import Chat
    from tests.botapi.message import Message
    from tests.botapi.people import Person
    from tests.botapi.server import BotApi

PAGE = Path(__file__).parent / "page.html"


def add_routes(app: web.Application, api: BotApi) -> None:
    """Serve the page at `/` and what it needs below `/play/`."""

    async def show(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(text=PAGE.read_text(encoding="utf-8"), content_type="text/html")

    async def state(request: web.Request) -> web.StreamResponse:
        del request
        return web.json_response(_state(api))

    async def act(request: web.Request) -> web.StreamResponse:
        wanted = await request.json()
        try:
            said = await _act(api, wanted)
        except (LookupError, TimeoutError) as problem:
            return web.json_response({"problem": str(problem)}, status=400)
        return web.json_response({"answer": said})

    app.router.add_get("/", show)
    app.router.add_get("/play/state", state)
    app.router.add_post("/play/act", act)


def _people(chat: Chat) -> dict[int, Person]:
    """Who can be played in a chat, by number."""
    people = {person.id: person for person in chat.members if person != chat.world.bot}
    return people or {chat.world.anonymous.id: chat.world.anonymous}


async def _act(api: BotApi, wanted: dict[str, Any]) -> str:
    """One thing that somebody does; what the bot showed in return, for a pressed button."""
    chat = api.chats[int(wanted["chat"])]
    who = _people(chat)[int(wanted["who"])]
    if wanted["act"] == "say":
        await chat.says(who, str(wanted["text"]))
    elif wanted["act"] == "block":
        await (chat.blocks() if chat.bot.present else chat.unblocks())
    else:
        message = chat.message(int(wanted["message"]))
        if message is None:
            problem = "that message is gone"
            raise LookupError(problem)
        press = await chat.presses(who, message, str(wanted["label"]))
        return str((await press.answered()).get("text", ""))
    return ""


def _state(api: BotApi) -> dict[str, Any]:
    chats = [
        {
            "id": str(chat.id),
            "name": chat.name,
            "kind": chat.kind,
            "blocked": not chat.bot.present,
            "people": [
                {"id": str(person.id), "name": person.first_name} for person in _people(chat).values()
            ],
            "messages": [_message(message) for message in chat.history if not message.deleted],
        }
        for chat in api.chats.values()
    ]
    rejected = [f"{request.method}: {request.description}" for request in api.rejected]
    return {"chats": chats, "rejected": rejected}


def _message(message: Message) -> dict[str, Any]:
    sender = message.sender.first_name if message.sender else message.chat.title
    return {
        "id": message.id,
        "from": sender,
        "bot": message.sender == message.chat.world.bot,
        "text": message.text or (f"({next(iter(message.service))})" if message.service else ""),
        "entities": message.entities,
        "buttons": [
            [{"text": b["text"], "url": b.get("url")} for b in row]
            for row in (message.markup or {}).get("inline_keyboard", ())
        ],
        "edited": message.edit_date is not None,
    }
