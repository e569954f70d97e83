from __future__ import annotations

import json
from typing import Any

import pytest

from tests.botapi.errors import InvalidRequestError
from tests.botapi.validate import validate


def keyboard(*buttons: dict[str, Any]) -> str:
    return json.dumps({"inline_keyboard": [list(buttons)]})


def entity(kind: str, offset: int, length: int, **more: Any) -> str:
    return json.dumps([{"type": kind, "offset": offset, "length": length, **more}])


def send(text: str = "text", **more: Any) -> dict[str, Any]:
    return {"chat_id": "7", "text": text, **more}


def commands(*pairs: tuple[str, str]) -> dict[str, str]:
    return {"commands": json.dumps([{"command": name, "description": text} for name, text in pairs])}


ARTICLE = {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "x"}}
CALLBACK = {"text": "Why?", "callback_data": "why:1"}

BAD = [
    # the description: methods, parameters, types
    pytest.param("sendMesage", send(), "method not found", id="unknown method"),
    pytest.param("banChatMember", {"chat_id": "7"}, "method not found", id="method that no such bot needs"),
    pytest.param("sendMessage", send(bogus="1"), 'unknown parameter "bogus"', id="unknown parameter"),
    pytest.param(
        "sendMessage", send(disable_web_page_preview="true"), "unknown parameter", id="deprecated parameter"
    ),
    pytest.param("sendMessage", {"text": "x"}, '"chat_id" is required', id="chat missing"),
    pytest.param("sendMessage", {"chat_id": "7"}, "message text is empty", id="text missing"),
    pytest.param("deleteMessage", {"chat_id": "7"}, '"message_id" is required', id="message id missing"),
    pytest.param("deleteMessage", {"chat_id": "7", "message_id": "x"}, "message_id:", id="word for a number"),
    pytest.param("deleteMessage", {"chat_id": "7", "message_id": "1.5"}, "message_id:", id="fraction"),
    pytest.param(
        "deleteMessage", {"chat_id": "7", "message_id": True}, "not Integer", id="truth for a number"
    ),
    pytest.param("sendMessage", {"chat_id": 7, "text": 5}, "text: not String", id="number for text in JSON"),
    pytest.param(
        "sendMessage", send(disable_notification="yes"), "disable_notification", id="word for a truth"
    ),
    pytest.param("sendMessage", send(reply_markup="{"), "reply_markup", id="broken JSON"),
    pytest.param("sendMessage", send(reply_markup="[]"), "reply_markup", id="list for an object"),
    pytest.param("sendMessage", send(reply_markup="{}"), "reply_markup", id="keyboard of no kind"),
    pytest.param(
        "sendMessage",
        send(reply_markup=keyboard({"text": "a", "callback": "x"})),
        "unknown field",
        id="field",
    ),
    pytest.param(
        "sendMessage",
        send(reply_markup=keyboard({"callback_data": "x"})),
        "lacks text",
        id="button without text",
    ),
    pytest.param(
        "sendMessage",
        send(reply_markup='{"inline_keyboard":[{"text":"a","callback_data":"x"}]}'),
        "inline_keyboard[0]: not a list",
        id="keyboard without rows",
    ),
    pytest.param("sendMessage", send(entities="{}"), "entities: not a list", id="object for a list"),
    pytest.param(
        "sendMessage", send(entities='[{"type":"bold"}]'), "lacks offset", id="entity without offset"
    ),
    pytest.param(
        "sendMessage",
        send(entities='[{"type":"bold","offset":"0","length":1}]'),
        "entities[0].offset: not Integer",
        id="number as text inside JSON",
    ),
    pytest.param(
        "sendMessage", send(link_preview_options='{"disabled":true}'), "unknown field", id="preview field"
    ),
    pytest.param("sendMessage", send(reply_parameters='{"message":1}'), "unknown field", id="reply field"),
    pytest.param("getUpdates", {"allowed_updates": '["mesage"]'}, "unknown update", id="unknown update"),
    pytest.param("getUpdates", {"allowed_updates": "[1]"}, "not String", id="list of the wrong type"),
    pytest.param(
        "setMyCommands",
        {**commands(("a", "b")), "scope": '{"type":"everywhere"}'},
        "scope.type",
        id="unknown scope",
    ),
    # texts
    pytest.param("sendMessage", send(""), "message text is empty", id="empty text"),
    pytest.param("sendMessage", send(" \n "), "message text is empty", id="blank text"),
    pytest.param("sendMessage", send("x" * 4097), "message is too long", id="one unit too long"),
    pytest.param(
        "sendMessage", send("\N{BELL}" * 2049), "message is too long", id="2,049 emoji are 4,098 units"
    ),
    pytest.param(
        "sendPhoto",
        {"chat_id": "7", "photo": "id", "caption": "x" * 1025},
        "caption is too long",
        id="caption",
    ),
    pytest.param(
        "editMessageText", {"chat_id": "7", "message_id": "1"}, "text is empty", id="edit to nothing"
    ),
    pytest.param("editMessageText", {"text": "x"}, "identifier is not specified", id="edit of no message"),
    # HTML
    pytest.param("sendMessage", send("<b>x", parse_mode="HTML"), "Can't find end tag", id="open tag"),
    pytest.param("sendMessage", send("x</b>", parse_mode="HTML"), "Unexpected end tag", id="end tag alone"),
    pytest.param(
        "sendMessage", send("<b><i>x</b></i>", parse_mode="HTML"), "Unmatched end tag", id="crossed"
    ),
    pytest.param(
        "sendMessage", send("<p>x</p>", parse_mode="HTML"), "Unsupported start tag", id="unknown tag"
    ),
    pytest.param(
        "sendMessage", send("1 < 2", parse_mode="HTML"), "Unsupported start tag", id="bare less-than"
    ),
    pytest.param("sendMessage", send("<b x", parse_mode="HTML"), "Unclosed start tag", id="unclosed tag"),
    pytest.param("sendMessage", send("<span>x</span>", parse_mode="HTML"), "tg-spoiler", id="span"),
    pytest.param(
        "sendMessage", send("<b></b>", parse_mode="HTML"), "text is empty", id="empty after parsing"
    ),
    pytest.param("sendMessage", send(parse_mode="XML"), "unsupported parse_mode", id="unknown parse mode"),
    pytest.param(
        "sendMessage",
        send("<b>x</b>", parse_mode="HTML", entities=entity("bold", 0, 1)),
        "exclude each other",
        id="markup and entities",
    ),
    # entities
    pytest.param("sendMessage", send("abc", entities=entity("bold", 0, 4)), "ends after", id="past the end"),
    pytest.param(
        "sendMessage", send("abc", entities=entity("bold", 3, 1)), "begins after", id="behind the end"
    ),
    pytest.param(
        "sendMessage", send("abc", entities=entity("bold", -1, 1)), "begins after", id="before the start"
    ),
    pytest.param("sendMessage", send("abc", entities=entity("bold", 0, 0)), "empty", id="empty entity"),
    pytest.param(
        "sendMessage", send("\N{BELL}", entities=entity("bold", 0, 1)), "cuts through", id="half an emoji"
    ),
    pytest.param(
        "sendMessage", send("abc", entities=entity("blink", 0, 1)), "unknown type", id="unknown entity"
    ),
    pytest.param(
        "sendMessage", send("abc", entities=entity("text_link", 0, 1)), "lacks url", id="link to nowhere"
    ),
    pytest.param(
        "sendMessage",
        send("abc", entities=entity("text_link", 0, 1, url="javascript:x")),
        "wrong URL",
        id="link of a bad scheme",
    ),
    pytest.param(
        "sendMessage",
        send(
            "a" * 101, entities=json.dumps([{"type": "bold", "offset": i, "length": 1} for i in range(101)])
        ),
        "more than 100 entities",
        id="101 entities",
    ),
    # buttons
    pytest.param(
        "sendMessage",
        send(reply_markup=keyboard({"text": "a", "callback_data": "я" * 33})),
        "BUTTON_DATA_INVALID",
        id="66 bytes of callback data",
    ),
    pytest.param(
        "sendMessage",
        send(reply_markup=keyboard({"text": "a", "callback_data": ""})),
        "BUTTON_DATA_INVALID",
        id="no callback data",
    ),
    pytest.param(
        "sendMessage",
        send(reply_markup=keyboard({"text": "a", "url": "ftp://example.org/x"})),
        "Wrong HTTP URL",
        id="button to ftp",
    ),
    pytest.param(
        "sendMessage",
        send(reply_markup=keyboard({"text": "a"})),
        "Text buttons are unallowed",
        id="button of no use",
    ),
    pytest.param(
        "sendMessage",
        send(reply_markup=keyboard({**CALLBACK, "url": "https://example.org/"})),
        "exclude each other",
        id="button of two uses",
    ),
    pytest.param(
        "sendMessage",
        send(reply_markup=keyboard({**CALLBACK, "text": " "})),
        "non-empty",
        id="button without label",
    ),
    pytest.param("sendMessage", send(reply_markup=keyboard(*[CALLBACK] * 101)), "too long", id="101 buttons"),
    # identifiers
    pytest.param("sendMessage", send(chat_id=""), "chat_id is empty", id="empty chat"),
    pytest.param(
        "sendMessage", send(chat_id="channel"), "neither a number nor an @name", id="name without @"
    ),
    pytest.param("sendMessage", send(chat_id=str(1 << 53)), "52 significant bits", id="chat id too large"),
    pytest.param("sendMessage", send(message_thread_id="0"), "invalid message_thread_id", id="thread 0"),
    pytest.param("getChatMember", {"chat_id": "7", "user_id": "-5"}, "invalid user_id", id="user below 0"),
    # the other methods
    pytest.param("getUpdates", {"limit": "101"}, "limit must be", id="101 updates"),
    pytest.param("getUpdates", {"timeout": "-1"}, "timeout must be", id="timeout below 0"),
    pytest.param("setMyCommands", commands(("Start", "x")), "BOT_COMMAND_INVALID", id="capital in command"),
    pytest.param(
        "setMyCommands", commands(("x" * 33, "x")), "BOT_COMMAND_INVALID", id="33 letters of command"
    ),
    pytest.param("setMyCommands", commands(("why-not", "x")), "BOT_COMMAND_INVALID", id="hyphen in command"),
    pytest.param(
        "setMyCommands", commands(("a", "")), "DESCRIPTION_INVALID", id="command without description"
    ),
    pytest.param("setMyCommands", commands(("a", "x" * 257)), "DESCRIPTION_INVALID", id="long description"),
    pytest.param("setMyCommands", commands(("a", "x"), ("a", "y")), "twice", id="same command twice"),
    pytest.param(
        "setMyCommands", commands(*[(f"c{i}", "x") for i in range(101)]), "TOO_MUCH", id="101 commands"
    ),
    pytest.param("getMyCommands", {"language_code": "english"}, "language code", id="language in full"),
    pytest.param(
        "answerCallbackQuery",
        {"callback_query_id": "1", "text": "x" * 201},
        "MESSAGE_TOO_LONG",
        id="long answer",
    ),
    pytest.param(
        "sendChatAction", {"chat_id": "7", "action": "typin"}, "wrong parameter action", id="action"
    ),
    pytest.param("setWebhook", {"url": "http://example.org/"}, "HTTPS", id="webhook without TLS"),
    pytest.param("setWebhook", {"url": "https://example.org/", "secret_token": "a b"}, "secret", id="secret"),
    pytest.param(
        "answerInlineQuery",
        {"inline_query_id": "1", "results": json.dumps([ARTICLE] * 51)},
        "RESULTS",
        id="51 results",
    ),
    pytest.param(
        "answerInlineQuery",
        {"inline_query_id": "1", "results": json.dumps([ARTICLE] * 2)},
        "DUPLICATE",
        id="same id",
    ),
]


def test_the_table_of_bad_requests_is_long_enough() -> None:
    assert len(BAD) >= 50


@pytest.mark.parametrize(("method", "raw", "words"), BAD)
def test_bad_request_is_refused_with_its_reason(method: str, raw: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        validate(method, raw)
    assert words in refused.value.description
    assert refused.value.code == (404 if "not found" in words else 400)


GOOD = [
    pytest.param("getMe", {}, id="no parameters"),
    pytest.param("sendMessage", send("x" * 4096), id="4,096 units"),
    pytest.param("sendMessage", send("&amp;" * 4096, parse_mode="HTML"), id="4,096 units after parsing"),
    pytest.param("sendMessage", send(chat_id="@my_channel"), id="channel by name"),
    pytest.param("sendMessage", send(chat_id="-1001234567890"), id="channel by number"),
    pytest.param("sendMessage", {"chat_id": 7, "text": "x", "disable_notification": True}, id="JSON body"),
    pytest.param(
        "sendMessage", send("\N{BELL}x", entities=entity("bold", 2, 1)), id="offset behind an emoji"
    ),
    pytest.param(
        "sendMessage",
        send("abc", entities=entity("text_link", 0, 1, url="https://example.org/?a=1&b=2")),
        id="link",
    ),
    pytest.param("sendMessage", send(reply_markup=keyboard(CALLBACK)), id="inline keyboard"),
    pytest.param(
        "sendMessage",
        send(reply_markup=keyboard({"text": "a", "callback_data": "я" * 32})),
        id="64 bytes of data",
    ),
    pytest.param("sendMessage", send(reply_markup='{"keyboard":[[{"text":"a"}]]}'), id="reply keyboard"),
    pytest.param("sendMessage", send(reply_markup='{"remove_keyboard":true}'), id="keyboard removed"),
    pytest.param("sendMessage", send(link_preview_options='{"is_disabled":true}'), id="no preview"),
    pytest.param("getUpdates", {"offset": "-1", "timeout": "50", "allowed_updates": "[]"}, id="updates"),
    pytest.param(
        "setMyCommands",
        {**commands(("start", "Begin")), "scope": '{"type":"all_private_chats"}', "language_code": "ru"},
        id="commands",
    ),
    pytest.param(
        "answerInlineQuery", {"inline_query_id": "1", "results": json.dumps([ARTICLE])}, id="inline"
    ),
]


@pytest.mark.parametrize(("method", "raw"), GOOD)
def test_good_request_is_taken(method: str, raw: dict[str, Any]) -> None:
    assert validate(method, raw).method == method


def test_parameters_get_the_types_that_are_meant() -> None:
    call = validate("sendMessage", send("007", disable_notification="true", reply_markup=keyboard(CALLBACK)))
    assert call.params["chat_id"] == 7
    assert call.params["text"] == "007"
    assert call.params["disable_notification"] is True
    assert call.params["reply_markup"] == {"inline_keyboard": [[CALLBACK]]}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        pytest.param("a &lt; b &amp; c &quot;d&quot;", 'a < b & c "d"', [], id="named references"),
        pytest.param("&#1071;&#x42F;&eacute;", "ЯЯ&eacute;", [], id="numbered references"),
        pytest.param("<b>ab</b>c", "abc", [("bold", 0, 2)], id="bold"),
        pytest.param("\N{BELL}<i>x</i>", "\N{BELL}x", [("italic", 2, 1)], id="offset in UTF-16 units"),
        pytest.param("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)], id="nested"),
        pytest.param(
            "<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)], id="quote"
        ),
        pytest.param('<span class="tg-spoiler">s</span>', "s", [("spoiler", 0, 1)], id="spoiler"),
        pytest.param('<a href="https://e.org/?a=1&amp;b=>">x</a>', "x", [("text_link", 0, 1)], id="link"),
        pytest.param('<a href="javascript:x">x</a>', "x", [], id="link of a bad scheme is dropped"),
        pytest.param("<B></B>x > y", "x > y", [], id="empty tag and bare greater-than"),
    ],
)
def test_html_is_read_as_telegram_reads_it(
    source: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    call = validate("sendMessage", send(source, parse_mode="HTML"))
    assert call.text == text
    assert [(e["type"], e["offset"], e["length"]) for e in call.entities] == entities


def test_link_in_html_keeps_its_address() -> None:
    call = validate("sendMessage", send('<a href="https://e.org/?a=1&amp;b=2">x</a>', parse_mode="HTML"))
    assert call.entities[0]["url"] == "https://e.org/?a=1&b=2"
