from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ChatMemberStatus, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.botapi import KICKED, LEFT, OWNER, BotApi, Chat, Member, administrator, restricted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

WHY = InlineKeyboardMarkup([[InlineKeyboardButton("Why?", callback_data="why:1")]])
OPEN = InlineKeyboardMarkup([[InlineKeyboardButton("Open", url="https://example.org/")]])


async def test_message_is_kept_as_it_was_sent(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    entities = [
        MessageEntity("bold", 0, 5),
        MessageEntity("text_link", 6, 5, url="https://example.org/?a=1&b=2"),
    ]
    preview = LinkPreviewOptions(is_disabled=True)
    sent = await bot.send_message(
        7,
        "ALERT title",
        entities=entities,
        reply_markup=WHY,
        link_preview_options=preview,
        disable_notification=True,
    )
    message = await chat.next_message()
    assert (message.id, message.text, message.silent) == (sent.message_id, "ALERT title", True)
    assert message.marked("bold") == ["ALERT"]
    assert message.links == {"title": "https://example.org/?a=1&b=2"}
    assert message.buttons == [["Why?"]]
    assert message.preview == {"is_disabled": True}
    assert sent.entities == tuple(entities)
    assert chat.messages == [message]
    assert not api.rejected


async def test_html_arrives_as_text_with_entities(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    await bot.send_message(7, "<b>A &amp; B</b>", parse_mode=ParseMode.HTML)
    message = await chat.next_message()
    assert message.text == "A & B"
    assert message.marked("bold") == ["A & B"]


async def test_bogus_parameter_is_refused_and_recorded(api: BotApi, bot: Bot) -> None:
    api.private(7, "Ann")
    with pytest.raises(BadRequest, match="nknown parameter"):
        await bot.send_message(7, "x", api_kwargs={"bogus": 1})
    assert [request.method for request in api.rejected] == ["sendMessage"]
    assert api.rejected[0].params["bogus"] == "1"


async def test_button_press_reaches_the_bot_and_its_answer_the_person(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    await bot.send_message(7, "x", reply_markup=WHY)
    press = await chat.presses(chat.user, await chat.next_message(), "Why?")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.data == "why:1"
    await update.callback_query.answer("Because")
    assert (await press.answered())["text"] == "Because"
    with pytest.raises(BadRequest, match="uery is too old"):
        await update.callback_query.answer("Again")


async def test_only_buttons_that_are_there_can_be_pressed(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    await bot.send_message(7, "x", reply_markup=OPEN)
    message = await chat.next_message()
    with pytest.raises(LookupError, match="no button 'Why"):
        await chat.presses(chat.user, message, "Why?")
    with pytest.raises(LookupError, match="is a link"):
        await chat.presses(chat.user, message, "Open")


async def test_edits_change_the_message_and_remember_what_it_was(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    sent = await bot.send_message(7, "one", reply_markup=WHY)
    await bot.edit_message_text("two", 7, sent.message_id, reply_markup=WHY)
    message = await chat.next_edit()
    assert (message.text, message.edits, message.buttons) == ("two", ["one"], [["Why?"]])
    with pytest.raises(BadRequest, match="essage is not modified"):
        await bot.edit_message_text("two", 7, sent.message_id, reply_markup=WHY)
    await bot.edit_message_reply_markup(7, sent.message_id)
    assert (await chat.next_edit()).buttons == []
    with pytest.raises(BadRequest, match="essage is not modified"):
        await bot.edit_message_reply_markup(7, sent.message_id)


async def test_deleted_message_is_gone(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    sent = await bot.send_message(7, "x")
    assert await bot.delete_message(7, sent.message_id)
    assert chat.messages == []
    with pytest.raises(BadRequest, match="essage to delete not found"):
        await bot.delete_message(7, sent.message_id)
    with pytest.raises(BadRequest, match="essage to edit not found"):
        await bot.edit_message_text("y", 7, sent.message_id)


async def test_reply_points_at_its_message(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    asked = await chat.says(chat.user, "hello")
    await bot.send_message(7, "x", reply_parameters=ReplyParameters(asked.id), reply_markup=ForceReply())
    assert (await chat.next_message()).reply_to is asked
    with pytest.raises(BadRequest, match="to be replied not found"):
        await bot.send_message(7, "x", reply_parameters=ReplyParameters(999))


async def test_photo_and_document_carry_a_caption(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    sent = await bot.send_photo(7, "https://example.org/p.jpg", caption="photo")
    assert sent.caption == "photo"
    await bot.send_document(7, b"bytes", filename="list.opml", caption="file")
    assert (await chat.next_message()).text == "photo"
    assert (await chat.next_message()).media["document"]["file_id"] == "file:list.opml"


async def test_channel_is_found_by_its_name(api: BotApi, bot: Bot) -> None:
    channel = api.channel(-1001, "Alerts", username="my_channel")
    sent = await bot.send_message("@My_Channel", "x")
    assert sent.chat.id == -1001
    assert sent.sender_chat is not None
    assert sent.sender_chat.username == "my_channel"
    assert (await bot.get_chat("@my_channel")).title == "Alerts"
    me = await bot.get_chat_member("@my_channel", bot.id)
    assert me.status == ChatMemberStatus.ADMINISTRATOR
    assert [m.text for m in channel.messages] == ["x"]


REFUSALS = [
    pytest.param(lambda _api: None, BadRequest, "hat not found", id="chat that does not exist"),
    pytest.param(
        lambda api: api.group(7, "G", bot=LEFT), Forbidden, "not a member of the supergroup", id="left"
    ),
    pytest.param(
        lambda api: api.group(7, "G", bot=KICKED), Forbidden, "kicked from the supergroup", id="kicked"
    ),
    pytest.param(
        lambda api: api.group(7, "G", kind="group", bot=KICKED),
        Forbidden,
        "kicked from the group chat",
        id="group",
    ),
    pytest.param(
        lambda api: api.group(7, "G", bot=restricted()),
        BadRequest,
        "ot enough rights to send text",
        id="muted",
    ),
    pytest.param(
        lambda api: api.channel(7, "C", bot=LEFT), Forbidden, "not a member of the channel", id="channel"
    ),
    pytest.param(
        lambda api: api.channel(7, "C", bot=KICKED),
        Forbidden,
        "kicked from the channel chat",
        id="channel, kicked",
    ),
    pytest.param(
        lambda api: api.channel(7, "C", bot=administrator()),
        BadRequest,
        "eed administrator rights",
        id="no post",
    ),
    pytest.param(
        lambda api: api.private(7, "A", started=False), Forbidden, "can't initiate", id="never started"
    ),
]


@pytest.mark.parametrize(("build", "error", "words"), REFUSALS)
async def test_bot_may_not_write_everywhere(
    api: BotApi, bot: Bot, build: Callable[[BotApi], Chat | None], error: type[Exception], words: str
) -> None:
    build(api)
    with pytest.raises(error, match=words):
        await bot.send_message(7, "x")
    assert not api.rejected, "the world forbids it, the request was fine"


async def test_blocked_and_unblocked(api: BotApi, bot: Bot) -> None:
    chat = api.private(7, "Ann")
    await chat.blocks()
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(7, "x")
    await chat.says(chat.user, "/start")
    await bot.send_message(7, "x")
    updates = await bot.get_updates()
    changes = [u.my_chat_member.new_chat_member.status for u in updates if u.my_chat_member]
    assert changes == ["kicked", "member"]
    assert [u.message.text for u in updates if u.message] == ["/start"]


async def test_group_becomes_a_supergroup(api: BotApi, bot: Bot) -> None:
    ann = api.person(7, "Ann")
    group = api.group(-5, "Team", {ann: OWNER}, kind="group")
    new = await group.migrates(-1005, ann)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(-5, "x")
    assert moved.value.new_chat_id == -1005
    await bot.send_message(-1005, "x")
    assert [m.text for m in new.messages] == ["x"]
    messages = [u.message for u in await bot.get_updates() if u.message]
    assert [m.migrate_to_chat_id for m in messages] == [-1005, None]
    assert [m.migrate_from_chat_id for m in messages] == [None, -5]


async def test_forum_topics(api: BotApi, bot: Bot) -> None:
    ann = api.person(7, "Ann")
    forum = api.group(-1001, "Forum", {ann: OWNER}, forum=True)
    thread = await forum.opens_topic(ann, "Alerts")
    await bot.send_message(-1001, "x", message_thread_id=thread)
    assert (await forum.next_message()).thread == thread
    with pytest.raises(BadRequest, match="essage thread not found"):
        await bot.send_message(-1001, "x", message_thread_id=thread + 1)
    forum.topics[thread].closed = True
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(-1001, "x", message_thread_id=thread)
    del forum.topics[thread]
    with pytest.raises(BadRequest, match="essage thread not found"):
        await bot.send_message(-1001, "x", message_thread_id=thread)


async def test_threads_are_for_forums_only(api: BotApi, bot: Bot) -> None:
    api.group(-1001, "Plain")
    with pytest.raises(BadRequest, match="essage thread not found"):
        await bot.send_message(-1001, "x", message_thread_id=2)


async def test_membership_is_shown(api: BotApi, bot: Bot) -> None:
    ann, bob = api.person(7, "Ann"), api.person(8, "Bob")
    api.person(9, "Eve")
    api.group(-1001, "Team", {ann: OWNER, bob: Member()}, bot=administrator())
    statuses = {user: (await bot.get_chat_member(-1001, user)).status for user in (7, 8, 9)}
    assert statuses == {7: "creator", 8: "member", 9: "left"}
    with pytest.raises(BadRequest, match="ser not found"):
        await bot.get_chat_member(-1001, 10)
    admins = await bot.get_chat_administrators(-1001)
    assert {admin.user.id for admin in admins} == {7, bot.id}
    assert await bot.get_chat_member_count(-1001) == 3


async def test_member_list_of_a_channel_is_for_its_administrators(api: BotApi, bot: Bot) -> None:
    api.channel(-1001, "C", {api.person(7, "Ann"): OWNER}, bot=Member())
    with pytest.raises(BadRequest, match="ember list is inaccessible"):
        await bot.get_chat_member(-1001, 7)
    with pytest.raises(BadRequest, match="eed administrator rights"):
        await bot.send_message(-1001, "x")


async def test_bot_leaves(api: BotApi, bot: Bot) -> None:
    api.group(-1001, "Team")
    assert await bot.leave_chat(-1001)
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(-1001, "x")


async def test_bot_learns_where_it_was_put(api: BotApi, bot: Bot) -> None:
    ann = api.person(7, "Ann")
    group = api.group(-1001, "Team", {ann: OWNER}, bot=LEFT)
    await group.puts_bot(administrator(), ann)
    await group.puts_bot(KICKED, ann)
    changes = [u.my_chat_member for u in await bot.get_updates()]
    assert [c and c.new_chat_member.status for c in changes] == ["administrator", "kicked"]
    assert [c and c.old_chat_member.status for c in changes] == ["left", "administrator"]


async def test_changes_of_others_come_only_if_asked_for(api: BotApi, bot: Bot) -> None:
    ann, bob = api.person(7, "Ann"), api.person(8, "Bob")
    group = api.group(-1001, "Team", {ann: OWNER}, bot=administrator())
    await group.puts(bob, Member(), ann)
    assert await bot.get_updates(allowed_updates=["chat_member"]) == ()
    await group.puts(bob, administrator(), ann)
    (update,) = await bot.get_updates()
    assert update.chat_member is not None
    assert update.chat_member.new_chat_member.status == "administrator"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("good morning", False, id="small talk"),
        pytest.param("/latest", True, id="command"),
        pytest.param("/latest@TocsinBot 5", True, id="command for the bot"),
        pytest.param("/latest@OtherBot", False, id="command for another bot"),
        pytest.param("ask @tocsinbot", True, id="mention"),
        pytest.param("see https://example.org/latest", False, id="slash inside an address"),
    ],
)
async def test_privacy_mode_in_groups(api: BotApi, bot: Bot, text: str, seen: bool) -> None:
    ann = api.person(7, "Ann")
    group = api.group(-1001, "Team", {ann: OWNER})
    await group.says(ann, text)
    assert bool(await bot.get_updates()) is seen


async def test_administrators_see_all_and_replies_are_seen(api: BotApi, bot: Bot) -> None:
    ann = api.person(7, "Ann")
    group = api.group(-1001, "Team", {ann: OWNER})
    await bot.send_message(-1001, "x")
    await group.says(ann, "thanks", reply_to=await group.next_message())
    await group.puts_bot(administrator(), ann)
    await group.says(ann, "good morning")
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["thanks", "good morning"]


async def test_menu_command_carries_the_bots_name_in_groups(api: BotApi, bot: Bot) -> None:
    ann = api.person(7, "Ann")
    await api.private(7, "Ann").command(ann, "subscribe all")
    await api.group(-1001, "Team", {ann: OWNER}).command(ann, "subscribe all")
    messages = [u.message for u in await bot.get_updates() if u.message]
    assert [m.text for m in messages] == ["/subscribe all", "/subscribe@TocsinBot all"]
    assert [m.parse_entity(m.entities[0]) for m in messages] == ["/subscribe", "/subscribe@TocsinBot"]


async def test_anonymous_administrator_shows_as_the_group(api: BotApi, bot: Bot) -> None:
    group = api.group(-1001, "Team")
    await group.says(api.anonymous, "/subscribe all")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.from_user.id == 1087968824
    assert update.message.sender_chat == update.message.chat


async def test_channel_post_has_no_author(api: BotApi, bot: Bot) -> None:
    ann = api.person(7, "Ann")
    await api.channel(-1001, "C", {ann: OWNER}).says(ann, "/latest")
    (update,) = await bot.get_updates()
    assert update.channel_post is not None
    assert update.channel_post.from_user is None
    assert update.channel_post.sender_chat == update.channel_post.chat


async def test_inline_query_is_answered_once(api: BotApi, bot: Bot) -> None:
    number = await api.asks_inline(api.person(7, "Ann"), "defector")
    (update,) = await bot.get_updates()
    assert update.inline_query is not None
    article = InlineQueryResultArticle("1", "Title", InputTextMessageContent("text"))
    await update.inline_query.answer([article], is_personal=True)
    answer = api.inline_answers[number]
    assert answer is not None
    assert answer["results"][0]["title"] == "Title"
    with pytest.raises(BadRequest, match="uery is too old"):
        await update.inline_query.answer([article])


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda chat: chat.next_message(timeout=0.01), id="message"),
        pytest.param(lambda chat: chat.next_edit(timeout=0.01), id="edit"),
    ],
)
async def test_waiting_in_vain_says_what_was_asked_last(
    api: BotApi, bot: Bot, act: Callable[[Chat], Awaitable[object]]
) -> None:
    with pytest.raises(TimeoutError, match=r"last requests: .'getMe 200'"):
        await act(api.private(7, "Ann"))
    assert bot.id == 123456
