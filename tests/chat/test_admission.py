"""Who is let in, over Telegram: links, roles by reply, menus by role, and patience with those who ask too much."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Message

from monitor.chat.menus import commands_for
from monitor.chat.people import shown_in
from monitor.chat.sharing import REMEMBERED, Shares
from monitor.chat.table import TABLE
from monitor.core.access import Action, Mode, Place, Role
from monitor.core.model import Destination, Grant
from monitor.core.quota import Rate
from monitor.desk.roles import Person
from tests.botapi.faults import Refuse
from tests.build import NOW
from tests.chat.telegram_world import ANN, BOB, TEAM, ask, chatting, until

if TYPE_CHECKING:
    from db.memory import MemoryStore
    from tests.botapi.server import BotApi


def menus(api: BotApi) -> dict[tuple[str, str], list[str]]:
    """The commands of each menu, by its scope (and chat) and language."""
    return {
        (str(scope), str(language)): [each["command"] for each in menu]
        for (scope, language), menu in api.commands.items()
    }


def menu_of(api: BotApi, words: str) -> list[str]:
    """The English menu of the scope that has these words in it."""
    found = [
        menu for (scope, language), menu in menus(api).items() if words in scope and language in {"", "None"}
    ]
    assert len(found) == 1, menus(api).keys()
    return found[0]


async def test_a_link_lets_one_person_in_and_they_can_subscribe(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store, access=Mode.INVITE, owners=(ANN,)):
        assert "closed" in await ask(team, "/start", BOB)
        link = re.search(r"https://t\.me/TocsinBot\?start=(\S+)", await ask(team, "/invite editor"))
        assert link is not None
        assert "You are editor here now" in await ask(team, f"/start {link[1]}", BOB)
        assert "used already" in await ask(team, f"/start {link[1]}", ANN)
        await ask(team, "/subscribe all", BOB)
    assert len(store.subscriptions(Destination("telegram", str(BOB)))) == 1
    assert store.role(f"telegram:{BOB}") is Role.EDITOR


async def test_menus_differ_by_place_and_role_and_follow_it(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store, access=Mode.INVITE, owners=(ANN,)) as chat:
        await until(lambda: chat.connected)
        default, owners = menu_of(team, "default"), menu_of(team, f"{ANN}")
        assert 6 <= len(default) <= 14
        assert {"invite", "grant", "audit", "backup"} <= set(owners)
        assert not {"invite", "addrule", "backup"} & set(default)
        assert "subscribe" not in menu_of(team, "all_group_chats")
        assert "subscribe" in menu_of(team, "all_chat_administrators")
        await ask(team, "/help", BOB)
        await ask(team, f"/grant {BOB} editor")
        await until(lambda: any(str(BOB) in scope for scope, _ in menus(team)))
        theirs = menu_of(team, f"{BOB}")
        assert "addrule" in theirs
        assert "invite" not in theirs
        await ask(team, f"/revoke {BOB}")
        await until(lambda: not any(str(BOB) in scope for scope, _ in menus(team)))


async def test_menus_that_telegram_refuses_harm_nothing(
    team: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    refused = Refuse(400, "Bad Request: chat not found")
    team.faults.add("setMyCommands", (refused,) * 4, None)
    team.faults.add("deleteMyCommands", (refused,) * 3, None)
    store.grant(Grant("telegram:99", Role.EDITOR, "", "", NOW))
    store.grant(Grant(str(Destination("telegram", "-100")), Role.EDITOR, "", "", NOW))
    caplog.set_level(logging.INFO)
    async with chatting(team, store, access=Mode.INVITE, owners=(ANN,)):
        assert "Tocsin" in await ask(team, "/start")
        assert "no longer editor" in await ask(team, "/revoke 99")
        assert "editor now" in await ask(team, "/grant 98 editor")
        await until(lambda: not team.updates.waiting)
    assert caplog.text.count("a menu of commands was refused: Chat not found") == 4


async def test_a_broken_line_after_a_grant_leaves_the_menus_for_later(
    team: BotApi, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    async with chatting(team, store, access=Mode.INVITE, owners=(ANN,)) as chat:
        await until(lambda: chat.connected)
        team.faults.add("setMyCommands", (Refuse(502, "Bad Gateway"),), None)
        with caplog.at_level(logging.INFO):
            await ask(team, f"/grant {BOB} editor")
            await until(lambda: "menus do not follow roles yet" in caplog.text)
        await ask(team, "/start")
        await until(lambda: any(str(BOB) in scope for scope, _ in team.commands))


async def test_in_a_group_no_role_is_given_by_reply(team: BotApi, store: MemoryStore) -> None:
    async with chatting(team, store, access=Mode.INVITE, owners=(ANN,)):
        group = team.chats[TEAM]
        said = await group.says(team.people[BOB], "hello")
        await group.says(team.people[ANN], "/grant editor", reply_to=said)
        assert "before the eyes of a group" in (await group.next_message()).text
    assert store.grants() == ()


USER = {"id": 9, "is_bot": False, "first_name": "Di", "last_name": "D"}
CHANNEL = {"id": -5, "type": "channel", "title": "News"}
DI = Person("telegram:9", "Di D")


def message(**fields: Any) -> dict[str, Any]:
    """A message of somebody else in a private chat."""
    me = {"id": 7, "is_bot": False, "first_name": "Ann"}
    return {
        "message_id": 1,
        "date": 0,
        "chat": {"id": 7, "type": "private"},
        "from": me,
        "text": "x",
        **fields,
    }


@pytest.mark.parametrize(
    ("heard", "shown"),
    [
        pytest.param(message(), None, id="nobody"),
        pytest.param(message(entities=[{"type": "bold", "offset": 0, "length": 1}]), None, id="other-entity"),
        pytest.param(
            message(entities=[{"type": "text_mention", "offset": 0, "length": 1, "user": USER}]),
            DI,
            id="mentioned",
        ),
        pytest.param(message(reply_to_message=message(**{"from": USER})), DI, id="answered"),
        pytest.param(
            message(
                reply_to_message=message(forward_origin={"type": "user", "date": 0, "sender_user": USER})
            ),
            DI,
            id="forwarded-and-answered",
        ),
        pytest.param(
            message(reply_to_message=message(**{"from": {**USER, "is_bot": True}})), None, id="a-bot-answered"
        ),
        pytest.param(
            message(reply_to_message=message(**{"from": USER}, sender_chat=CHANNEL)),
            None,
            id="a-channel-answered",
        ),
    ],
)
def test_whom_a_message_shows(heard: dict[str, Any], shown: Person | None) -> None:
    read = Message.de_json(heard, None)
    assert shown_in(read) == shown


async def test_whoever_asks_too_much_is_told_once_and_changes_nothing(
    api: BotApi, store: MemoryStore
) -> None:
    async with chatting(api, store, rate=Rate(2, 3_600.0)):
        chat = api.chats[ANN]
        assert "Tocsin" in await ask(api, "/start")
        await ask(api, "/help")
        assert "more than I can answer" in await ask(api, "/subscribe all")
        for _ in range(5):
            await chat.says(api.people[ANN], "/subscribe all")
            await chat.says(api.people[ANN], "hello")
        await until(lambda: not api.updates.waiting)
        assert [each for each in api.requests if each.method == "sendMessage"][3:] == []
    assert store.subscriptions() == ()


def test_shares_are_counted_for_a_bounded_number_of_people() -> None:
    shares = Shares(lambda: 0.0, Rate(1, 10.0))
    assert shares.take(1).granted
    assert shares.take(1).tell
    assert not shares.take(1).granted
    for person in range(2, REMEMBERED + 2):
        shares.take(person)
    assert shares.take(1).granted  # so many came since that they are forgotten


@pytest.mark.parametrize("role", Role)
def test_a_menu_shows_what_its_reader_may_do(role: Role) -> None:
    shown: list[Any] = list(commands_for(TABLE, role, Place.PRIVATE, admin=True))
    needs = {each.needs for each in shown}
    wanted = {
        Role.READER: {Action.READ},
        Role.EDITOR: {Action.READ, Action.EDIT},
        Role.ADMIN: {Action.READ, Action.EDIT, Action.RUN, Action.GRANT},
        Role.OWNER: {Action.READ, Action.EDIT, Action.RUN, Action.GRANT},
    }
    assert needs == wanted[role]
    assert {each.needs for each in commands_for(TABLE, role, Place.GROUP, admin=True)} == {Action.READ}
