"""/invite, /grant, /revoke, /audit and invitations behind /start, as people read them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from monitor.chat.commands import begin
from monitor.chat.message import Message
from monitor.core.access import Mode, Place, Rights, Role
from monitor.core.model import Deed, Grant
from monitor.desk.answers import Caller
from monitor.desk.roles import MOST_INVITES, Person
from tests.build import CHAT, GROUP, NOW, minutes, subscription
from tests.frontdesk import ADMIN, OWNER, PERSON, World, data

BO = replace(PERSON, person="telegram:43", name="Bo", here=replace(CHAT, address="43"))
RUNNER = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.ADMIN))
OWNER_AND_ADMIN = replace(ADMIN, rights=Rights(Place.GROUP, owner=True, chat_admin=True))


@pytest.fixture(name="world")
def fixture_world() -> World:
    return World()


def said(
    world: World, line: str, caller: Caller = OWNER, person: Person | None = None, bot: str = ""
) -> Message:
    name, _, arguments = line.partition(" ")
    told = begin(world.desk(Mode.INVITE), caller, name, arguments, person=person, bot=bot)
    assert isinstance(told, Message)
    return told


def code_in(message: Message) -> str:
    found = re.search(r"(?:start=|/start )([A-Za-z0-9_-]{32})\b", message.text)
    assert found is not None
    return found[1]


def test_an_invitation_is_a_link_that_works_once(world: World) -> None:
    made = said(world, "/invite editor for 1d", bot="TocsinBot")
    assert "https://t.me/TocsinBot?start=" in made.text
    assert "as editor, once, until 28 Sep 10:00 UTC" in made.text
    code = code_in(made)
    came = said(world, f"/start {code}", BO)
    assert came.text.startswith("Welcome! You are editor here now.")
    assert data(came) == ["sub:all"]
    assert "used already" in said(world, f"/start {code}", PERSON).text
    assert "You are not" not in said(world, "/start", BO).text


def test_without_a_bot_it_is_a_command(world: World) -> None:
    assert code_in(said(world, "/invite"))


def test_who_is_more_already_stays_so(world: World) -> None:
    world.store.grant(Grant(BO.person, Role.ADMIN, "Bo", "", NOW))
    told = said(world, f"/start {code_in(said(world, '/invite'))}", BO)
    assert "You are admin here already" in told.text
    assert world.store.role(BO.person) is Role.ADMIN


def test_expired_and_unknown_invitations_say_so(world: World) -> None:
    code = code_in(said(world, "/invite for 1h"))
    world.clock.forward(3_600)
    assert "has expired" in said(world, f"/start {code}", BO).text
    assert "do not know this invitation" in said(world, f"/start {'x' * 32}", BO).text
    assert "This bot is closed" in said(world, "/start something", BO).text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("/invite king", "“king” is no role", id="role"),
        pytest.param("/grant 42", "Which role?", id="no-role"),
        pytest.param("/grant bob editor", "Whom do you mean?", id="a-name"),
        pytest.param("/grant @bob editor", "Whom do you mean?", id="an-at-name"),
        pytest.param("/revoke bob", "Whom do you mean?", id="revoke-a-name"),
        pytest.param("/audit many", "“many” is no number", id="audit"),
        pytest.param("/audit ²", "“²” is no number", id="audit-digit"),
        pytest.param("/revoke 77", "77 holds no role", id="nobody"),
    ],
)
def test_what_was_mistyped_is_told_with_the_mend(world: World, line: str, says: str) -> None:
    told = said(world, line).text
    assert says in told
    assert "/" in told.replace(says, "")


@pytest.mark.parametrize(
    "line",
    [
        "/invite",
        "/invite king",
        "/grant",
        "/grant x",
        "/grant bob reader",
        "/grant 77 reader",
        "/revoke",
        "/revoke bob",
        "/revoke 77",
        "/audit",
        "/audit x",
    ],
)
def test_readers_are_told_that_it_is_not_for_them(world: World, line: str) -> None:
    reader = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.READER))
    assert said(world, line, reader).text.startswith("That is for the admins of this bot.")
    assert not world.store.grants()
    assert not world.store.invites(NOW)


def test_an_admin_is_told_what_only_owners_give(world: World) -> None:
    assert "Only owners give and take the role admin." in said(world, "/invite admin", RUNNER).text
    assert "Only owners give and take the role owner." in said(world, "/grant 77 owner", RUNNER).text


def test_a_role_is_given_and_taken(world: World) -> None:
    given = said(world, "/grant 77 editor", bot="TocsinBot").text
    assert given.startswith("77 is editor now.\nThey begin at https://t.me/TocsinBot")
    again = said(world, "/grant telegram:77 reader").text
    assert again.startswith("77 is reader now. Before that: editor.")
    world.store.subscribe(subscription(replace(CHAT, address="77")))
    taken = said(world, "/revoke 77").text
    assert taken.startswith("77 is no longer reader.\n1 subscription of their private chat ended with it.")


def test_the_person_that_the_message_shows_is_meant(world: World) -> None:
    shown = Person("telegram:99", "Di")
    assert said(world, "/grant editor", person=shown).text.startswith("Di is editor now.")
    assert said(world, "/grant @di admin", person=shown).text.startswith("Di is admin now.")
    assert said(world, "/revoke", person=shown).text.startswith("Di is no longer admin.")


def test_the_last_owner_stays(world: World) -> None:
    world.store.grant(Grant(BO.person, Role.OWNER, "Bo", "bot", NOW))
    desk = world.desk(Mode.INVITE)
    desk.roles._owned = False
    for line in (("revoke", "43"), ("grant", "43 reader")):
        told = begin(desk, BO, *line)
        assert isinstance(told, Message)
        assert told.text.startswith("Nobody else owns this bot.")


def test_the_list_tells_who_holds_what_with_a_button_for_each(world: World) -> None:
    assert said(world, "/grant").text.startswith("Nobody was let in yet")
    for number in range(25):
        world.store.grant(Grant(f"telegram:{100 + number}", Role.READER, f"P{number}", "", minutes(number)))
    world.store.grant(Grant("telegram:7", Role.EDITOR, "", "", NOW))
    said(world, "/invite")
    told = said(world, "/grant")
    assert "• editor 7," in told.text
    assert "• reader P0 100, 10:00 UTC" in told.text
    assert "… and 6 more" in told.text
    assert "1 invitation is open." in told.text
    assert data(told)[:2] == ["revoke:telegram:100", "revoke:telegram:7"] or "revoke:telegram:7" in data(told)
    pressed = world.press("revoke:telegram:100", OWNER)
    assert pressed is not None
    assert pressed.text.startswith("P0 is no longer reader.")


def test_too_many_invitations(world: World) -> None:
    for _ in range(MOST_INVITES):
        said(world, "/invite")
    assert said(world, "/invite").text.startswith("50 invitations are open")


def test_a_group_is_let_in_and_shut_out(world: World) -> None:
    member = replace(ADMIN, rights=Rights(Place.GROUP), person="telegram:5")
    assert "I answer my owners only" in said(world, "/latest", member).text
    assert said(world, "/grant here", OWNER_AND_ADMIN).text.startswith(
        "Everybody in this chat may now read here"
    )
    assert "I answer my owners only" not in said(world, "/latest", member).text
    assert world.store.role(str(GROUP)) is Role.READER
    assert said(world, "/revoke here", OWNER_AND_ADMIN).text.startswith(
        "From now on I answer in this chat only"
    )
    assert "I answer my owners only" in said(world, "/grant here", ADMIN).text
    assert "I answer my owners only" in said(world, "/revoke here", ADMIN).text


def test_the_trail_is_paged_in_place(world: World) -> None:
    assert said(world, "/audit").text.startswith("Nothing was changed so far.")
    for number in range(12):
        world.store.audit(Deed(minutes(number), OWNER.person, "Ann", "rules", f"change {number}"))
    first = said(world, "/audit")
    assert "10:11 UTC Ann rules change 11" in first.text
    assert data(first) == ["audit:3"]
    rest = world.press("audit:3", OWNER)
    assert rest is not None
    assert rest.replaces
    assert rest.text.splitlines()[1:] == ["10:01 UTC Ann rules change 1", "10:00 UTC Ann rules change 0"]
    assert "Ann rules change 11" in str(world.press("audit:x", OWNER))
    assert "for the admins" in str(world.press("audit:3", PERSON))
    assert len(said(world, "/audit 3").text.splitlines()) == 4


def test_help_lists_to_each_what_they_may_do(world: World) -> None:
    reader, owner = world.say("/help", PERSON).text, world.say("/help", OWNER).text
    for name in ("/invite", "/grant", "/audit", "/backup"):
        assert name not in reader
        assert name in owner
    assert "/invite" not in world.say("/help", OWNER_AND_ADMIN).text
    assert "/grant" not in world.say("/grunt", PERSON).text
    assert "Did you mean /grant?" in world.say("/grunt", OWNER).text


def test_searches_have_an_end_where_the_bot_is_open(world: World) -> None:
    desk = world.desk(Mode.OPEN)
    for _ in range(60):
        assert isinstance(begin(desk, PERSON, "search", "nothing-such"), Message)
    told = begin(desk, PERSON, "search", "nothing-such")
    assert isinstance(told, Message)
    assert told.text.startswith("That was a lot of searching")
    assert "You can go on in 60 s" in told.text
