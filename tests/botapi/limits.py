"""The limits that the Bot API states in prose only: lengths, alphabets, offsets, what excludes what.

Lengths of text are counted in UTF-16 code units, the safe reading of "characters". Every function raises
InvalidRequestError, in Telegram's words where they are known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.botapi.errors import reject
from tests.botapi.markup import Entity, units

if TYPE_CHECKING:
    from collections.abc import Callable

Params = dict[str, Any]

TEXT, CAPTION, CALLBACK_DATA, CALLBACK_ANSWER = 4096, 1024, 64, 200
ENTITIES, BUTTONS, COMMANDS, INLINE_RESULTS, OFFSET_BYTES = 100, 100, 100, 50, 64
LINK = re.compile(r"(?:https?://[^\s/]+\S*|tg://\S+)", re.IGNORECASE)
WEB = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
BUTTON_KINDS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled",
}  # fmt: skip
ENTITY_KINDS = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic",
    "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre",
    "text_link", "text_mention", "custom_emoji", "date_time",
}  # fmt: skip
ENTITY_NEEDS = {
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
}
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


def check_text(text: str, *, caption: bool = False) -> None:
    """What is left of a text or caption after its entities were parsed."""
    if not caption and not text.strip():
        reject("message text is empty")
    if units(text) > (CAPTION if caption else TEXT):
        reject("message caption is too long" if caption else "message is too long")


def check_entities(text: str, entities: list[Entity]) -> None:
    """Entities lie inside the text, on whole characters, and carry what their kind needs."""
    if len(entities) > ENTITIES:
        reject(f"more than {ENTITIES} entities: Telegram would silently drop the rest")
    starts, position = {0}, 0
    for char in text:
        position += units(char)
        starts.add(position)
    for entity in entities:
        offset, end = entity["offset"], entity["offset"] + entity["length"]
        if offset < 0 or offset >= position:
            reject(f"entity begins after the end of the text at UTF-16 offset {offset}")
        if end <= offset or end > position:
            reject(f"entity beginning at UTF-16 offset {offset} is empty or ends after the end of the text")
        if not {offset, end} <= starts:
            reject(f"entity beginning at UTF-16 offset {offset} cuts through a UTF-16 symbol")
        _check_kind(entity)


def _check_kind(entity: Entity) -> None:
    kind = entity["type"]
    if kind not in ENTITY_KINDS:
        reject(f"can't parse MessageEntity: unknown type {kind!r}")
    if kind in ENTITY_NEEDS and ENTITY_NEEDS[kind] not in entity:
        reject(f"can't parse MessageEntity: {kind} lacks {ENTITY_NEEDS[kind]}")
    if kind == "text_link" and not LINK.fullmatch(entity["url"]):
        reject(f"can't parse MessageEntity: wrong URL {entity['url']!r}")


def check_markup(markup: dict[str, Any]) -> None:
    """Keyboards: no empty label, not too many buttons, and what inline ones must keep to."""
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS:
        reject("reply markup is too long")
    for button in buttons:
        if not button["text"].strip():
            reject("keyboard button text must be non-empty")
        if "inline_keyboard" in markup:
            _check_inline_button(button)


def _check_inline_button(button: dict[str, Any]) -> None:
    """Exactly one meaning, callback data by bytes, links by scheme."""
    meanings = BUTTON_KINDS & button.keys()
    if not meanings:
        reject("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(meanings) > 1:
        reject(f"can't parse inline keyboard button: {' and '.join(sorted(meanings))} exclude each other")
    if not 1 <= len(button.get("callback_data", "x").encode()) <= CALLBACK_DATA:
        reject("BUTTON_DATA_INVALID")
    if not LINK.fullmatch(button.get("url", "tg://x")):
        reject(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def check_chat(chat: int | str) -> None:
    """A chat is a number or a public name with its @."""
    if chat in {"", 0}:
        reject("chat_id is empty")
    if isinstance(chat, str) and not chat.startswith("@"):
        reject(f"chat_id {chat!r} is neither a number nor an @name")
    if isinstance(chat, int) and abs(chat) >= 1 << 52:
        reject("chat_id has more than 52 significant bits")


def _within(params: Params, name: str, least: int, most: int) -> None:
    if name in params and not least <= params[name] <= most:
        reject(f"{name} must be between {least} and {most}")


def _get_updates(params: Params) -> None:
    _within(params, "limit", 1, 100)
    _within(params, "timeout", 0, 50)


def _set_webhook(params: Params) -> None:
    _within(params, "max_connections", 1, 100)
    if "secret_token" in params and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", params["secret_token"]):
        reject("secret token contains unallowed characters")
    if params["url"] and not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", params["url"]):
        reject("bad webhook: An HTTPS URL must be provided for webhook")


def _set_my_commands(params: Params) -> None:
    if len(params["commands"]) > COMMANDS:
        reject("BOT_COMMANDS_TOO_MUCH")
    for command in params["commands"]:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            reject("BOT_COMMAND_INVALID")
        if not 1 <= units(command["description"]) <= 256:
            reject("BOT_COMMAND_DESCRIPTION_INVALID")
    names = [command["command"] for command in params["commands"]]
    if len(set(names)) < len(names):
        reject("the same command twice")


def _language(params: Params) -> None:
    if not re.fullmatch(r"(?:[a-z]{2})?", params.get("language_code", "")):
        reject("invalid language code specified")


def _answer_callback_query(params: Params) -> None:
    if units(params.get("text", "")) > CALLBACK_ANSWER:
        reject("MESSAGE_TOO_LONG")
    if not LINK.fullmatch(params.get("url", "tg://x")):
        reject("URL_INVALID")
    _within(params, "cache_time", 0, 1 << 31)


def _answer_inline_query(params: Params) -> None:
    if len(params["results"]) > INLINE_RESULTS:
        reject("RESULTS_TOO_MUCH")
    if len(params.get("next_offset", "").encode()) > OFFSET_BYTES:
        reject("NEXT_OFFSET_INVALID")
    names = [result["id"] for result in params["results"]]
    if len(set(names)) < len(names):
        reject("RESULT_ID_DUPLICATE")
    for result in params["results"]:
        if not 1 <= len(result["id"].encode()) <= OFFSET_BYTES:
            reject("RESULT_ID_INVALID")
        if result["type"] == "article" and not result["title"].strip():
            reject("ARTICLE_TITLE_EMPTY")
        content = result.get("input_message_content", {})
        if "message_text" in content:
            check_text(content["message_text"])
            check_entities(content["message_text"], content.get("entities", []))


def _send_chat_action(params: Params) -> None:
    if params["action"] not in ACTIONS:
        reject("wrong parameter action in request")


def _edit(params: Params) -> None:
    if "inline_message_id" not in params and not {"chat_id", "message_id"} <= params.keys():
        reject("message identifier is not specified")


def _edit_text(params: Params) -> None:
    _edit(params)
    if "text" not in params and "rich_message" not in params:
        reject("message text is empty")


METHODS: dict[str, tuple[Callable[[Params], None], ...]] = {
    "getUpdates": (_get_updates,),
    "setWebhook": (_set_webhook,),
    "setMyCommands": (_set_my_commands, _language),
    "getMyCommands": (_language,),
    "deleteMyCommands": (_language,),
    "answerCallbackQuery": (_answer_callback_query,),
    "answerInlineQuery": (_answer_inline_query,),
    "sendChatAction": (_send_chat_action,),
    "editMessageText": (_edit_text,),
    "editMessageReplyMarkup": (_edit,),
}


def check_limits(method: str, params: Params) -> None:
    """Everything but the text itself, which is checked after its markup was read."""
    if "chat_id" in params:
        check_chat(params["chat_id"])
    for name in ("message_id", "message_thread_id", "user_id"):
        if params.get(name, 1) < 1:
            reject(f"invalid {name} specified")
    if "reply_markup" in params:
        check_markup(params["reply_markup"])
    preview = params.get("link_preview_options", {})
    if not WEB.fullmatch(preview.get("url", "https://x")):
        reject("link preview URL is invalid")
    if preview.get("prefer_small_media") and preview.get("prefer_large_media"):
        reject("prefer_small_media and prefer_large_media exclude each other")
    for check in METHODS.get(method, ()):
        check(params)
