"""What each Bot API method does to the world: each takes a valid Call and returns the JSON of its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.botapi.description import Description, Upload
from tests.botapi.errors import refuse
from tests.botapi.people import LEFT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.botapi.chats import Chat
    from tests.botapi.message import Message
    from tests.botapi.validate import Call
    from tests.botapi.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
STALE_QUERY = "query is too old and response timeout expired or query ID is invalid"


def _writes(world: World, call: Call, media: dict[str, Any]) -> Any:
    chat = world.find(call.params["chat_id"])
    chat.refuse_writing(call.params.get("message_thread_id"))
    message = chat.post(
        text=call.text,
        entities=list(call.entities),
        thread=call.params.get("message_thread_id"),
        markup=call.params.get("reply_markup"),
        reply_to=_replied(chat, call),
        silent=call.params.get("disable_notification", False),
        protected=call.params.get("protect_content", False),
        preview=call.params.get("link_preview_options"),
        media=media,
    )
    return message.json()


def _replied(chat: Chat, call: Call) -> Message | None:
    wanted = call.params.get("reply_parameters")
    if wanted is None or "message_id" not in wanted:
        return None
    message = chat.message(wanted["message_id"])
    if message is None and not wanted.get("allow_sending_without_reply"):
        refuse("message to be replied not found")
    return message


def _send_message(world: World, call: Call) -> Any:
    return _writes(world, call, {})


def _send_photo(world: World, call: Call) -> Any:
    size = {**_file(call.params["photo"]), "width": 640, "height": 480}
    return _writes(world, call, {"photo": [size]})


def _send_document(world: World, call: Call) -> Any:
    return _writes(world, call, {"document": _file(call.params["document"])})


def _file(given: str | Upload) -> dict[str, Any]:
    name = given.filename if isinstance(given, Upload) else given
    return {"file_id": f"file:{name}", "file_unique_id": f"unique:{name}"}


def _own_message(world: World, call: Call, what: str) -> Message:
    chat = world.find(call.params["chat_id"])
    chat.refuse_stranger()
    message = chat.message(call.params["message_id"])
    if message is None:
        refuse(f"message to {what} not found")
    if message.sender != world.bot:
        refuse(f"message can't be {what}ed")
    return message


def _edit_message_text(world: World, call: Call) -> Any:
    if "inline_message_id" in call.params:
        return True
    message = _own_message(world, call, "edit")
    new = (call.text, list(call.entities), call.params.get("reply_markup"))
    if new == (message.text, message.entities, message.markup):
        refuse(NOT_MODIFIED)
    message.edits.append(message.text)
    message.text, message.entities, message.markup = new
    message.preview = call.params.get("link_preview_options")
    message.chat.edited(message)
    return message.json()


def _edit_message_reply_markup(world: World, call: Call) -> Any:
    if "inline_message_id" in call.params:
        return True
    message = _own_message(world, call, "edit")
    markup = call.params.get("reply_markup")
    if (markup or None) == (message.markup or None):
        refuse(NOT_MODIFIED)
    message.markup = markup
    message.chat.edited(message)
    return message.json()


def _delete_message(world: World, call: Call) -> Any:
    chat = world.find(call.params["chat_id"])
    chat.refuse_stranger()
    message = chat.message(call.params["message_id"])
    if message is None:
        refuse("message to delete not found")
    if message.sender != world.bot and chat.kind != "private" and not chat.bot.may("can_delete_messages"):
        refuse("message can't be deleted")
    message.deleted = True
    return True


def _send_chat_action(world: World, call: Call) -> Any:
    chat = world.find(call.params["chat_id"])
    chat.refuse_writing(call.params.get("message_thread_id"))
    chat.actions.append(call.params["action"])
    return True


def _answer_callback_query(world: World, call: Call) -> Any:
    press = world.presses.get(call.params["callback_query_id"])
    if press is None or press.answer is not None:
        refuse(STALE_QUERY)
    press.answer = call.params
    press.done.set()
    return True


def _answer_inline_query(world: World, call: Call) -> Any:
    number = call.params["inline_query_id"]
    if world.inline_answers.get(number, {}) is not None:
        refuse(STALE_QUERY)
    world.inline_answers[number] = call.params
    return True


def _get_me(world: World, call: Call) -> Any:
    del call
    return {
        **world.bot.json(),
        "can_join_groups": True,
        "can_read_all_group_messages": world.reads_all_group_messages,
        "supports_inline_queries": True,
    }


def _leaves_the_cloud(world: World, call: Call) -> Any:
    del world, call
    return True


def _scope(call: Call) -> tuple[str, str]:
    scope = call.params.get("scope", {"type": "default"})
    where = ":".join(str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope)
    return where, call.params.get("language_code", "")


def _set_my_commands(world: World, call: Call) -> Any:
    world.commands[_scope(call)] = list(call.params["commands"])
    return True


def _delete_my_commands(world: World, call: Call) -> Any:
    world.commands.pop(_scope(call), None)
    return True


def _get_my_commands(world: World, call: Call) -> Any:
    return world.commands.get(_scope(call), [])


def _get_chat(world: World, call: Call) -> Any:
    chat = world.find(call.params["chat_id"])
    if chat.kind not in {"private", "channel"} or chat.username is None:
        chat.refuse_stranger()
    gifts = dict.fromkeys(Description.load().types["AcceptedGiftTypes"], False)
    shown = {**chat.json(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    if chat.kind in {"group", "supergroup"}:
        shown["permissions"] = {"can_send_messages": chat.all_may_write}
    return shown


def _visible(world: World, call: Call) -> Chat:
    """The chat, if the bot may see who is in it."""
    chat = world.find(call.params["chat_id"])
    chat.refuse_stranger()
    if chat.kind == "channel" and not chat.bot.manages:
        refuse("member list is inaccessible")
    return chat


def _get_chat_member(world: World, call: Call) -> Any:
    person, member = world.membership(_visible(world, call), call.params["user_id"])
    return member.json(person)


def _get_chat_administrators(world: World, call: Call) -> Any:
    chat = _visible(world, call)
    if chat.kind == "private":
        refuse("there are no administrators in the private chat")
    found = {person: member for person, member in chat.members.items() if member.manages}
    return [
        m.json(p)
        for p, m in found.items()
        if not p.is_bot or p == world.bot or call.params.get("return_bots")
    ]


def _get_chat_member_count(world: World, call: Call) -> Any:
    return len(world.members_of(_visible(world, call)))


def _leave_chat(world: World, call: Call) -> Any:
    chat = world.find(call.params["chat_id"])
    chat.refuse_stranger()
    if chat.kind == "private":
        refuse("chat member status can't be changed in private chats")
    chat.members[world.bot] = LEFT
    return True


def _set_webhook(world: World, call: Call) -> Any:
    updates = world.updates
    updates.webhook, updates.secret = call.params["url"], call.params.get("secret_token", "")
    updates.failure = None
    updates.allow(call.params.get("allowed_updates"))
    if call.params.get("drop_pending_updates"):
        updates.waiting.clear()
    updates.wake()
    return True


def _delete_webhook(world: World, call: Call) -> Any:
    world.updates.webhook = ""
    if call.params.get("drop_pending_updates"):
        world.updates.waiting.clear()
    world.updates.changed.set()
    return True


def _get_webhook_info(world: World, call: Call) -> Any:
    del call
    updates = world.updates
    shown = {
        "url": updates.webhook,
        "has_custom_certificate": False,
        "pending_update_count": len(updates.waiting),
    }
    if updates.failure is not None:
        shown["last_error_date"], shown["last_error_message"] = updates.failure
    return shown


METHODS: dict[str, Callable[[World, Call], Any]] = {
    "getMe": _get_me,
    "logOut": _leaves_the_cloud,
    "close": _leaves_the_cloud,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _get_webhook_info,
    "sendMessage": _send_message,
    "sendPhoto": _send_photo,
    "sendDocument": _send_document,
    "sendChatAction": _send_chat_action,
    "editMessageText": _edit_message_text,
    "editMessageReplyMarkup": _edit_message_reply_markup,
    "deleteMessage": _delete_message,
    "answerCallbackQuery": _answer_callback_query,
    "answerInlineQuery": _answer_inline_query,
    "setMyCommands": _set_my_commands,
    "deleteMyCommands": _delete_my_commands,
    "getMyCommands": _get_my_commands,
    "getChat": _get_chat,
    "getChatMember": _get_chat_member,
    "getChatAdministrators": _get_chat_administrators,
    "getChatMemberCount": _get_chat_member_count,
    "leaveChat": _leave_chat,
}
"""All of the description but getUpdates, which waits and is the server's own."""


async def perform(world: World, call: Call) -> Any:
    """Do what a call asks; the JSON of its result. Raises ApiError as Telegram would refuse.

    The result is held to the description too, so that this server cannot teach the bot something false; what
    is not as described raises MismatchError, a fault of this server.
    """
    if call.method == "getUpdates":
        world.updates.allow(call.params.get("allowed_updates"))
        offset, limit = call.params.get("offset", 0), call.params.get("limit", 100)
        result: Any = await world.updates.poll(offset=offset, limit=limit, wait=call.params.get("timeout", 0))
    else:
        result = METHODS[call.method](world, call)
        Description.load().check(Description.load().methods[call.method].returns, result, call.method)
    return result
